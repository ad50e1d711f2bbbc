//! Fuzzes the target `eml` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("eml");
