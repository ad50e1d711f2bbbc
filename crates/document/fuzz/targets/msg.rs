//! Fuzzes the target `msg` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("msg");
