//! Strangers' bytes are read in a child process with limits, so that a panic, an abort, an endless
//! loop or a memory bomb ends one document and nothing else.
//!
//! The program starts itself again with a hidden command; the child limits itself before it reads
//! the first byte. Children are pooled: one serves many documents and is replaced after a failure.

mod child;
mod limits;
mod listener;
mod ocr;
mod parser;
mod pool;
mod protocol;

pub use child::run_child;
pub use listener::ParseListener;
pub use ocr::{Tesseract, WithoutOcr};
pub use pool::{ParserCommand, ParserPool};
