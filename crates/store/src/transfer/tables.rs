//! The tables of the catalog as they move, in an order in which every row finds what it refers to.
//!
//! A migration that adds a table or a column adds it here too; a test compares this list with the
//! real tables. Pieces of originals are not in it: they move as originals.

mod conversations;
mod evaluation;
mod people;

use super::rows::{Kind, Shape};
use Kind::{Bytes, Integer, Text};

/// A table of the catalog.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The columns that identify a row, by which it is read page by page.
    pub(crate) key: &'static [&'static str],
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// How many rows are read at once: fewer where they are large.
    pub(crate) page: usize,
    /// Which of its rows `t` move; empty means all.
    pub(crate) moved: &'static str,
    /// Which of its rows are exported; `None` when it stays.
    pub(crate) exported: Option<Exported>,
}

/// How the rows of a table belong to what is exported: the collections `$1`, a JSON list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Exported {
    /// All that satisfy a condition.
    Where(&'static str),
    /// Those with an exported version `v` of a document `d` that satisfies a condition.
    WithVersion(&'static str),
    /// Those with a chunk `c` of such a version that satisfies a condition.
    WithChunk(&'static str),
}

const MANY: usize = 500;

/// Every table that moves.
pub(crate) const TABLES: [Table; 36] = [
    Table {
        name: "setting",
        key: &["name"],
        columns: &[("name", Text), ("value", Text)],
        page: MANY,
        // The copy is another installation with indexes of its own, perhaps on the same server.
        moved: "t.name NOT IN ('installation', 'last_generation')",
        exported: None,
    },
    Table {
        name: "collection",
        key: &["id"],
        columns: &[
            ("id", Bytes),
            ("name", Text),
            ("created_ms", Integer),
            ("removed_ms", Integer),
            ("description", Text),
            ("revision", Integer),
            ("is_public", Integer),
        ],
        page: MANY,
        moved: "",
        exported: Some(Exported::Where("t.id IN (SELECT unhex(value) FROM json_each($1))")),
    },
    Table {
        name: "space",
        key: &["id"],
        columns: &[
            ("id", Integer),
            ("fingerprint", Text),
            ("dimension", Integer),
            ("analyzer", Text),
            ("generation", Integer),
            ("state", Text),
            ("created_ms", Integer),
            ("model", Text),
        ],
        page: MANY,
        moved: "",
        exported: Some(Exported::Where("t.state = 'serving'")),
    },
    Table {
        name: "document",
        key: &["id"],
        columns: &[
            ("id", Bytes),
            ("collection_id", Bytes),
            ("root", Text),
            ("uri", Text),
            ("modified_ms", Integer),
            ("created_ms", Integer),
            ("removed_ms", Integer),
            ("container", Bytes),
        ],
        page: MANY,
        moved: "",
        exported: Some(Exported::WithVersion("v.document_id = t.id")),
    },
    Table {
        name: "blob",
        key: &["hash"],
        columns: &[("hash", Bytes), ("size_bytes", Integer), ("created_ms", Integer)],
        page: MANY,
        moved: "",
        exported: Some(Exported::WithVersion("v.blob_hash = t.hash")),
    },
    Table {
        name: "version",
        key: &["id"],
        columns: &[
            ("id", Bytes),
            ("document_id", Bytes),
            ("content", Bytes),
            ("reading", Text),
            ("blob_hash", Bytes),
            ("media_type", Text),
            ("title", Text),
            ("size_bytes", Integer),
            ("n_pages", Integer),
            ("n_chunks", Integer),
            ("notes", Text),
            ("blocks", Text),
            ("state", Text),
            ("created_ms", Integer),
            ("superseded_ms", Integer),
            ("sketch", Bytes),
        ],
        page: 8,
        moved: "",
        exported: Some(Exported::WithVersion("v.id = t.id")),
    },
    Table {
        name: "version_text",
        key: &["version_id", "byte_start"],
        columns: &[
            ("version_id", Bytes),
            ("byte_start", Integer),
            ("char_start", Integer),
            ("bytes", Bytes),
        ],
        page: 100,
        moved: "",
        exported: Some(Exported::WithVersion("v.id = t.version_id")),
    },
    Table {
        name: "version_layout",
        key: &["version_id"],
        columns: &[("version_id", Bytes), ("layout", Bytes)],
        page: 8,
        moved: "",
        exported: Some(Exported::WithVersion("v.id = t.version_id")),
    },
    Table {
        name: "chunk",
        key: &["id"],
        columns: &[
            ("id", Bytes),
            ("version_id", Bytes),
            ("ordinal", Integer),
            ("byte_start", Integer),
            ("byte_end", Integer),
            ("char_start", Integer),
            ("char_end", Integer),
            ("page", Integer),
            ("headings", Text),
            ("context", Text),
            ("n_tokens", Integer),
            ("embedded", Bytes),
        ],
        page: MANY,
        moved: "",
        exported: Some(Exported::WithVersion("v.id = t.version_id")),
    },
    Table {
        name: "embedding",
        key: &["embedded", "space_id"],
        columns: &[("embedded", Bytes), ("space_id", Integer), ("vector", Bytes)],
        page: MANY,
        moved: "",
        exported: Some(Exported::WithChunk(
            "c.embedded = t.embedded
             AND t.space_id IN (SELECT id FROM space WHERE state = 'serving')",
        )),
    },
    Table {
        name: "outbox",
        key: &["id"],
        columns: &[
            ("id", Integer),
            ("version_id", Bytes),
            ("action", Text),
            ("created_ms", Integer),
            ("applied_ms", Integer),
        ],
        page: MANY,
        moved: "",
        exported: None,
    },
    Table {
        name: "version_life",
        key: &["version_id", "from_ms"],
        columns: &[("version_id", Bytes), ("from_ms", Integer), ("until_ms", Integer)],
        page: MANY,
        moved: "",
        exported: Some(Exported::WithVersion("v.id = t.version_id")),
    },
    Table {
        name: "sketch_band",
        key: &["band", "version_id"],
        columns: &[("band", Integer), ("version_id", Bytes)],
        page: MANY,
        moved: "",
        exported: Some(Exported::WithVersion("v.id = t.version_id")),
    },
    Table {
        name: "source",
        key: &["id"],
        columns: &[
            ("id", Bytes),
            ("collection_id", Bytes),
            ("address", Text),
            ("request", Text),
            ("every_seconds", Integer),
            ("cursor", Text),
            ("next_ms", Integer),
            ("last_job_id", Bytes),
            ("created_ms", Integer),
        ],
        page: MANY,
        moved: "",
        exported: None,
    },
    Table {
        name: "job",
        key: &["id"],
        columns: &[
            ("id", Bytes),
            ("collection_id", Bytes),
            ("source", Text),
            ("state", Text),
            ("created_ms", Integer),
            ("started_ms", Integer),
            ("ended_ms", Integer),
            ("detail", Text),
            ("kind", Text),
            ("request", Text),
            ("priority", Integer),
            ("paused_ms", Integer),
            ("listed_ms", Integer),
            ("turn", Integer),
            ("lease_owner", Text),
            ("lease_epoch", Integer),
            ("lease_expires_ms", Integer),
            ("n_lost", Integer),
            ("n_waiting", Integer),
            ("n_working", Integer),
            ("n_ready", Integer),
            ("n_unchanged", Integer),
            ("n_removed", Integer),
            ("n_failed", Integer),
            ("n_cancelled", Integer),
            ("n_chunks", Integer),
        ],
        page: MANY,
        moved: "",
        exported: None,
    },
    Table {
        name: "job_item",
        key: &["job_id", "root", "uri"],
        columns: &[
            ("job_id", Bytes),
            ("root", Text),
            ("uri", Text),
            ("document_id", Bytes),
            ("place", Text),
            ("size_bytes", Integer),
            ("modified_ms", Integer),
            ("tag", Text),
            ("state", Text),
            ("n_failures", Integer),
            ("n_lost", Integer),
            ("n_lost_alone", Integer),
            ("is_alone", Integer),
            ("lease_owner", Text),
            ("lease_epoch", Integer),
            ("lease_expires_ms", Integer),
            ("progress", Integer),
            ("progress_ms", Integer),
            ("not_before_ms", Integer),
            ("failure_code", Text),
            ("failure_detail", Text),
            ("n_chunks", Integer),
            ("updated_ms", Integer),
        ],
        page: MANY,
        moved: "",
        exported: None,
    },
    Table {
        name: "seen",
        key: &["document_id"],
        columns: &[
            ("document_id", Bytes),
            ("version_id", Bytes),
            ("size_bytes", Integer),
            ("modified_ms", Integer),
            ("tag", Text),
        ],
        page: MANY,
        moved: "",
        exported: None,
    },
    people::PERSON,
    people::SESSION,
    people::API_KEY,
    people::PERSON_GROUP,
    people::MEMBERSHIP,
    people::NESTING,
    people::ACCESS_GRANT,
    people::AUDIT,
    conversations::CONVERSATION,
    conversations::TURN,
    conversations::TURN_VERSION,
    conversations::FEEDBACK,
    conversations::REQUEST_KEY,
    conversations::APP_SETTING,
    people::IDENTITY,
    evaluation::EVAL_DATASET,
    evaluation::EVAL_QUESTION,
    evaluation::EVAL_RUN,
    evaluation::EVAL_RESULT,
];

impl Table {
    /// Returns its name and columns as they are told to whoever takes its rows.
    pub(crate) fn shape(&self) -> Shape {
        let columns = self.columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
        Shape { name: self.name.to_owned(), columns: columns.collect() }
    }
}
