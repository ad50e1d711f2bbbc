//! The way from a question to a cited answer, with a corpus in memory and a scripted model.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../src/plain.rs"]
mod plain;

mod answering;
mod drafting;
mod evaluation;
mod fakes;
mod generating;
mod injection;
mod late;
mod markers;
mod searching;
