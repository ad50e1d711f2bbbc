//! What somebody may do now: their own role, what was granted to them and to the groups in which
//! they are, what everybody may read, and what lies in the documents that were granted.

use footnote_core::Result;
use footnote_core::access::Rights;
use footnote_core::id::{CollectionId, DocumentId, PersonId};
use sqlx::any::AnyRow;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{key, uuid, uuid_or_none, word};

/// The roles of the person `$1` on collections and on documents, as they are at one moment.
const ROLES: &str = "
    WITH RECURSIVE mine(id) AS (
      SELECT group_id FROM membership WHERE person_id = $1
      UNION SELECT n.outer_id FROM nesting n JOIN mine m ON n.inner_id = m.id),
    granted(collection_id, document_id, role) AS (
      SELECT collection_id, document_id, role FROM access_grant
      WHERE person_id = $1 OR group_id IN (SELECT id FROM mine)),
    inside(id, role) AS (
      SELECT document_id, role FROM granted WHERE document_id IS NOT NULL
      UNION SELECT d.id, i.role FROM document d JOIN inside i ON d.container = i.id)
    SELECT g.collection_id, g.document_id, g.role
    FROM granted g JOIN collection c ON c.id = g.collection_id AND c.removed_ms IS NULL
    UNION ALL
    SELECT id, NULL, 'reader' FROM collection WHERE is_public = 1 AND removed_ms IS NULL
    UNION ALL
    SELECT d.collection_id, d.id, i.role
    FROM inside i JOIN document d ON d.id = i.id AND d.removed_ms IS NULL";

impl Catalog {
    /// Returns what somebody may do now; nothing while they are disabled.
    pub(crate) async fn rights_of(&self, id: PersonId) -> Result<Rights> {
        let person = self.person(id).await?;
        if person.disabled.is_some() {
            return Ok(Rights::default());
        }
        let rows = sqlx::query(ROLES)
            .bind(key(id.as_uuid()))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("look up what the person may do"))?;
        let mut rights = person.role.map(Rights::everything).unwrap_or_default();
        for row in &rows {
            add(&mut rights, row).map_err(cannot("read what the person may do"))?;
        }
        Ok(rights)
    }
}

fn add(rights: &mut Rights, row: &AnyRow) -> std::result::Result<(), sqlx::Error> {
    let collection = CollectionId::from_uuid(uuid(row, "collection_id")?);
    match uuid_or_none(row, "document_id")?.map(DocumentId::from_uuid) {
        Some(document) => rights.on_document(document, collection, word(row, "role")?),
        None => rights.on_collection(collection, word(row, "role")?),
    }
    Ok(())
}
