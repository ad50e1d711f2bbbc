//! The vocabulary of Footnote: the things of the domain and the traits at the seams.
//!
//! This crate performs no I/O and knows no backend. The four crates above it (`document`,
//! `model`, `store`, `answer`) know only this one and meet through its traits.
//!
//! # Glossary
//! * [`Source`](document::Source): where a document comes from, a root and a uri below it.
//! * Document: one uri of a [collection](id::CollectionId); its content at one time is a *version*.
//! * [`ParsedDocument`](document::ParsedDocument): the canonical text of a version and its blocks.
//! * [`Block`](document::Block): a heading, paragraph, list item, table or code, with its place.
//! * [`Chunk`](document::Chunk): a stretch of the canonical text that is embedded and indexed.
//! * [`Span`](document::Span): where a stretch stands in the canonical text, in bytes and characters.
//! * [`Passage`](query::Passage): a chunk that was retrieved for a question, with its scores.
//! * [`Citation`](answer::Citation): a span of a version whose text supports a sentence.
//! * [`Scope`](access::Scope): what a principal may read; no read happens without one.

pub mod access;
pub mod answer;
pub mod chat;
pub mod clock;
pub mod config;
pub mod corpus;
pub mod document;
pub mod error;
pub mod id;
pub mod index;
pub mod job;
pub mod layout;
pub mod model;
pub mod query;
pub mod sketch;
#[cfg(feature = "telemetry")]
pub mod telemetry;
pub mod text;
pub mod trace;

pub use error::{Error, ErrorKind, Result};
