//! Rows on their way: values of three kinds, how they are written, and what proves that none was
//! lost or changed.

use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// The longest row that is read: PostgreSQL takes no longer value.
pub(crate) const MAX_ROW_BYTES: u32 = 1 << 30;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Bytes,
    Integer,
    Text,
}

/// A value of a column, or its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bytes(Option<Vec<u8>>),
    Integer(Option<i64>),
    Text(Option<String>),
}

/// A row: a value for each column of its table.
pub(crate) type Row = Vec<Value>;

/// A table with its columns, as a source has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Kind)>,
}

/// What a value begins with where it is written.
const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

/// Writes a row: for each value whether it is there, then a number in eight bytes, or a length in
/// four and the bytes.
pub(crate) fn write(row: &Row, into: &mut Vec<u8>) -> Result<()> {
    for value in row {
        match value {
            Value::Bytes(Some(bytes)) => write_bytes(bytes, into)?,
            Value::Text(Some(text)) => write_bytes(text.as_bytes(), into)?,
            Value::Integer(Some(number)) => {
                into.push(PRESENT);
                into.extend_from_slice(&number.to_le_bytes());
            }
            Value::Bytes(None) | Value::Text(None) | Value::Integer(None) => into.push(ABSENT),
        }
    }
    Ok(())
}

fn write_bytes(bytes: &[u8], into: &mut Vec<u8>) -> Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|length| *length < MAX_ROW_BYTES)
        .ok_or_else(|| Error::invalid("a value of the catalog is too long to be moved"))?;
    into.push(PRESENT);
    into.extend_from_slice(&length.to_le_bytes());
    into.extend_from_slice(bytes);
    Ok(())
}

/// Reads a row of a shape; `None` when the bytes are not one.
pub(crate) fn read(shape: &Shape, mut bytes: &[u8]) -> Option<Row> {
    let mut row = Vec::with_capacity(shape.columns.len());
    for (_, kind) in &shape.columns {
        let is_there = match *bytes.split_off_first()? {
            ABSENT => false,
            PRESENT => true,
            _ => return None,
        };
        row.push(match kind {
            Kind::Integer if is_there => Value::Integer(Some(read_number(&mut bytes)?)),
            Kind::Bytes if is_there => Value::Bytes(Some(read_bytes(&mut bytes)?.to_vec())),
            Kind::Text if is_there => {
                let text = std::str::from_utf8(read_bytes(&mut bytes)?).ok()?;
                Value::Text(Some(text.to_owned()))
            }
            Kind::Integer => Value::Integer(None),
            Kind::Bytes => Value::Bytes(None),
            Kind::Text => Value::Text(None),
        });
    }
    bytes.is_empty().then_some(row)
}

fn read_number(bytes: &mut &[u8]) -> Option<i64> {
    let number = bytes.split_off(..8)?.try_into().ok()?;
    Some(i64::from_le_bytes(number))
}

fn read_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = bytes.split_off(..4)?.try_into().ok()?;
    bytes.split_off(..usize::try_from(u32::from_le_bytes(length)).ok()?)
}

/// How many rows there are, and what they are: the sum of their SHA-256, so that the order in
/// which a database gives them does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub(crate) n_rows: u64,
    sum: [u64; 4],
}

impl Tally {
    /// Takes a row as it is written.
    pub(crate) fn add(&mut self, written: &[u8]) {
        self.add_hash(&ContentHash::of(written));
    }

    /// Takes what has a hash already.
    pub(crate) fn add_hash(&mut self, hash: &ContentHash) {
        self.n_rows += 1;
        let (lanes, _) = hash.as_bytes().as_chunks::<8>();
        for (sum, lane) in self.sum.iter_mut().zip(lanes) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*lane));
        }
    }

    /// Takes rows.
    ///
    /// # Errors
    /// `Invalid` for a row that is too long.
    pub(crate) fn add_rows(&mut self, rows: &[Row]) -> Result<()> {
        let mut written = Vec::new();
        for row in rows {
            written.clear();
            write(row, &mut written)?;
            self.add(&written);
        }
        Ok(())
    }

    /// Returns the sum as a hash.
    pub(crate) fn digest(&self) -> ContentHash {
        let mut digest = [0; 32];
        let (lanes, _) = digest.as_chunks_mut::<8>();
        for (lane, sum) in lanes.iter_mut().zip(self.sum) {
            *lane = sum.to_le_bytes();
        }
        ContentHash::from_bytes(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape() -> Shape {
        let columns = [("a", Kind::Bytes), ("b", Kind::Integer), ("c", Kind::Text)];
        let columns = columns.map(|(name, kind)| (name.to_owned(), kind)).to_vec();
        Shape { name: "t".to_owned(), columns }
    }

    proptest! {
        #[test]
        fn a_row_is_read_as_it_was_written(
            a in any::<Option<Vec<u8>>>(), b in any::<Option<i64>>(), c in any::<Option<String>>(),
        ) {
            let row = vec![Value::Bytes(a), Value::Integer(b), Value::Text(c)];
            let mut written = Vec::new();
            write(&row, &mut written).unwrap();
            prop_assert_eq!(read(&shape(), &written), Some(row));
            written.pop();
            prop_assert_eq!(read(&shape(), &written), None);
        }

        #[test]
        fn bytes_that_are_no_row_are_told(bytes in any::<Vec<u8>>()) {
            if let Some(row) = read(&shape(), &bytes) {
                let mut written = Vec::new();
                write(&row, &mut written).unwrap();
                prop_assert_eq!(written, bytes);
            }
        }
    }

    #[test]
    fn a_tally_does_not_depend_on_the_order_and_tells_a_change() {
        let rows: Vec<Row> = (0..3).map(|n| vec![Value::Integer(Some(n))]).collect();
        let tally = |rows: &[Row]| {
            let mut tally = Tally::default();
            tally.add_rows(rows).unwrap();
            tally
        };
        let turned: Vec<Row> = rows.iter().rev().cloned().collect();
        assert_eq!(tally(&rows), tally(&turned));
        let other = [rows[0].clone(), rows[1].clone(), rows[1].clone()];
        assert_ne!(tally(&rows), tally(&other));
        assert_ne!(tally(&rows), tally(&rows[..2]));
    }
}
