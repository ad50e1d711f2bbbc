//! The threads that embed: each computes whole batches alone, which scales better than sharing one.

use footnote_core::model::{Embedding, Purpose};
use footnote_core::{Error, Result};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, oneshot};

use super::batch::{Batch, plan};
use super::queue::Queue;
use super::tokens::TextTokenizer;
use crate::bert::{Bert, Scratch};
use crate::catalog::Pooling;

/// How many requests of passages may wait: enough that the threads never starve.
const PASSAGES_AHEAD: usize = 4;

/// How many queries may wait; further callers wait outside.
const QUERIES_AHEAD: usize = 64;

/// The most tokens that one thread computes at once: beyond, matrices leave the cache of the core
/// and nothing is gained.
const CACHE_TOKENS: usize = 1024;

/// A model with what it takes to use it.
pub(super) struct Engine {
    pub(super) bert: Bert,
    pub(super) tokenizer: TextTokenizer,
    pub(super) pooling: Pooling,
}

/// The threads of an embedder.
pub(super) struct Workers {
    shared: Arc<Shared>,
    queries: Semaphore,
    passages: Semaphore,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads share.
struct Shared {
    engine: Engine,
    queue: Queue<Task>,
    n_threads: usize,
    batch_tokens: usize,
}

/// What a thread does next.
enum Task {
    /// Tokenize a request and cut it into batches.
    Plan { texts: Vec<String>, purpose: Purpose, answer: Answer },
    /// Compute a batch of a request.
    Compute { batch: Batch, request: Arc<Request> },
}

/// Where the result goes.
type Answer = oneshot::Sender<Result<Vec<Embedding>>>;

/// A request that is being computed.
struct Request {
    tokens: Vec<Vec<u32>>,
    progress: Mutex<RequestProgress>,
}

/// What of a request is done.
struct RequestProgress {
    embeddings: Vec<Option<Embedding>>,
    n_missing: usize,
    answer: Option<Answer>,
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    /// `Unavailable` when the system does not give them.
    pub(super) fn start(engine: Engine, n_threads: usize, batch_tokens: usize) -> Result<Self> {
        let batch_tokens = batch_tokens.clamp(1, CACHE_TOKENS);
        let shared = Arc::new(Shared { engine, queue: Queue::new(), n_threads, batch_tokens });
        let mut workers = Self {
            shared,
            queries: Semaphore::new(QUERIES_AHEAD),
            passages: Semaphore::new(PASSAGES_AHEAD),
            threads: Vec::new(),
        };
        for n in 0..n_threads {
            let shared = workers.shared.clone();
            let thread = std::thread::Builder::new()
                .name(format!("embed-{n}"))
                .spawn(move || shared.work())
                .map_err(|error| Error::unavailable("cannot start a thread").because(error))?;
            workers.threads.push(thread);
        }
        Ok(workers)
    }

    /// Returns the model.
    pub(super) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// Embeds texts; waits while too many requests are ahead.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails, `Unavailable` when the threads are gone.
    pub(super) async fn embed(
        &self,
        texts: Vec<String>,
        purpose: Purpose,
    ) -> Result<Vec<Embedding>> {
        let gone = || Error::unavailable("the embedder was stopped");
        let lane = match purpose {
            Purpose::Query => &self.queries,
            Purpose::Passage => &self.passages,
        };
        let _permit = lane.acquire().await.map_err(|_| gone())?;
        let (answer, result) = oneshot::channel();
        self.shared.queue.put(purpose, [Task::Plan { texts, purpose, answer }]);
        result.await.map_err(|_| gone())?
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.queue.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the embedder panicked");
            }
        }
    }
}

impl Shared {
    /// Does tasks until the queue is closed; should one panic, closes it, so that nobody waits for
    /// a thread that is gone.
    fn work(&self) {
        let _guard = CloseOnPanic(&self.queue);
        let mut scratch = Scratch::new(&self.engine.bert);
        while let Some(task) = self.queue.take() {
            match task {
                Task::Plan { texts, purpose, answer } => self.plan(&texts, purpose, answer),
                Task::Compute { batch, request } => self.compute(&batch, &request, &mut scratch),
            }
        }
    }

    /// Tokenizes a request and puts its batches into the queue.
    fn plan(&self, texts: &[String], purpose: Purpose, answer: Answer) {
        let tokens: Result<Vec<Vec<u32>>> =
            texts.iter().map(|text| self.engine.tokenizer.tokens(text)).collect();
        let tokens = match tokens {
            Ok(tokens) if !tokens.is_empty() => tokens,
            // Nobody listens any more when sending fails, which is fine.
            Ok(_) => return drop(answer.send(Ok(Vec::new()))),
            Err(error) => return drop(answer.send(Err(error))),
        };
        let lengths: Vec<usize> = tokens.iter().map(Vec::len).collect();
        let batches = plan(&lengths, self.batch_tokens, self.n_threads);
        let progress = RequestProgress {
            embeddings: vec![None; tokens.len()],
            n_missing: tokens.len(),
            answer: Some(answer),
        };
        let request = Arc::new(Request { tokens, progress: Mutex::new(progress) });
        let task = |batch| Task::Compute { batch, request: request.clone() };
        self.queue.put(purpose, batches.into_iter().map(task));
    }

    /// Computes a batch, and answers the request when it was the last one.
    fn compute(&self, batch: &[usize], request: &Request, scratch: &mut Scratch) {
        if request.is_abandoned() {
            return;
        }
        let texts: Vec<&[u32]> =
            batch.iter().map(|&text| request.tokens[text].as_slice()).collect();
        let embeddings = self.engine.bert.embed(&texts, self.engine.pooling, scratch);
        request.add(batch, embeddings);
    }
}

/// Closes the queue when its thread panics.
struct CloseOnPanic<'a>(&'a Queue<Task>);

impl Drop for CloseOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

impl Request {
    /// Tells whether nobody waits for the result any more.
    fn is_abandoned(&self) -> bool {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.answer.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    /// Takes the embeddings of a batch, and answers when none is missing.
    fn add(&self, batch: &[usize], embeddings: Vec<Embedding>) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.n_missing -= embeddings.len();
        for (&text, embedding) in batch.iter().zip(embeddings) {
            progress.embeddings[text] = Some(embedding);
        }
        if progress.n_missing > 0 {
            return;
        }
        let done = std::mem::take(&mut progress.embeddings).into_iter().flatten().collect();
        if let Some(answer) = progress.answer.take() {
            // Nobody listens any more when sending fails, which is fine.
            drop(answer.send(Ok(done)));
        }
    }
}
