//! What workers say: that they are alive, how far they have come, how the work ended.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{DocumentId, JobId, VersionId};
use footnote_core::job::machine::{Cause, Command, Done, Phase, Report, policy};
use footnote_core::job::{
    ItemLease, ItemOutcome, JobState, Orders, Progress, Settlement, WorkerId,
};
use sqlx::AnyConnection;
use std::collections::HashMap;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::inside::{Contained, is_final};
use super::super::rows::{id_list, key, number, time_or_none, uuid, word};
use super::counting::Shift;
use super::items::{ITEM, ItemRow, item_row};
use super::{Decoded, ForItem, lost_lease};

impl Catalog {
    /// Extends the leases of a worker, notes its progress, and returns what it is to stop.
    ///
    /// Nothing is written while nothing has moved and the leases are young.
    pub(crate) async fn heartbeat(
        &self,
        worker: &WorkerId,
        progress: &[Progress],
    ) -> Result<(Orders, Vec<Command>)> {
        let failed = || cannot("note the progress");
        let held = self.held(worker).await.map_err(failed())?;
        let now = Timestamp(self.now_ms());
        let (kept, mut lost): (Vec<&Progress>, Vec<&Progress>) =
            progress.iter().partition(|report| held.contains_key(&report.lease));
        let news: Vec<&Progress> =
            kept.into_iter().filter(|report| is_news(&held[&report.lease], report, now)).collect();
        let mut commands = Vec::new();
        if !news.is_empty() {
            let mut transaction = self.begin().await.map_err(failed())?;
            for report in self.in_order_of_jobs(&mut transaction, news).await.map_err(failed())? {
                let (is_lost, told) =
                    self.hear_alive(&mut transaction, report).await.map_err(failed())?;
                commands.extend(told);
                lost.extend(is_lost.then_some(report));
            }
            transaction.commit().await.map_err(failed())?;
        }
        let orders = self.orders(lost).await.map_err(failed())?;
        Ok((orders, commands))
    }

