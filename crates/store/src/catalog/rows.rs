//! How the domain's values are written to rows and read back.

use footnote_core::clock::Timestamp;
use footnote_core::document::Span;
use footnote_core::id::ContentHash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// Writes an id as its 16 bytes.
pub(super) fn key(id: Uuid) -> Vec<u8> {
    id.as_bytes().to_vec()
}

/// Writes a hash as its 32 bytes.
pub(super) fn digest(hash: &ContentHash) -> Vec<u8> {
    hash.as_bytes().to_vec()
}

/// Writes ids as a JSON list of hexadecimals, for `unhex(value)` over `json_each`.
pub(super) fn id_list(ids: impl IntoIterator<Item = Uuid>) -> String {
    json_list(ids.into_iter().map(|id| id.simple().to_string()))
}

/// Writes hashes as a JSON list of hexadecimals.
pub(super) fn hash_list<'a>(hashes: impl IntoIterator<Item = &'a ContentHash>) -> String {
    json_list(hashes.into_iter().map(ContentHash::hex))
}

/// Writes what a text that holds another is like, for `LIKE … ESCAPE '!'`.
pub(super) fn containing(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in plain(text).chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

fn json_list(hexadecimals: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = hexadecimals.map(|hex| format!("\"{hex}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// Writes a value as compact JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Decoded<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Writes a text without the NUL characters that PostgreSQL refuses and nobody reads.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "")
}

/// Writes the parameters of rows to be inserted: `($1, $2), ($3, $4)`.
pub(super) fn parameters(n_rows: usize, n_columns: usize) -> String {
    let row = |row: usize| {
        let numbers = (1..=n_columns).map(|column| format!("${}", row * n_columns + column));
        format!("({})", numbers.collect::<Vec<_>>().join(", "))
    };
    (0..n_rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Writes a number as the catalog's 64-bit integer.
pub(super) fn integer(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Reads an id.
pub(super) fn uuid(row: &AnyRow, column: &str) -> Decoded<Uuid> {
    let bytes: &[u8] = row.try_get(column)?;
    Uuid::from_slice(bytes).map_err(|error| decode(column, error))
}

/// Reads an id that may be missing.
pub(super) fn uuid_or_none(row: &AnyRow, column: &str) -> Decoded<Option<Uuid>> {
    let bytes: Option<&[u8]> = row.try_get(column)?;
    bytes.map(|bytes| Uuid::from_slice(bytes).map_err(|error| decode(column, error))).transpose()
}

/// Reads a hash.
pub(super) fn hash(row: &AnyRow, column: &str) -> Decoded<ContentHash> {
    let bytes: &[u8] = row.try_get(column)?;
    let digest = bytes.try_into().map_err(|error| decode(column, error))?;
    Ok(ContentHash::from_bytes(digest))
}

/// Reads a number of the type that the domain uses.
pub(super) fn number<T>(row: &AnyRow, column: &str) -> Decoded<T>
where
    T: TryFrom<i64, Error: std::error::Error + Send + Sync + 'static>,
{
    let value: i64 = row.try_get(column)?;
    T::try_from(value).map_err(|error| decode(column, error))
}

/// Reads a number that may be missing.
pub(super) fn number_or_none<T>(row: &AnyRow, column: &str) -> Decoded<Option<T>>
where
    T: TryFrom<i64, Error: std::error::Error + Send + Sync + 'static>,
{
    let value: Option<i64> = row.try_get(column)?;
    value.map(|value| T::try_from(value).map_err(|error| decode(column, error))).transpose()
}

/// Reads a moment.
pub(super) fn time(row: &AnyRow, column: &str) -> Decoded<Timestamp> {
    row.try_get(column).map(Timestamp)
}

/// Reads a moment that may be missing.
pub(super) fn time_or_none(row: &AnyRow, column: &str) -> Decoded<Option<Timestamp>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp))
}

/// Reads a value written by [`json`].
pub(super) fn from_json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Decoded<T> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| decode(column, error))
}

/// Reads an enum written as the text that serde gives it.
pub(super) fn word<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Decoded<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|error| decode(column, error))
}

/// Writes an enum as the text that serde gives it.
pub(super) fn to_word<T: Serialize>(value: &T) -> Decoded<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(other) => Err(sqlx::Error::Encode(format!("{other} is not a word").into())),
        Err(error) => Err(sqlx::Error::Encode(error.into())),
    }
}

/// Reads the span of a chunk.
pub(super) fn span(row: &AnyRow) -> Decoded<Span> {
    Ok(Span {
        start: number(row, "byte_start")?,
        end: number(row, "byte_end")?,
        char_start: number(row, "char_start")?,
        char_end: number(row, "char_end")?,
    })
}

fn decode(column: &str, error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn a_text_that_is_looked_for_stands_for_itself() {
        assert_eq!(containing("100% über_stunden!"), "%100!% über!_stunden!!%");
        assert_eq!(containing(""), "%%");
    }
}
