//! Checks of an installation, each with what to do about what is amiss: for `footnote doctor`, and
//! for the page of a server.

pub mod data;
pub mod models;
pub mod ocr;
pub mod parser;
pub mod provider;

use footnote_core::{Error, Result};
use footnote_store::OriginalCheck;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;

/// How one thing stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Check)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// Whether it is as it should be.
    pub state: State,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// Whether a thing is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckState)]
pub enum State {
    /// It is.
    Ok,
    /// It works, with something to know or to do.
    Warn,
    /// It does not work.
    Fail,
}

impl Check {
    /// Makes a check of what is as it should be.
    #[must_use]
    pub fn ok(name: &str, detail: impl Into<String>) -> Self {
        Self { name: name.to_owned(), state: State::Ok, detail: detail.into(), fix: None }
    }

    /// Makes a check of what works, with something to do.
    #[must_use]
    pub fn warn(name: &str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        let (detail, fix) = (detail.into(), Some(fix.into()));
        Self { name: name.to_owned(), state: State::Warn, detail, fix }
    }

    /// Makes a check of what does not work.
    #[must_use]
    pub fn fail(name: &str, error: &Error) -> Self {
        let fix = error.advice().map(str::to_owned);
        Self { name: name.to_owned(), state: State::Fail, detail: error.chain(), fix }
    }

    /// Makes a check of what was tried.
    #[must_use]
    pub fn of(name: &str, tried: Result<String>) -> Self {
        match tried {
            Ok(detail) => Self::ok(name, detail),
            Err(error) => Self::fail(name, &error),
        }
    }
}

/// Checks everything of a program that runs, one thing after the other.
pub async fn of_server(app: &App) -> Vec<Check> {
    let (settings, store) = (&app.settings, &app.store);
    let mut checks = vec![
        data::writable(settings),
        data::room(settings),
        data::catalog(store).await,
        data::originals(store, OriginalCheck::Sizes).await,
        data::index(store).await,
        models::embeds(app.embedder.get().as_ref()).await,
        parser::parses(&app.parser, settings).await,
        parser::is_limited(&app.parser, settings).await,
        ocr::check(settings).await,
    ];
    checks.extend(provider::check(settings).await);
    checks
}

/// Writes a number of bytes as people read it.
#[must_use]
pub fn bytes(n_bytes: u64) -> String {
    indicatif::BinaryBytes(n_bytes).to_string()
}
