//! Models: what embeds, what generates, and the traits they are used through.

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Result;
use crate::chat::{Piece, Prompt};

/// A vector that stands for a text. Unit length, so that the dot product is the cosine.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(pub Vec<f32>);

/// What a text is embedded for; some models want a prefix that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A question that searches.
    Query,
    /// A passage that is to be found. Takes its turn behind queries.
    Passage,
}

/// What makes two embeddings comparable: weights, tokenizer, pooling and prefix, hashed.
///
/// Vectors of different fingerprints are never compared; see `space` in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A language as far as models differ in reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, and what is written in Latin letters in general.
    English,
    /// Chinese.
    Chinese,
}

/// Turns texts into vectors.
///
/// Every backend promises: one embedding per text, in order, of [`dimension`](Self::dimension)
/// values and unit length; a text longer than the model reads is cut, never refused.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Returns what makes embeddings comparable.
    fn fingerprint(&self) -> &Fingerprint;

    /// Returns how many values an embedding has.
    fn dimension(&self) -> usize;

    /// Returns how many tokens the model reads, special tokens included.
    fn max_tokens(&self) -> usize;

    /// Tells whether the model understands a language.
    fn reads(&self, language: Language) -> bool;

    /// Returns the byte offset at which each token of the text begins, ascending, special tokens
    /// excluded. The text is tokenized whole, however long.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails.
    fn token_starts(&self, text: &str) -> Result<Vec<usize>>;

    /// Embeds texts.
    ///
    /// # Errors
    /// `Unavailable` when the model cannot run, `Internal` when it fails.
    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Embedding>>;
}

/// The model in use, which may be exchanged while the program runs.
///
/// Whoever works on one question or one document gets the model once and keeps it to the end, so
/// that everything that is compared comes from the same one.
pub struct Switch<T: ?Sized>(RwLock<Arc<T>>);

impl<T: ?Sized> Switch<T> {
    /// Begins with a model.
    #[must_use]
    pub fn new(model: Arc<T>) -> Self {
        Self(RwLock::new(model))
    }

    /// Returns the model in use now.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another model in its place. Who has got the one before keeps it.
    pub fn set(&self, model: Arc<T>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = model;
    }
}

impl<T: ?Sized> fmt::Debug for Switch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch").finish_non_exhaustive()
    }
}

/// Writes text after a prompt.
///
/// Every backend promises: pieces are whole characters; dropping the stream stops the model at
/// the next token; the last piece is [`Piece::Finished`].
#[async_trait]
pub trait Generator: Send + Sync {
    /// Returns the name shown to users, e.g. `smollm2-135m-instruct-q8_0`.
    fn name(&self) -> &str;

    /// Tells whether the model understands a language.
    fn reads(&self, language: Language) -> bool;

    /// Returns how many tokens prompt and answer may have together.
    fn context_tokens(&self) -> usize;

    /// Counts the tokens of a text.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails.
    fn count_tokens(&self, text: &str) -> Result<usize>;

    /// Starts generating.
    ///
    /// # Errors
    /// `Invalid` when prompt and answer do not fit the context, `Unavailable` when the model
    /// cannot run.
    async fn generate(&self, prompt: Prompt) -> Result<BoxStream<'static, Result<Piece>>>;
}
