//! Stories about the store, told against real files.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these functions are tests or parts of tests"
)]

mod analyzer;
mod as_of;
mod canary;
mod contention;
mod conversations;
mod crash;
mod deleting;
mod duplicates;
mod evals;
mod faults;
mod fixture;
mod fixtures;
mod history;
mod index_story;
mod installations;
mod jobs;
mod keeping;
mod killed_optimizer;
mod layouts;
mod lexical;
mod listing;
mod mending;
mod originals;
mod people;
mod permissions;
mod postgres;
mod purge;
mod qdrant;
mod qdrant_host;
mod qdrant_server;
mod ranges;
mod requests;
mod room;
mod scope;
mod shared;
mod spaces;
mod transfer;
mod versions;
