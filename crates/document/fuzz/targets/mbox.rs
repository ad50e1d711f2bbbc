//! Fuzzes the target `mbox` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("mbox");
