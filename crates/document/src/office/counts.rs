//! How many characters a Word document of before 2007 declares: the library that reads it sets memory
//! aside for all of them before it looks whether they are there.

use cfb::CompoundFile;
use footnote_core::job::Failure;
use std::io::{Cursor, Read as _};

use crate::package::damaged;

/// What is read of the header of a document: where it stands, or which in its list it is.
mod header {
    /// How the header of the version of 1997 and later begins.
    pub(super) const MARK: u16 = 0xA5EC;
    /// The number of the first version that has lists in its header.
    pub(super) const FIRST_WITH_LISTS: u16 = 0x00C0;
    pub(super) const VERSION: usize = 2;
    pub(super) const FLAGS: usize = 10;
    /// Tells which of two streams has the tables.
    pub(super) const IS_SECOND_TABLE: u16 = 0x0200;
    /// Where the number of characters stands in the header of the versions before.
    pub(super) const OLD_COUNT: usize = 0x34;
    /// Where the lists begin, each after its length.
    pub(super) const LISTS: usize = 32;
    /// The numbers of characters of the text, the footnotes, the headers and the comments.
    pub(super) const COUNTS: [usize; 4] = [3, 4, 5, 7];
    /// Where the positions of the footnotes, the headers and the endnotes are.
    pub(super) const POSITIONS: [usize; 3] = [3, 11, 47];
}

/// Refuses a document that declares more characters than it has bytes.
///
/// # Errors
/// `Unreadable` when it does. What else is damaged is for the library to tell.
pub(super) fn check(bytes: &[u8]) -> Result<(), Failure> {
    let Ok(mut container) = CompoundFile::open(Cursor::new(bytes)) else { return Ok(()) };
    let Some(text) = stream(&mut container, "/WordDocument") else { return Ok(()) };
    let flags = u16_at(&text, header::FLAGS).unwrap_or_default();
    let is_second = flags & header::IS_SECOND_TABLE != 0;
    let table = stream(&mut container, if is_second { "/1Table" } else { "/0Table" });
    let counts = counts(&text, &table.unwrap_or_default());
    let is_possible = counts.iter().all(|count| *count as usize <= text.len());
    if is_possible { Ok(()) } else { Err(damaged()) }
}

fn stream(container: &mut CompoundFile<Cursor<&[u8]>>, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    container.open_stream(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Returns the numbers and the positions of characters that a document declares.
fn counts(text: &[u8], table: &[u8]) -> Vec<u32> {
    let is_new = u16_at(text, 0) == Some(header::MARK)
        && u16_at(text, header::VERSION).is_some_and(|version| version >= header::FIRST_WITH_LISTS);
    if !is_new {
        return u32_at(text, header::OLD_COUNT).into_iter().collect();
    }
    let length_at = |at| usize::from(u16_at(text, at).unwrap_or_default());
    let numbers = header::LISTS + 2 + 2 * length_at(header::LISTS);
    let places = numbers + 2 + 4 * length_at(numbers);
    let mut counts: Vec<u32> =
        header::COUNTS.iter().filter_map(|nth| u32_at(text, numbers + 2 + 4 * nth)).collect();
    for nth in header::POSITIONS {
        let at = places + 2 + 8 * nth;
        let Some((start, length)) = u32_at(text, at).zip(u32_at(text, at + 4)) else { continue };
        let positions = table.get(start as usize..).unwrap_or_default();
        let positions = positions.get(..length as usize).unwrap_or_default();
        counts.extend(positions.chunks_exact(4).filter_map(|position| u32_at(position, 0)));
    }
    counts
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the header of a document of a version, with these numbers of characters, and a place
    /// in the table where the positions of the headers are.
    fn header_of(version: u16, counts: [u32; 8], positions: (u32, u32)) -> Vec<u8> {
        let mut header = vec![0; 32];
        header[..2].copy_from_slice(&header::MARK.to_le_bytes());
        header[2..4].copy_from_slice(&version.to_le_bytes());
        header.extend([0, 0, 8, 0]);
        header.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        header.extend([0, 0]);
        header.extend([0; 8 * 11]);
        header.extend([positions.0, positions.1].iter().flat_map(|value| value.to_le_bytes()));
        header
    }

    #[test]
    fn counts_and_positions_of_characters_are_found() {
        let table: Vec<u8> = [9, 7, 8].into_iter().flat_map(u32::to_le_bytes).collect();
        let header = header_of(0x00C1, [0, 1, 2, 3, 4, 5, 6, 7], (4, 8));
        assert_eq!(counts(&header, &table), [3, 4, 5, 7, 7, 8]);
        let mut old = vec![0; 0x38];
        old[0x34] = 6;
        assert_eq!(counts(&old, &table), [6]);
        assert!(counts(b"", b"").is_empty());
    }
}
