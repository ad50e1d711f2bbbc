//! Fuzzes the target `mhtml` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("mhtml");
