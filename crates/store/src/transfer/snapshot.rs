//! A catalog as a source: its rows in one snapshot, then its originals.

use footnote_core::clock::Timestamp;
use footnote_core::id::{ContentHash, ContentHasher};
use footnote_core::{Error, Result};
use tokio::sync::mpsc::Sender;

use super::archive::FORMAT;
use super::rows::{Row, Tally, Value};
use super::tables::{TABLES, Table};
use super::{About, ArchiveKind, Parcel, SpaceBrief, TransferReport, TransferStage, Watch};
use crate::blob::{BlobReader, Blobs};
use crate::catalog::Catalog;
use crate::catalog::snapshot::{Selection, Snapshot};

/// What is read, and from where.
pub(crate) struct Source<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) blobs: &'a Blobs,
    pub(crate) selection: Selection,
    pub(crate) with_originals: bool,
}

/// What was read.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The moment of the snapshot.
    pub(crate) created: Timestamp,
    /// What was read of each table, in the order of the tables.
    pub(crate) tallies: Vec<Tally>,
    /// Originals.
    pub(crate) n_originals: u64,
    /// How many bytes they have.
    pub(crate) originals_bytes: u64,
    /// Originals that should be there and are not, or are damaged.
    pub(crate) missing: Vec<ContentHash>,
}

impl Sent {
    fn since(created: Timestamp) -> Self {
        let (tallies, missing) = (Vec::new(), Vec::new());
        Self { created, tallies, n_originals: 0, originals_bytes: 0, missing }
    }

    /// Returns what moved.
    pub(crate) fn report(self) -> TransferReport {
        let n = |name: &str| {
            let number = TABLES.iter().position(|table| table.name == name);
            number.and_then(|number| self.tallies.get(number)).map_or(0, |tally| tally.n_rows)
        };
        TransferReport {
            created: Some(self.created),
            n_collections: n("collection"),
            n_documents: n("document"),
            n_versions: n("version"),
            n_chunks: n("chunk"),
            n_embeddings: n("embedding"),
            n_rows: self.tallies.iter().map(|tally| tally.n_rows).sum(),
            n_originals: self.n_originals,
            originals_bytes: self.originals_bytes,
            missing: self.missing,
            archive_bytes: None,
        }
    }
}

impl Source<'_> {
    /// Sends everything; `None` when nobody takes it any more.
    pub(crate) async fn send(&self, to: Sender<Parcel>, watch: Watch<'_>) -> Result<Option<Sent>> {
        let way = Way { to, watch };
        let mut snapshot = self.catalog.snapshot(self.selection.clone()).await?;
        let tables: Vec<&Table> = TABLES.iter().filter(|table| snapshot.reads(table)).collect();
        let about = self.about(&tables).await?;
        let mut sent = Sent::since(about.created);
        if !way.send(Parcel::About(about)).await {
            return Ok(None);
        }
        let Some(originals) = send_rows(&mut snapshot, &tables, &mut sent, &way).await? else {
            return Ok(None);
        };
        if self.with_originals {
            let is_taken = self.send_originals(&mut snapshot, &originals, &mut sent, &way).await?;
            if !is_taken {
                return Ok(None);
            }
        }
        let is_taken = way.send(Parcel::End).await;
        Ok(is_taken.then_some(sent))
    }

    async fn about(&self, tables: &[&Table]) -> Result<About> {
        let spaces = self.catalog.spaces_to_move(&self.selection).await?;
        Ok(About {
            format: FORMAT,
            kind: match self.selection {
                Selection::Everything => ArchiveKind::Backup,
                Selection::Collections { .. } => ArchiveKind::Bundle,
            },
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created: Timestamp(self.catalog.now_ms()),
            schema: self.catalog.schema_version().await?,
            spaces: spaces
                .into_iter()
                .map(|space| SpaceBrief {
                    model: space.spec.model,
                    fingerprint: space.spec.fingerprint.0,
                    dimension: space.spec.dimension,
                })
                .collect(),
            has_originals: self.with_originals,
            tables: tables.iter().map(|table| table.shape()).collect(),
        })
    }

    /// Sends originals; returns whether they were taken.
    async fn send_originals(
        &self,
        snapshot: &mut Snapshot,
        originals: &[(ContentHash, u64)],
        sent: &mut Sent,
        way: &Way<'_>,
    ) -> Result<bool> {
        let n_bytes = originals.iter().map(|(_, size_bytes)| size_bytes).sum();
        let mut n_done = 0;
        for (hash, size_bytes) in originals {
            way.watch.check()?;
            let is_taken = if let Some(size_bytes) = self.look(snapshot, hash).await? {
                sent.n_originals += 1;
                sent.originals_bytes += size_bytes;
                self.send_original(snapshot, hash, size_bytes, way).await?
            } else {
                // What a purge took, since the snapshot or before, is not missing: it is to be gone.
                if self.catalog.needs_original(hash).await? {
                    sent.missing.push(*hash);
                }
                way.send(Parcel::Missing(*hash)).await
            };
            if !is_taken {
                return Ok(false);
            }
            n_done += size_bytes;
            way.watch.tell(TransferStage::Originals, n_done, n_bytes);
        }
        Ok(true)
    }

    /// Looks whether an original is there and undamaged, and returns how many bytes it has: once
    /// its first piece is on its way, it is too late.
    async fn look(&self, snapshot: &mut Snapshot, hash: &ContentHash) -> Result<Option<u64>> {
        let Some(mut pieces) = self.open(hash).await? else { return Ok(None) };
        let (mut hasher, mut size_bytes) = (ContentHasher::default(), 0);
        while let Some(piece) = pieces.next(snapshot).await? {
            hasher.update(&piece);
            size_bytes += piece.len() as u64;
        }
        Ok((hasher.finish() == *hash).then_some(size_bytes))
    }

    /// Sends an original; returns whether it was taken.
    async fn send_original(
        &self,
        snapshot: &mut Snapshot,
        hash: &ContentHash,
        size_bytes: u64,
        way: &Way<'_>,
    ) -> Result<bool> {
        let gone = || Error::unavailable(format!("the original {hash} changed while it was read"));
        let mut pieces = self.open(hash).await?.ok_or_else(gone)?;
        let mut n_left = size_bytes;
        let mut is_taken = way.send(Parcel::Original(*hash, size_bytes)).await;
        while let Some(piece) = pieces.next(snapshot).await?.filter(|_| is_taken) {
            n_left = n_left.checked_sub(piece.len() as u64).ok_or_else(gone)?;
            is_taken = way.send(Parcel::Piece(piece)).await;
        }
        if is_taken && 0 < n_left {
            return Err(gone());
        }
        Ok(is_taken)
    }

    async fn open(&self, hash: &ContentHash) -> Result<Option<Pieces>> {
        match self.blobs {
            Blobs::Folder(_) => Ok(self.blobs.open(hash).await?.map(Pieces::File)),
            Blobs::Catalog(_) => Ok(Some(Pieces::Rows { hash: *hash, next: 0 })),
        }
    }
}

