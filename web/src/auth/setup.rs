//! The one-time link with which the first admin is made.

use std::sync::{Mutex, PoisonError};

use footnote_core::Result;
use footnote_core::access::TokenHash;

use super::token::NewToken;

/// The secret of the set-up link; none is given out until somebody asks for it.
#[derive(Default)]
pub(super) struct Setup(Mutex<Option<TokenHash>>);

impl Setup {
    /// Makes a secret, in the place of one that was given out before.
    pub(super) fn offer(&self) -> Result<String> {
        let token = NewToken::random()?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.hash());
        Ok(token.into_shown())
    }

    /// Takes the right to set up; it is given once.
    pub(super) fn take(&self, shown: &str) -> bool {
        let mut offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *offered == Some(TokenHash::of(shown)) {
            *offered = None;
            return true;
        }
        false
    }

    /// Gives the right back after setting up failed, e.g. for want of a good password.
    pub(super) fn give_back(&self, shown: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(TokenHash::of(shown));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once() {
        let setup = Setup::default();
        assert!(!setup.take("") && !setup.take("x"));
        let shown = setup.offer().unwrap();
        assert!(!setup.take("x"));
        assert!(setup.take(&shown) && !setup.take(&shown));
        setup.give_back(&shown);
        assert!(setup.take(&shown));
    }
}
