//! Fuzzes the target `html` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("html");
