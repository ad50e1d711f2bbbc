//! The thread that writes: one request after the other, token by token, until nobody listens.

use candle_transformers::generation::{LogitsProcessor, Sampling as Choice};
use footnote_core::chat::{Completion, Piece, Sampling, StopReason};
use footnote_core::{Error, Result};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::mpsc;

use super::engine::Engine;
use super::text::WholeCharacters;
use super::tokenizer::PromptTokenizer;

/// How many requests may wait for the thread; further callers wait outside.
const REQUESTS_AHEAD: usize = 8;

/// What is to be written.
pub(super) struct Request {
    /// The prompt.
    pub(super) tokens: Vec<u32>,
    /// How many of them other prompts are likely to begin with.
    pub(super) n_prefix: usize,
    /// How many tokens may be written.
    pub(super) max_tokens: usize,
    /// How they are chosen.
    pub(super) sampling: Sampling,
}

/// A request and who listens.
struct Job {
    request: Request,
    pieces: mpsc::Sender<Result<Piece>>,
}

/// The thread and the way to it.
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    /// `Unavailable` when the system does not give it.
    pub(super) fn start(engine: Engine, tokenizer: Arc<PromptTokenizer>) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel(REQUESTS_AHEAD);
        let writer = Writer { engine, tokenizer, prefix: None };
        let thread = std::thread::Builder::new()
            .name("generate".to_owned())
            .spawn(move || writer.work(waiting))
            .map_err(|error| Error::unavailable("cannot start a thread").because(error))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Puts a request into the queue and returns the stream of its pieces.
    ///
    /// # Errors
    /// `Unavailable` when the thread is gone.
    pub(super) async fn start_request(
        &self,
        request: Request,
    ) -> Result<BoxStream<'static, Result<Piece>>> {
        let gone = || Error::unavailable("the model that writes was stopped");
        // Room for the whole answer: a slow reader never stops the thread that others wait for.
        let (pieces, received) = mpsc::channel(request.max_tokens + 2);
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(Job { request, pieces }).await.map_err(|_| gone())?;
        let next = |mut received: mpsc::Receiver<_>| async move {
            received.recv().await.map(|piece| (piece, received))
        };
        Ok(stream::unfold(received, next).fuse().boxed())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the generator panicked");
        }
    }
}

/// What the thread owns.
struct Writer {
    engine: Engine,
    tokenizer: Arc<PromptTokenizer>,
    /// The last prefix and the model after reading it.
    prefix: Option<(Vec<u32>, Engine)>,
}

impl Writer {
    fn work(mut self, mut waiting: mpsc::Receiver<Job>) {
        while let Some(Job { request, pieces }) = waiting.blocking_recv() {
            let last = match self.write(&request, &pieces) {
                Ok(Some(end)) => Ok(Piece::Finished(end)),
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            if pieces.blocking_send(last).is_err() {
                tracing::debug!("nobody waits for the answer any more");
            }
        }
    }

    /// Writes an answer; returns none when nobody listens any more.
    fn write(
        &mut self,
        request: &Request,
        pieces: &mpsc::Sender<Result<Piece>>,
    ) -> Result<Option<Completion>> {
        let started = Instant::now();
        let is_wanted = || !pieces.is_closed();
        let Some(mut engine) = self.after_prefix(&request.tokens[..request.n_prefix], is_wanted)?
        else {
            return Ok(None);
        };
        let mut odds = engine.read(&request.tokens[request.n_prefix..], is_wanted)?;
        let prefill_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);

        let mut choice = choice(request.sampling);
        let mut text = WholeCharacters::default();
        let mut reason = StopReason::Length;
        let mut completion_tokens = 0;
        while completion_tokens < request.max_tokens {
            let Some(known) = odds else { return Ok(None) };
            let token = choice.sample(&known).map_err(failed)?;
            if self.tokenizer.is_end(token) {
                reason = StopReason::Stop;
                break;
            }
            completion_tokens += 1;
            let piece = text.push(self.tokenizer.bytes(token));
            if !send(piece, pieces) {
                return Ok(None);
            }
            if completion_tokens == request.max_tokens {
                break;
            }
            odds = engine.read(&[token], is_wanted)?;
        }
        if !send(text.finish(), pieces) {
            return Ok(None);
        }
        let prompt_tokens = request.tokens.len();
        Ok(Some(Completion { reason, prompt_tokens, completion_tokens, prefill_ms }))
    }

    /// Returns the model after reading a prefix, from memory when it is the same as last time.
    ///
    /// The prefix is always read by itself, so that it makes no difference to the answer whether
    /// it was in memory.
    fn after_prefix(
        &mut self,
        prefix: &[u32],
        is_wanted: impl Fn() -> bool,
    ) -> Result<Option<Engine>> {
        if prefix.is_empty() {
            return Ok(Some(self.engine.clone()));
        }
        if let Some((known, engine)) = &self.prefix
            && known == prefix
        {
            return Ok(Some(engine.clone()));
        }
        let mut engine = self.engine.clone();
        if engine.read(prefix, is_wanted)?.is_none() {
            return Ok(None);
        }
        self.prefix = Some((prefix.to_vec(), engine.clone()));
        Ok(Some(engine))
    }
}

/// Sends text, if there is any; tells whether somebody still listens.
fn send(text: String, pieces: &mpsc::Sender<Result<Piece>>) -> bool {
    if text.is_empty() {
        return !pieces.is_closed();
    }
    pieces.blocking_send(Ok(Piece::Text(text))).is_ok()
}

fn choice(sampling: Sampling) -> LogitsProcessor {
    match sampling {
        Sampling::Greedy => LogitsProcessor::from_sampling(0, Choice::ArgMax),
        Sampling::Random { temperature, top_p, seed } => {
            // Below this the odds overflow; it is greedy anyway.
            let temperature = temperature.max(1e-3);
            let choice = if top_p < 1.0 {
                Choice::TopP { p: top_p.max(0.0), temperature }
            } else {
                Choice::All { temperature }
            };
            LogitsProcessor::from_sampling(seed, choice)
        }
    }
}

fn failed(error: candle_core::Error) -> Error {
    Error::internal("the model that writes fails").because(error)
}
