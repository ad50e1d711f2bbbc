//! Writing an archive from parcels, on a thread of its own.

use footnote_core::{Error, Result};
use std::io::{self, Cursor, Read};
use tar::{Builder, EntryType, Header};
use tokio::sync::mpsc::Receiver;
use zstd::Encoder;

use super::{ABOUT, Inventory, MANIFEST, Manifest, ORIGINALS, Output, ROWS, json};
use crate::transfer::rows::{self, Row};
use crate::transfer::{About, Parcel};

/// Fast, and within some hundredths of what more effort would save.
const LEVEL: i32 = 3;

type Archive = Builder<Encoder<'static, Output>>;

/// Writes what comes; `None` when it ends before its end. Blocks, and leaves nothing behind unless
/// everything came.
///
/// # Errors
/// `Unavailable` when it cannot be written.
pub(crate) fn write(
    mut from: Receiver<Parcel>,
    output: Output,
) -> Result<Option<(About, Manifest, u64)>> {
    let Some(Parcel::About(about)) = from.blocking_recv() else { return Ok(None) };
    let mut writer = Writer::begin(&about, output)?;
    while let Some(parcel) = from.blocking_recv() {
        match parcel {
            Parcel::About(_) | Parcel::Piece(_) => {
                return Err(Error::internal("a parcel came out of its order"));
            }
            Parcel::Rows(table, rows) => writer.rows(&about, table, &rows)?,
            Parcel::Missing(hash) => writer.inventory.missing.push(hash),
            Parcel::Original(hash, size_bytes) => {
                let mut pieces = Pieces { from: &mut from, piece: Cursor::default(), n_read: 0 };
                let path = format!("{ORIGINALS}/{}", hash.hex());
                append(&mut writer.archive, &path, size_bytes, (&mut pieces).take(size_bytes))?;
                if pieces.n_read < size_bytes {
                    return Ok(None);
                }
                writer.inventory.add_original(&hash, size_bytes);
            }
            Parcel::End => return writer.finish().map(|(m, n_bytes)| Some((about, m, n_bytes))),
        }
    }
    Ok(None)
}

struct Writer {
    archive: Archive,
    inventory: Inventory,
    n_parts: usize,
}

impl Writer {
    fn begin(about: &About, output: Output) -> Result<Self> {
        let mut encoder = Encoder::new(output, LEVEL).map_err(cannot_write)?;
        encoder.include_checksum(true).map_err(cannot_write)?;
        let mut archive = Builder::new(encoder);
        let written = json(about)?;
        append(&mut archive, ABOUT, written.len() as u64, &*written)?;
        Ok(Self { archive, inventory: Inventory::new(about, &written), n_parts: 0 })
    }

    fn rows(&mut self, about: &About, table: usize, rows: &[Row]) -> Result<()> {
        let Some(shape) = about.tables.get(table) else {
            return Err(Error::internal("rows of no table"));
        };
        let (mut part, mut row_bytes) = (Vec::new(), Vec::new());
        for row in rows {
            row_bytes.clear();
            rows::write(row, &mut row_bytes)?;
            self.inventory.add_row(table, &row_bytes);
            let length = u32::try_from(row_bytes.len()).map_err(|_too_long| {
                Error::invalid("a row of the catalog is too long to be moved")
            })?;
            part.extend_from_slice(&length.to_le_bytes());
            part.extend_from_slice(&row_bytes);
        }
        let path = format!("{ROWS}/{}/{:08}", shape.name, self.n_parts);
        self.n_parts += 1;
        append(&mut self.archive, &path, part.len() as u64, &*part)
    }

    fn finish(mut self) -> Result<(Manifest, u64)> {
        let manifest = self.inventory.manifest();
        let written = json(&manifest)?;
        append(&mut self.archive, MANIFEST, written.len() as u64, &*written)?;
        let encoder = self.archive.into_inner().map_err(cannot_write)?;
        let output = encoder.finish().map_err(cannot_write)?;
        Ok((manifest, output.finish()?))
    }
}

fn append(archive: &mut Archive, path: &str, size_bytes: u64, bytes: impl Read) -> Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(size_bytes);
    header.set_path(path).map_err(cannot_write)?;
    header.set_cksum();
    archive.append(&header, bytes).map_err(cannot_write)
}

fn cannot_write(error: io::Error) -> Error {
    let full = error.kind() == io::ErrorKind::StorageFull;
    let why = if full { ": the disk is full" } else { "" };
    Error::unavailable(format!("cannot write the archive{why}")).because(error)
}

/// The pieces of an original, as they come.
struct Pieces<'a> {
    from: &'a mut Receiver<Parcel>,
    piece: Cursor<Vec<u8>>,
    n_read: u64,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut n_bytes = self.piece.read(into)?;
        if n_bytes == 0
            && let Some(Parcel::Piece(piece)) = self.from.blocking_recv()
        {
            // Whatever else comes ends the original too early: the source says why.
            self.piece = Cursor::new(piece);
            n_bytes = self.piece.read(into)?;
        }
        self.n_read += n_bytes as u64;
        Ok(n_bytes)
    }
}