/// Counts and hashes the rows of every table.
pub(crate) async fn tallies(
    catalog: &Catalog,
    selection: Selection,
    watch: Watch<'_>,
) -> Result<Vec<Tally>> {
    let mut snapshot = catalog.snapshot(selection).await?;
    let tables: Vec<&Table> = TABLES.iter().filter(|table| snapshot.reads(table)).collect();
    let n_tables = tables.len() as u64;
    let mut tallies = Vec::with_capacity(tables.len());
    for (table, number) in tables.into_iter().zip(1..) {
        let (mut tally, mut last) = (Tally::default(), None);
        loop {
            watch.check()?;
            let rows = snapshot.page(table, last.as_ref()).await?;
            tally.add_rows(&rows)?;
            let Some(row) = rows.into_iter().next_back() else { break };
            last = Some(row);
        }
        tallies.push(tally);
        watch.tell(TransferStage::Comparing, number, n_tables);
    }
    Ok(tallies)
}

/// Where parcels go.
struct Way<'a> {
    to: Sender<Parcel>,
    watch: Watch<'a>,
}

impl Way<'_> {
    /// Sends a parcel; returns whether somebody takes it.
    async fn send(&self, parcel: Parcel) -> bool {
        self.to.send(parcel).await.is_ok()
    }
}

/// Sends the rows of tables and returns the originals that they name; `None` when nobody takes them
/// any more.
async fn send_rows(
    snapshot: &mut Snapshot,
    tables: &[&Table],
    sent: &mut Sent,
    way: &Way<'_>,
) -> Result<Option<Vec<(ContentHash, u64)>>> {
    let mut n_rows = 0;
    for table in tables {
        n_rows += snapshot.count(table).await?;
    }
    let (mut originals, mut n_done) = (Vec::new(), 0);
    for (number, table) in tables.iter().enumerate() {
        let (mut tally, mut last) = (Tally::default(), None);
        loop {
            way.watch.check()?;
            let rows = snapshot.page(table, last.as_ref()).await?;
            let Some(row) = rows.last() else { break };
            last = Some(row.clone());
            tally.add_rows(&rows)?;
            n_done += rows.len() as u64;
            if table.name == "blob" {
                originals.extend(rows.iter().filter_map(original_of));
            }
            if !way.send(Parcel::Rows(number, rows)).await {
                return Ok(None);
            }
            way.watch.tell(TransferStage::Rows, n_done, n_rows);
        }
        sent.tallies.push(tally);
    }
    Ok(Some(originals))
}

/// What is left to read of an original.
enum Pieces {
    File(BlobReader),
    /// Read in the snapshot, as the row that names it.
    Rows {
        hash: ContentHash,
        next: u64,
    },
}

impl Pieces {
    async fn next(&mut self, snapshot: &mut Snapshot) -> Result<Option<Vec<u8>>> {
        match self {
            Self::File(reader) => reader.next().await,
            Self::Rows { hash, next } => {
                let piece = snapshot.piece(hash, *next).await?;
                *next += 1;
                Ok(piece.filter(|piece| !piece.is_empty()))
            }
        }
    }
}

/// Reads the hash and the size of an original from its row.
fn original_of(row: &Row) -> Option<(ContentHash, u64)> {
    match row.as_slice() {
        [Value::Bytes(Some(hash)), Value::Integer(Some(size_bytes)), ..] => {
            let digest = hash.as_slice().try_into().ok()?;
            Some((ContentHash::from_bytes(digest), size_bytes.unsigned_abs()))
        }
        _ => None,
    }
}
