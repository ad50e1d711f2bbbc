//! Keeps requests to one host apart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From how many hosts on those that wait for nothing are forgotten.
const REMEMBERED_HOSTS: usize = 1024;

/// Gives every request to a host its moment.
pub(super) struct Pace {
    /// The time between two requests.
    gap: Duration,
    /// When the next request to a host may begin.
    next: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    /// Makes the pace of so many requests a second; 0 means no waiting.
    pub(super) fn new(per_second: u32) -> Self {
        let gap = Duration::from_secs(1).checked_div(per_second).unwrap_or_default();
        Self { gap, next: Mutex::default() }
    }

    /// Waits until a request to a host may begin.
    pub(super) async fn wait(&self, host: &str) {
        if self.gap.is_zero() {
            return;
        }
        tokio::time::sleep_until(self.reserve(host, Instant::now()).into()).await;
    }

    /// Reserves the next free moment of a host.
    fn reserve(&self, host: &str, now: Instant) -> Instant {
        // A thread that panicked left at worst a moment that nobody used.
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.len() >= REMEMBERED_HOSTS {
            next.retain(|_, moment| *moment > now);
        }
        let free = next.entry(host.to_owned()).or_insert(now);
        let moment = now.max(*free);
        *free = moment + self.gap;
        moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_to_one_host_stand_in_line_and_other_hosts_do_not_wait() {
        let (pace, now) = (Pace::new(4), Instant::now());
        let offsets: Vec<u128> =
            (0..3).map(|_| (pace.reserve("a", now) - now).as_millis()).collect();
        assert_eq!(offsets, [0, 250, 500]);
        assert_eq!(pace.reserve("b", now), now);
        let later = now + Duration::from_secs(9);
        assert_eq!(pace.reserve("a", later), later);
    }
}
