//! Export and import: some collections, from one installation into another that has its own.

use footnote_core::access::Scope;
use footnote_core::document::{Chunk, Source};
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::model::{Embedder, Embedding, Fingerprint, Purpose};
use footnote_core::{Error, Result};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use super::Store;
use super::transfer::{ArchiveFile, load, read_archive};
use crate::catalog::documents::{DocumentFilter, DocumentSummary};
use crate::catalog::history::{Life, VersionState};
use crate::catalog::snapshot::Selection;
use crate::catalog::versions::NewVersion;
use crate::space::SpaceSpec;
use crate::transfer::unpacked::{Room, Unpacked};
use crate::transfer::{TransferReport, TransferStage, Watch, channel, lost_thread};

/// How many texts are embedded at once.
const TEXTS_AT_ONCE: usize = 32;

/// What of some collections goes into a bundle.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    /// Whether the original bytes go too.
    pub with_originals: bool,
    /// Whether versions that were replaced go too.
    pub with_superseded: bool,
}

/// How a bundle is taken over.
#[derive(Clone)]
pub struct Import {
    /// The bundle.
    pub from: ArchiveFile,
    /// The collection that it goes to, in place of the one it came from.
    pub into: Option<String>,
    /// What embeds texts whose vectors are of another space; `None` refuses such a bundle.
    pub embedder: Option<Arc<dyn Embedder>>,
}

/// What became of a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The collections that the documents are in now.
    pub collections: Vec<String>,
    /// Documents that are new, or have a new version.
    pub n_ready: u64,
    /// Documents that were here with the same bytes.
    pub n_unchanged: u64,
    /// Replaced versions that are kept here too now.
    pub n_superseded: u64,
    /// Chunks that can be found now.
    pub n_chunks: u64,
    /// Texts that had to be embedded here.
    pub n_embedded: u64,
}

impl Store {
    /// Writes the live documents of the collections in the scope into a bundle, with their text,
    /// chunks and vectors.
    ///
    /// # Errors
    /// As [`backup`](Self::backup).
    pub async fn export(
        &self,
        scope: &Scope,
        what: Export,
        to: &ArchiveFile,
        watch: Watch<'_>,
    ) -> Result<TransferReport> {
        let Export { with_originals, with_superseded } = what;
        let collections = self.catalog.collections(scope).await?;
        let ids = collections.into_iter().map(|collection| collection.id).collect();
        let selection = Selection::Collections { ids, with_superseded };
        self.write_archive(selection, with_originals, to, watch).await
    }

    /// Takes the documents of a bundle that are in the scope over, one after the other: each is found with all of its
    /// chunks or as it was before. A document keeps its uri and its root; what is here with the
    /// same bytes stays as it is. May be repeated, also after a crash.
    ///
    /// Vectors are taken over where they are of the space that serves here; spaces never mix.
    ///
    /// # Errors
    /// As [`verify_archive`](Self::verify_archive), before anything changes; `Conflict` when the
    /// vectors are of another space and nothing embeds, or the index is held by another process;
    /// `Cancelled` when it was asked to stop: what was taken over stays.
    pub async fn import(
        &self,
        scope: &Scope,
        what: &Import,
        watch: Watch<'_>,
    ) -> Result<ImportReport> {
        self.engine()?;
        let bundle = self.unpack(&what.from, watch).await?;
        let collections = bundle.catalog.collections(scope).await?;
        if what.into.is_some() && 1 < collections.len() {
            let n = collections.len();
            return Err(Error::invalid(format!("the bundle holds {n} collections"))
                .hint("Import them under their own names."));
        }
        let mut importer = Importer::new(self, &bundle, scope, what.embedder.clone())?;
        for collection in collections {
            let into = what.into.as_ref().unwrap_or(&collection.name);
            let to = self.ensure_collection(into).await?;
            importer.report.collections.push(into.clone());
            importer.collection(collection.id, to, watch).await?;
        }
        let report = importer.report;
        self.optimize().await?;
        self.checkpoint().await?;
        Ok(report)
    }

