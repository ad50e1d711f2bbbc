//! The promises of the crate, over its public functions.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod archives;
mod chunks;
mod corpora;
mod data;
mod hostile;
mod invariants;
mod mails;
mod ocr;
mod office;
mod packages;
mod pdf;
mod samples;
mod sheets;
mod sketches;
mod tokens;
mod torture;
