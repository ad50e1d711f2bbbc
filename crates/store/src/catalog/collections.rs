//! Collections: the unit of access and of search.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::CollectionId;
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::ordering::Rows;
use super::people::grants::forget_grants_on_collection;
use super::readable::{READABLE, readable, readable_of};
use super::rows::{id_list, integer, key, number, plain, time, uuid};

/// A collection with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionSummary {
    /// Its id.
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// What it is for, in somebody's words.
    pub description: String,
    /// Whether everybody who signs in may read it.
    pub is_public: bool,
    /// How often that was changed: one more each time.
    pub revision: u64,
    /// How many documents can be found in it.
    pub n_documents: u64,
    /// How many chunks they have.
    pub n_chunks: u64,
    /// When it was made.
    pub created: Timestamp,
}

/// What is to become of a collection; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CollectionChange {
    /// What it is for from now on.
    pub description: Option<String>,
    /// Whether everybody who signs in may read it from now on.
    pub is_public: Option<bool>,
}

/// The longest name of a collection, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Checks the name of a collection: 1 to 64 letters and digits of any script, `-`, `_` and `.`.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let n_chars = name.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&n_chars) && name.chars().all(allowed) {
        return Ok(());
    }
    let problem = match name.chars().find(|&c| !allowed(c)) {
        _ if name.is_empty() => "is empty".to_owned(),
        Some(c) => format!("contains {c:?}"),
        None => format!("has {n_chars} characters, {MAX_NAME_CHARS} are allowed"),
    };
    Err(Error::invalid(format!("`{name}` cannot be the name of a collection: it {problem}"))
        .hint("Use letters and digits of any script, `-`, `_` and `.`, at most 64 together."))
}

