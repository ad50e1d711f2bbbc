//! Fuzzes the target `epub` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("epub");
