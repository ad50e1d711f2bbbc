//! The generator of this machine: an installed GGUF model behind the trait of `footnote-core`.

mod engine;
pub(crate) mod requantize;
mod run;
mod template;
mod text;
mod tokenizer;

use async_trait::async_trait;
use candle_core::quantized::gguf_file;
use candle_core::utils::barrier_pool;
use footnote_core::chat::{Piece, Prompt};
use footnote_core::config::ModelsConfig;
use footnote_core::model::{Generator, Language};
use footnote_core::{Error, Result};
use futures_util::stream::BoxStream;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use crate::InstalledModel;
use crate::catalog::{ModelCard, Role};
use crate::embed::n_threads;
use crate::files::cannot;
use engine::Engine;
use run::Worker;
use template::ChatTemplate;
use tokenizer::PromptTokenizer;

/// The variable that tells candle how many threads share one product.
///
/// Candle reads it once, at its first product, and offers no other way; a program sets it at the
/// beginning of `main`, before it starts threads, to [`generator_threads`] unless its user did.
pub const THREADS_VARIABLE: &str = "CANDLE_NUM_THREADS";

/// Returns how many threads a generator should use: half of those allowed.
///
/// Candle's threads wait for each other spinning. When another thread wants one of their cores,
/// each product takes as long as the slowest of them, and writing becomes many times slower than
/// on a single thread; the other half is left for embedding and for the rest of the program.
#[must_use]
pub fn generator_threads(config: &ModelsConfig) -> usize {
    (n_threads(config) / 2).max(1)
}

/// The longest context of the implementation, whatever the file says: its rotary table ends there.
const MAX_CONTEXT_TOKENS: usize = candle_transformers::models::quantized_llama::MAX_SEQ_LEN;

/// Loads a generator and starts its thread, which ends when it is dropped.
///
/// # Errors
/// `Invalid` when the model is no generator or of a kind that does not run here, `Unavailable`
/// when its file cannot be read.
pub fn load_generator(model: &InstalledModel, config: &ModelsConfig) -> Result<Arc<dyn Generator>> {
    if model.card.role != Role::Generator {
        return Err(Error::invalid(format!("{} is not a model that writes", model.card.name))
            .hint("Let `models.generator` name a generator of `footnote models list`."));
    }
    let (path, _) = model.file(requantize::GGUF)?;
    let file = File::open(&path).map_err(|error| cannot("read", &path, error))?;
    let mut file = BufReader::new(file);
    let content = gguf_file::Content::read(&mut file).map_err(|error| {
        Error::invalid(format!("{} is not a GGUF file", path.display())).because(error)
    })?;
    let tokenizer = PromptTokenizer::from_gguf(&content.metadata)?;
    let template = match &model.card.chat_template {
        Some(template) => ChatTemplate::new(template, &tokenizer)?,
        None => ChatTemplate::from_gguf(&content.metadata, &tokenizer)?,
    };
    tell_threads(config);
    let context_tokens = model.card.context_tokens.min(MAX_CONTEXT_TOKENS);
    let engine = Engine::load(content, &mut file)?;
    let tokenizer = Arc::new(tokenizer);
    Ok(Arc::new(LocalGenerator {
        name: model.display_name(),
        card: model.card.clone(),
        context_tokens,
        worker: Worker::start(engine, tokenizer.clone())?,
        tokenizer,
        template,
    }))
}

/// Notes when candle uses more threads than are good for it.
fn tell_threads(config: &ModelsConfig) {
    let (used, good) = (barrier_pool().n_workers() + 1, generator_threads(config));
    if used > good {
        tracing::info!(used, good, "{THREADS_VARIABLE} is higher than is good on a busy machine");
    }
}

/// An installed model with its thread.
struct LocalGenerator {
    name: String,
    card: ModelCard,
    context_tokens: usize,
    tokenizer: Arc<PromptTokenizer>,
    template: ChatTemplate,
    worker: Worker,
}

#[async_trait]
impl Generator for LocalGenerator {
    fn name(&self) -> &str {
        &self.name
    }

    fn reads(&self, language: Language) -> bool {
        self.card.reads(language)
    }

    fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    fn count_tokens(&self, text: &str) -> Result<usize> {
        self.tokenizer.count(text)
    }

    async fn generate(&self, prompt: Prompt) -> Result<BoxStream<'static, Result<Piece>>> {
        let rendered = self.template.render(&prompt.messages)?;
        let tokens = self.tokenizer.prompt_tokens(&rendered.text)?;
        self.check_length(tokens.len(), prompt.max_tokens)?;
        let n_prefix = self.prefix_tokens(&rendered, &tokens)?;
        self.worker
            .start_request(run::Request {
                tokens,
                n_prefix,
                max_tokens: prompt.max_tokens,
                sampling: prompt.sampling,
            })
            .await
    }
}

impl LocalGenerator {
    fn check_length(&self, n_prompt: usize, n_answer: usize) -> Result<()> {
        if n_prompt + n_answer <= self.context_tokens {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "a prompt of {n_prompt} tokens and an answer of {n_answer} do not fit the {} tokens \
             that {} reads",
            self.context_tokens, self.name
        ))
        .hint("Lower `answer.context_tokens` or `answer.max_tokens`."))
    }

    /// Returns how many tokens at the beginning belong to the instructions alone, which many
    /// prompts share.
    fn prefix_tokens(&self, rendered: &template::Rendered, tokens: &[u32]) -> Result<usize> {
        let Some(prefix) = rendered.text.get(..rendered.prefix_bytes) else { return Ok(0) };
        let prefix = self.tokenizer.prompt_tokens(prefix)?;
        // At least one token must be left to be read, and a token may span the border.
        let is_prefix = prefix.len() < tokens.len() && tokens.starts_with(&prefix);
        Ok(if is_prefix { prefix.len() } else { 0 })
    }
}