    /// Returns what a worker holds.
    async fn held(&self, worker: &WorkerId) -> Decoded<HashMap<ItemLease, ItemRow>> {
        let statement = format!("{ITEM} WHERE lease_owner = $1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(worker.as_str())
            .try_map(|row| item_row(&row))
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.lease()?, row))).collect())
    }

    /// Locks the rows of the jobs of some reports, and returns the reports.
    async fn in_order_of_jobs<'a>(
        &self,
        connection: &mut AnyConnection,
        mut reports: Vec<&'a Progress>,
    ) -> Decoded<Vec<&'a Progress>> {
        reports.sort_by_key(|report| report.lease.job);
        let mut jobs: Vec<JobId> = reports.iter().map(|report| report.lease.job).collect();
        jobs.dedup();
        for job in jobs {
            self.lock_job(connection, job).await?;
        }
        Ok(reports)
    }

    /// Notes how far a worker has come with an item. Tells whether it is to stop, because it has
    /// lost the item or stood still for too long.
    async fn hear_alive(
        &self,
        connection: &mut AnyConnection,
        report: &Progress,
    ) -> Decoded<(bool, Vec<Command>)> {
        let Some(mut row) = self.item_of(connection, &report.lease).await? else {
            return Ok((true, Vec::new()));
        };
        let alive = Report::Alive { stage: report.stage, progress: report.progress };
        let mut commands = self.happen(connection, &mut row, heard(&report.lease, alive)).await?;
        if let Some(stage) = row.item.overdue(Timestamp(self.now_ms())) {
            let passed = Cause::DeadlinePassed { epoch: report.lease.epoch, stage };
            commands.extend(self.happen(connection, &mut row, passed).await?);
        }
        Ok((row.lease().as_ref() != Some(&report.lease), commands))
    }

    /// Says why items were lost, as far as their jobs tell.
    async fn orders(&self, lost: Vec<&Progress>) -> Decoded<Orders> {
        let mut orders = Orders::default();
        if lost.is_empty() {
            return Ok(orders);
        }
        let jobs = sqlx::query(
            "SELECT id, state, paused_ms FROM job
             WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
        )
        .bind(id_list(lost.iter().map(|report| report.lease.job.as_uuid())))
        .fetch_all(&self.readers)
        .await?;
        for row in &jobs {
            let id = JobId::from_uuid(uuid(row, "id")?);
            if word::<JobState>(row, "state")? == JobState::Cancelled {
                orders.cancelled.push(id);
            } else if time_or_none(row, "paused_ms")?.is_some() {
                orders.paused.push(id);
            }
        }
        orders.lost = lost.into_iter().map(|report| report.lease.clone()).collect();
        Ok(orders)
    }

    /// Ends the work on an item other than with a new version.
    pub(crate) async fn end_item(
        &self,
        lease: &ItemLease,
        outcome: ItemOutcome,
    ) -> Result<(Settlement, Vec<Command>)> {
        let failed = || cannot("end the item");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.settle_inside(&mut transaction, lease, &outcome).await?;
        let (report, document) = match outcome {
            ItemOutcome::Done => (Report::Ended(Done::Ready), None),
            ItemOutcome::Unchanged(id) | ItemOutcome::Opened { document: id, .. } => {
                (Report::Ended(Done::Unchanged), Some(id))
            }
            ItemOutcome::Removed(id) => (Report::Ended(Done::Removed), Some(id)),
            ItemOutcome::Failed(failure) => (Report::Failed(failure), None),
            ItemOutcome::Released => (Report::Released, None),
        };
        let (row, commands) = self.report_in(&mut transaction, lease, report).await?;
        if let Some(document) = document {
            self.note_document(&mut transaction, lease, document).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        let settlement = match &row.item.phase {
            Phase::Queued { not_before, .. } => Settlement::Again(*not_before),
            Phase::Leased(_) | Phase::Ended(_) => Settlement::Ended(row.item.state()),
        };
        Ok((settlement, commands))
    }

    /// Does what the end of an item means for documents that lie inside others.
    async fn settle_inside(
        &self,
        connection: &mut AnyConnection,
        lease: &ItemLease,
        outcome: &ItemOutcome,
    ) -> Result<()> {
        match outcome {
            ItemOutcome::Opened { document, inside } => {
                let collection = self.collection_of(connection, lease.job).await?;
                let contained = Contained { collection, container: *document, inside };
                self.write_inside(connection, &contained).await?;
                self.add_inside(connection, ForItem { lease, inside }).await
            }
            ItemOutcome::Failed(failure) if is_final(failure.code) => {
                let forgotten = self.forget_unreadable(connection, lease).await;
                forgotten.map_err(cannot("end the item"))
            }
            ItemOutcome::Failed(_)
            | ItemOutcome::Done
            | ItemOutcome::Unchanged(_)
            | ItemOutcome::Removed(_)
            | ItemOutcome::Released => Ok(()),
        }
    }

    /// Ends an item whose version is made live in the same transaction.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost: nothing of the transaction may be kept then.
    pub(crate) async fn end_ready_in(
        &self,
        connection: &mut AnyConnection,
        item: ForItem<'_>,
        version: VersionId,
    ) -> Result<()> {
        let failed = || cannot("end the item");
        let lease = item.lease;
        self.add_inside(connection, item).await?;
        self.report_in(connection, lease, Report::Ended(Done::Ready)).await?;
        let n_chunks = sqlx::query(
            "UPDATE job_item SET document_id = (SELECT document_id FROM version WHERE id = $4),
               n_chunks = (SELECT n_chunks FROM version WHERE id = $4)
             WHERE job_id = $1 AND root = $2 AND uri = $3 RETURNING n_chunks",
        )
        .bind(key(lease.job.as_uuid()))
        .bind(&lease.root)
        .bind(&lease.uri)
        .bind(key(version.as_uuid()))
        .try_map(|row| number(&row, "n_chunks"))
        .fetch_one(&mut *connection)
        .await
        .map_err(failed())?;
        let shift = Shift::default().chunks(n_chunks);
        self.shift_counts(connection, lease.job, shift).await.map_err(failed())
    }

    /// Ends an item whose version was live already.
    pub(crate) async fn end_ready(&self, item: ForItem<'_>, version: VersionId) -> Result<()> {
        let failed = || cannot("end the item");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.end_ready_in(&mut transaction, item, version).await?;
        transaction.commit().await.map_err(failed())
    }

    /// Makes sure that a lease holds.
    ///
    /// # Errors
    /// `Conflict` when it does not.
    pub(crate) async fn check_lease(
        &self,
        connection: &mut AnyConnection,
        lease: &ItemLease,
    ) -> Result<()> {
        let row = self.item_of(connection, lease).await.map_err(cannot("look up the item"))?;
        match row.and_then(|row| row.lease()) {
            Some(held) if held == *lease => Ok(()),
            Some(_) | None => Err(lost_lease()),
        }
    }

    /// Lets a worker's word reach its item, if its lease holds.
    async fn report_in(
        &self,
        connection: &mut AnyConnection,
        lease: &ItemLease,
        report: Report,
    ) -> Result<(ItemRow, Vec<Command>)> {
        let failed = || cannot("end the item");
        self.lock_job(connection, lease.job).await.map_err(failed())?;
        let row = self.item_of(connection, lease).await.map_err(failed())?;
        let mut row = row.ok_or_else(lost_lease)?;
        let commands =
            self.happen(connection, &mut row, heard(lease, report)).await.map_err(failed())?;
        if commands.contains(&Command::Persist) {
            return Ok((row, commands));
        }
        Err(lost_lease())
    }

    async fn note_document(
        &self,
        connection: &mut AnyConnection,
        lease: &ItemLease,
        document: DocumentId,
    ) -> Decoded<()> {
        sqlx::query(
            "UPDATE job_item SET document_id = $4 WHERE job_id = $1 AND root = $2 AND uri = $3",
        )
        .bind(key(lease.job.as_uuid()))
        .bind(&lease.root)
        .bind(&lease.uri)
        .bind(key(document.as_uuid()))
        .execute(connection)
        .await?;
        Ok(())
    }
}

fn heard(lease: &ItemLease, report: Report) -> Cause {
    Cause::Heard { from: lease.owner.clone(), epoch: lease.epoch, report }
}

/// Tells whether a report is worth a writing: it tells of progress, its lease has used up a third
/// of its time, or the item is overdue.
fn is_news(row: &ItemRow, report: &Progress, now: Timestamp) -> bool {
    let Phase::Leased(lease) = &row.item.phase else { return true };
    let is_moved = (lease.stage, lease.progress) != (report.stage, report.progress);
    let is_aging = lease.expires < policy::after(now, policy::LEASE * 2 / 3);
    is_moved || is_aging || row.item.overdue(now).is_some()
}
