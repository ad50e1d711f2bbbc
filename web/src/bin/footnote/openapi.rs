//! `footnote openapi`: writes the `OpenAPI` document of the HTTP API.

use footnote::openapi;
use footnote_core::{Error, Result};

use crate::exit::Outcome;
use crate::output::Output;

/// Writes the document to standard output, as JSON.
pub(crate) fn run() -> Result<Outcome> {
    let text = openapi::document().to_pretty_json().map_err(|error| {
        Error::internal("cannot write the description of the API").because(error)
    })?;
    Output::line(text)?;
    Ok(Outcome::Done)
}
