//! Secrets that nobody can guess: 256 random bits, of which only the hash is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use footnote_core::access::TokenHash;
use footnote_core::id::KeyId;
use footnote_core::{Error, Result};

/// What every key begins with, so that one that leaks is recognized.
const KEY_PREFIX: &str = "fn_";

/// A secret that was just made, to be shown once.
pub(crate) struct NewToken {
    shown: String,
}

impl NewToken {
    /// Makes the secret of a session or of a set-up link.
    ///
    /// # Errors
    /// `Unavailable` when the system has no random numbers.
    pub(crate) fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::unavailable("the system has no random numbers").because(error)
        })?;
        Ok(Self { shown: URL_SAFE_NO_PAD.encode(bytes) })
    }

    /// Makes the secret of a key, which begins with the key's id.
    ///
    /// # Errors
    /// As [`random`](Self::random).
    pub(crate) fn of_key(id: KeyId) -> Result<Self> {
        let secret = Self::random()?.shown;
        Ok(Self { shown: format!("{KEY_PREFIX}{}_{secret}", id.as_uuid().simple()) })
    }

    /// Returns what is kept of it.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(&self.shown)
    }

    /// Returns it, to be shown.
    pub(crate) fn into_shown(self) -> String {
        self.shown
    }
}

/// Tells whether a secret is one of a key.
pub(super) fn is_key(token: &str) -> bool {
    token.starts_with(KEY_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_alike_and_a_key_is_told_from_a_session() {
        let (one, two) = (NewToken::random().unwrap(), NewToken::random().unwrap());
        assert_ne!(one.shown, two.shown);
        assert_eq!(one.shown.len(), 43);
        let id = KeyId::generate();
        let key = NewToken::of_key(id).unwrap();
        assert!(is_key(&key.shown) && key.shown.contains(&id.as_uuid().simple().to_string()));
        assert_eq!(key.hash(), TokenHash::of(&key.into_shown()));
    }
}
