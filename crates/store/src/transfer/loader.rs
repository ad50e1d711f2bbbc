//! An empty catalog as a sink: filled as the release that wrote the rows had it, then brought up to
//! date.

use footnote_core::clock::Clock;
use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc::Receiver;
use tokio::task::spawn_blocking;

use super::rows::{Row, Tally};
use super::snapshot::tallies;
use super::{About, ArchiveKind, Parcel, Watch, lost_thread};
use crate::blob::{Folder, sync_tree};
use crate::catalog::Place;
use crate::catalog::loading::Loading;
use crate::catalog::snapshot::Selection;
use crate::room;
use crate::store::CATALOG_FILE;

/// How many rows are written to a file between two commits.
const ROWS_A_COMMIT: usize = 5000;

/// How many parcels pass between two looks at the free space.
const BETWEEN_LOOKS: usize = 64;

/// What is filled, with what.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) site: Site,
    /// What must come.
    pub(crate) kind: ArchiveKind,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Where everything goes.
#[derive(Clone)]
pub(crate) enum Site {
    /// A catalog and originals in a folder that nobody else uses yet.
    Folder(PathBuf),
    /// A PostgreSQL database. All of it becomes visible at once.
    Server(String),
}

/// Takes parcels into a catalog.
pub(crate) struct Loader {
    target: Target,
    loading: Loading,
    about: About,
    tallies: Vec<Tally>,
    n_uncommitted: usize,
    original: Option<Writing>,
}

/// An original that is being written.
struct Writing {
    hash: ContentHash,
    n_left: u64,
    to: Pieces,
}

enum Pieces {
    File(File),
    Rows { next: u64 },
}

impl Loader {
    /// Takes everything that comes; `None` when it ends before its end. What is in the target then
    /// is not made visible by [`finish`](Self::finish), and goes with the target.
    ///
    /// # Errors
    /// `Conflict` when the target is not empty, `Invalid` when something else comes or a newer
    /// release wrote it, `Unavailable` when the target cannot be written.
    pub(crate) async fn take(
        target: Target,
        mut from: Receiver<Parcel>,
        watch: Watch<'_>,
    ) -> Result<Option<Self>> {
        let Some(Parcel::About(about)) = from.recv().await else { return Ok(None) };
        let mut loader = Self::begin(target, about).await?;
        let mut n_parcels = 0_usize;
        while let Some(parcel) = from.recv().await {
            watch.check()?;
            if n_parcels.is_multiple_of(BETWEEN_LOOKS) {
                loader.check_room()?;
            }
            n_parcels += 1;
            match parcel {
                Parcel::About(_) => return Err(Error::internal("a parcel came out of its order")),
                Parcel::Rows(table, rows) => loader.rows(table, rows).await?,
                Parcel::Original(hash, n_bytes) => loader.begin_original(hash, n_bytes).await?,
                Parcel::Piece(piece) => loader.piece(piece).await?,
                Parcel::Missing(_) => {}
                Parcel::End => return Ok(Some(loader)),
            }
        }
        Ok(None)
    }

    async fn begin(target: Target, about: About) -> Result<Self> {
        check_kind(target.kind, about.kind)?;
        let mut loading = match &target.site {
            Site::Folder(folder) => {
                let file = folder.join(CATALOG_FILE);
                Loading::open(Place::File(&file), about.schema, target.clock.clone()).await?
            }
            Site::Server(url) => {
                Loading::open(Place::Server(url), about.schema, target.clock.clone()).await?
            }
        };
        for shape in &about.tables {
            loading.check_shape(shape).await?;
        }
        loading.empty(&about.tables).await?;
        loading.begin().await?;
        let tallies = vec![Tally::default(); about.tables.len()];
        Ok(Self { target, loading, about, tallies, n_uncommitted: 0, original: None })
    }

    fn check_room(&self) -> Result<()> {
        match &self.target.site {
            Site::Folder(folder) => room::check(folder, room::LOW_BYTES),
            Site::Server(_) => Ok(()),
        }
    }

