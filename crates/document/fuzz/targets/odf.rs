//! Fuzzes the target `odf` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("odf");
