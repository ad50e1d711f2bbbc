//! The subscriber that prints what the libraries report, to standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogConfig;
use crate::{Error, Result};

/// Libraries that log whole messages below `INFO`, with questions and texts of documents in them.
const TALKATIVE: [&str; 1] = ["rmcp"];

/// Returns what may be printed at most, whatever level is set: no texts.
#[must_use]
pub fn without_texts() -> Targets {
    let quiet = TALKATIVE.map(|library| (library, LevelFilter::INFO));
    Targets::new().with_default(LevelFilter::TRACE).with_targets(quiet)
}

/// Starts printing. Called once, by a program.
///
/// # Errors
/// `Invalid` for a filter that cannot be read or a format that does not exist; `Conflict` when
/// called twice.
pub fn start(config: &LogConfig) -> Result<()> {
    let filter = EnvFilter::try_new(&config.level).map_err(|error| {
        Error::invalid(format!("`log.level` cannot be `{}`", config.level)).because(error)
    })?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.format.as_str() {
        "text" => subscriber.finish().with(without_texts()).try_init(),
        "json" => subscriber.json().finish().with(without_texts()).try_init(),
        other => {
            return Err(Error::invalid(format!("`log.format` cannot be `{other}`"))
                .hint("Use `text` or `json`."));
        }
    };
    started.map_err(|error| Error::conflict("logging was already started").because(error))
}
