//! The stages of a run: read, embed, store, remove. Bounded channels join them.

use footnote_core::id::CollectionId;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, ErrorKind, Result};
use footnote_document::READING;
use footnote_store::{NewChunk, NewVersion, Original};
use futures_util::{StreamExt as _, stream};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

use super::{Ingestor, MEMORY_MIB, Run};
use crate::embedding::Embedding;
use crate::pipeline::{Prepared, Step};
use crate::plan::Known;
use crate::progress::Event;
use crate::source::{Listing, SourceItem};

/// How many documents may wait to be embedded: enough to fill a group of small ones.
const PREPARED_AHEAD: usize = 64;

/// How many documents may wait to be stored.
const EMBEDDED_AHEAD: usize = 64;

/// How many chunks are gathered, over several documents, before they are embedded together.
const CHUNKS_PER_GROUP: usize = 512;

impl Ingestor {
    /// Works through a listing, stage by stage, all at once.
    pub(super) async fn work(&self, run: &Run<'_>, listing: Listing) -> Result<()> {
        run.progress.event(&Event::Planned {
            n_items: (listing.items.len() + listing.unlisted.len()) as u64,
            size_bytes: listing.items.iter().map(|item| item.size_bytes).sum(),
        });
        for unlisted in listing.unlisted {
            run.record.failed(&unlisted.uri, 0, unlisted.failure).await?;
        }
        let vanished = vanished(&listing.roots, &listing.items, &run.known);
        let (to_embed, prepared) = mpsc::channel(PREPARED_AHEAD);
        let (to_store, embedded) = mpsc::channel(EMBEDDED_AHEAD);
        tokio::try_join!(
            self.read_all(run, listing.items, to_embed),
            self.embed_all(run, prepared, to_store),
            self.store_all(run, embedded),
        )?;
        self.remove_gone(run, vanished).await
    }

