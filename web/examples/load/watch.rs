//! What the server takes: memory and descriptors, as Linux tells.

use std::fs;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use footnote_core::{Error, Result};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What a process takes at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    at: Instant,
    rss_kib: u64,
    n_descriptors: usize,
    /// How many of the descriptors are sockets.
    pub(crate) n_sockets: usize,
}

/// Looks at a process again and again.
pub(crate) struct Watch {
    stop: CancellationToken,
    samples: JoinHandle<Vec<Sample>>,
}

impl Watch {
    /// Begins.
    pub(crate) fn start(pid: u32) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let samples = tokio::spawn(async move {
            let mut samples = Vec::new();
            while stopped.run_until_cancelled(sleep(LOOK)).await.is_some() {
                samples.extend(look(pid).ok());
            }
            samples
        });
        Self { stop, samples }
    }

    /// Ends, and returns what was seen.
    pub(crate) async fn stop(self) -> Vec<Sample> {
        self.stop.cancel();
        self.samples.await.unwrap_or_default()
    }
}

/// Looks at a process now.
pub(crate) fn look(pid: u32) -> Result<Sample> {
    let failed = |error| Error::unavailable("the server is not there any more").because(error);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(failed)?;
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let rss_kib = rss.and_then(|rss| rss.trim().strip_suffix(" kB")?.trim().parse().ok());
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).map_err(failed)?;
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let targets: Vec<_> = targets.collect();
    let n_sockets = targets.iter().filter(|to| to.to_string_lossy().starts_with("socket:")).count();
    let (at, n_descriptors) = (Instant::now(), targets.len());
    Ok(Sample { at, rss_kib: rss_kib.unwrap_or_default(), n_descriptors, n_sockets })
}

/// Prints what the server took.
pub(crate) fn print(samples: &[Sample], (before, after): (&Sample, &Sample)) {
    let most = |of: fn(&Sample) -> u64| samples.iter().map(of).max().unwrap_or_default();
    let row = |name: &str, of: fn(&Sample) -> u64| {
        println!("{name:<24}{:>9}{:>9}{:>9}", of(before), most(of), of(after));
    };
    println!("\n{:<24}{:>9}{:>9}{:>9}", "", "before", "most", "after");
    row("resident MiB", |sample| sample.rss_kib >> 10);
    row("descriptors", |sample| sample.n_descriptors as u64);
    row("of them sockets", |sample| sample.n_sockets as u64);
    let second_half = samples.get(samples.len() / 2..).unwrap_or_default();
    println!("resident MiB a minute, in the second half {:>9.1}", slope(second_half));
}

/// Returns how many mebibytes a minute the memory grows, by least squares.
#[expect(clippy::cast_precision_loss, reason = "kibibytes of a machine are far below 2^53")]
fn slope(samples: &[Sample]) -> f64 {
    let Some(first) = samples.first() else { return 0.0 };
    let point = |sample: &Sample| {
        let minutes = sample.at.duration_since(first.at).as_secs_f64() / 60.0;
        (minutes, sample.rss_kib as f64 / 1024.0)
    };
    let points: Vec<_> = samples.iter().map(point).collect();
    let n = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
    let over = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>();
    let under = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>();
    if under > 0.0 { over / under } else { 0.0 }
}
