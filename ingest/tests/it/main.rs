//! Ingestion against the real store and real parser processes, with an embedder that needs no weights.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "these functions are tests or parts of tests"
)]

mod connector_dav;
mod connector_git;
mod connector_guard;
mod connector_s3;
mod connector_setup;
mod connector_web;
mod equal;
mod folders;
mod inside;
mod killing;
mod limits;
mod ocr;
mod queue;
mod setup;
mod site;
mod stopping;
mod sync;
