//! Fuzzes the target `delimited` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("delimited");
