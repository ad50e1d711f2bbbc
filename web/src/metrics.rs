//! What is counted and measured while the server runs, and its text for Prometheus.
//!
//! Names follow Prometheus: base units, `_total` for what only grows. Nothing of a document or of a
//! question is ever a label.

mod answering;
mod http;
mod look;
mod names;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use metrics_util::MetricKindMask;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use footnote_core::{Error, Result};

pub(crate) use answering::{answered, searched};
pub(crate) use http::{NO_ROUTE, known, measure};
pub(crate) use look::text;
pub use names::{ALL, Kind, Metric};

/// The recorder of this process: there is one, however many servers run in it.
static RECORDER: OnceLock<std::result::Result<PrometheusHandle, BuildError>> = OnceLock::new();

/// How often what was measured is put into its buckets, so that it takes no room until somebody
/// looks.
const BETWEEN_UPKEEPS: Duration = Duration::from_secs(5);

/// How long a gauge is shown that is not set any more, such as that of a removed collection.
const SHOWN_FOR: Duration = Duration::from_mins(1);

/// The bounds of what takes from a millisecond to minutes, in seconds.
const SECONDS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// The bounds of a rate, in pieces a second.
const PER_SECOND: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

/// Returns the recorder, which begins to record when it is first asked for.
///
/// # Errors
/// `Internal` when something else of this process records already.
fn recorder() -> Result<&'static PrometheusHandle> {
    RECORDER.get_or_init(install).as_ref().map_err(|error| {
        Error::internal("cannot record what is measured").because(error.to_string())
    })
}

fn install() -> std::result::Result<PrometheusHandle, BuildError> {
    let rates = Matcher::Suffix("_per_second".to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(rates, &PER_SECOND)?
        .idle_timeout(MetricKindMask::GAUGE, Some(SHOWN_FOR))
        .install_recorder()?;
    names::describe();
    Collector::default().describe();
    Ok(recorder)
}

/// Records until the token is cancelled.
pub(crate) async fn keep(stop: CancellationToken) {
    let recorder = match recorder() {
        Ok(recorder) => recorder,
        Err(error) => return tracing::error!(error = error.chain(), "nothing is measured"),
    };
    while stop.run_until_cancelled(sleep(BETWEEN_UPKEEPS)).await.is_some() {
        recorder.run_upkeep();
    }
}
