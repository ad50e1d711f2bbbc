//! Reading an archive into parcels, on a thread of its own, and believing nothing of it.

use footnote_core::id::{ContentHash, ContentHasher};
use footnote_core::{Error, Result};
use serde::Deserialize;
use std::collections::HashSet;
use std::io::{self, BufReader, Read};
use tar::{Archive, Entry, EntryType};
use tokio::sync::mpsc::Sender;
use zstd::Decoder;

use super::{ABOUT, FORMAT, Inventory, MANIFEST, MAX_JSON_BYTES, Manifest, ORIGINALS, ROWS};
use crate::blob::PIECE_BYTES;
use crate::transfer::rows::{self, MAX_ROW_BYTES, Row, Value};
use crate::transfer::{About, Parcel};

/// How much a stream may look back: as far as ours does and a few times more, not gigabytes.
const WINDOW_LOG_MAX: u32 = 25;

/// How many rows, and how many bytes of them, are sent at once.
const ROWS_AT_ONCE: usize = 500;
const BYTES_AT_ONCE: usize = 4 << 20;

/// How much may follow the manifest: the empty blocks with which a tar ends.
const MAX_TAIL_BYTES: u64 = 64 << 10;

/// Reads an archive and sends what is in it; [`Parcel::End`] comes only when everything was found
/// to be right.
pub(crate) struct Reader {
    about: About,
    inventory: Inventory,
    to: Sender<Parcel>,
    table: usize,
    n_parts: usize,
    /// Originals that the rows name and that did not come yet.
    awaited: HashSet<ContentHash>,
    manifest: Option<Manifest>,
}

/// What reading came to.
enum Step {
    Went,
    /// Nobody takes parcels any more.
    Left,
}

impl Reader {
    /// Reads and sends everything; `None` when nobody takes it any more. Blocks.
    ///
    /// # Errors
    /// `Invalid` when it is not an archive, is damaged, or was written by a newer release.
    pub(crate) fn read(input: impl Read, to: Sender<Parcel>) -> Result<Option<(About, Manifest)>> {
        let mut decoder = Decoder::with_buffer(BufReader::new(input)).map_err(damaged_by)?;
        decoder.window_log_max(WINDOW_LOG_MAX).map_err(damaged_by)?;
        let mut archive = Archive::new(decoder);
        let mut entries = archive.entries().map_err(damaged_by)?.raw(true);
        let first = entries.next().ok_or_else(no_archive)?.map_err(no_archive_by)?;
        let mut reader = Self::begin(first, to)?;
        if reader.send(Parcel::About(reader.about.clone())).is_left() {
            return Ok(None);
        }
        for entry in entries {
            if reader.entry(entry.map_err(damaged_by)?)?.is_left() {
                return Ok(None);
            }
        }
        check_tail(archive.into_inner())?;
        let Some(manifest) = reader.manifest.take() else {
            return Err(damaged("it has no end"));
        };
        let is_taken = !reader.send(Parcel::End).is_left();
        Ok(is_taken.then_some((reader.about, manifest)))
    }

    /// Reads what an archive is, and nothing else of it. Blocks.
    ///
    /// # Errors
    /// As [`read`](Self::read), as far as it looks.
    pub(crate) fn about(input: impl Read) -> Result<About> {
        let mut archive = Archive::new(Decoder::new(input).map_err(damaged_by)?);
        let mut entries = archive.entries().map_err(damaged_by)?.raw(true);
        let first = entries.next().ok_or_else(no_archive)?.map_err(no_archive_by)?;
        let (nobody, _) = tokio::sync::mpsc::channel(1);
        Self::begin(first, nobody).map(|reader| reader.about)
    }

