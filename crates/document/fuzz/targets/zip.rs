//! Fuzzes the target `zip` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("zip");
