//! The tables of conversations and of what is set at run time. They move with the installation, and
//! stay when collections are exported.

use super::super::rows::Kind::{Bytes, Integer, Text};
use super::{MANY, Table};

pub(super) const CONVERSATION: Table = Table {
    name: "conversation",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("owner", Bytes),
        ("title", Text),
        ("folded", Text),
        ("is_pinned", Integer),
        ("archived_ms", Integer),
        ("created_ms", Integer),
        ("updated_ms", Integer),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const TURN: Table = Table {
    name: "turn",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("owner", Bytes),
        ("conversation_id", Bytes),
        ("parent_id", Bytes),
        ("question", Text),
        ("request", Text),
        ("created_ms", Integer),
        ("ended_ms", Integer),
        ("outcome", Text),
        ("body", Bytes),
        ("withdrawn_ms", Integer),
    ],
    page: 50,
    moved: "",
    exported: None,
};

pub(super) const TURN_VERSION: Table = Table {
    name: "turn_version",
    key: &["turn_id", "document_id", "content"],
    columns: &[("turn_id", Bytes), ("document_id", Bytes), ("content", Bytes)],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const FEEDBACK: Table = Table {
    name: "feedback",
    key: &["turn_id"],
    columns: &[
        ("turn_id", Bytes),
        ("owner", Bytes),
        ("rating", Text),
        ("reasons", Text),
        ("comment", Text),
        ("created_ms", Integer),
        ("updated_ms", Integer),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const REQUEST_KEY: Table = Table {
    name: "request_key",
    key: &["owner", "key_hash"],
    columns: &[
        ("owner", Bytes),
        ("key_hash", Bytes),
        ("body_hash", Bytes),
        ("epoch", Integer),
        ("claimed_ms", Integer),
        ("status", Integer),
        ("response", Bytes),
    ],
    page: MANY,
    // Whoever repeats a request repeats it where it was done.
    moved: "FALSE",
    exported: None,
};

pub(super) const APP_SETTING: Table = Table {
    name: "app_setting",
    key: &["name"],
    columns: &[("name", Text), ("value", Text), ("changed_ms", Integer)],
    page: MANY,
    moved: "",
    exported: None,
};
