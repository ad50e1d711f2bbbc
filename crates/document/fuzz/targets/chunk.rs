//! Fuzzes the target `chunk` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("chunk");
