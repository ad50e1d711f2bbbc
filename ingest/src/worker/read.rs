//! First stage: the bytes of several documents at once are fetched, compared, parsed and cut.

use footnote_core::ErrorKind;
use footnote_core::document::Source;
use footnote_core::id::{DocumentId, VersionId};
use footnote_core::job::{
    Failure, FailureCode, ItemOutcome, ItemState, JobKind, Place, Stage, TakenItem,
};
use footnote_store::{KnownSource, LaterWork, NewVersion, Original, Seen};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::contents::Contents;
use super::flight::Flight;
use super::waiting::Waiting;
use super::{MEMORY_MIB, Run};
use crate::connector::{Entry, Fetched};
use crate::failing::failure_from;
use crate::inside;
use crate::loading::{self, Loaded};
use crate::plan::{is_gone, is_same};
use crate::reader::reading_of;
use crate::reading::{File, Reading};

/// A document that is ready to be embedded.
pub(super) struct Prepared {
    /// What is worked on.
    pub(super) flight: Flight,
    /// What was read from it.
    pub(super) reading: Arc<Reading>,
    loaded: Loaded,
    /// What later jobs had done with it before it was read.
    later: LaterWork,
    /// What lies inside it.
    contents: Contents,
    /// Its share of the memory that documents in work may take; given back when it is dropped.
    _memory: OwnedSemaphorePermit,
}

/// What the first stage makes of a document.
enum Step {
    /// It is to be embedded.
    Read {
        reading: Arc<Reading>,
        loaded: Loaded,
        later: LaterWork,
        contents: Contents,
        memory: OwnedSemaphorePermit,
    },
    /// Its work has ended.
    Ended(ItemOutcome),
}

