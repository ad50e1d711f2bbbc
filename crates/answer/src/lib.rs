//! Leads a question to an answer whose every claim is cited.
//!
//! [`Answerer`] is the whole of it: it folds earlier turns into the question, finds passages,
//! chooses sentences, decides whether they answer, lets the model word them if there is one, and
//! proves every sentence with a re-read stretch of a document. This crate knows no store and no
//! model: it meets them through the traits of `footnote-core`.
//!
//! # Invariants
//! * A marker `[^n]` appears only after its citation; the citation's text was re-read from the
//!   store just before.
//! * No text of a model is shown before the verifier has seen the sentence it belongs to.
//! * A link or a tag is shown only where the cited text holds it.

mod answerer;
mod cite;
mod context;
pub mod eval;
mod fuse;
mod gate;
mod generate;
mod language;
#[cfg(test)]
mod plain;
mod prompt;
mod render;
mod retrieve;
mod rewrite;
mod select;
mod sentences;
mod show;
mod terms;
mod verify;
mod write;

pub use answerer::{Answerer, AnswererParts};
pub use fuse::{Fusion, fuse};
pub use prompt::Prompts;
pub use retrieve::{Considered, Found, Query, SearchTimings};
