//! Bytes → document → chunks, as pure functions.
//!
//! This crate performs no I/O, starts no thread and knows no model: [`parse`] reads strangers'
//! bytes into the canonical text and its blocks, [`chunk`] cuts that text for an embedder whose
//! tokens the caller has counted. The same bytes always give the same document, and the same
//! document and tokens the same chunks; a change of either changes [`READING`].
//!
//! What is damaged ends in a [`Failure`](footnote_core::job::Failure) that says what to do. A
//! hostile file can still exhaust memory or the stack inside a library, so programs call
//! [`parse`] in a child process with limits.

mod archive;
mod assemble;
mod chunk;
mod code;
mod data;
mod decode;
mod detect;
mod epub;
mod grid;
mod guard;
mod html;
mod inside;
mod limits;
mod mail;
mod markdown;
mod ocr;
mod office;
mod options;
mod package;
mod page;
mod parser;
mod pdf;
mod picture;
mod plain;
mod rtf;
mod sentence;
mod sheet;
mod sketch;
mod xml;

pub use chunk::{ChunkConfig, chunk, context_prefix};
pub use code::Language;
pub use detect::{Format, detect, holds_documents};
pub use limits::Limits;
pub use ocr::{Picture, RecognizedWord, Recognizer, words_from_tsv};
pub use options::{ParseOptions, Progress};
pub use parser::{Parsed, parse, parse_all, parse_with};
pub use sketch::sketch;

/// The version of reading: parsers, canonical text and chunker.
///
/// Part of a version's id: when it changes, every document is read again.
pub const READING: &str = "3";
