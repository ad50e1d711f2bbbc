//! Second stage: texts of several documents are embedded together, equal ones once, in batches
//! that are kept as they come.

use footnote_core::id::ContentHash;
use footnote_core::job::machine::policy;
use footnote_core::job::{Failure, FailureCode, ItemOutcome, Stage};
use footnote_core::model::{Embedder, Embedding, Purpose};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Run;
use super::pool::{Pool, Wanted};
use super::read::Prepared;
use crate::failing::failure_from;
use crate::progress::Event;

/// How many texts are embedded and stored as one: what an interruption costs at most.
const TEXTS_PER_BATCH: usize = 128;

/// How many texts are sorted by length together, so that batches are filled evenly.
const TEXTS_PER_GROUP: usize = 512;

/// How many documents are embedded side by side: enough to fill a group with small ones.
const DOCUMENTS_AT_ONCE: usize = 64;

/// What became of a batch.
enum Batch {
    /// It is kept.
    Kept,
    /// Nobody needs it any more, or the program is to stop.
    Stopped,
}

impl Run<'_> {
    /// Embeds what was read until nothing more comes.
    pub(super) async fn embed_all(
        &self,
        mut read: mpsc::Receiver<Prepared>,
        to_store: mpsc::Sender<Prepared>,
    ) {
        let mut pool = Pool::default();
        while self.admit(&mut pool, &mut read).await {
            let embedder = self.ingestor.embedder.get();
            self.look_up(&mut pool, embedder.as_ref()).await;
            self.hand_on(&mut pool, &to_store).await;
            let group = pool.next_group(TEXTS_PER_GROUP);
            for batch in group.chunks(TEXTS_PER_BATCH) {
                self.embed_batch(&mut pool, batch, embedder.as_ref()).await;
                drop(pool.take_stopped());
                self.hand_on(&mut pool, &to_store).await;
            }
            if self.stop.is_cancelled() {
                self.give_back(pool.take_all()).await;
            }
        }
    }

    /// Lets documents in while there is room, and waits for one when there is none in. Returns
    /// `false` when nothing more comes.
    async fn admit(&self, pool: &mut Pool, read: &mut mpsc::Receiver<Prepared>) -> bool {
        if pool.is_empty() {
            let Some(first) = read.recv().await else { return false };
            pool.add(first);
        }
        while pool.len() < DOCUMENTS_AT_ONCE
            && let Ok(next) = read.try_recv()
        {
            pool.add(next);
        }
        true
    }

    /// Looks up which texts have vectors of the embedder already: of documents that are new, and
    /// of all when it is another embedder than before. Documents fail when that cannot be done.
    async fn look_up(&self, pool: &mut Pool, embedder: &dyn Embedder) {
        let texts = pool.unknown_texts(embedder.fingerprint());
        if texts.is_empty() {
            return;
        }
        match self.store().cached_embeddings(embedder.fingerprint(), &texts).await {
            Ok(there) => pool.know(&there),
            Err(error) => self.fail(pool.take_unknown(), &failure_from(&error)).await,
        }
    }

    /// Embeds and keeps a batch. Documents whose texts cannot be embedded fail.
    async fn embed_batch(&self, pool: &mut Pool, batch: &[Wanted], embedder: &dyn Embedder) {
        let wanted: Vec<&Wanted> = batch.iter().filter(|text| pool.wants(&text.hash)).collect();
        if wanted.is_empty() || self.stop.is_cancelled() {
            return;
        }
        let hashes: Vec<ContentHash> = wanted.iter().map(|wanted| wanted.hash).collect();
        let embedding = async {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => Ok(Batch::Stopped),
                () = pool.abandoned(&hashes) => Ok(Batch::Stopped),
                kept = self.embed_texts(&wanted, embedder) => kept.map(|()| Batch::Kept),
            }
        };
        match embedding.await {
            Ok(Batch::Kept) => {
                for (job, n_chunks) in pool.chunks_by_job(&hashes) {
                    self.audience.tell(job, &Event::Embedded { n_chunks });
                }
                pool.embedded(&hashes);
            }
            Ok(Batch::Stopped) => {}
            Err(failure) => {
                let failed = pool.take_waiting_for(&hashes);
                self.fail(failed, &failure).await;
            }
        }
    }

    /// Embeds texts and keeps their vectors.
    async fn embed_texts(
        &self,
        wanted: &[&Wanted],
        embedder: &dyn Embedder,
    ) -> Result<(), Failure> {
        self.store().check_room().map_err(|error| failure_from(&error))?;
        let texts = wanted.iter().map(|wanted| wanted.text.clone()).collect();
        let embedding = embedder.embed(texts, Purpose::Passage);
        let vectors = timeout(policy::patience(Stage::Embedding), embedding).await;
        let vectors = vectors.map_err(|_elapsed| too_slow())?;
        let vectors = vectors.map_err(|error| failure_from(&error))?;
        let hashes = wanted.iter().map(|wanted| wanted.hash);
        let embeddings: Vec<(ContentHash, Embedding)> = hashes.zip(vectors).collect();
        let kept = self.store().put_embeddings(embedder.fingerprint(), &embeddings).await;
        kept.map_err(|error| failure_from(&error))
    }

    /// Hands on the documents whose texts all have vectors.
    async fn hand_on(&self, pool: &mut Pool, to_store: &mpsc::Sender<Prepared>) {
        for document in pool.take_complete() {
            document.flight.enter(Stage::Indexing);
            // The next stage ends after this one.
            to_store.send(document).await.ok();
        }
    }

    /// Gives documents back; what was embedded of them is kept.
    async fn give_back(&self, documents: Vec<Prepared>) {
        for document in documents {
            self.end(document.flight, ItemOutcome::Released).await;
        }
    }

    /// Ends the work on documents for one reason.
    async fn fail(&self, documents: Vec<Prepared>, failure: &Failure) {
        for document in documents {
            self.end(document.flight, ItemOutcome::Failed(failure.clone())).await;
        }
    }
}

/// Says that the model did not answer.
fn too_slow() -> Failure {
    let n_minutes = policy::patience(Stage::Embedding).as_secs() / 60;
    Failure::new(
        FailureCode::Timeout,
        format!("The embedding model did not answer within {n_minutes} minutes."),
    )
}
