//! Slows down whoever guesses passwords, and nobody else: what counts most is a login as tried from
//! an address. A login as tried from everywhere, and an address with all the logins tried from it,
//! count too, much later and never for long: a whole office may stand behind one address, and
//! nobody may keep another out by typing wrong passwords.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After how long without another failure everything is forgotten.
const FORGOTTEN: Duration = Duration::from_mins(15);

/// How many of each kind are remembered.
const REMEMBERED: usize = 10_000;

/// How many failures in a row cost nothing, and how long the longest wait is.
struct Patience {
    free: u32,
    longest: Duration,
}

/// A login as tried from an address.
const PAIR: Patience = Patience { free: 5, longest: FORGOTTEN };

/// A login from everywhere, or an address with every login.
const ALONE: Patience = Patience { free: 100, longest: Duration::from_secs(10) };

/// Remembers how often signing in failed in a row.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, Failures>>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, Option<IpAddr>),
    Login(String),
    Address(IpAddr),
}

struct Failures {
    in_a_row: u32,
    last: Instant,
}

/// Somebody who tries to sign in.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// As whom.
    pub(crate) login: &'a str,
    /// From where.
    pub(crate) address: Option<IpAddr>,
}

impl Attempt<'_> {
    fn pair(self) -> Key {
        Key::Pair(self.login.to_owned(), self.address)
    }

    fn keys(self) -> impl Iterator<Item = Key> {
        let alone = [Some(Key::Login(self.login.to_owned())), self.address.map(Key::Address)];
        alone.into_iter().flatten().chain([self.pair()])
    }
}

impl Key {
    fn patience(&self) -> Patience {
        match self {
            Self::Pair(..) => PAIR,
            Self::Login(_) | Self::Address(_) => ALONE,
        }
    }
}

impl Failures {
    /// Returns how long to wait since the last one: twice as long each time.
    fn wait(&self, patience: &Patience) -> Duration {
        let doublings = self.in_a_row.saturating_sub(patience.free);
        if doublings == 0 {
            return Duration::ZERO;
        }
        Duration::from_secs(1 << doublings.min(10)).min(patience.longest)
    }
}

impl Throttle {
    /// Returns how long to wait before it is tried again; zero is now.
    pub(crate) fn wait(&self, attempt: Attempt<'_>) -> Duration {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = attempt.keys().filter_map(|key| {
            let known = failures.get(&key)?;
            Some(known.wait(&key.patience()).saturating_sub(known.last.elapsed()))
        });
        waits.max().unwrap_or_default()
    }

    /// Notes that it failed.
    pub(crate) fn failed(&self, attempt: Attempt<'_>) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED <= failures.len() {
            failures.retain(|_, known| known.last.elapsed() < FORGOTTEN);
        }
        if REMEMBERED <= failures.len() {
            failures.clear();
        }
        for key in attempt.keys() {
            let now = Instant::now();
            let known = failures.entry(key).or_insert(Failures { in_a_row: 0, last: now });
            known.in_a_row = if known.last.elapsed() < FORGOTTEN { known.in_a_row + 1 } else { 1 };
            known.last = now;
        }
    }

    /// Notes that it went well.
    pub(crate) fn succeeded(&self, attempt: Attempt<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&attempt.pair());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(n: u8, login: &str) -> Attempt<'_> {
        Attempt { login, address: Some(IpAddr::from([10, 0, 0, n])) }
    }

    #[test]
    fn guessing_gets_slower_and_signing_in_ends_it() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            throttle.failed(from(1, "ada"));
        }
        assert_eq!(throttle.wait(from(1, "ada")), Duration::ZERO);
        throttle.failed(from(1, "ada"));
        let first = throttle.wait(from(1, "ada"));
        assert!(Duration::from_secs(1) < first && first <= Duration::from_secs(2), "{first:?}");
        for _ in 0..40 {
            throttle.failed(from(1, "ada"));
        }
        assert!(throttle.wait(from(1, "ada")) <= FORGOTTEN);
        throttle.succeeded(from(1, "ada"));
        assert_eq!(throttle.wait(from(1, "ada")), Duration::ZERO);
    }

    #[test]
    fn neither_colleagues_behind_one_address_nor_a_person_elsewhere_pay_for_it() {
        let throttle = Throttle::default();
        for n in 0..50 {
            throttle.failed(from(1, &format!("colleague {n}")));
            throttle.failed(from(2, "ada"));
        }
        assert_eq!(throttle.wait(from(1, "ada")), Duration::ZERO);
        for _ in 0..200 {
            throttle.failed(from(2, "ada"));
        }
        assert!(throttle.wait(from(1, "ada")) <= Duration::from_secs(10));
        assert!(Duration::from_secs(10) < throttle.wait(from(2, "ada")));
    }
}
