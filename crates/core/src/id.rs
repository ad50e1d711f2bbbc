//! Ids are types, and derived where possible: the same input gives the same id, so every write
//! may be repeated.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::Error;

/// The namespace of every derived id. Changing it changes every id that was ever given out.
const NAMESPACE: Uuid = Uuid::from_u128(0x8f0e_9c1b_5b0a_4f0e_9a53_f007_1107_e000);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the written form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUID that was read from storage.
            #[must_use]
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID for storage.
            #[must_use]
            pub fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                let bare = text.strip_prefix(concat!($prefix, "_")).unwrap_or(text);
                Uuid::parse_str(bare).map(Self).map_err(|error| {
                    Error::invalid(format!("`{text}` is not an id like {}_…", $prefix)).because(error)
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|error: Error| serde::de::Error::custom(error.message()))
            }
        }
    };
}

macro_rules! random {
    ($($name:ident),*) => {$(
        impl $name {
            /// Makes a new id that sorts by the time of its making.
            #[must_use]
            pub fn generate() -> Self {
                Self(fresh())
            }
        }
    )*};
}

id!(/// A collection of documents: the unit of access and of search.
    CollectionId, "col");
id!(/// A document: one uri below one source root in one collection.
    DocumentId, "doc");
id!(/// A version: the content of a document at one time.
    VersionId, "ver");
id!(/// A chunk of one version.
    ChunkId, "chk");
id!(/// A job.
    JobId, "job");
id!(/// A place that is looked at again and again.
    SourceId, "src");
id!(/// An installation: one catalog, whichever processes work on it.
    InstallationId, "ins");
id!(/// An answer.
    AnswerId, "ans");
id!(/// A conversation: a tree of questions with their answers.
    ConversationId, "cnv");
id!(/// A citation of one answer.
    CitationId, "cit");
id!(/// Somebody who signs in.
    PersonId, "usr");
id!(/// A group of people and of other groups.
    GroupId, "grp");
id!(/// A key that a program signs in with.
    KeyId, "key");
id!(/// A session: a browser in which somebody is signed in.
    SessionId, "ses");
id!(/// A grant: somebody has a role on something.
    GrantId, "gra");
id!(/// An entry of the audit log.
    AuditId, "aud");
id!(/// A set of questions with known answers.
    DatasetId, "set");
id!(/// The questions of a set, asked once.
    RunId, "run");
random!(CollectionId, JobId, InstallationId, AnswerId);
random!(PersonId, GroupId, KeyId, SessionId, AuditId, ConversationId);
random!(DatasetId, RunId);

impl CollectionId {
    /// Derives the id of a collection from its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(derive(&[b"collection", name.as_bytes()]))
    }
}

impl DocumentId {
    /// Derives the id from where the document stands.
    #[must_use]
    pub fn derive(collection: CollectionId, root: &str, uri: &str) -> Self {
        Self(derive(&[collection.0.as_bytes(), root.as_bytes(), uri.as_bytes()]))
    }
}

impl SourceId {
    /// Derives the id from where documents come from and where they go.
    #[must_use]
    pub fn derive(collection: CollectionId, address: &str) -> Self {
        Self(derive(&[b"source", collection.0.as_bytes(), address.as_bytes()]))
    }
}

impl VersionId {
    /// Derives the id from the content and the `reading`: what reads it (parser and chunker).
    #[must_use]
    pub fn derive(document: DocumentId, content: &ContentHash, reading: &str) -> Self {
        Self(derive(&[document.0.as_bytes(), &content.0, reading.as_bytes()]))
    }
}

impl ChunkId {
    /// Derives the id of the chunk at a position, counted from 0.
    #[must_use]
    pub fn nth(version: VersionId, ordinal: u32) -> Self {
        Self(derive(&[version.0.as_bytes(), &ordinal.to_le_bytes()]))
    }
}

impl GrantId {
    /// Derives the id from who has a role and what it is on.
    #[must_use]
    pub fn derive(subject: Uuid, on: Uuid) -> Self {
        Self(derive(&[b"grant", subject.as_bytes(), on.as_bytes()]))
    }
}

impl CitationId {
    /// Derives the id of the citation with a number, counted from 1, in an answer.
    #[must_use]
    pub fn nth(answer: AnswerId, n: u32) -> Self {
        Self(derive(&[answer.0.as_bytes(), &n.to_le_bytes()]))
    }
}

/// Makes a UUID that no other call returns, and that sorts by the time of its making.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids that are not derived")]
pub(crate) fn fresh() -> Uuid {
    Uuid::now_v7()
}

/// Derives a UUID (RFC 9562, version 5); each part is preceded by its length, so that parts
/// cannot run into each other.
fn derive(parts: &[&[u8]]) -> Uuid {
    let mut name = Vec::new();
    for part in parts {
        name.extend_from_slice(&(part.len() as u64).to_le_bytes());
        name.extend_from_slice(part);
    }
    Uuid::new_v5(&NAMESPACE, &name)
}

/// The SHA-256 of some bytes; written `sha256:<hex>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Wraps a digest that was computed piece by piece or read from storage.
    #[must_use]
    pub fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Returns the digest for storage.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the digest in lower-case hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ok = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Computes a [`ContentHash`] piece by piece.
#[derive(Debug, Clone, Default)]
pub struct ContentHasher(Sha256);

impl ContentHasher {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// Returns the hash of everything that was taken.
    #[must_use]
    pub fn finish(self) -> ContentHash {
        ContentHash(self.0.finalize().into())
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: Error| serde::de::Error::custom(error.message()))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl FromStr for ContentHash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::invalid(format!("`{text}` is not a hash like sha256:…"));
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut digest = [0; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            let pair = hex.get(2 * index..2 * index + 2).ok_or_else(invalid)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|error| invalid().because(error))?;
        }
        Ok(Self(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_back_from_what_it_writes() {
        let hash = ContentHash::of(b"content");
        assert_eq!(hash.to_string().parse::<ContentHash>().unwrap(), hash);
        assert_eq!(hash.hex().parse::<ContentHash>().unwrap(), hash);
        assert!("sha256:12".parse::<ContentHash>().is_err());
        assert!(format!("sha256:{}", "é".repeat(32)).parse::<ContentHash>().is_err());
    }

    #[test]
    fn an_id_is_read_back_from_what_it_writes() {
        let id = CollectionId::named("handbook");
        assert_eq!(id.to_string().parse::<CollectionId>().unwrap(), id);
        assert!(id.to_string().starts_with("col_"));
        assert!("doc_nonsense".parse::<DocumentId>().is_err());
    }

    #[test]
    fn derived_ids_are_the_same_again_and_parts_do_not_run_together() {
        let collection = CollectionId::named("c");
        assert_eq!(
            DocumentId::derive(collection, "r", "u"),
            DocumentId::derive(collection, "r", "u")
        );
        assert_ne!(
            DocumentId::derive(collection, "ab", "c"),
            DocumentId::derive(collection, "a", "bc")
        );
    }
}
