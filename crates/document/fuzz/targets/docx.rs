//! Fuzzes the target `docx` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("docx");
