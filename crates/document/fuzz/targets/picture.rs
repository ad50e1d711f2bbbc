//! Fuzzes the target `picture` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("picture");
