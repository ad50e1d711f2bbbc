//! What duplicates are found by: equal contents, and sketches that share a band.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::sketch::Sketch;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::HashMap;

use super::Catalog;
use super::contents::write_sketch;
use super::failure::cannot;
use super::readable::{READABLE, readable};
use super::rows::{hash, id_list, integer, key, number, time, uuid};

/// A document that others resemble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateDocument {
    /// Its id.
    pub id: DocumentId,
    /// Its live version.
    pub version: VersionId,
    /// The hash of the version's original bytes.
    pub content: ContentHash,
    /// The collection it is in.
    pub collection: CollectionId,
    /// The path below its source root.
    pub uri: String,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// When the version was stored.
    pub created: Timestamp,
}

impl Catalog {
    /// Returns the live versions in the scope whose original bytes another document has too: equal
    /// ones follow each other.
    pub(crate) async fn equal_versions(&self, scope: &Scope) -> Result<Vec<Vec<VersionId>>> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT v.id, v.content FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.state = 'live' AND EXISTS (
                 SELECT 1 FROM version o WHERE o.content = v.content AND o.state = 'live'
                   AND o.id <> v.id)
               AND {READABLE}
             ORDER BY v.content"
        )))
        .bind(readable(scope))
        .try_map(|row| Ok((hash(&row, "content")?, VersionId::from_uuid(uuid(&row, "id")?))))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look for equal documents"))?;
        Ok(runs(&rows))
    }

    /// Returns the live versions in the scope that share a band of their sketches, by band.
    pub(crate) async fn versions_by_band(&self, scope: &Scope) -> Result<Vec<Vec<VersionId>>> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT s.band, s.version_id FROM sketch_band s
             JOIN version v ON v.id = s.version_id AND v.state = 'live'
             JOIN document d ON d.id = v.document_id
             WHERE s.band IN (SELECT band FROM sketch_band GROUP BY band HAVING 1 < count(*))
               AND {READABLE}
             ORDER BY s.band, s.version_id"
        )))
        .bind(readable(scope))
        .try_map(|row: AnyRow| {
            Ok((row.try_get::<i64, _>("band")?, VersionId::from_uuid(uuid(&row, "version_id")?)))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look for similar documents"))?;
        Ok(runs(&rows))
    }

    /// Returns the sketches of versions that were found in the scope.
    pub(crate) async fn sketches(
        &self,
        versions: &[VersionId],
    ) -> Result<HashMap<VersionId, Sketch>> {
        let rows = sqlx::query(
            "SELECT id, sketch FROM version
             WHERE sketch IS NOT NULL AND id IN (SELECT unhex(value) FROM json_each($1))",
        )
        .bind(id_list(versions.iter().map(VersionId::as_uuid)))
        .try_map(|row: AnyRow| {
            let sketch = Sketch::from_bytes(row.try_get("sketch")?);
            Ok((VersionId::from_uuid(uuid(&row, "id")?), sketch))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look for similar documents"))?;
        Ok(rows.into_iter().filter_map(|(id, sketch)| Some((id, sketch?))).collect())
    }

    /// Returns the documents of live versions that were found in the scope.
    pub(crate) async fn duplicate_documents(
        &self,
        scope: &Scope,
        versions: &[VersionId],
    ) -> Result<Vec<DuplicateDocument>> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT d.id, v.id AS version_id, v.content, d.collection_id, d.uri, v.title,
                    v.size_bytes, v.created_ms
             FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.state = 'live' AND v.id IN (SELECT unhex(value) FROM json_each($2))
               AND {READABLE}
             ORDER BY v.created_ms, d.uri, d.id"
        )))
        .bind(readable(scope))
        .bind(id_list(versions.iter().map(VersionId::as_uuid)))
        .try_map(|row| document(&row))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list the similar documents"))
    }

    /// Returns some live versions, by id, that were stored without a sketch although they have text.
    pub(crate) async fn without_sketch(
        &self,
        after: Option<VersionId>,
        limit: usize,
    ) -> Result<Vec<VersionId>> {
        sqlx::query(
            "SELECT id FROM version WHERE state = 'live' AND sketch IS NULL AND 0 < n_chunks
               AND (CAST($1 AS TEXT) IS NULL OR id > unhex($1)) ORDER BY id LIMIT $2",
        )
        .bind(after.map(|id| id.as_uuid().simple().to_string()))
        .bind(integer(limit))
        .try_map(|row| Ok(VersionId::from_uuid(uuid(&row, "id")?)))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look for documents without a sketch"))
    }

    /// Gives a live version a sketch that has none.
    pub(crate) async fn put_sketch(&self, version: VersionId, sketch: &Sketch) -> Result<()> {
        let failed = || cannot("keep the sketch");
        let mut transaction = self.begin().await.map_err(failed())?;
        let statement = format!(
            "SELECT 1 FROM version WHERE id = $1 AND state = 'live' AND sketch IS NULL{}",
            self.locking()
        );
        let lacks_one = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(version.as_uuid()))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        if lacks_one.is_some() {
            let written = write_sketch(&mut transaction, Some(sketch), version).await;
            written.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// Counts the live versions in the scope that were stored without a sketch although they have
    /// text: by a release that made none.
    pub(crate) async fn n_without_sketch(&self, scope: &Scope) -> Result<u64> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT count(*) AS n FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.state = 'live' AND v.sketch IS NULL AND 0 < v.n_chunks
               AND {READABLE}"
        )))
        .bind(readable(scope))
        .try_map(|row| number(&row, "n"))
        .fetch_one(&self.readers)
        .await
        .map_err(cannot("count the documents without a sketch"))
    }
}

/// Gathers the versions that follow each other under one key; a key of one version is left out.
fn runs<K: PartialEq>(rows: &[(K, VersionId)]) -> Vec<Vec<VersionId>> {
    let same_key = |a: &(K, VersionId), b: &(K, VersionId)| a.0 == b.0;
    let runs = rows.chunk_by(same_key).filter(|run| 1 < run.len());
    runs.map(|run| run.iter().map(|(_, version)| *version).collect()).collect()
}

fn document(row: &AnyRow) -> std::result::Result<DuplicateDocument, sqlx::Error> {
    Ok(DuplicateDocument {
        id: DocumentId::from_uuid(uuid(row, "id")?),
        version: VersionId::from_uuid(uuid(row, "version_id")?),
        content: hash(row, "content")?,
        collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
        uri: row.try_get("uri")?,
        title: row.try_get("title")?,
        size_bytes: number(row, "size_bytes")?,
        created: time(row, "created_ms")?,
    })
}
