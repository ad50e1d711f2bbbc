//! Standard error while something takes time: bars on a terminal, lines or JSON elsewhere.

mod ingest;
mod job;
mod models;
mod transfer;

pub(crate) use ingest::IngestProgress;
pub(crate) use job::follow;
pub(crate) use models::ModelProgress;
pub(crate) use transfer::TransferProgress;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use crate::options::ProgressMode;

/// How often a bar is drawn at most.
const DRAWS_PER_SECOND: u8 = 12;

/// How often a line is written at most.
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// How fast a sign of life moves.
const BETWEEN_TICKS: Duration = Duration::from_millis(120);

/// How progress is shown, decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Bars that redraw themselves.
    Bars,
    /// Lines.
    Plain,
    /// One JSON document a line.
    Json,
    /// Nothing.
    Silent,
}

impl Style {
    /// Decides by what was asked for and where it goes.
    pub(crate) fn of(mode: ProgressMode) -> Self {
        match mode {
            ProgressMode::Auto if io::stderr().is_terminal() => Self::Bars,
            ProgressMode::Auto | ProgressMode::Plain => Self::Plain,
            ProgressMode::Json => Self::Json,
            ProgressMode::None => Self::Silent,
        }
    }

    /// Tells a person something; programs that read JSON and those who want nothing hear nothing.
    pub(crate) fn say(self, text: &str) {
        match self {
            Self::Bars | Self::Plain => line(text),
            Self::Json | Self::Silent => {}
        }
    }
}

/// A sign of life on a terminal, while there is nothing to measure.
pub(crate) struct Waiting(Option<ProgressBar>);

impl Waiting {
    /// Shows what is waited for, where bars are shown.
    pub(crate) fn new(style: Style, what: &str) -> Self {
        let spinner = (style == Style::Bars).then(|| {
            let spinner = bar("{spinner:.cyan} {msg:.dim}");
            spinner.enable_steady_tick(BETWEEN_TICKS);
            spinner.set_message(what.to_owned());
            spinner
        });
        Self(spinner)
    }

    /// Says what is waited for now.
    pub(crate) fn say(&self, what: String) {
        if let Some(spinner) = &self.0 {
            spinner.set_message(what);
        }
    }

    /// Takes the sign away; what comes next has the terminal to itself.
    pub(crate) fn finish(&self) {
        if let Some(spinner) = &self.0 {
            spinner.finish_and_clear();
        }
    }
}

impl Drop for Waiting {
    /// Leaves no sign of a wait that ended otherwise.
    fn drop(&mut self) {
        self.finish();
    }
}

/// Writes a line to standard error; when that is closed, nobody listens.
pub(crate) fn line(text: &str) {
    writeln!(io::stderr(), "{text}").ok();
}

/// Writes an event as a line of JSON.
fn json(event: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(event) {
        line(&text);
    }
}

/// Makes a bar with a template of indicatif's.
fn bar(template: &str) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND);
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━━ "));
    }
    bar
}