    /// Returns the space that the vectors of a bundle are of, if there are any.
    ///
    /// # Errors
    /// As [`verify_archive`](Self::verify_archive).
    pub async fn space_in(from: &ArchiveFile) -> Result<Option<SpaceSpec>> {
        let about = super::transfer::describe(from).await?;
        Ok(about.spaces.into_iter().next().map(|space| SpaceSpec {
            model: space.model,
            fingerprint: Fingerprint(space.fingerprint),
            dimension: space.dimension,
        }))
    }

    /// Unpacks a bundle, and finds all of it to be right.
    async fn unpack(&self, from: &ArchiveFile, watch: Watch<'_>) -> Result<Unpacked> {
        let (data_dir, is_alone) = (self.data_dir.clone(), self.lock.is_some());
        let clock = self.catalog.clock();
        let room = spawn_blocking(move || Room::make(&data_dir, is_alone, clock))
            .await
            .map_err(lost_thread)??;
        let (sender, receiver) = channel();
        let reading = read_archive(from, sender, watch);
        let (_, loader) = load(reading, room.target(), receiver, watch).await?;
        room.open(loader).await
    }
}

/// Takes documents over.
struct Importer<'a> {
    store: &'a Store,
    bundle: &'a Unpacked,
    scope: &'a Scope,
    space: Fingerprint,
    embedder: Option<Arc<dyn Embedder>>,
    report: ImportReport,
}

impl<'a> Importer<'a> {
    /// Makes sure that vectors of two spaces do not come together.
    fn new(
        store: &'a Store,
        bundle: &'a Unpacked,
        scope: &'a Scope,
        embedder: Option<Arc<dyn Embedder>>,
    ) -> Result<Self> {
        let serving = store.space();
        let Some(serving) = serving else {
            return Err(Error::invalid("there is no embedding model here yet")
                .hint("Ingest a document first, or pull the model: `footnote models pull`."));
        };
        let space = serving.fingerprint.clone();
        let theirs = bundle.about.spaces.first();
        let is_ours = theirs.is_none_or(|theirs| theirs.fingerprint == space.0);
        match &embedder {
            Some(embedder) if *embedder.fingerprint() != space => {
                Err(Error::conflict("the model that would embed is not the one that serves"))
            }
            None if !is_ours => {
                let model = theirs.map_or("another model", |theirs| &theirs.model);
                Err(Error::conflict(format!(
                    "the documents of the bundle are embedded with `{model}`, those here with `{}`",
                    serving.name()
                ))
                .hint("Add --embed to embed them here with the model that serves."))
            }
            Some(_) | None => {
                let report = ImportReport::default();
                Ok(Self { store, bundle, scope, space, embedder, report })
            }
        }
    }

    /// Takes the documents of a collection over.
    async fn collection(
        &mut self,
        from: CollectionId,
        to: CollectionId,
        watch: Watch<'_>,
    ) -> Result<()> {
        let catalog = &self.bundle.catalog;
        let n_documents = catalog.live_versions().await?.len() as u64;
        let mut filter = DocumentFilter { collection: Some(from), ..DocumentFilter::default() };
        loop {
            let page = catalog.documents(self.scope, &filter).await?;
            for document in page.items {
                watch.check().map_err(|_stopped| stopped())?;
                self.document(&document, to).await?;
                let n_done = self.report.n_ready + self.report.n_unchanged;
                watch.tell(TransferStage::Documents, n_done, n_documents);
            }
            filter.after = page.next;
            if filter.after.is_none() {
                return Ok(());
            }
        }
    }

    /// Takes a document over.
    async fn document(&mut self, document: &DocumentSummary, to: CollectionId) -> Result<()> {
        let id = DocumentId::derive(to, &document.root, &document.uri);
        let versions = self.bundle.catalog.versions(self.scope, document.id).await?;
        let (live, superseded): (Vec<_>, Vec<_>) =
            versions.into_iter().partition(|version| version.state == VersionState::Live);
        // The oldest first, so that a crash leaves what could have been.
        for version in superseded.iter().rev() {
            let new = self.version(version.id, document, to).await?;
            self.embed(&new, false).await?;
            let is_new = self.keep_superseded(&new, &version.lives).await?;
            self.report.n_superseded += u64::from(is_new);
        }
        for version in live {
            if self.store.catalog.live_content(id).await? == Some(version.content) {
                self.report.n_unchanged += 1;
                continue;
            }
            let new = self.version(version.id, document, to).await?;
            self.embed(&new, true).await?;
            self.report.n_chunks += new.chunks.len() as u64;
            let stored = self.store.put_version(new, None).await?;
            self.report.n_ready += 1;
            if let Some(since) = version.lives.last().map(|life| life.from) {
                self.store.catalog.date_back(stored, since).await?;
            }
        }
        Ok(())
    }

