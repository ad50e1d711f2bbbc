//! Listing a job: one worker writes down its items, under a lease of the job.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, DocumentId, JobId};
use footnote_core::job::machine::Command;
use footnote_core::job::machine::policy::{LEASE, after};
use footnote_core::job::{
    Failure, ItemState, JobBrief, JobLease, JobState, NewItem, Place, TakenJob, WorkerId,
};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{integer, json, key, number, parameters, to_word, uuid, word};
use super::counting::Shift;
use super::{Decoded, ForItem, lost_lease};

/// How many items one statement writes.
const ROWS: usize = 64;

/// How many values a row of [`ItemValues`] has.
const COLUMNS: usize = 13;

impl Catalog {
    /// Leases the job whose turn it is to be listed.
    pub(crate) async fn take_listing(&self, worker: &WorkerId) -> Result<Option<TakenJob>> {
        let failed = || cannot("take a job");
        let now = self.now_ms();
        if !self.has_unlisted(now).await.map_err(failed())? {
            return Ok(None);
        }
        let mut transaction = self.begin().await.map_err(failed())?;
        let statement = format!(
            "SELECT id FROM job
             WHERE state IN ('queued', 'running') AND listed_ms IS NULL AND paused_ms IS NULL
               AND lease_owner IS NULL AND coalesce(lease_expires_ms, 0) <= $1
             ORDER BY priority DESC, turn, id LIMIT 1{}",
            self.skipping()
        );
        let next = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(now)
            .try_map(|row| Ok(JobId::from_uuid(uuid(&row, "id")?)))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        let Some(id) = next else { return Ok(None) };
        let taken = sqlx::query(
            "UPDATE job SET state = 'running', started_ms = coalesce(started_ms, $2),
               lease_owner = $3, lease_epoch = lease_epoch + 1, lease_expires_ms = $4
             WHERE id = $1
             RETURNING id, collection_id, source, kind, request, lease_epoch",
        )
        .bind(key(id.as_uuid()))
        .bind(now)
        .bind(worker.as_str())
        .bind(after(Timestamp(now), LEASE).0)
        .try_map(|row| taken_job(&row, worker))
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(Some(taken))
    }

