//! The archive: one file `*.footnote`, a tar in a zstd stream.
//!
//! ```text
//! about.json                what it is, which tables with which columns
//! rows/<table>/<number>     rows, each after its length in four bytes, little-endian
//! originals/<hash>          original bytes under their SHA-256
//! manifest.json             how many of everything, with digests
//! ```
//! The manifest comes last, so that an archive can be written to a pipe; nothing is promised to
//! anybody before it was read and found to be right. Names are never paths: only these forms are
//! read, in this order, and nothing is ever unpacked under a name of the archive's.

mod output;
mod read;
mod write;

use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};

pub(crate) use output::Output;
pub(crate) use read::Reader;
pub(crate) use write::write;

use super::rows::Tally;
use super::{About, TransferReport};

/// The version of the format.
pub(crate) const FORMAT: u32 = 1;

/// What the name of an archive ends with.
pub(crate) const EXTENSION: &str = "footnote";

const ABOUT: &str = "about.json";
const MANIFEST: &str = "manifest.json";
const ROWS: &str = "rows";
const ORIGINALS: &str = "originals";

/// How large `about.json` and `manifest.json` may be.
const MAX_JSON_BYTES: u64 = 64 << 20;

/// How many of everything there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The SHA-256 of `about.json`.
    about: ContentHash,
    tables: Vec<Entry>,
    originals: Entry,
    /// Originals that the catalog names and that were not there.
    missing: Vec<ContentHash>,
}

/// How many of one thing there are, and what they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    name: String,
    n: u64,
    size_bytes: u64,
    /// The sum of their SHA-256.
    digest: ContentHash,
}

impl Entry {
    fn new(name: &str, tally: Tally, size_bytes: u64) -> Self {
        Self { name: name.to_owned(), n: tally.n_rows, size_bytes, digest: tally.digest() }
    }
}

impl Manifest {
    /// Returns what moved.
    pub(crate) fn report(&self, about: &About) -> TransferReport {
        let n = |name: &str| {
            self.tables.iter().find(|entry| entry.name == name).map_or(0, |entry| entry.n)
        };
        TransferReport {
            created: Some(about.created),
            n_collections: n("collection"),
            n_documents: n("document"),
            n_versions: n("version"),
            n_chunks: n("chunk"),
            n_embeddings: n("embedding"),
            n_rows: self.tables.iter().map(|entry| entry.n).sum(),
            n_originals: self.originals.n,
            originals_bytes: self.originals.size_bytes,
            missing: self.missing.clone(),
            archive_bytes: None,
        }
    }
}

/// What the writer has seen or the reader has found, until the manifest is made or checked.
struct Inventory {
    about: ContentHash,
    names: Vec<String>,
    tables: Vec<(Tally, u64)>,
    originals: (Tally, u64),
    missing: Vec<ContentHash>,
}

impl Inventory {
    fn new(about: &About, written: &[u8]) -> Self {
        Self {
            about: ContentHash::of(written),
            names: about.tables.iter().map(|shape| shape.name.clone()).collect(),
            tables: vec![(Tally::default(), 0); about.tables.len()],
            originals: (Tally::default(), 0),
            missing: Vec::new(),
        }
    }

    /// Counts a row of the table with a number.
    fn add_row(&mut self, table: usize, row: &[u8]) {
        if let Some((tally, size_bytes)) = self.tables.get_mut(table) {
            tally.add(row);
            *size_bytes += row.len() as u64;
        }
    }

    /// Counts an original.
    fn add_original(&mut self, hash: &ContentHash, size_bytes: u64) {
        self.originals.0.add_hash(hash);
        self.originals.1 += size_bytes;
    }

    fn manifest(self) -> Manifest {
        let tables = self.names.iter().zip(self.tables);
        Manifest {
            about: self.about,
            tables: tables.map(|(name, (tally, bytes))| Entry::new(name, tally, bytes)).collect(),
            originals: Entry::new(ORIGINALS, self.originals.0, self.originals.1),
            missing: self.missing,
        }
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value)
        .map_err(|error| Error::internal("cannot describe the archive").because(error))
}