impl Run<'_> {
    /// Reads what was taken until nothing more comes.
    pub(super) async fn read_all(
        &self,
        mut taken: mpsc::Receiver<Flight>,
        to_embed: mpsc::Sender<Prepared>,
    ) {
        let n_parsers = self.ingestor.n_parsers();
        let (mut waiting, mut reading) = (Waiting::default(), FuturesUnordered::new());
        let mut is_open = true;
        loop {
            while reading.len() < n_parsers
                && let Some(flight) = waiting.next()
            {
                reading.push(self.read_one(flight, &to_embed));
            }
            tokio::select! {
                flight = taken.recv(), if is_open => match flight {
                    Some(flight) => waiting.push(flight),
                    None => is_open = false,
                },
                Some(()) = reading.next(), if !reading.is_empty() => {}
                else => return,
            }
        }
    }

    /// Reads one document and hands it on, or ends its work.
    async fn read_one(&self, mut flight: Flight, to_embed: &mpsc::Sender<Prepared>) {
        flight.leave_waiting();
        self.audience.tell_state(&flight.item, ItemState::Parsing, 0);
        let step = tokio::select! {
            biased;
            () = flight.stopped() => return,
            () = self.stop.cancelled() => Step::Ended(ItemOutcome::Released),
            step = self.step(&flight) => step.unwrap_or_else(|failure| {
                Step::Ended(ItemOutcome::Failed(failure))
            }),
        };
        match step {
            Step::Ended(outcome) => self.end(flight, outcome).await,
            Step::Read { reading, loaded, later, contents, memory } => {
                flight.enter(Stage::Embedding);
                let prepared =
                    Prepared { flight, reading, loaded, later, contents, _memory: memory };
                // The next stage ends after this one.
                to_embed.send(prepared).await.ok();
            }
        }
    }

    /// Does what an item asks for, as far as this stage goes.
    async fn step(&self, flight: &Flight) -> Result<Step, Failure> {
        let item = &flight.item;
        match (&item.place, item.job.kind) {
            (_, JobKind::Reembed) => self.reembed(flight).await,
            (Place::Gone { document }, JobKind::Ingest) => self.remove(item, *document).await,
            (_, JobKind::Ingest) => self.prepare(flight).await,
        }
    }

    /// Embeds a document again, as whoever builds the other space wants it.
    async fn reembed(&self, flight: &Flight) -> Result<Step, Failure> {
        let Some(reembed) = &self.ingestor.reembed else {
            let detail = "This program cannot embed documents again.";
            return Err(Failure::new(FailureCode::Internal, detail));
        };
        flight.enter(Stage::Embedding);
        let advance = |n_texts| flight.advance(n_texts);
        let outcome = reembed.item(&flight.item, &advance).await;
        let outcome = outcome.map_err(|error| failure_from(&error))?;
        Ok(Step::Ended(outcome))
    }

    /// Removes a document whose file is gone, unless it has come back.
    async fn remove(&self, item: &TakenItem, document: DocumentId) -> Result<Step, Failure> {
        let root = Path::new(&item.lease.root);
        if root.is_absolute() && !is_gone(root, &item.lease.uri) {
            return Ok(Step::Ended(ItemOutcome::Unchanged(document)));
        }
        match self.store().remove_document(document).await {
            // Removed before, when the item's end was not written down.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            outcome => outcome.map_err(|error| failure_from(&error))?,
        }
        Ok(Step::Ended(ItemOutcome::Removed(document)))
    }

    /// Reads a document, unless what is there was read from the same bytes.
    async fn prepare(&self, flight: &Flight) -> Result<Step, Failure> {
        let item = &flight.item;
        let memory = self.memory_for(item).await?;
        let id = document_of(item);
        let later = self.later_work(item).await?;
        // Bytes that somebody sent were read when they were sent.
        if has_kept_bytes(item) && !later.is_none() {
            return Ok(Step::Ended(ItemOutcome::Unchanged(id)));
        }
        let known = self.store().known_source(id).await.map_err(|error| failure_from(&error))?;
        let loaded = match self.load(item, known.as_ref()).await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return Ok(Step::Ended(ItemOutcome::Unchanged(id))),
            // A link may lead to what its server does not have any more.
            Err(failure) if known.is_some() && is_gone_there(item, &failure) => {
                return self.remove(item, id).await;
            }
            Err(failure) => return Err(failure),
        };
        let reader = self.ingestor.readings.reader().await;
        if let Some(known) = known.filter(|known| is_same(known, &loaded.content, reader)) {
            self.note_seen(seen(id, known.version, &loaded));
            let outcome = if known.is_unfinished {
                self.open_again(flight, id, &loaded).await?
            } else {
                ItemOutcome::Unchanged(id)
            };
            return Ok(Step::Ended(outcome));
        }
        let embedder = self.ingestor.embedder.get();
        let readings = &self.ingestor.readings;
        let advance = || flight.advance(1);
        let reading = readings.read(&file(item, &loaded), &embedder, &advance).await?;
        let contents = self.contents(item, id, &reading.files).await?;
        Ok(Step::Read { reading, loaded, later, contents, memory })
    }

    /// Returns what jobs that were asked for later have done with the document.
    async fn later_work(&self, item: &TakenItem) -> Result<LaterWork, Failure> {
        let later = self.store().later_work(document_of(item), item.lease.job).await;
        later.map_err(|error| failure_from(&error))
    }

    /// Returns how the work on a document ends that must not be stored, because a job that was
    /// asked for later was done with it meanwhile.
    pub(super) async fn overtaken(
        &self,
        document: &Prepared,
    ) -> Result<Option<ItemOutcome>, Failure> {
        let item = &document.flight.item;
        if self.later_work(item).await? == document.later {
            return Ok(None);
        }
        Ok(Some(match item.place {
            Place::Blob { .. } | Place::Inside { .. } => ItemOutcome::Unchanged(document_of(item)),
            // What is there now is read again.
            Place::File { .. } | Place::Remote { .. } | Place::Gone { .. } => ItemOutcome::Released,
        }))
    }

    /// Waits for a document's share of the memory.
    async fn memory_for(&self, item: &TakenItem) -> Result<OwnedSemaphorePermit, Failure> {
        let mib = u32::try_from((item.size_bytes >> 20) + 1).unwrap_or(MEMORY_MIB).min(MEMORY_MIB);
        let memory = Arc::clone(&self.memory).acquire_many_owned(mib).await;
        memory.map_err(|_closed| Failure::new(FailureCode::Internal, "The work is already over."))
    }

    /// Returns the bytes of a document, or `None` when its source says that they are known.
    async fn load(
        &self,
        item: &TakenItem,
        known: Option<&KnownSource>,
    ) -> Result<Option<Loaded>, Failure> {
        let max_bytes = self.ingestor.config.max_file_bytes;
        match &item.place {
            Place::File { path } => loading::file(path.clone(), max_bytes).await.map(Some),
            Place::Blob { content } | Place::Inside { content, .. } => {
                let kept = self.store().read_blob(content).await;
                let bytes = kept.map_err(|error| failure_from(&error))?;
                loading::fetched(bytes.into(), max_bytes).await.map(Some)
            }
            Place::Remote { locator } => self.fetch(item, locator, known).await,
            Place::Gone { .. } => {
                Err(Failure::new(FailureCode::Gone, "The document was already gone."))
            }
        }
    }

    /// Fetches a document of another machine, if it changed.
    async fn fetch(
        &self,
        item: &TakenItem,
        locator: &str,
        known: Option<&KnownSource>,
    ) -> Result<Option<Loaded>, Failure> {
        let max_bytes = self.ingestor.config.max_file_bytes;
        let (connectors, connections) = (&self.ingestor.connectors, &self.ingestor.connections);
        let origin = connectors
            .of(connections.as_ref(), &item.job, &item.lease.root)
            .map_err(|error| failure_from(&error))?;
        let entry = Entry {
            uri: item.lease.uri.clone(),
            tag: item.tag.clone(),
            size_bytes: Some(item.size_bytes).filter(|n_bytes| 0 < *n_bytes),
            modified: item.modified,
            locator: locator.to_owned(),
        };
        let reader = self.ingestor.readings.reader().await;
        let is_settled =
            |known: &&KnownSource| reader.has_read(&known.reading) && !known.is_unfinished;
        let known = known.filter(|known| is_settled(known) && !origin.verify);
        let tag = known.and_then(|known| known.tag.as_deref());
        match origin.connector.fetch(&entry, tag, max_bytes).await? {
            Fetched::Unchanged => Ok(None),
            Fetched::Content(content) => {
                let loaded = loading::fetched(content.bytes.into(), max_bytes).await?;
                let tag = content.tag.or(entry.tag);
                Ok(Some(Loaded { tag, name: Some(content.name), ..loaded }))
            }
        }
    }
}

