//! Fuzzes the target `json` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("json");
