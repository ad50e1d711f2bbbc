//! Looking into the objects of a PDF, references followed.

use pdf_extract::{Dictionary, Document, Object, Stream};

/// Follows a reference; `None` when it leads nowhere.
pub(crate) fn follow<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    let (_, object) = document.dereference(object).ok()?;
    (!object.is_null()).then_some(object)
}

/// Returns an entry of a dictionary.
pub(crate) fn get<'a>(
    document: &'a Document,
    from: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    follow(document, from.get(key).ok()?)
}

/// Returns an entry that is a dictionary.
pub(crate) fn dictionary<'a>(
    document: &'a Document,
    from: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Dictionary> {
    get(document, from, key)?.as_dict().ok()
}

/// Returns an entry that is an array.
pub(crate) fn array<'a>(
    document: &'a Document,
    from: &'a Dictionary,
    key: &[u8],
) -> Option<&'a [Object]> {
    get(document, from, key)?.as_array().ok().map(Vec::as_slice)
}

/// Returns an entry that is a stream.
pub(crate) fn stream<'a>(
    document: &'a Document,
    from: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Stream> {
    get(document, from, key)?.as_stream().ok()
}

/// Returns an entry that is a name.
pub(crate) fn name<'a>(
    document: &'a Document,
    from: &'a Dictionary,
    key: &[u8],
) -> Option<&'a [u8]> {
    get(document, from, key)?.as_name().ok()
}

/// Returns a finite number.
pub(crate) fn number(document: &Document, object: &Object) -> Option<f32> {
    follow(document, object)?.as_float().ok().filter(|number| number.is_finite())
}

/// Returns an array of exactly `N` finite numbers.
pub(crate) fn numbers<const N: usize>(
    document: &Document,
    from: &Dictionary,
    key: &[u8],
) -> Option<[f32; N]> {
    let array = array(document, from, key)?;
    let numbers: Option<Vec<f32>> = array.iter().map(|object| number(document, object)).collect();
    numbers?.try_into().ok()
}

/// How far up the tree of pages an inherited entry is looked for.
const MAX_PARENTS: usize = 64;

/// Returns an entry of a page or of the nearest node above it.
pub(crate) fn inherited<'a>(
    document: &'a Document,
    page: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..MAX_PARENTS {
        if let Some(object) = get(document, node, key) {
            return Some(object);
        }
        node = dictionary(document, node, b"Parent")?;
    }
    None
}

/// Returns the bytes of a stream, unpacked where that is possible.
pub(crate) fn content(stream: &Stream) -> Vec<u8> {
    stream.decompressed_content().unwrap_or_else(|_| stream.content.clone())
}
