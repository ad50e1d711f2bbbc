//! Models without weights, for the tests of whatever uses models.

use async_trait::async_trait;
use footnote_core::chat::{Completion, Piece, Prompt, StopReason};
use footnote_core::model::{Embedder, Embedding, Fingerprint, Generator, Language, Purpose};
use footnote_core::{Error, Result};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use std::ops::Range;
use std::sync::Mutex;

/// An embedder whose vectors are hashed bags of words: texts that share words are near.
#[derive(Debug)]
pub struct FakeEmbedder {
    dimension: usize,
    max_tokens: usize,
    fingerprint: Fingerprint,
}

/// A generator that says what it was told to say.
#[derive(Debug)]
pub struct FakeGenerator {
    pieces: Vec<String>,
    context_tokens: usize,
    prompts: Mutex<Vec<Prompt>>,
}

impl FakeEmbedder {
    /// Makes an embedder of the given dimension that reads 256 tokens.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        let fingerprint = Fingerprint(format!("fake-{dimension}"));
        Self { dimension: dimension.max(1), max_tokens: 256, fingerprint }
    }

    /// Returns the embedding of a text, its words hashed into the dimensions.
    #[must_use]
    pub fn vector(&self, text: &str) -> Embedding {
        let mut values = vec![0.0f32; self.dimension];
        // Two of `max_tokens` are special, as in a real model.
        for word in words(text).take(self.max_tokens.saturating_sub(2)) {
            let hash = Sha256::digest(text[word].to_lowercase().as_bytes());
            let number = u64::from_le_bytes(std::array::from_fn(|place| hash[place]));
            // The remainder is below a `usize`.
            let place = usize::try_from(number % self.dimension as u64).unwrap_or_default();
            values[place] += if hash[8] < 128 { 1.0 } else { -1.0 };
        }
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            for value in &mut values {
                *value /= length;
            }
        } else {
            values[0] = 1.0;
        }
        Embedding(values)
    }
}

/// Returns where the words of a text stand; a Chinese character is a word of its own.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_single =
        |c: char| !c.is_ascii() && c.is_alphanumeric() && !c.is_lowercase() && !c.is_uppercase();
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        while !is_single(first) {
            match rest.next_if(|(_, c)| c.is_alphanumeric() && !is_single(*c)) {
                Some((at, c)) => end = at + c.len_utf8(),
                None => break,
            }
        }
        Some(start..end)
    })
}

#[async_trait]
impl Embedder for FakeEmbedder {
    fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    fn dimension(&self) -> usize {
        self.dimension
    }

    fn max_tokens(&self) -> usize {
        self.max_tokens
    }

    fn reads(&self, _language: Language) -> bool {
        true
    }

    fn token_starts(&self, text: &str) -> Result<Vec<usize>> {
        Ok(words(text).map(|word| word.start).collect())
    }

    async fn embed(&self, texts: Vec<String>, _purpose: Purpose) -> Result<Vec<Embedding>> {
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }
}

impl FakeGenerator {
    /// Makes a generator that gives these pieces for every prompt.
    #[must_use]
    pub fn new(pieces: &[&str]) -> Self {
        let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
        Self { pieces, context_tokens: 4096, prompts: Mutex::new(Vec::new()) }
    }

    /// Returns the prompts that were given, oldest first.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        self.prompts.lock().map(|prompts| prompts.clone()).unwrap_or_default()
    }
}

#[async_trait]
impl Generator for FakeGenerator {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn reads(&self, _language: Language) -> bool {
        true
    }

    fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    fn count_tokens(&self, text: &str) -> Result<usize> {
        Ok(words(text).count())
    }

    async fn generate(&self, prompt: Prompt) -> Result<BoxStream<'static, Result<Piece>>> {
        let count = |text: &str| words(text).count();
        let prompt_tokens: usize = prompt.messages.iter().map(|m| count(&m.content)).sum();
        if prompt_tokens + prompt.max_tokens > self.context_tokens {
            return Err(Error::invalid("the prompt is too long"));
        }
        let within = prompt.max_tokens.min(self.pieces.len());
        let reason = if within < self.pieces.len() { StopReason::Length } else { StopReason::Stop };
        let end = Completion { reason, prompt_tokens, completion_tokens: within, prefill_ms: 0 };
        if let Ok(mut prompts) = self.prompts.lock() {
            prompts.push(prompt);
        }
        let texts = self.pieces[..within].iter().cloned().map(Piece::Text);
        let pieces: Vec<_> = texts.chain([Piece::Finished(end)]).map(Ok).collect();
        Ok(stream::iter(pieces).boxed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let embedder = FakeEmbedder::new(64);
        let (a, b) = (embedder.vector(a), embedder.vector(b));
        a.0.iter().zip(&b.0).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_that_share_words_are_near() {
        assert!((cosine("Ten days of leave", "of LEAVE, ten days!") - 1.0).abs() < 1e-6);
        assert!(cosine("ten days of leave", "leave days") > cosine("ten days of leave", "a car"));
    }

    #[test]
    fn a_text_without_words_has_an_embedding_of_unit_length() {
        assert!((cosine("...", "") - 1.0).abs() < 1e-6);
    }

    #[test]
    fn words_start_where_they_stand_and_chinese_characters_are_words() {
        let starts = FakeEmbedder::new(8).token_starts(" a bé 年假c").unwrap();
        assert_eq!(starts, [1, 3, 7, 10, 13]);
    }

    #[tokio::test]
    async fn a_generator_says_its_pieces_and_remembers_the_prompt() {
        use footnote_core::chat::{Message, Role, Sampling};
        let generator = FakeGenerator::new(&["Ten ", "days."]);
        let messages = vec![Message { role: Role::User, content: "how many".into() }];
        let prompt = Prompt { messages, max_tokens: 8, sampling: Sampling::Greedy };
        let pieces: Vec<_> = generator.generate(prompt.clone()).await.unwrap().collect().await;
        assert_eq!(pieces[0].as_ref().unwrap(), &Piece::Text("Ten ".into()));
        assert!(matches!(&pieces[2], Ok(Piece::Finished(end)) if end.reason == StopReason::Stop));
        assert_eq!(generator.prompts(), [prompt]);
    }
}