    /// Reads a version from the bundle, as one of a document here.
    async fn version(
        &self,
        version: VersionId,
        document: &DocumentSummary,
        to: CollectionId,
    ) -> Result<NewVersion> {
        let catalog = &self.bundle.catalog;
        let particulars = catalog.particulars(version).await?;
        let Some(read) = catalog.reading_of(version).await? else {
            return Err(Error::invalid(format!("`{}` is not whole in the bundle", document.uri))
                .hint("Export it again."));
        };
        Ok(NewVersion {
            collection: to,
            source: Source { root: document.root.clone(), uri: document.uri.clone() },
            original: self.bundle.original(&particulars.content),
            content: particulars.content,
            reading: particulars.reading,
            size_bytes: particulars.size_bytes,
            modified: particulars.modified,
            parsed: read.parsed,
            chunks: read.chunks,
            sketch: read.sketch,
        })
    }

    /// Puts the embeddings of a version that are not here yet: from the bundle, or made here.
    async fn embed(&mut self, new: &NewVersion, is_needed: bool) -> Result<()> {
        let hashes: Vec<ContentHash> = new.chunks.iter().map(|chunk| chunk.embedded).collect();
        let known = self.store.cached_embeddings(&self.space, &hashes).await?;
        let missing: Vec<ContentHash> =
            hashes.into_iter().filter(|hash| !known.contains(hash)).collect();
        let theirs = self.bundle.catalog.embeddings(&self.space, &missing).await?;
        self.store.put_embeddings(&self.space, &theirs).await?;
        let found: HashSet<ContentHash> = theirs.iter().map(|(hash, _)| *hash).collect();
        let texts: BTreeMap<ContentHash, String> = new
            .chunks
            .iter()
            .filter(|chunk| missing.contains(&chunk.embedded) && !found.contains(&chunk.embedded))
            .filter_map(|chunk| {
                let text = new.parsed.text.get(chunk.chunk.span.bytes())?;
                Some((chunk.embedded, Chunk::embedded_text(&chunk.context, text)))
            })
            .collect();
        match self.embedder.clone() {
            Some(embedder) => self.embed_here(embedder.as_ref(), texts).await,
            None if texts.is_empty() || !is_needed => Ok(()),
            None => {
                Err(Error::invalid(format!("`{}` lacks vectors in the bundle", new.source.uri))
                    .hint("Add --embed to embed it here."))
            }
        }
    }

    async fn embed_here(
        &mut self,
        embedder: &dyn Embedder,
        texts: BTreeMap<ContentHash, String>,
    ) -> Result<()> {
        let texts: Vec<(ContentHash, String)> = texts.into_iter().collect();
        for some in texts.chunks(TEXTS_AT_ONCE) {
            let (hashes, texts): (Vec<ContentHash>, Vec<String>) = some.iter().cloned().unzip();
            let vectors = embedder.embed(texts, Purpose::Passage).await?;
            let vectors: Vec<(ContentHash, Embedding)> = hashes.into_iter().zip(vectors).collect();
            self.report.n_embedded += vectors.len() as u64;
            self.store.put_embeddings(&self.space, &vectors).await?;
        }
        Ok(())
    }

    /// Keeps a version that was replaced; returns whether it was unknown.
    async fn keep_superseded(&self, new: &NewVersion, lives: &[Life]) -> Result<bool> {
        self.store.check_room()?;
        self.store.keep_original(new).await?;
        let is_unknown = self.store.catalog.write_superseded(new, lives).await?;
        // As for a live version: a purge may have taken the original in between.
        self.store.keep_original(new).await?;
        Ok(is_unknown)
    }
}

fn stopped() -> Error {
    Error::cancelled("stopped; the documents that were taken over stay")
        .hint("The same command goes on with the rest.")
}
