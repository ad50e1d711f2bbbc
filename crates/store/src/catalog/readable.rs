//! What every read of documents is narrowed by: a scope, as statements take it.

use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, DocumentId};

use super::rows::id_list;

/// What holds of a document `d` that may be read, `$1` being what [`readable`] wrote.
pub(super) const READABLE: &str = "(CAST($1 AS TEXT) IS NULL
    OR d.collection_id IN (SELECT unhex(value) FROM json_each($1))
    OR d.id IN (SELECT unhex(value) FROM json_each($1)))";

/// Writes the ids of the collections and of the single documents that may be read, in one list: no
/// id is one of both. `None` is everything.
pub(super) fn readable(scope: &Scope) -> Option<String> {
    let collections = scope.collections()?.iter().map(CollectionId::as_uuid);
    Some(id_list(collections.chain(scope.documents().iter().map(DocumentId::as_uuid))))
}

/// Returns what holds of a thing that belongs to a collection as a whole, named in a column, and
/// may be read: everything in the collection may. `$1` is what [`readable`] wrote.
pub(super) fn readable_of(collection: &str) -> String {
    format!(
        "(CAST($1 AS TEXT) IS NULL
          OR {collection} IN (SELECT unhex(value) FROM json_each($1)))"
    )
}
