//! The tables of people and of what they may see. They move with the installation, and stay when
//! collections are exported.

use super::super::rows::Kind::{Bytes, Integer, Text};
use super::{MANY, Table};

pub(super) const PERSON: Table = Table {
    name: "person",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("login", Text),
        ("name", Text),
        ("password_hash", Text),
        ("role", Text),
        ("epoch", Integer),
        ("created_ms", Integer),
        ("disabled_ms", Integer),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const SESSION: Table = Table {
    name: "session",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("token_hash", Bytes),
        ("person_id", Bytes),
        ("epoch", Integer),
        ("user_agent", Text),
        ("created_ms", Integer),
        ("used_ms", Integer),
        ("expires_ms", Integer),
    ],
    page: MANY,
    // Whoever is signed in here signs in to the copy anew.
    moved: "FALSE",
    exported: None,
};

pub(super) const API_KEY: Table = Table {
    name: "api_key",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("token_hash", Bytes),
        ("person_id", Bytes),
        ("epoch", Integer),
        ("name", Text),
        ("scopes", Text),
        ("collections", Text),
        ("created_ms", Integer),
        ("used_ms", Integer),
        ("expires_ms", Integer),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const PERSON_GROUP: Table = Table {
    name: "person_group",
    key: &["id"],
    columns: &[("id", Bytes), ("name", Text), ("created_ms", Integer)],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const MEMBERSHIP: Table = Table {
    name: "membership",
    key: &["group_id", "person_id"],
    columns: &[("group_id", Bytes), ("person_id", Bytes), ("is_followed", Integer)],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const NESTING: Table = Table {
    name: "nesting",
    key: &["outer_id", "inner_id"],
    columns: &[("outer_id", Bytes), ("inner_id", Bytes)],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const ACCESS_GRANT: Table = Table {
    name: "access_grant",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("person_id", Bytes),
        ("group_id", Bytes),
        ("collection_id", Bytes),
        ("document_id", Bytes),
        ("role", Text),
        ("created_ms", Integer),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const AUDIT: Table = Table {
    name: "audit",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("at_ms", Integer),
        ("person_id", Bytes),
        ("actor", Text),
        ("action", Text),
        ("target", Text),
        ("origin", Text),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const IDENTITY: Table = Table {
    name: "identity",
    key: &["issuer", "subject"],
    columns: &[
        ("issuer", Text),
        ("subject", Text),
        ("person_id", Bytes),
        ("created_ms", Integer),
        ("used_ms", Integer),
    ],
    page: MANY,
    moved: "",
    exported: None,
};
