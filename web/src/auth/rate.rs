//! How many requests somebody may send: a burst, and from then on so many a minute (the generic
//! cell rate algorithm, as ATM networks use it).

use axum::http::{HeaderMap, HeaderName};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// How many callers are remembered; those that have sent nothing for long are forgotten first.
const REMEMBERED: usize = 10_000;

/// Counts the requests of each caller.
pub(super) struct Rates {
    per_minute: u32,
    /// When each caller has its whole burst again.
    full_again: Mutex<HashMap<String, Instant>>,
}

/// How a caller stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    limit: u32,
    remaining: u32,
    /// How long until the whole burst may be sent again.
    full_in: Duration,
}

impl Rates {
    /// Lets each caller send so many requests a minute, at once or one by one; 0 is no limit.
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute, full_again: Mutex::default() }
    }

    /// Counts a request; `Err` is how long to wait before the next one.
    pub(super) fn take(&self, caller: &str, now: Instant) -> Result<Option<Standing>, Duration> {
        if self.per_minute == 0 {
            return Ok(None);
        }
        let (whole, each) = (Duration::from_mins(1), Duration::from_mins(1) / self.per_minute);
        let mut full_again = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED <= full_again.len() {
            full_again.retain(|_, full| now < *full);
        }
        let full = full_again.get(caller).copied().unwrap_or(now).max(now) + each;
        let full_in = full.saturating_duration_since(now);
        if whole < full_in {
            return Err(full_in.saturating_sub(whole));
        }
        full_again.insert(caller.to_owned(), full);
        let room = whole.saturating_sub(full_in).as_micros() / each.as_micros().max(1);
        let remaining = u32::try_from(room).unwrap_or(u32::MAX);
        Ok(Some(Standing { limit: self.per_minute, remaining, full_in }))
    }
}

impl Standing {
    /// Tells a client how it stands.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, self.full_in.as_secs().saturating_add(1).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_so_many_a_minute_for_each_caller() {
        let (rates, start) = (Rates::new(60), Instant::now());
        for left in (0..60).rev() {
            assert_eq!(rates.take("ada", start).unwrap().unwrap().remaining, left);
        }
        let wait = rates.take("ada", start).unwrap_err();
        assert_eq!(wait, Duration::from_secs(1));
        assert!(rates.take("bob", start).is_ok());
        assert!(rates.take("ada", start + wait).is_ok());
        assert!(rates.take("ada", start + wait).is_err());
        let later = start + Duration::from_mins(3);
        assert_eq!(rates.take("ada", later).unwrap().unwrap().remaining, 59);
        assert_eq!(Rates::new(0).take("ada", start), Ok(None));
    }
}
