//! Removing for good: rows in small transactions, then originals, then the space they took.

use footnote_core::clock::Timestamp;
use footnote_core::id::{ContentHash, DocumentId, VersionId};
use footnote_core::{Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::{CATALOG_FILE, Store};
use crate::blob::remove_files;
use crate::catalog::originals::OriginalTally;
use crate::catalog::purge::Which;
use crate::room::is_disk_full;

/// How old an original must be that nobody owns to be taken for a leftover: until its version or
/// its job is written down, somebody may be about to.
const ORIGINAL_GRACE: Duration = Duration::from_hours(1);

/// How many originals go in one transaction: others must not wait long to write.
const ORIGINALS_AT_ONCE: usize = 64;

/// How often removed documents are removed for good at least. Promised are 24 hours from a delete
/// to its bytes being gone; whoever keeps the time looks once an hour, and the work takes a while.
const BETWEEN_VACUUMS: Duration = Duration::from_hours(22);

/// How much longer than between two of its checkpoints a purge waits for the process that holds
/// the index.
const EXTRA_PATIENCE: Duration = Duration::from_secs(5);

/// How often a purge looks whether that process has done its part.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// How often, and how long each time, a purge waits for others to let go of what it removes.
const HELD_WAITS: usize = 20;
const BETWEEN_HELD: Duration = Duration::from_millis(50);

/// How often the log of the catalog is tried to be emptied while somebody reads it.
const LOG_ATTEMPTS: usize = 3;

/// What was removed for good, and from where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeReport {
    /// Documents: their rows, with uri and title.
    pub n_documents: u64,
    /// Versions with their text, structure and history; of removed documents, and old ones beyond
    /// what is kept.
    pub n_versions: u64,
    /// Chunks with their headings.
    pub n_chunks: u64,
    /// Vectors that no chunk used any more.
    pub n_embeddings: u64,
    /// Originals that no version owned any more.
    pub n_originals: u64,
    /// Items of jobs that named the documents.
    pub n_job_items: u64,
    /// Jobs that had no other item.
    pub n_jobs: u64,
    /// Collections that were removed and empty.
    pub n_collections: u64,
    /// Answers that named what was removed, and of which nothing is kept any more.
    pub n_answers: u64,
    /// Versions that are removed and go once the index has lost their points for good: another
    /// process holds it, or it is on a server that makes durable what it does by itself.
    pub n_waiting: u64,
    /// How much less the data directory takes.
    pub freed_bytes: u64,
}

impl PurgeReport {
    /// Tells whether anything was removed.
    #[must_use]
    pub fn has_removed_any(&self) -> bool {
        let counts = [
            self.n_documents,
            self.n_versions,
            self.n_embeddings,
            self.n_originals,
            self.n_job_items,
            self.n_collections,
            self.n_answers,
        ];
        counts.iter().any(|count| 0 < *count)
    }
}

impl Store {
    /// Removes several documents, as [`remove_document`](Self::remove_document) does each; none
    /// when one of them does not exist.
    ///
    /// # Errors
    /// `NotFound` when there is no such document, `Unavailable` when the catalog cannot be written.
    pub async fn remove_documents(&self, ids: &[DocumentId]) -> Result<()> {
        self.with_reserve(|| self.catalog.remove_documents(ids)).await?;
        self.settle_removals().await
    }

    /// Removes for good what removed documents left behind: text, vectors, originals, and what
    /// named them. Nothing that lives is touched, and a crash leaves nothing half.
    ///
    /// # Errors
    /// `Unavailable` when the catalog, the index or the originals cannot be written; what was
    /// removed stays so, and the rest goes the next time.
    pub async fn purge(&self, which: Which) -> Result<PurgeReport> {
        let which = self.with_all_inside(which).await?;
        let report = self.with_reserve(|| self.purge_rows(&which)).await;
        self.make_reserve().await;
        report
    }

