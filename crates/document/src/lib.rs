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

mod assemble;
mod chunk;
mod decode;
mod detect;
mod html;
mod limits;
mod markdown;
mod parser;
mod pdf;
mod plain;
mod sketch;

pub use chunk::{ChunkConfig, chunk, context_prefix};
pub use detect::{Format, detect};
pub use limits::Limits;
pub use parser::parse;
pub use sketch::sketch;

/// The version of reading: parsers, canonical text and chunker.
///
/// Part of a version's id: when it changes, every document is read again.
pub const READING: &str = "1";
