//! Fuzzes the target `markdown` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("markdown");
