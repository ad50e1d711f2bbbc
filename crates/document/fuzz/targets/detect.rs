//! Fuzzes the target `detect` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("detect");