    async fn rows(&mut self, table: usize, rows: Vec<Row>) -> Result<()> {
        let shape = self.about.tables.get(table);
        let shape = shape.ok_or_else(|| Error::internal("rows of no table"))?;
        if let Some(tally) = self.tallies.get_mut(table) {
            tally.add_rows(&rows)?;
        }
        self.n_uncommitted += rows.len();
        self.loading.insert(shape, rows).await?;
        // A file that is not finished is thrown away as a whole; a database is not.
        if ROWS_A_COMMIT < self.n_uncommitted && matches!(self.target.site, Site::Folder(_)) {
            self.loading.commit().await?;
            self.loading.begin().await?;
            self.n_uncommitted = 0;
        }
        Ok(())
    }

    async fn begin_original(&mut self, hash: ContentHash, n_bytes: u64) -> Result<()> {
        let to = match &self.target.site {
            Site::Server(_) => Pieces::Rows { next: 0 },
            Site::Folder(folder) => {
                let path = Folder::new(folder).path(&hash);
                let folder = path.parent().unwrap_or(folder).to_owned();
                fs::create_dir_all(&folder).await.map_err(cannot_write)?;
                Pieces::File(File::create(path).await.map_err(cannot_write)?)
            }
        };
        self.original = Some(Writing { hash, n_left: n_bytes, to });
        if n_bytes == 0 { self.piece(Vec::new()).await } else { Ok(()) }
    }

    async fn piece(&mut self, piece: Vec<u8>) -> Result<()> {
        let Some(writing) = &mut self.original else {
            return Err(Error::internal("a piece of no original"));
        };
        writing.n_left = writing.n_left.saturating_sub(piece.len() as u64);
        match &mut writing.to {
            Pieces::File(file) => {
                file.write_all(&piece).await.map_err(cannot_write)?;
                if writing.n_left == 0 {
                    file.flush().await.map_err(cannot_write)?;
                }
            }
            Pieces::Rows { next } => {
                self.loading.insert_piece(&writing.hash, *next, piece).await?;
                *next += 1;
            }
        }
        if writing.n_left == 0 {
            self.original = None;
        }
        Ok(())
    }

    /// Makes what came durable: to be called when the source has said that all of it is right.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        self.loading.commit().await?;
        let Site::Folder(folder) = self.target.site.clone() else { return Ok(()) };
        spawn_blocking(move || sync_tree(&folder)).await.map_err(lost_thread)?.map_err(cannot_write)
    }

    /// Reads back what was written and compares it with what was sent.
    ///
    /// # Errors
    /// `Internal` when a table differs: then the target is not to be used.
    pub(crate) async fn compare(&self, sent: &[Tally], watch: Watch<'_>) -> Result<()> {
        let written = tallies(self.loading.catalog(), Selection::Everything, watch).await?;
        for (number, (written, shape)) in written.iter().zip(&self.about.tables).enumerate() {
            if sent.get(number) != Some(written) {
                let n_sent = sent.get(number).map_or(0, |tally| tally.n_rows);
                return Err(Error::internal(format!(
                    "the table `{}` came over with other rows: {} of {n_sent}",
                    shape.name, written.n_rows
                ))
                .hint("Do not use the target: empty it, and try again."));
            }
        }
        Ok(())
    }

    /// Brings the catalog up to date and closes it.
    pub(crate) async fn finish(self) -> Result<()> {
        self.loading.finish().await
    }

    /// Returns what came.
    pub(crate) fn about(&self) -> &About {
        &self.about
    }
}

/// Refuses what is meant for another command.
fn check_kind(wanted: ArchiveKind, found: ArchiveKind) -> Result<()> {
    match (wanted, found) {
        (ArchiveKind::Backup, ArchiveKind::Bundle) => {
            Err(Error::invalid("this archive holds some collections, not an installation")
                .hint("Take them over with `footnote import`."))
        }
        (ArchiveKind::Bundle, ArchiveKind::Backup) => {
            Err(Error::invalid("this archive holds an installation, not some collections")
                .hint("Restore it into an empty data directory with `footnote restore`."))
        }
        (ArchiveKind::Backup, ArchiveKind::Backup) | (ArchiveKind::Bundle, ArchiveKind::Bundle) => {
            Ok(())
        }
    }
}

fn cannot_write(error: io::Error) -> Error {
    let full = error.kind() == io::ErrorKind::StorageFull;
    let why = if full { ": the disk is full" } else { "" };
    Error::unavailable(format!("cannot write to the target{why}")).because(error)
}
