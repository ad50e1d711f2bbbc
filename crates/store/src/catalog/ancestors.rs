//! What stands above a thing that a request names: its collection, its document, and the documents
//! in which that lies.

use footnote_core::Result;
use footnote_core::access::{Ancestry, Target};
use footnote_core::id::{CollectionId, DocumentId};
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::Catalog;
use super::failure::cannot;
use super::rows::{key, uuid, uuid_or_none};

impl Catalog {
    /// Returns what stands above a thing; `None` when it is not there or was removed.
    pub(crate) async fn ancestors(&self, target: Target) -> Result<Option<Ancestry>> {
        let (id, statement) = statement(target);
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id))
            .try_map(|row| above(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("look up what the request names"))?;
        let Some((collection, _)) = rows.first().copied() else { return Ok(None) };
        let documents = rows.into_iter().filter_map(|(_, document)| document).collect();
        Ok(Some(Ancestry { collection, documents }))
    }
}

/// Returns the id of a thing, and the statement that finds its collection and its documents.
fn statement(target: Target) -> (Uuid, String) {
    match target {
        Target::Collection(id) => {
            let found = "SELECT id AS collection_id, NULL AS document_id FROM collection
                WHERE id = $1 AND removed_ms IS NULL";
            (id.as_uuid(), found.to_owned())
        }
        Target::Document(id) => (id.as_uuid(), documents_above("$1")),
        Target::Version(id) => {
            let document = "(SELECT document_id FROM version WHERE id = $1 AND state <> 'removed')";
            (id.as_uuid(), documents_above(document))
        }
        Target::Chunk(id) => {
            let document =
                "(SELECT v.document_id FROM chunk c JOIN version v ON v.id = c.version_id
                WHERE c.id = $1 AND v.state <> 'removed')";
            (id.as_uuid(), documents_above(document))
        }
        Target::Job(id) => (id.as_uuid(), collection_of("job")),
        Target::Source(id) => (id.as_uuid(), collection_of("source")),
    }
}

fn collection_of(table: &str) -> String {
    format!("SELECT collection_id, NULL AS document_id FROM {table} WHERE id = $1")
}

fn documents_above(document: &str) -> String {
    format!(
        "WITH RECURSIVE above(id, container, collection_id) AS (
           SELECT id, container, collection_id FROM document
           WHERE id = {document} AND removed_ms IS NULL
           UNION SELECT d.id, d.container, d.collection_id
           FROM document d JOIN above a ON d.id = a.container)
         SELECT collection_id, id AS document_id FROM above"
    )
}

fn above(row: &AnyRow) -> std::result::Result<(CollectionId, Option<DocumentId>), sqlx::Error> {
    let collection = CollectionId::from_uuid(uuid(row, "collection_id")?);
    Ok((collection, uuid_or_none(row, "document_id")?.map(DocumentId::from_uuid)))
}