impl Catalog {
    /// Makes a collection unless it exists.
    pub(crate) async fn ensure_collection(&self, name: &str) -> Result<CollectionId> {
        let id = CollectionId::named(name);
        sqlx::query(
            "INSERT INTO collection (id, name, created_ms) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET removed_ms = NULL, created_ms = excluded.created_ms,
               description = '', is_public = 0, revision = collection.revision + 1
             WHERE collection.removed_ms IS NOT NULL",
        )
        .bind(key(id.as_uuid()))
        .bind(name)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("make the collection"))?;
        Ok(id)
    }

    /// Returns the names of the collections in which something may be read, in order.
    pub(crate) async fn collection_names(&self, scope: &Scope) -> Result<Vec<String>> {
        let statement = format!(
            "SELECT c.name FROM collection c WHERE c.removed_ms IS NULL AND ({} OR EXISTS (
               SELECT 1 FROM document d
               WHERE d.collection_id = c.id AND d.removed_ms IS NULL AND {READABLE}))
             ORDER BY c.name",
            readable_of("c.id")
        );
        sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the collections"))
    }

    /// Returns the collections in which something may be read, by name, and counts that.
    pub(crate) async fn collections(&self, scope: &Scope) -> Result<Vec<CollectionSummary>> {
        let statement = format!(
            "SELECT c.id, c.name, c.description, c.is_public, c.revision, c.created_ms,
                    count(v.id) AS n_documents,
                    CAST(coalesce(sum(v.n_chunks), 0) AS BIGINT) AS n_chunks
             FROM collection c
             LEFT JOIN document d ON d.collection_id = c.id AND d.removed_ms IS NULL AND {READABLE}
             LEFT JOIN version v ON v.document_id = d.id AND v.state = 'live'
             WHERE c.removed_ms IS NULL GROUP BY c.id
             HAVING {} OR 0 < count(d.id) ORDER BY c.name",
            readable_of("c.id")
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .try_map(|row: AnyRow| {
                Ok(CollectionSummary {
                    id: CollectionId::from_uuid(uuid(&row, "id")?),
                    name: row.try_get("name")?,
                    description: row.try_get("description")?,
                    is_public: number::<u8>(&row, "is_public")? != 0,
                    revision: number(&row, "revision")?,
                    n_documents: number(&row, "n_documents")?,
                    n_chunks: number(&row, "n_chunks")?,
                    created: time(&row, "created_ms")?,
                })
            })
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the collections"))
    }

    /// Changes a collection, if it is of the revision that is expected. Returns the new revision.
    pub(crate) async fn change_collection(
        &self,
        id: CollectionId,
        expected_revision: Option<u64>,
        change: &CollectionChange,
    ) -> Result<u64> {
        let failed = || cannot("change the collection");
        let changed = sqlx::query(
            "UPDATE collection
             SET description = coalesce(CAST($3 AS TEXT), description),
               is_public = coalesce(CAST($4 AS BIGINT), is_public), revision = revision + 1
             WHERE id = $1 AND removed_ms IS NULL
               AND (CAST($2 AS BIGINT) IS NULL OR revision = $2)
             RETURNING revision",
        )
        .bind(key(id.as_uuid()))
        .bind(expected_revision.map(integer))
        .bind(change.description.as_deref().map(plain))
        .bind(change.is_public.map(i64::from))
        .try_map(|row| number(&row, "revision"))
        .fetch_optional(&self.writer)
        .await
        .map_err(failed())?;
        if let Some(revision) = changed {
            return Ok(revision);
        }
        let found = sqlx::query("SELECT 1 FROM collection WHERE id = $1 AND removed_ms IS NULL")
            .bind(key(id.as_uuid()))
            .fetch_optional(&self.readers)
            .await
            .map_err(failed())?;
        Err(match found {
            Some(_row) => Error::conflict("the collection was changed meanwhile")
                .hint("Read it again and repeat the change."),
            None => Error::not_found("no such collection"),
        })
    }

    /// Makes a collection and everything in it dead, in one transaction.
    pub(crate) async fn remove_collection(&self, id: CollectionId) -> Result<()> {
        let now_ms = self.now_ms();
        let failed = || cannot("remove the collection");
        let mut transaction = self.begin().await.map_err(failed())?;
        let removed = sqlx::query(
            "UPDATE collection SET removed_ms = $2 WHERE id = $1 AND removed_ms IS NULL",
        )
        .bind(key(id.as_uuid()))
        .bind(now_ms)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if removed.rows_affected() == 0 {
            return Err(Error::not_found("no such collection"));
        }
        let (documents, list) = (Rows::DocumentsOfCollections, id_list([id.as_uuid()]));
        self.lock_rows(&mut transaction, documents, &list).await.map_err(failed())?;
        forget_grants_on_collection(&mut transaction, id).await.map_err(failed())?;
        for statement in [
            "INSERT INTO outbox (version_id, action, created_ms)
             SELECT v.id, 'remove', $2 FROM version v
             JOIN document d ON d.id = v.document_id
             WHERE d.collection_id = $1 AND v.state IN ('embedded', 'live')",
            "UPDATE version_life SET until_ms = $2 WHERE until_ms IS NULL AND version_id IN (
               SELECT v.id FROM version v JOIN document d ON d.id = v.document_id
               WHERE d.collection_id = $1)",
            "UPDATE version SET state = 'removed', superseded_ms = $2
             WHERE state <> 'removed'
               AND document_id IN (SELECT id FROM document WHERE collection_id = $1)",
            "UPDATE document SET removed_ms = $2 WHERE collection_id = $1 AND removed_ms IS NULL",
        ] {
            sqlx::query(statement)
                .bind(key(id.as_uuid()))
                .bind(now_ms)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names_of_any_script_are_fine_and_others_say_what_is_wrong() {
        for name in ["handbook", "a", "v1.2_final-x", "员工手册", "Größe"] {
            check_name(name).unwrap();
        }
        let long = "x".repeat(65);
        for (name, problem) in
            [("", "is empty"), ("a b", "contains ' '"), ("../x", "contains '/'"), (&long, "65")]
        {
            assert!(check_name(name).unwrap_err().message().contains(problem), "{name}");
        }
    }
}
