//! Fuzzes the target `rtf` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("rtf");
