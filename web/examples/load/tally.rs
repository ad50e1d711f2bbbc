//! What happened and how long it took, as a table.

use hyper::StatusCode;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use footnote_core::Result;

use crate::http::Answer;

/// How much of an error is shown.
const SHOWN_CHARS: usize = 160;

/// What may not take longer than the limit, where there is one.
const LIMITED: [&str; 2] = ["sign in", "search"];

/// What happened, counted by everybody; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    times: BTreeMap<&'static str, Vec<Duration>>,
    turned_away: BTreeMap<&'static str, usize>,
    errors: BTreeMap<String, usize>,
}

impl Tally {
    /// Notes how something went; `None` where it did not succeed.
    pub(crate) fn note(
        &self,
        name: &'static str,
        started: Instant,
        answered: Result<Answer>,
    ) -> Option<()> {
        match answered {
            Ok(answer) if answer.status.is_success() => {
                self.took(name, started.elapsed());
                return Some(());
            }
            Ok(answer) => {
                self.refused(name, answer.status, &String::from_utf8_lossy(&answer.body));
            }
            Err(error) => self.failed(name, &error.chain()),
        }
        None
    }

    /// Notes that something took its time.
    pub(crate) fn took(&self, name: &'static str, took: Duration) {
        self.counts().times.entry(name).or_default().push(took);
    }

    /// Notes that something was refused: being asked to come back later is no error.
    pub(crate) fn refused(&self, name: &'static str, status: StatusCode, said: &str) {
        let is_full = status == StatusCode::SERVICE_UNAVAILABLE && said.contains("queue-full");
        if status == StatusCode::TOO_MANY_REQUESTS || is_full {
            *self.counts().turned_away.entry(name).or_default() += 1;
        } else {
            self.failed(name, &format!("{status} {said}"));
        }
    }

    /// Notes an error.
    pub(crate) fn failed(&self, name: &str, said: &str) {
        let said: String = format!("{name}: {said}").chars().take(SHOWN_CHARS).collect();
        *self.counts().errors.entry(said).or_default() += 1;
    }

    /// Prints everything, and returns what went wrong.
    pub(crate) fn print(&self, max_p99: Option<Duration>) -> Vec<String> {
        let mut counts = self.counts();
        let mut failures = Vec::new();
        println!("\n{:<40}{:>7}{:>9}{:>9}{:>9}", "milliseconds", "n", "p50", "p99", "most");
        for (name, times) in &mut counts.times {
            times.sort_unstable();
            let [p50, p99, most] = [50, 99, 100].map(|percent| share(times, percent));
            let [half, nearly_all, all] = [p50, p99, most].map(|time| time.as_millis());
            println!("{name:<40}{:>7}{half:>9}{nearly_all:>9}{all:>9}", times.len());
            if LIMITED.contains(name) && max_p99.is_some_and(|limit| limit < p99) {
                failures.push(format!("{name}: one in a hundred takes {nearly_all} ms or more"));
            }
        }
        for (name, n) in &counts.turned_away {
            println!("{:<40}{n:>7}", format!("{name}, asked to come later"));
        }
        failures.extend(counts.errors.iter().map(|(said, n)| format!("{n} × {said}")));
        failures
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the time that so many in a hundred do not exceed, of times in order.
fn share(times: &[Duration], percent: usize) -> Duration {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}