    /// Removes for good whatever was removed, old versions beyond `store.keep_versions` and
    /// `store.keep_days`, and what nobody owns.
    ///
    /// # Errors
    /// As [`purge`](Self::purge).
    pub async fn vacuum(&self) -> Result<PurgeReport> {
        let began = Timestamp(self.catalog.now_ms());
        let days = i64::from(self.config.keep_days);
        let before = match days {
            0 => Timestamp(i64::MIN),
            days => Timestamp(began.0 - days * 86_400_000),
        };
        let keep = self.config.keep_versions;
        self.with_reserve(|| self.catalog.expire_versions(keep, before)).await?;
        let report = self.purge(Which::Everything).await?;
        self.catalog.note_vacuum(began).await?;
        Ok(report)
    }

    /// Tells whether it is time for [`vacuum`](Self::vacuum), so that what was deleted is gone at
    /// latest 24 hours later. Ask once an hour.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn vacuum_due(&self) -> Result<bool> {
        let last = self.catalog.last_vacuum().await?;
        let due_before = before(self.catalog.now_ms(), BETWEEN_VACUUMS);
        Ok(last.is_none_or(|last| last < due_before))
    }

    /// Adds what lies in documents to them.
    async fn with_all_inside(&self, which: Which) -> Result<Which> {
        match which {
            Which::Documents(ids) => Ok(Which::Documents(self.catalog.with_inside(&ids).await?)),
            Which::Collection(_) | Which::Everything => Ok(which),
        }
    }

    async fn purge_rows(&self, which: &Which) -> Result<PurgeReport> {
        let bytes_before = self.catalog_bytes();
        let mut report = PurgeReport {
            n_answers: self.withdraw_answers(which).await?,
            ..PurgeReport::default()
        };
        self.forget_points(which).await?;
        let mut owned = self.purge_versions(which, &mut report).await?;
        // What a purge has let go and was interrupted before it removed it.
        owned.extend(self.catalog.unowned_originals(Timestamp(1)).await?);
        self.purge_traces(which, &mut report).await?;
        let mut originals = self.purge_originals(owned.into_iter().collect()).await?;
        if *which == Which::Everything {
            report.n_embeddings += self.catalog.purge_embeddings().await?;
            let swept = self.sweep_originals().await?;
            originals.n_originals += swept.n_originals;
            originals.size_bytes += swept.size_bytes;
        }
        report.n_originals = originals.n_originals;
        report.n_waiting = self.catalog.n_versions_indexed(which).await?;
        if report.has_removed_any() {
            self.compact().await?;
        }
        let in_catalog = bytes_before.saturating_sub(self.catalog_bytes());
        report.freed_bytes = in_catalog + originals.size_bytes;
        Ok(report)
    }

    /// Erases the answers that name what was removed, a few at a time. Returns how many.
    async fn withdraw_answers(&self, which: &Which) -> Result<u64> {
        let mut n_answers = 0;
        loop {
            match self.catalog.withdraw_answers(which).await? {
                0 => return Ok(n_answers),
                n_erased => n_answers += n_erased,
            }
        }
    }

    /// Makes the index lose the points of what was removed: before, the rows that say so must not
    /// go. Where another process holds the index, it is given the time to do so.
    async fn forget_points(&self, which: &Which) -> Result<()> {
        if self.engine.is_some() {
            self.settle_removals().await?;
            self.checkpoint().await?;
            return self.forget_told(which).await;
        }
        let patience = Duration::from_secs(self.config.checkpoint_seconds) + EXTRA_PATIENCE;
        let began = Instant::now();
        while began.elapsed() < patience && 0 < self.catalog.n_versions_indexed(which).await? {
            sleep(BETWEEN_LOOKS).await;
            self.forget_told(which).await?;
        }
        Ok(())
    }

    /// Forgets what an index server was told: it makes durable what it does by itself.
    async fn forget_told(&self, which: &Which) -> Result<()> {
        if self.config.index.is_empty() {
            return Ok(());
        }
        self.catalog.forget_told_removals(which).await
    }

    /// Removes dead versions, a few at a time, and returns the originals that they owned.
    async fn purge_versions(
        &self,
        which: &Which,
        report: &mut PurgeReport,
    ) -> Result<BTreeSet<ContentHash>> {
        let (mut owned, mut patience) = (BTreeSet::new(), Patience::default());
        loop {
            let dead = self.catalog.dead_versions(which).await?;
            let versions: Vec<VersionId> = dead.iter().map(|(version, _)| *version).collect();
            let tally = self.catalog.purge_versions(&versions).await?;
            if tally.versions == 0 && (dead.is_empty() || !patience.wait().await) {
                return Ok(owned);
            }
            owned.extend(dead.into_iter().filter_map(|(_, original)| original));
            report.n_versions += tally.versions;
            report.n_chunks += tally.chunks;
            report.n_embeddings += tally.embeddings;
        }
    }

    /// Removes what names dead documents, a few at a time, then their collections.
    async fn purge_traces(&self, which: &Which, report: &mut PurgeReport) -> Result<()> {
        let mut patience = Patience::default();
        loop {
            let tally = self.catalog.purge_documents(which).await?;
            if tally.documents == 0 && (tally.held == 0 || !patience.wait().await) {
                break;
            }
            report.n_documents += tally.documents;
            report.n_job_items += tally.job_items;
            report.n_jobs += tally.jobs;
        }
        report.n_collections = self.catalog.purge_collections(which).await?;
        Ok(())
    }

    async fn purge_originals(&self, originals: Vec<ContentHash>) -> Result<OriginalTally> {
        let mut total = OriginalTally::default();
        for originals in originals.chunks(ORIGINALS_AT_ONCE) {
            let tally = self.catalog.purge_originals(originals, &self.blobs).await?;
            total.n_originals += tally.n_originals;
            total.size_bytes += tally.size_bytes;
        }
        Ok(total)
    }

    /// Removes originals that were left behind: by an upload that never became a job, or by a
    /// crash between a row and its file.
    async fn sweep_originals(&self) -> Result<OriginalTally> {
        let before = before(self.catalog.now_ms(), ORIGINAL_GRACE);
        let mut left = self.catalog.unowned_originals(before).await?;
        let blobs = self.blobs.clone();
        let old = on_disk(move || {
            let old = blobs.old_files(before);
            remove_files(&old.unfinished).map(|()| old.originals)
        });
        left.extend(old.await?);
        self.purge_originals(left).await
    }

    /// Gives the space back and empties the log. Without room to compact, what was deleted is
    /// overwritten all the same; only the file stays as large as it is.
    async fn compact(&self) -> Result<()> {
        match self.catalog.compact().await {
            Err(error) if is_disk_full(&error) => {
                tracing::warn!(error = error.chain(), "the catalog stays as large as it is");
            }
            outcome => outcome?,
        }
        for _attempt in 0..LOG_ATTEMPTS {
            if self.catalog.empty_log().await? {
                return Ok(());
            }
        }
        Err(Error::unavailable("the log of the catalog cannot be emptied: somebody reads it")
            .hint("Run `footnote vacuum` when no other command reads the data directory."))
    }

    /// Runs a step of deleting, which must work on a full disk too: then the reserve is used.
    pub(crate) async fn with_reserve<T, F>(&self, step: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.reserve.free_when_low();
        match step().await {
            Err(error) if is_disk_full(&error) && self.reserve.free() => step().await,
            outcome => outcome,
        }
    }

    /// Makes the reserve again when there is room.
    pub(crate) async fn make_reserve(&self) {
        let (reserve, min_free_bytes) = (self.reserve.clone(), self.config.min_free_bytes);
        if let Err(error) = spawn_blocking(move || reserve.make(min_free_bytes)).await {
            tracing::warn!(%error, "no room is reserved for deleting on a full disk");
        }
    }

    fn catalog_bytes(&self) -> u64 {
        let files =
            ["", "-wal"].map(|suffix| self.data_dir.join(format!("{CATALOG_FILE}{suffix}")));
        files.iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum()
    }
}

/// What others hold is left for a moment, a few times.
#[derive(Default)]
struct Patience {
    n_waits: usize,
}

impl Patience {
    /// Waits for others to let go of something; returns whether it is worth another try.
    async fn wait(&mut self) -> bool {
        if self.n_waits == HELD_WAITS {
            return false;
        }
        self.n_waits += 1;
        sleep(BETWEEN_HELD).await;
        true
    }
}

/// Returns the moment so long before another.
fn before(now_ms: i64, ago: Duration) -> Timestamp {
    Timestamp(now_ms.saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX)))
}

/// Runs work that waits for the disk.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work)
        .await
        .map_err(|error| Error::internal("cannot look at the originals").because(error))?
}
