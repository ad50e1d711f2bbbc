//! `footnote doctor`: checks the installation and says what to do about what is amiss.

mod data;
mod models;
mod ocr;
mod parser;
mod provider;

use console::style;
use serde::Serialize;

use footnote_core::{Error, Result};

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::columns;

/// What to do about what is amiss.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// Repair the index: write again what is missing in it, and remove what nothing stands behind
    #[arg(long)]
    repair: bool,
    /// Read every original and compare it with its hash, not only its size
    #[arg(long)]
    full: bool,
}

/// How one thing stands.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// Whether a thing is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warn,
    Fail,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, state: State::Ok, detail: detail.into(), fix: None }
    }

    fn warn(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, state: State::Warn, detail: detail.into(), fix: Some(fix.into()) }
    }

    fn fail(name: &'static str, error: &Error) -> Self {
        let fix = error.advice().map(str::to_owned);
        Self { name, state: State::Fail, detail: error.chain(), fix }
    }

    /// Makes a check of what was tried.
    fn of(name: &'static str, tried: Result<String>) -> Self {
        match tried {
            Ok(detail) => Self::ok(name, detail),
            Err(error) => Self::fail(name, &error),
        }
    }
}

/// Checks everything, one thing after the other.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let settings = context.settings()?;
    let mut checks = vec![data::writable(&settings), data::room(&settings)];
    checks.extend(data::store(&settings, args).await);
    checks.extend(models::check(&settings, context.progress()).await);
    checks.push(parser::parses(&settings).await);
    checks.push(parser::is_limited(&settings).await);
    checks.push(ocr::check(&settings).await);
    checks.extend(provider::check(&settings).await);
    context.output().list(&checks, text)?;
    let has_failed = checks.iter().any(|check| check.state == State::Fail);
    Ok(if has_failed { Outcome::SomeFailed } else { Outcome::Done })
}

fn text(checks: &[Check]) -> String {
    let mut rows = Vec::new();
    for check in checks {
        let state = match check.state {
            State::Ok => style("ok").green(),
            State::Warn => style("warn").yellow(),
            State::Fail => style("fail").red().bold(),
        };
        rows.push(vec![state.to_string(), check.name.to_owned(), check.detail.clone()]);
        rows.extend(check.fix.as_ref().map(|fix| {
            vec![String::new(), String::new(), style(format!("→ {fix}")).cyan().to_string()]
        }));
    }
    columns(&rows)
}
