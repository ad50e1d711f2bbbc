//! Data as text: delimited values, JSON and notebooks.

mod delimited;
mod json;
mod notebook;
mod records;

pub(crate) use delimited::{is_evident as is_delimited, parse as delimited};
pub(crate) use json::{Json, lines as json_lines, parse as json};
pub(crate) use notebook::parse as notebook;
