//! The promises of the crate, over its public functions.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod chunks;
mod corpora;
mod hostile;
mod invariants;
mod pdf;
mod samples;
mod sketches;
mod tokens;
mod torture;
