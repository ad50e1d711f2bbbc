//! The embedder of this machine: an installed BERT behind the trait of `footnote-core`.

mod batch;
mod queue;
mod tokens;
mod worker;

use async_trait::async_trait;
use footnote_core::config::ModelsConfig;
use footnote_core::model::{Embedder, Embedding, Fingerprint, Language, Purpose};
use footnote_core::{Error, Result};
use sha2::{Digest as _, Sha256};
use std::num::NonZero;
use std::sync::Arc;

use crate::catalog::{ModelCard, Role};
use crate::matrix::simd::Isa;
use crate::{InstalledModel, bert, files};
use tokens::TextTokenizer;
use worker::{Engine, Workers};

/// Changes when the same weights would give other vectors because of this code.
const CODE_VERSION: u32 = 1;

/// Loads an embedder and starts its threads, which end when it is dropped.
///
/// # Errors
/// `Invalid` when the model is no embedder or of a kind that does not run here, `Unavailable`
/// when its files cannot be read or threads cannot be started.
pub fn load_embedder(model: &InstalledModel, config: &ModelsConfig) -> Result<Arc<dyn Embedder>> {
    if model.card.role != Role::Embedder {
        return Err(Error::invalid(format!("{} is not a model that embeds", model.card.name))
            .hint("Let `models.embedder` name an embedder of `footnote models list`."));
    }
    let (weights, weights_file) = model.file(".safetensors")?;
    let (tokenizer, tokenizer_file) = model.file("tokenizer.json")?;
    let bert = bert::load(&model.file("config.json")?.0, &weights, Isa::best())?;
    let max_tokens = model.card.context_tokens.min(bert.max_positions());
    let tokenizer = TextTokenizer::load(&tokenizer, max_tokens, bert.n_words())?;
    let parts = [weights_file, tokenizer_file].map(|file| file.digest.sha256.as_str());
    let embedder = LocalEmbedder {
        fingerprint: fingerprint(&model.card, parts, max_tokens),
        dimension: bert.n_hidden(),
        max_tokens,
        card: model.card.clone(),
        workers: Workers::start(
            Engine { bert, tokenizer, pooling: model.card.pooling },
            n_threads(config),
            config.batch_tokens,
        )?,
    };
    Ok(Arc::new(embedder))
}

/// An installed model with its threads.
struct LocalEmbedder {
    fingerprint: Fingerprint,
    dimension: usize,
    max_tokens: usize,
    card: ModelCard,
    workers: Workers,
}

#[async_trait]
impl Embedder for LocalEmbedder {
    fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    fn dimension(&self) -> usize {
        self.dimension
    }

    fn max_tokens(&self) -> usize {
        self.max_tokens
    }

    fn reads(&self, language: Language) -> bool {
        self.card.reads(language)
    }

    fn token_starts(&self, text: &str) -> Result<Vec<usize>> {
        self.workers.engine().tokenizer.starts(text)
    }

    async fn embed(&self, mut texts: Vec<String>, purpose: Purpose) -> Result<Vec<Embedding>> {
        let prefix = match purpose {
            Purpose::Query => &self.card.query_prefix,
            Purpose::Passage => &self.card.passage_prefix,
        };
        if !prefix.is_empty() {
            for text in &mut texts {
                text.insert_str(0, prefix);
            }
        }
        self.workers.embed(texts, purpose).await
    }
}

/// Returns how many threads may compute.
pub(crate) fn n_threads(config: &ModelsConfig) -> usize {
    match config.threads {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        n_threads => n_threads,
    }
}

/// Hashes everything that decides the value of a vector.
fn fingerprint(card: &ModelCard, parts: [&str; 2], max_tokens: usize) -> Fingerprint {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.update(format!(
        "{:?} {max_tokens} {:?} {:?} {CODE_VERSION}",
        card.pooling, card.query_prefix, card.passage_prefix
    ));
    Fingerprint(files::hex(&hasher.finalize()))
}
