//! Taking documents of a bundle over, one after the other.

use footnote_core::access::Scope;
use footnote_core::document::{Chunk, Source};
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::model::{Embedder, Embedding, Fingerprint, Purpose};
use footnote_core::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::ImportReport;
use crate::catalog::documents::DocumentSummary;
use crate::catalog::history::{Life, VersionState};
use crate::catalog::listing::DocumentFilter;
use crate::catalog::versions::NewVersion;
use crate::store::Store;
use crate::transfer::unpacked::Unpacked;
use crate::transfer::{TransferStage, Watch};

/// How many texts are embedded at once.
const TEXTS_AT_ONCE: usize = 32;

/// Takes documents over.
pub(super) struct Importer<'a> {
    store: &'a Store,
    bundle: &'a Unpacked,
    scope: &'a Scope,
    space: Fingerprint,
    embedder: Option<Arc<dyn Embedder>>,
    pub(super) report: ImportReport,
}

impl<'a> Importer<'a> {
    /// Makes sure that vectors of two spaces do not come together.
    pub(super) fn new(
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
    pub(super) async fn collection(
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
            container: self.container(document, to).await?,
            inside: None,
        })
    }

    /// Returns the document here in which a document of the bundle lies.
    async fn container(
        &self,
        document: &DocumentSummary,
        to: CollectionId,
    ) -> Result<Option<DocumentId>> {
        let Some(container) = document.container else { return Ok(None) };
        match self.bundle.catalog.document(self.scope, container).await {
            Ok(theirs) => Ok(Some(DocumentId::derive(to, &theirs.root, &theirs.uri))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
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
