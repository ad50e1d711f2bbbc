//! What names a removed document although it holds none of its text: its row, the items and jobs
//! that brought it, its collection.

use footnote_core::Result;
use footnote_core::id::JobId;
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

use super::Catalog;
use super::failure::cannot;
use super::ordering::Rows;
use super::purge::{Which, affected};
use super::rows::{id_list, integer, key, uuid};

/// How many documents die in one transaction.
const DOCUMENTS_AT_ONCE: usize = 256;

/// What stands in the record of a job in place of a name that was removed.
const REMOVED: &str = "(removed)";

/// How many rows of each kind died.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TraceTally {
    pub(crate) documents: u64,
    pub(crate) job_items: u64,
    pub(crate) jobs: u64,
    /// Documents that are left because somebody else holds them.
    pub(crate) held: u64,
}

/// The items that have ended and name a document in `$1`, by its id or by where it stood.
const ITEMS: &str = "
    job_item.state IN ('ready', 'unchanged', 'removed', 'failed', 'cancelled') AND (
      job_item.document_id IN (SELECT unhex(value) FROM json_each($1))
      OR EXISTS (SELECT 1 FROM job j JOIN document d ON d.collection_id = j.collection_id
                 WHERE j.id = job_item.job_id AND d.uri = job_item.uri
                   AND job_item.root IN ('', d.root)
                   AND d.id IN (SELECT unhex(value) FROM json_each($1))))";

impl Catalog {
    /// Removes some documents that are removed and have no version left, with the items and jobs
    /// that name them. Returns nothing but zeros once there is none left.
    pub(crate) async fn purge_documents(&self, which: &Which) -> Result<TraceTally> {
        let failed = || cannot("remove documents for good");
        let mut transaction = self.begin().await.map_err(failed())?;
        let tally = self.purge_documents_in(&mut transaction, which).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(tally)
    }

    async fn purge_documents_in(
        &self,
        connection: &mut AnyConnection,
        which: &Which,
    ) -> std::result::Result<TraceTally, sqlx::Error> {
        let (documents, collections) = which.lists();
        let may_die = dead_documents(connection, documents, collections).await?;
        if may_die.is_empty() {
            return Ok(TraceTally::default());
        }
        let n_found = may_die.len() as u64;
        let free = self.hold_documents(connection, may_die).await?;
        let dead = dead_documents(connection, Some(free), None).await?;
        let held = n_found - dead.len() as u64;
        let (ids, uris): (Vec<_>, Vec<String>) = dead.into_iter().unzip();
        let list = id_list(ids);
        let jobs = jobs_of(connection, &list).await?;
        let locked = id_list(jobs.iter().map(JobId::as_uuid));
        self.lock_rows(connection, Rows::Jobs, &locked).await?;
        let items = format!("DELETE FROM job_item WHERE {ITEMS}");
        let n_job_items = affected(connection, &items, &list).await?;
        let n_jobs = forget_jobs(connection, &jobs, &uris).await?;
        let dead = "DELETE FROM document WHERE id IN (SELECT unhex(value) FROM json_each($1))";
        let n_documents = affected(connection, dead, &list).await?;
        Ok(TraceTally { documents: n_documents, job_items: n_job_items, jobs: n_jobs, held })
    }

    /// Holds those of some documents that nobody else holds, and lists them.
    async fn hold_documents(
        &self,
        connection: &mut AnyConnection,
        documents: Vec<(Uuid, String)>,
    ) -> std::result::Result<String, sqlx::Error> {
        let statement = format!(
            "SELECT id FROM document WHERE id IN (SELECT unhex(value) FROM json_each($1)){}",
            self.skipping()
        );
        let free = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(id_list(documents.into_iter().map(|(id, _)| id)))
            .try_map(|row| uuid(&row, "id"))
            .fetch_all(connection)
            .await?;
        Ok(id_list(free))
    }

    /// Removes collections that are removed and empty, with what was asked for them. Returns how
    /// many.
    pub(crate) async fn purge_collections(&self, which: &Which) -> Result<u64> {
        let failed = || cannot("remove collections for good");
        let (documents, collections) = which.lists();
        if documents.is_some() {
            return Ok(0);
        }
        let mut transaction = self.begin().await.map_err(failed())?;
        let statement = format!(
            "SELECT c.id FROM collection c WHERE c.removed_ms IS NOT NULL
               AND (CAST($1 AS TEXT) IS NULL OR c.id IN (SELECT unhex(value) FROM json_each($1)))
               AND NOT EXISTS (SELECT 1 FROM document d WHERE d.collection_id = c.id)
               AND NOT EXISTS (SELECT 1 FROM job j WHERE j.collection_id = c.id
                                 AND j.state IN ('queued', 'running')){}",
            self.locking()
        );
        let dead = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(collections)
            .try_map(|row| uuid(&row, "id"))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed())?;
        let list = id_list(dead);
        let mut n_removed = 0;
        for statement in [
            "DELETE FROM job_item WHERE job_id IN (SELECT id FROM job
               WHERE collection_id IN (SELECT unhex(value) FROM json_each($1)))",
            "DELETE FROM job WHERE collection_id IN (SELECT unhex(value) FROM json_each($1))",
            "DELETE FROM source WHERE collection_id IN (SELECT unhex(value) FROM json_each($1))",
            "DELETE FROM collection WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        ] {
            n_removed = affected(&mut transaction, statement, &list).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        Ok(n_removed)
    }
}

