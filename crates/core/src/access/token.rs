//! Secrets that somebody shows, and what a key may be used for.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::Role;
use crate::id::ContentHash;

/// The hash of a secret of 256 random bits, the only form in which one is kept. Passwords are not
/// such secrets: they need a slow hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(ContentHash);

impl TokenHash {
    /// Hashes a secret as it was shown.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(ContentHash::of(secret.as_bytes()))
    }

    /// Returns the digest for storage.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

/// The hash of a password as whoever made it wrote it, with its salt and its cost. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash that was made of a password or read from storage.
    #[must_use]
    pub fn new(hash: impl Into<String>) -> Self {
        Self(hash.into())
    }

    /// Returns what was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Lists, searches and reads.
    Read,
    /// Asks questions.
    Ask,
    /// Adds, replaces and removes documents.
    Ingest,
    /// Says who may do what.
    Admin,
}

impl KeyScope {
    /// Returns the highest role that whoever uses the key can have by it.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Read | Self::Ask => Role::Reader,
            Self::Ingest => Role::Editor,
            Self::Admin => Role::Admin,
        }
    }
}
