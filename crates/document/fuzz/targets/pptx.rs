//! Fuzzes the target `pptx` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("pptx");
