//! By what somebody is known.

use std::collections::BTreeSet;

use footnote_core::access::KeyScope;
use footnote_core::id::{KeyId, SessionId};

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// They reach a server without accounts, or may read its data directory.
    DataDirectory,
    /// They signed in.
    Session(SessionId),
    /// A program shows a key.
    Key(KeyId, BTreeSet<KeyScope>),
}

impl Credential {
    /// Tells whether it may be used for something. Whoever asks or ingests also reads; whoever
    /// administers may do everything.
    #[must_use]
    pub fn is_for(&self, use_of: KeyScope) -> bool {
        let Self::Key(_, scopes) = self else { return true };
        match use_of {
            KeyScope::Read => !scopes.is_empty(),
            KeyScope::Ask | KeyScope::Ingest | KeyScope::Admin => {
                scopes.contains(&use_of) || scopes.contains(&KeyScope::Admin)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_for_what_it_was_made_for() {
        let key = |scopes: &[KeyScope]| {
            Credential::Key(KeyId::generate(), scopes.iter().copied().collect())
        };
        let all = [KeyScope::Read, KeyScope::Ask, KeyScope::Ingest, KeyScope::Admin];
        let uses = |credential: &Credential| all.map(|scope| credential.is_for(scope));
        assert_eq!(uses(&key(&[])), [false; 4]);
        assert_eq!(uses(&key(&[KeyScope::Read])), [true, false, false, false]);
        assert_eq!(uses(&key(&[KeyScope::Ask])), [true, true, false, false]);
        assert_eq!(uses(&key(&[KeyScope::Ingest])), [true, false, true, false]);
        assert_eq!(uses(&key(&[KeyScope::Admin])), [true; 4]);
        assert_eq!(uses(&Credential::DataDirectory), [true; 4]);
    }
}