/// Returns some documents, by id, that are removed and have no version left: of those of a list, and
/// of the collections of another.
async fn dead_documents(
    connection: &mut AnyConnection,
    documents: Option<String>,
    collections: Option<String>,
) -> std::result::Result<Vec<(Uuid, String)>, sqlx::Error> {
    sqlx::query(
        "SELECT d.id, d.uri FROM document d WHERE d.removed_ms IS NOT NULL
           AND (CAST($1 AS TEXT) IS NULL OR d.id IN (SELECT unhex(value) FROM json_each($1)))
           AND (CAST($2 AS TEXT) IS NULL
                OR d.collection_id IN (SELECT unhex(value) FROM json_each($2)))
           AND NOT EXISTS (SELECT 1 FROM version v WHERE v.document_id = d.id)
         ORDER BY d.id LIMIT $3",
    )
    .bind(documents)
    .bind(collections)
    .bind(integer(DOCUMENTS_AT_ONCE))
    .try_map(|row: AnyRow| Ok((uuid(&row, "id")?, row.try_get("uri")?)))
    .fetch_all(connection)
    .await
}

/// Returns the jobs with items that have ended and name a document of the list.
async fn jobs_of(
    connection: &mut AnyConnection,
    list: &str,
) -> std::result::Result<Vec<JobId>, sqlx::Error> {
    let statement = format!("SELECT DISTINCT job_item.job_id FROM job_item WHERE {ITEMS}");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(list)
        .try_map(|row| Ok(JobId::from_uuid(uuid(&row, "job_id")?)))
        .fetch_all(connection)
        .await
}

/// Removes jobs that have ended and have no item left; strikes the names out of the others, but for
/// those that are still to be listed: what such a one names it is about to ingest.
async fn forget_jobs(
    connection: &mut AnyConnection,
    jobs: &[JobId],
    uris: &[String],
) -> std::result::Result<u64, sqlx::Error> {
    let list = id_list(jobs.iter().map(JobId::as_uuid));
    let empty = "DELETE FROM job WHERE id IN (SELECT unhex(value) FROM json_each($1))
        AND state IN ('completed', 'failed', 'cancelled')
        AND NOT EXISTS (SELECT 1 FROM job_item i WHERE i.job_id = job.id)";
    let n_jobs = affected(connection, empty, &list).await?;
    let left = sqlx::query(
        "SELECT id, source, request, coalesce(detail, '') AS detail FROM job
         WHERE (listed_ms IS NOT NULL OR state IN ('completed', 'failed', 'cancelled'))
           AND id IN (SELECT unhex(value) FROM json_each($1))",
    )
    .bind(&list)
    .fetch_all(&mut *connection)
    .await?;
    for row in &left {
        let written: [String; 3] =
            [row.try_get("source")?, row.try_get("request")?, row.try_get("detail")?];
        let [source, request, detail] = &written;
        let struck = [strike(source, uris), strike_json(request, uris), strike(detail, uris)];
        if struck == written {
            continue;
        }
        let [source, request, detail] = struck;
        sqlx::query("UPDATE job SET source = $2, request = $3, detail = $4 WHERE id = $1")
            .bind(key(uuid(row, "id")?))
            .bind(source)
            .bind(request)
            .bind((!detail.is_empty()).then_some(detail))
            .execute(&mut *connection)
            .await?;
    }
    Ok(n_jobs)
}

/// Strikes names out of a JSON document; what is not one is struck as a text.
fn strike_json(text: &str, uris: &[String]) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(mut value) => {
            strike_values(&mut value, uris);
            value.to_string()
        }
        Err(_not_json) => strike(text, uris),
    }
}

fn strike_values(value: &mut Value, uris: &[String]) {
    match value {
        Value::String(text) => *text = strike(text, uris),
        Value::Array(values) => values.iter_mut().for_each(|value| strike_values(value, uris)),
        Value::Object(fields) => fields.values_mut().for_each(|value| strike_values(value, uris)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Strikes names out of a text, where they stand as whole paths or as the end of one.
fn strike(text: &str, uris: &[String]) -> String {
    let mut struck = text.to_owned();
    for uri in uris.iter().filter(|uri| !uri.is_empty()) {
        let mut from = 0;
        while let Some(at) = struck[from..].find(uri.as_str()).map(|at| from + at) {
            let end = at + uri.len();
            let begins = struck[..at].chars().next_back().is_none_or(|c| !is_of_name(c));
            let ends = struck[end..].chars().next().is_none_or(|c| !is_of_name(c) && c != '/');
            if begins && ends {
                struck.replace_range(at..end, REMOVED);
                from = at + REMOVED.len();
            } else {
                from = end;
            }
        }
    }
    struck
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_struck_where_they_stand_whole() {
        let uris = ["a.md".to_owned(), "人员/年假.md".to_owned()];
        let struck = |text| strike(text, &uris);
        assert_eq!(struck("/docs/a.md"), "/docs/(removed)");
        assert_eq!(struck("a.md, b.md"), "(removed), b.md");
        assert_eq!(struck("/docs/aa.md /a.mdx a.md/b"), "/docs/aa.md /a.mdx a.md/b");
        assert_eq!(struck("看人员/年假.md"), "看人员/年假.md");
        assert_eq!(struck("/x/人员/年假.md"), "/x/(removed)");
        assert_eq!(
            strike_json(r#"{"a.md":["/x/a.md",1]}"#, &uris),
            r#"{"a.md":["/x/(removed)",1]}"#
        );
        assert_eq!(strike_json("", &uris), "");
    }
}
