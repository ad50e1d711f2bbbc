//! Fuzzes the target `sheet` of `tests/it/targets.rs`.

#![no_main]

footnote_document_fuzz::fuzz!("sheet");