    /// Reads what the archive is.
    fn begin(mut first: Entry<'_, impl Read>, to: Sender<Parcel>) -> Result<Self> {
        if name_of(&first)? != ABOUT {
            return Err(no_archive());
        }
        let written = read_json(&mut first)?;
        let Ok(Format { format }) = serde_json::from_slice(&written) else {
            return Err(no_archive());
        };
        if format != FORMAT {
            return Err(Error::invalid(format!(
                "the archive has format {format}, and this release reads format {FORMAT}"
            ))
            .hint("Use the release that wrote it, or a newer one."));
        }
        let about: About = serde_json::from_slice(&written).map_err(damaged_by)?;
        let inventory = Inventory::new(&about, &written);
        let awaited = HashSet::new();
        Ok(Self { about, inventory, to, table: 0, n_parts: 0, awaited, manifest: None })
    }

    fn send(&self, parcel: Parcel) -> Step {
        if self.to.blocking_send(parcel).is_ok() { Step::Went } else { Step::Left }
    }

    fn entry(&mut self, mut entry: Entry<'_, impl Read>) -> Result<Step> {
        let name = name_of(&entry)?;
        if self.manifest.is_some() {
            return Err(damaged("something follows its end"));
        }
        if name == MANIFEST {
            return self.end(&read_json(&mut entry)?).map(|()| Step::Went);
        }
        match name.split_once('/') {
            Some((ORIGINALS, hash)) => self.original(&mut entry, hash),
            Some((ROWS, part)) if self.table <= self.about.tables.len() => {
                self.rows(&mut entry, part)
            }
            _ => Err(damaged(&format!("it holds `{name}`, which has no place there"))),
        }
    }

    /// Reads a part of the rows of a table.
    fn rows(&mut self, entry: &mut Entry<'_, impl Read>, part: &str) -> Result<Step> {
        let expected = part.split_once('/').and_then(|(table, number)| {
            let position = self.about.tables.iter().position(|shape| shape.name == table)?;
            let is_next = self.table <= position && number.parse() == Ok(self.n_parts);
            is_next.then_some(position)
        });
        let Some(table) = expected else {
            return Err(damaged(&format!("the rows `{part}` are not the next ones")));
        };
        (self.table, self.n_parts) = (table, self.n_parts + 1);
        let mut n_left = entry.size();
        while 0 < n_left {
            let (mut batch, mut n_bytes) = (Vec::new(), 0);
            while 0 < n_left && batch.len() < ROWS_AT_ONCE && n_bytes < BYTES_AT_ONCE {
                let row = read_row(entry, &mut n_left)?;
                n_bytes += row.len();
                self.inventory.add_row(table, &row);
                batch.push(self.decoded(table, &row)?);
            }
            if self.send(Parcel::Rows(table, batch)).is_left() {
                return Ok(Step::Left);
            }
        }
        Ok(Step::Went)
    }

    fn decoded(&mut self, table: usize, written: &[u8]) -> Result<Row> {
        let shape = self.about.tables.get(table);
        let row = shape.and_then(|shape| rows::read(shape, written));
        let row = row.ok_or_else(|| damaged("a row cannot be read"))?;
        let is_original = shape.is_some_and(|shape| shape.name == "blob");
        if is_original && let Some(Value::Bytes(Some(hash))) = row.first() {
            let digest = hash.as_slice().try_into();
            let digest = digest.map_err(|_wrong_length| damaged("a hash has a wrong length"))?;
            self.awaited.insert(ContentHash::from_bytes(digest));
        }
        Ok(row)
    }

    /// Reads an original.
    fn original(&mut self, entry: &mut Entry<'_, impl Read>, name: &str) -> Result<Step> {
        // Rows that come later have no place there.
        self.table = self.about.tables.len() + 1;
        let hash: Option<ContentHash> = name.parse().ok();
        let Some(hash) = hash.filter(|hash| hash.hex() == name && self.awaited.remove(hash)) else {
            return Err(damaged(&format!("it holds an original `{name}` that no row names")));
        };
        let size_bytes = entry.size();
        let mut step = self.send(Parcel::Original(hash, size_bytes));
        let (mut hasher, mut n_left) = (ContentHasher::default(), size_bytes);
        while 0 < n_left && !step.is_left() {
            let mut piece = Vec::new();
            let wanted = n_left.min(PIECE_BYTES as u64);
            entry.take(wanted).read_to_end(&mut piece).map_err(damaged_by)?;
            if (piece.len() as u64) < wanted {
                return Err(damaged("it is cut off"));
            }
            n_left -= wanted;
            hasher.update(&piece);
            step = self.send(Parcel::Piece(piece));
        }
        if n_left == 0 && hasher.finish() != hash {
            return Err(damaged(&format!("the original {hash} is not what its hash says")));
        }
        self.inventory.add_original(&hash, size_bytes);
        Ok(step)
    }