/// Tells whether the bytes of an item were kept when it was put into the queue.
fn has_kept_bytes(item: &TakenItem) -> bool {
    matches!(item.place, Place::Blob { .. } | Place::Inside { .. })
}

/// Returns what is to be read for an item.
pub(super) fn file<'a>(item: &'a TakenItem, loaded: &'a Loaded) -> File<'a> {
    let name = loaded.name.as_deref().unwrap_or(&item.lease.uri);
    File { name, content: loaded.content, bytes: &loaded.bytes }
}

/// Returns the document that an item is about.
fn document_of(item: &TakenItem) -> DocumentId {
    DocumentId::derive(item.job.collection, &item.lease.root, &item.lease.uri)
}

/// Tells whether another machine said that it does not have a document any more.
fn is_gone_there(item: &TakenItem, failure: &Failure) -> bool {
    matches!(item.place, Place::Remote { .. }) && failure.code == FailureCode::Gone
}

/// Says what the source told of a version.
fn seen(document: DocumentId, version: VersionId, loaded: &Loaded) -> Seen {
    let Loaded { size_bytes, modified, .. } = *loaded;
    Seen { document, version, size_bytes, modified, tag: loaded.tag.clone() }
}

impl Prepared {
    /// Makes the version that is stored.
    pub(super) fn version(&self) -> NewVersion {
        let item = &self.flight.item;
        NewVersion {
            collection: item.job.collection,
            source: Source { root: item.lease.root.clone(), uri: item.lease.uri.clone() },
            content: self.loaded.content,
            reading: reading_of(&self.reading.parsed),
            size_bytes: self.loaded.bytes.len() as u64,
            modified: item.modified,
            chunks: self.reading.chunks.clone(),
            parsed: self.contents.noted(&self.reading.parsed),
            sketch: self.reading.sketch,
            container: inside::container(item),
            inside: Some(self.contents.items.clone()),
            original: Some(Original::Bytes(Arc::clone(&self.loaded.bytes))),
        }
    }

    /// Says what the source told of it.
    pub(super) fn seen(&self) -> Seen {
        let document = document_of(&self.flight.item);
        let reading = reading_of(&self.reading.parsed);
        let version = VersionId::derive(document, &self.loaded.content, &reading);
        seen(document, version, &self.loaded)
    }
}
