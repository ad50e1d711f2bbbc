//! Fuzzes the target `legacy` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("legacy");
