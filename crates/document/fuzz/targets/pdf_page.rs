//! Fuzzes the target `pdf_page` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("pdf_page");