    /// Compares what came with what should have come.
    fn end(&mut self, written: &[u8]) -> Result<()> {
        let manifest: Manifest = serde_json::from_slice(written).map_err(damaged_by)?;
        let empty = Inventory::new(&self.about, b"");
        let mut found = std::mem::replace(&mut self.inventory, empty);
        found.missing.clone_from(&manifest.missing);
        let missing: HashSet<ContentHash> = manifest.missing.iter().copied().collect();
        if self.about.has_originals && missing != self.awaited {
            return Err(damaged("originals that its rows name are not in it"));
        }
        if found.manifest() != manifest {
            return Err(damaged("what is in it is not what its manifest says"));
        }
        self.manifest = Some(manifest);
        Ok(())
    }
}

impl Step {
    fn is_left(&self) -> bool {
        matches!(self, Self::Left)
    }
}

/// What is read of `about.json` first: the rest depends on it.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Returns the name of an entry, which must be a plain file.
fn name_of(entry: &Entry<'_, impl Read>) -> Result<String> {
    let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    if entry.header().entry_type() == EntryType::Regular {
        return Ok(name);
    }
    Err(damaged(&format!("`{name}` is not a plain file")))
}

fn read_json(entry: &mut Entry<'_, impl Read>) -> Result<Vec<u8>> {
    let size_bytes = entry.size();
    if MAX_JSON_BYTES < size_bytes {
        return Err(damaged("its description is too long"));
    }
    let mut written = Vec::new();
    entry.read_to_end(&mut written).map_err(damaged_by)?;
    Ok(written)
}

/// Reads a row and its length; memory is taken as bytes come, not as the length promises.
fn read_row(entry: &mut impl Read, n_left: &mut u64) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    entry.read_exact(&mut length).map_err(damaged_by)?;
    let length = u32::from_le_bytes(length);
    let n_after = n_left.checked_sub(4 + u64::from(length));
    let Some(n_after) = n_after.filter(|_| length < MAX_ROW_BYTES) else {
        return Err(damaged("a row is longer than its part"));
    };
    *n_left = n_after;
    let mut row = Vec::new();
    entry.take(length.into()).read_to_end(&mut row).map_err(damaged_by)?;
    if row.len() as u64 == u64::from(length) { Ok(row) } else { Err(damaged("it is cut off")) }
}

/// Reads what follows the last entry, so that the stream's own checksum is checked too.
fn check_tail(decoder: impl Read) -> Result<()> {
    let mut tail = Vec::new();
    decoder.take(MAX_TAIL_BYTES).read_to_end(&mut tail).map_err(damaged_by)?;
    let is_empty = (tail.len() as u64) < MAX_TAIL_BYTES && tail.iter().all(|byte| *byte == 0);
    if is_empty { Ok(()) } else { Err(damaged("something follows its end")) }
}

fn no_archive() -> Error {
    Error::invalid("this is not an archive of Footnote's")
        .hint("Name a file that `footnote backup` or `footnote export` has written.")
}

/// Says why not even the first entry can be read.
fn no_archive_by(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged_by(error),
        _ => no_archive().because(error),
    }
}

fn damaged(how: &str) -> Error {
    Error::invalid(format!("the archive is damaged: {how}")).hint("Use another copy of it.")
}

fn damaged_by(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let cause: &dyn std::error::Error = &error;
    let is_cut = cause
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
    damaged(if is_cut { "it is cut off" } else { "it cannot be read" }).because(error)
}
