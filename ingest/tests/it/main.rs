//! Ingestion against the real store and real parser processes, with an embedder that needs no weights.

#![expect(clippy::unwrap_used, reason = "these functions are tests or parts of tests")]

mod folders;
mod limits;
mod setup;
mod stopping;
