//! Slows down whoever guesses passwords.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many wrong passwords in a row cost nothing.
const FREE: u32 = 5;

/// The longest wait, and after how long everything is forgotten.
const LONGEST: Duration = Duration::from_mins(15);

/// How many names and addresses are remembered.
const REMEMBERED: usize = 10_000;

/// Remembers, by login and by address, how often signing in failed in a row.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Failures>>);

struct Failures {
    in_a_row: u32,
    last: Instant,
}

impl Failures {
    /// Returns how long to wait since the last one: twice as long each time.
    fn wait(&self) -> Duration {
        let doublings = self.in_a_row.saturating_sub(FREE);
        if doublings == 0 {
            return Duration::ZERO;
        }
        Duration::from_secs(1 << doublings.min(10)).min(LONGEST)
    }
}

impl Throttle {
    /// Returns how long to wait before something is tried again; zero is now.
    pub(crate) fn wait(&self, names: &[&str]) -> Duration {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = names.iter().filter_map(|name| failures.get(*name));
        let waits = known.map(|known| known.wait().saturating_sub(known.last.elapsed()));
        waits.max().unwrap_or_default()
    }

    /// Notes that it failed.
    pub(crate) fn failed(&self, names: &[&str]) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED <= failures.len() {
            failures.retain(|_, known| known.last.elapsed() < LONGEST);
        }
        if REMEMBERED <= failures.len() {
            failures.clear();
        }
        for name in names {
            let now = Instant::now();
            let known =
                failures.entry((*name).to_owned()).or_insert(Failures { in_a_row: 0, last: now });
            known.in_a_row = if known.last.elapsed() < LONGEST { known.in_a_row + 1 } else { 1 };
            known.last = now;
        }
    }

    /// Notes that it went well for a name.
    pub(crate) fn succeeded(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_gets_slower_for_a_login_and_for_an_address_and_not_for_others() {
        let throttle = Throttle::default();
        for _ in 0..FREE {
            throttle.failed(&["ada", "10.0.0.1"]);
        }
        assert_eq!(throttle.wait(&["ada", "10.0.0.1"]), Duration::ZERO);
        throttle.failed(&["ada", "10.0.0.1"]);
        let first = throttle.wait(&["ada"]);
        assert!(Duration::from_secs(1) < first && first <= Duration::from_secs(2), "{first:?}");
        throttle.failed(&["eve", "10.0.0.1"]);
        assert!(first < throttle.wait(&["eve", "10.0.0.1"]));
        assert_eq!(throttle.wait(&["eve", "10.0.0.2"]), Duration::ZERO);
        for _ in 0..40 {
            throttle.failed(&["ada"]);
        }
        assert!(throttle.wait(&["ada"]) <= LONGEST);
        throttle.succeeded("ada");
        assert_eq!(throttle.wait(&["ada"]), Duration::ZERO);
    }
}
