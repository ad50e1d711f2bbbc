//! The promises of the crate, over its public functions.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod archives;
mod chunks;
mod corpora;
mod data;
mod fuzzed;
mod hostile;
mod invariants;
mod mails;
mod ocr;
mod office;
mod packages;
mod pages;
mod pdf;
mod promises;
mod recipes;
mod samples;
mod sheets;
mod skeletons;
mod sketches;
mod targets;
mod tokens;
mod torture;
