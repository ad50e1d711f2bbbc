//! The tables of evaluation. They move with the installation, and stay when collections are exported.

use super::super::rows::Kind::{Bytes, Integer, Text};
use super::{MANY, Table};

pub(super) const EVAL_DATASET: Table = Table {
    name: "eval_dataset",
    key: &["id"],
    columns: &[("id", Bytes), ("name", Text), ("created_ms", Integer), ("updated_ms", Integer)],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const EVAL_QUESTION: Table = Table {
    name: "eval_question",
    key: &["dataset_id", "name"],
    columns: &[
        ("dataset_id", Bytes),
        ("name", Text),
        ("place", Integer),
        ("body", Text),
        ("turn_id", Bytes),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const EVAL_RUN: Table = Table {
    name: "eval_run",
    key: &["id"],
    columns: &[
        ("id", Bytes),
        ("dataset_id", Bytes),
        ("owner", Bytes),
        ("request", Text),
        ("n_total", Integer),
        ("created_ms", Integer),
        ("ended_ms", Integer),
        ("outcome", Text),
        ("figures", Text),
        ("detail", Text),
    ],
    page: MANY,
    moved: "",
    exported: None,
};

pub(super) const EVAL_RESULT: Table = Table {
    name: "eval_result",
    key: &["run_id", "name"],
    columns: &[("run_id", Bytes), ("name", Text), ("place", Integer), ("body", Text)],
    page: MANY,
    moved: "",
    exported: None,
};
