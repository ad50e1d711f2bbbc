//! Fuzzes the target `text` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("text");
