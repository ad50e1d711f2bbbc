//! Temporary.
#![allow(
    missing_docs,
    dead_code,
    unused,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::print_stdout
)]
#[path = "it/fixture.rs"]
mod fixture;
#[path = "it/index_story.rs"]
mod index_story;
#[path = "it/postgres.rs"]
mod postgres;
#[path = "it/qdrant.rs"]
mod qdrant;
#[path = "it/qdrant_host.rs"]
mod qdrant_host;
#[path = "it/qdrant_server.rs"]
mod qdrant_server;
