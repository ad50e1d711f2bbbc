//! Fuzzes the target `pdf` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("pdf");
