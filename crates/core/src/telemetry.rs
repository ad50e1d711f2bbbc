//! The subscriber that prints what the libraries report, to standard error, and hands the spans that
//! may be exported to whoever exports them.

use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::LogConfig;
use crate::trace::TARGET;
use crate::{Error, Result};

/// Libraries that log whole messages below `INFO`, with questions and texts of documents in them.
const TALKATIVE: [&str; 1] = ["rmcp"];

/// Returns what may be printed at most, whatever level is set: no texts.
#[must_use]
pub fn without_texts() -> Targets {
    let quiet = TALKATIVE.map(|library| (library, LevelFilter::INFO));
    Targets::new().with_default(LevelFilter::TRACE).with_targets(quiet)
}

/// What takes what the libraries report.
pub type Receiver = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts printing. Called once, by a program.
///
/// # Errors
/// `Invalid` for a filter that cannot be read or a format that does not exist; `Conflict` when
/// called twice.
pub fn start(config: &LogConfig) -> Result<()> {
    start_with(config, None)
}

/// Starts printing and exporting. Called once, by a program.
///
/// # Errors
/// As [`start`].
pub fn start_with(config: &LogConfig, exporter: Option<Receiver>) -> Result<()> {
    let receivers: Vec<Receiver> = [printer(config)?].into_iter().chain(exporter).collect();
    let started = tracing_subscriber::registry().with(receivers).try_init();
    started.map_err(|error| Error::conflict("logging was already started").because(error))
}

/// Makes what prints; the spans that may be exported are left out.
fn printer(config: &LogConfig) -> Result<Receiver> {
    let filter = EnvFilter::try_new(&config.level).map_err(|error| {
        Error::invalid(format!("`log.level` cannot be `{}`", config.level)).because(error)
    })?;
    let without_spans = format!("{TARGET}=off").parse().map_err(|error| {
        Error::internal("cannot leave the exported spans out of the log").because(error)
    });
    let filter = filter.add_directive(without_spans?).and(without_texts());
    let lines = fmt::layer().with_writer(std::io::stderr);
    match config.format.as_str() {
        "text" => Ok(lines.with_filter(filter).boxed()),
        "json" => Ok(lines.json().with_filter(filter).boxed()),
        other => Err(Error::invalid(format!("`log.format` cannot be `{other}`"))
            .hint("Use `text` or `json`.")),
    }
}
