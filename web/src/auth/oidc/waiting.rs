//! Who is on the way to the provider and back.

use openidconnect::{Nonce, PkceCodeVerifier};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use footnote_core::access::TokenHash;

/// How long somebody may take to sign in at the provider.
pub(crate) const LASTS: Duration = Duration::from_mins(10);

/// How many may be on the way at once; whoever left first is forgotten for one more.
const AT_ONCE: usize = 10_000;

/// What is kept of somebody who is on the way.
pub(super) struct Attempt {
    /// The hash of what was sent along and must come back.
    pub(super) state: TokenHash,
    /// What the provider must have signed.
    pub(super) nonce: Nonce,
    /// What proves that the code was asked for here.
    pub(super) verifier: PkceCodeVerifier,
    /// The address to which the provider sends them back.
    pub(super) redirect: String,
    /// Where they wanted to go.
    pub(super) return_to: String,
}

/// Everybody who is on the way, by the hash of what their browser shows.
#[derive(Default)]
pub(super) struct Waiting(Mutex<HashMap<TokenHash, (Instant, Attempt)>>);

impl Waiting {
    /// Remembers somebody who leaves.
    pub(super) fn put(&self, shown: TokenHash, attempt: Attempt) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if AT_ONCE <= waiting.len() {
            waiting.retain(|_, (since, _)| since.elapsed() < LASTS);
        }
        if AT_ONCE <= waiting.len() {
            let first = waiting.iter().min_by_key(|(_, (since, _))| *since);
            let first = first.map(|(shown, _)| *shown);
            first.and_then(|shown| waiting.remove(&shown));
        }
        waiting.insert(shown, (Instant::now(), attempt));
    }

    /// Takes somebody who comes back in time; once.
    pub(super) fn take(&self, shown: &TokenHash) -> Option<Attempt> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, attempt) = waiting.remove(shown)?;
        (since.elapsed() < LASTS).then_some(attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt() -> Attempt {
        Attempt {
            state: TokenHash::of("state"),
            nonce: Nonce::new("nonce".to_owned()),
            verifier: PkceCodeVerifier::new("verifier".to_owned()),
            redirect: String::new(),
            return_to: String::new(),
        }
    }

    #[test]
    fn an_attempt_counts_once_and_the_oldest_makes_room() {
        let waiting = Waiting::default();
        waiting.put(TokenHash::of("first"), attempt());
        assert!(waiting.take(&TokenHash::of("other")).is_none());
        assert!(waiting.take(&TokenHash::of("first")).is_some());
        assert!(waiting.take(&TokenHash::of("first")).is_none());
        for n in 0..=AT_ONCE {
            waiting.put(TokenHash::of(&n.to_string()), attempt());
        }
        assert!(waiting.take(&TokenHash::of("0")).is_none());
        assert!(waiting.take(&TokenHash::of("1")).is_some());
    }
}