    /// First stage: reads, compares, parses and cuts, several documents at once.
    async fn read_all(
        &self,
        run: &Run<'_>,
        items: Vec<SourceItem>,
        to_embed: mpsc::Sender<Prepared>,
    ) -> Result<()> {
        let prepare = |item: SourceItem| async move {
            let (uri, size_bytes) = (item.source.uri.clone(), item.size_bytes);
            run.record.parsing(&uri, size_bytes);
            (uri, size_bytes, self.prepare(run, item).await)
        };
        let steps = stream::iter(items)
            .take_until(run.cancel.cancelled())
            .map(prepare)
            .buffer_unordered(self.n_parsers());
        let mut steps = std::pin::pin!(steps);
        while let Some((uri, size_bytes, step)) = steps.next().await {
            match step {
                Ok(Step::Prepared(prepared)) => {
                    if to_embed.send(*prepared).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(Step::Unchanged(document)) => {
                    run.record.unchanged(&uri, size_bytes, document).await?;
                }
                Err(failure) => run.record.failed(&uri, size_bytes, failure).await?,
            }
        }
        Ok(())
    }

    /// Waits for its share of memory, then prepares one document.
    async fn prepare(&self, run: &Run<'_>, item: SourceItem) -> Result<Step, Failure> {
        let mib = u32::try_from((item.size_bytes >> 20) + 1).unwrap_or(MEMORY_MIB).min(MEMORY_MIB);
        let memory = Arc::clone(&run.memory).acquire_many_owned(mib).await;
        let memory = memory
            .map_err(|_closed| Failure::new(FailureCode::Internal, "the run is already over"))?;
        self.reader().prepare(item, &run.known, memory).await
    }

    /// Second stage: embeds groups of documents.
    async fn embed_all(
        &self,
        run: &Run<'_>,
        mut prepared: mpsc::Receiver<Prepared>,
        to_store: mpsc::Sender<Prepared>,
    ) -> Result<()> {
        let embedding = Embedding {
            store: &self.store,
            embedder: self.embedder.as_ref(),
            progress: run.progress,
            cancel: run.cancel,
        };
        while let Some(first) = prepared.recv().await {
            let group = gather(first, &mut prepared);
            match embedding.embed(&group).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Cancelled => return Ok(()),
                Err(error) => {
                    fail_group(run, &group, &error).await?;
                    continue;
                }
            }
            for document in group {
                if to_store.send(document).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Third stage: makes documents visible, one by one.
    async fn store_all(&self, run: &Run<'_>, mut embedded: mpsc::Receiver<Prepared>) -> Result<()> {
        while let Some(document) = embedded.recv().await {
            let (uri, size_bytes) = (document.item.source.uri.clone(), document.item.size_bytes);
            let n_chunks = document.chunks.len() as u64;
            match self.store.put_version(new_version(run.collection, document)).await {
                Ok(_version) => run.record.ready(&uri, size_bytes, n_chunks).await?,
                Err(error) => run.record.failed(&uri, size_bytes, failure_from(&error)).await?,
            }
        }
        Ok(())
    }

    /// Removes documents whose files are gone.
    async fn remove_gone(&self, run: &Run<'_>, vanished: Vec<PathBuf>) -> Result<()> {
        for root in vanished {
            for document in run.known.gone(&root) {
                if run.cancel.is_cancelled() {
                    return Ok(());
                }
                self.store.remove_document(document.id).await?;
                run.record.removed(&document.uri, document.id).await?;
            }
        }
        Ok(())
    }
}

/// Takes what is waiting until a group is full, without waiting for more.
fn gather(first: Prepared, prepared: &mut mpsc::Receiver<Prepared>) -> Vec<Prepared> {
    let mut n_chunks = first.chunks.len();
    let mut group = vec![first];
    while n_chunks < CHUNKS_PER_GROUP {
        let Ok(next) = prepared.try_recv() else { break };
        n_chunks += next.chunks.len();
        group.push(next);
    }
    group
}

/// Records that every document of a group failed for one reason.
async fn fail_group(run: &Run<'_>, group: &[Prepared], error: &Error) -> Result<()> {
    for document in group {
        let (uri, size_bytes) = (&document.item.source.uri, document.item.size_bytes);
        run.record.failed(uri, size_bytes, failure_from(error)).await?;
    }
    Ok(())
}

/// Returns the folders whose vanished documents are to be removed. A folder in which nothing is
/// left at all is more likely not mounted than emptied, so its documents are kept.
fn vanished(roots: &[PathBuf], items: &[SourceItem], known: &Known) -> Vec<PathBuf> {
    let holds_any = |root: &PathBuf| {
        let name = root.to_string_lossy();
        items.iter().any(|item| item.source.root == name)
    };
    let (kept, empty): (Vec<_>, Vec<_>) = roots.iter().cloned().partition(holds_any);
    for root in empty.iter().filter(|root| !known.gone(root).is_empty()) {
        tracing::warn!(
            root = %root.display(),
            "the folder is empty: its documents are kept; remove them with `footnote docs rm`"
        );
    }
    kept
}

/// Makes the version that is stored.
fn new_version(collection: CollectionId, document: Prepared) -> NewVersion {
    let chunks = document.chunks.into_iter().map(|prepared| NewChunk {
        chunk: prepared.chunk,
        context: prepared.context,
        embedded: prepared.embedded,
    });
    NewVersion {
        collection,
        source: document.item.source,
        content: document.content,
        reading: READING.to_owned(),
        size_bytes: document.bytes.len() as u64,
        modified: document.item.modified,
        chunks: chunks.collect(),
        parsed: document.parsed,
        original: Some(Original::Bytes(document.bytes)),
    }
}

/// Says why a document could not be embedded or stored.
fn failure_from(error: &Error) -> Failure {
    let cause = error.chain();
    let full = cause.contains("disk is full") || cause.contains("No space left");
    let detail =
        error.advice().map_or_else(|| cause.clone(), |advice| format!("{cause}. {advice}"));
    Failure::new(if full { FailureCode::DiskFull } else { FailureCode::Internal }, detail)
}
