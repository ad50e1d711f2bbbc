//! Stories about the store, told against real files.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these functions are tests or parts of tests"
)]

mod analyzer;
mod crash;
mod fixture;
mod index_story;
mod jobs;
mod keeping;
mod killed_optimizer;
mod lexical;
mod mending;
mod scope;
mod versions;
