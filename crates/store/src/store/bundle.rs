//! Export and import: some collections, from one installation into another that has its own.

mod importer;

use footnote_core::access::Scope;
use footnote_core::model::{Embedder, Fingerprint};
use footnote_core::{Error, Result};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use super::Store;
use super::transfer::{ArchiveFile, describe, load, read_archive};
use crate::catalog::snapshot::Selection;
use crate::space::SpaceSpec;
use crate::transfer::unpacked::{Room, Unpacked};
use crate::transfer::{TransferReport, Watch, channel, lost_thread};
use importer::Importer;

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
    /// Writes the live documents of the collections of which everything may be read into a bundle,
    /// with their text, chunks and vectors.
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
        let ids = collections.into_iter().map(|collection| collection.id);
        let ids = ids.filter(|id| scope.allows_all_of(*id)).collect();
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
        let about = describe(from).await?;
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