    /// Tells whether a job waits to be listed, without keeping anybody from writing.
    async fn has_unlisted(&self, now: i64) -> Decoded<bool> {
        let found = sqlx::query(
            "SELECT 1 FROM job WHERE state IN ('queued', 'running') AND listed_ms IS NULL
               AND paused_ms IS NULL AND lease_owner IS NULL
               AND coalesce(lease_expires_ms, 0) <= $1 LIMIT 1",
        )
        .bind(now)
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.is_some())
    }

    /// Extends the lease of a job.
    pub(crate) async fn keep_listing(&self, lease: &JobLease) -> Result<()> {
        let failed = || cannot("keep the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.renew_listing(&mut transaction, lease).await?;
        transaction.commit().await.map_err(failed())
    }

    /// Writes down items that wait.
    pub(crate) async fn add_items(&self, lease: &JobLease, items: &[NewItem]) -> Result<()> {
        let items: Vec<(&NewItem, Option<&Failure>)> =
            items.iter().map(|item| (item, None)).collect();
        self.add(lease, &items, ItemState::Queued).await
    }

    /// Writes down items whose documents are there already.
    pub(crate) async fn add_unchanged_items(
        &self,
        lease: &JobLease,
        items: &[NewItem],
    ) -> Result<()> {
        let items: Vec<(&NewItem, Option<&Failure>)> =
            items.iter().map(|item| (item, None)).collect();
        self.add(lease, &items, ItemState::Unchanged).await
    }

    /// Writes down items that have failed.
    pub(crate) async fn add_failed_items(
        &self,
        lease: &JobLease,
        items: &[(NewItem, Failure)],
    ) -> Result<()> {
        let items: Vec<(&NewItem, Option<&Failure>)> =
            items.iter().map(|(item, failure)| (item, Some(failure))).collect();
        self.add(lease, &items, ItemState::Failed).await
    }

    async fn add(
        &self,
        lease: &JobLease,
        items: &[(&NewItem, Option<&Failure>)],
        state: ItemState,
    ) -> Result<()> {
        let failed = || cannot("write down the items of the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        let collection = self.renew_listing(&mut transaction, lease).await?;
        let mut n_added = 0;
        for some in items.chunks(ROWS) {
            let rows = ItemValues { job: lease.job, collection, state, now: self.now_ms() };
            n_added += rows.insert(&mut transaction, some).await.map_err(failed())?;
        }
        let shift = Shift::default().into(state, n_added);
        self.shift_counts(&mut transaction, lease.job, shift).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Adds items for the files that lie inside a document, as the item of the document ends. One
    /// that the job has already stays as it is.
    pub(super) async fn add_inside(
        &self,
        connection: &mut AnyConnection,
        item: ForItem<'_>,
    ) -> Result<()> {
        if item.inside.is_empty() {
            return Ok(());
        }
        let failed = || cannot("write down the items of the job");
        let job = item.lease.job;
        self.lock_job(connection, job).await.map_err(failed())?;
        let collection = self.collection_of(connection, job).await?;
        let rows = ItemValues { job, collection, state: ItemState::Queued, now: self.now_ms() };
        let mut n_added = 0;
        for some in item.inside.chunks(ROWS) {
            let some: Vec<_> = some.iter().map(|item| (item, None)).collect();
            n_added += rows.insert(connection, &some).await.map_err(failed())?;
        }
        let shift = Shift::default().into(ItemState::Queued, n_added);
        self.shift_counts(connection, job, shift).await.map_err(failed())
    }

    /// Returns the collection of a job.
    pub(super) async fn collection_of(
        &self,
        connection: &mut AnyConnection,
        job: JobId,
    ) -> Result<CollectionId> {
        sqlx::query("SELECT collection_id FROM job WHERE id = $1")
            .bind(key(job.as_uuid()))
            .try_map(|row| Ok(CollectionId::from_uuid(uuid(&row, "collection_id")?)))
            .fetch_optional(connection)
            .await
            .map_err(cannot("look up the job"))?
            .ok_or_else(lost_lease)
    }

    /// Remembers that all items are known.
    pub(crate) async fn end_listing(&self, lease: &JobLease) -> Result<()> {
        let failed = || cannot("end the listing of the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.renew_listing(&mut transaction, lease).await?;
        sqlx::query(
            "UPDATE job SET listed_ms = $2, lease_owner = NULL, lease_expires_ms = NULL
             WHERE id = $1",
        )
        .bind(key(lease.job.as_uuid()))
        .bind(self.now_ms())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        self.shift_counts(&mut transaction, lease.job, Shift::default()).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Gives a job back that is not listed to its end.
    pub(crate) async fn release_listing(&self, lease: &JobLease) -> Result<()> {
        let failed = || cannot("give the job back");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.renew_listing(&mut transaction, lease).await?;
        sqlx::query("UPDATE job SET lease_owner = NULL, lease_expires_ms = NULL WHERE id = $1")
            .bind(key(lease.job.as_uuid()))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Ends a job that cannot be listed.
    pub(crate) async fn fail_job(&self, lease: &JobLease, detail: &str) -> Result<Vec<Command>> {
        let failed = || cannot("end the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.renew_listing(&mut transaction, lease).await?;
        let commands = self
            .close_job(&mut transaction, lease.job, (JobState::Failed, Some(detail)))
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(commands)
    }

    /// Extends the lease of a job and locks its row until the transaction ends.
    ///
    /// # Errors
    /// `Conflict` when the lease does not hold any more.
    async fn renew_listing(
        &self,
        connection: &mut AnyConnection,
        lease: &JobLease,
    ) -> Result<CollectionId> {
        sqlx::query(
            "UPDATE job SET lease_expires_ms = $4
             WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3 AND state = 'running'
             RETURNING collection_id",
        )
        .bind(key(lease.job.as_uuid()))
        .bind(lease.owner.as_str())
        .bind(integer(lease.epoch))
        .bind(after(Timestamp(self.now_ms()), LEASE).0)
        .try_map(|row| Ok(CollectionId::from_uuid(uuid(&row, "collection_id")?)))
        .fetch_optional(connection)
        .await
        .map_err(cannot("keep the job"))?
        .ok_or_else(lost_lease)
    }
}

fn taken_job(row: &AnyRow, worker: &WorkerId) -> Decoded<TakenJob> {
    let brief = brief(row)?;
    let epoch = number(row, "lease_epoch")?;
    let lease = JobLease { job: brief.id, epoch, owner: worker.clone() };
    Ok(TakenJob { lease, brief })
}

/// Reads what the items of a job share.
pub(super) fn brief(row: &AnyRow) -> Decoded<JobBrief> {
    Ok(JobBrief {
        id: JobId::from_uuid(uuid(row, "id")?),
        collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
        source: row.try_get("source")?,
        kind: word(row, "kind")?,
        request: row.try_get("request")?,
    })
}

/// What the rows of new items have in common.
struct ItemValues {
    job: JobId,
    collection: CollectionId,
    state: ItemState,
    now: i64,
}

impl ItemValues {
    /// Writes rows and returns how many the job did not have yet.
    async fn insert(
        &self,
        connection: &mut AnyConnection,
        items: &[(&NewItem, Option<&Failure>)],
    ) -> Decoded<i64> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insertion(items.len())));
        for (item, failure) in items {
            query = query
                .bind(key(self.job.as_uuid()))
                .bind(&item.root)
                .bind(&item.uri)
                .bind(key(self.document(item).as_uuid()))
                .bind(json(&item.place)?)
                .bind(integer(item.size_bytes))
                .bind(item.modified.map(|time| time.0))
                .bind(&item.tag)
                .bind(to_word(&self.state)?)
                .bind(self.now)
                .bind(failure.map(|failure| failure.code.as_str()))
                .bind(failure.map(|failure| &failure.detail))
                .bind(self.now);
        }
        let written = query.execute(connection).await?;
        Ok(integer(written.rows_affected()))
    }

    fn document(&self, item: &NewItem) -> DocumentId {
        match &item.place {
            Place::Gone { document } => *document,
            Place::File { .. }
            | Place::Blob { .. }
            | Place::Inside { .. }
            | Place::Remote { .. } => DocumentId::derive(self.collection, &item.root, &item.uri),
        }
    }
}

/// Returns the statement that writes so many items.
fn insertion(n_rows: usize) -> String {
    format!(
        "INSERT INTO job_item (job_id, root, uri, document_id, place, size_bytes, modified_ms, tag,
           state, not_before_ms, failure_code, failure_detail, updated_ms)
         VALUES {} ON CONFLICT (job_id, root, uri) DO NOTHING",
        parameters(n_rows, COLUMNS)
    )
}
