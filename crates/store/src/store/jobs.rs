//! The queue of work, as those who fill it, drain it and watch it use it.
//!
//! A job is put into the queue ([`Store::create_job`]), listed once by one worker
//! ([`Store::take_listing`] … [`Store::end_listing`]), and its items are taken and ended by any
//! number of workers ([`Store::take_items`] … [`Store::end_item`], [`Store::put_version`]). What a
//! worker holds it holds under a lease, and only while it says that it is alive
//! ([`Store::heartbeat`]): whatever happens to it, the work goes on elsewhere, and a worker that
//! comes back too late cannot write.

mod bell;

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::JobId;
use footnote_core::job::{
    Failure, ItemFilter, ItemLease, ItemOutcome, Job, JobFilter, JobItem, JobLease, NewItem,
    NewJob, Orders, Progress, QueueDepth, Retry, Settlement, TakenItem, TakenJob, WorkerId,
};
use std::time::Duration;
use tokio::sync::watch;

use super::Store;
pub(super) use bell::Bell;

/// Filling the queue.
impl Store {
    /// Puts a job into the queue. It waits until a worker lists its items.
    ///
    /// # Errors
    /// `NotFound` for an unknown collection, `Unavailable` when the catalog cannot be written.
    pub async fn create_job(&self, new: NewJob) -> Result<JobId> {
        let id = self.catalog.create_job(&new).await?;
        self.bell.work();
        Ok(id)
    }

    /// Takes the job whose turn it is to be listed, if one waits for that.
    ///
    /// A job whose worker vanished while listing it is handed out again, after a growing pause.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn take_listing(&self, worker: &WorkerId) -> Result<Option<TakenJob>> {
        let taken = self.catalog.take_listing(worker).await?;
        if taken.is_some() {
            self.bell.changed();
        }
        Ok(taken)
    }

    /// Says that a job is still being listed. Adding items says so too.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled: stop listing.
    pub async fn keep_listing(&self, lease: &JobLease) -> Result<()> {
        self.catalog.keep_listing(lease).await
    }

    /// Adds items to a job; workers may take them at once. One that the job has already, from a
    /// listing that was interrupted, stays as it is.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled: stop listing.
    pub async fn add_items(&self, lease: &JobLease, items: Vec<NewItem>) -> Result<()> {
        self.catalog.add_items(lease, &items).await?;
        self.bell.work();
        self.bell.changed();
        Ok(())
    }

    /// Adds items of which the listing shows that their documents are as they were read.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled: stop listing.
    pub async fn add_unchanged_items(&self, lease: &JobLease, items: Vec<NewItem>) -> Result<()> {
        self.catalog.add_unchanged_items(lease, &items).await?;
        self.bell.changed();
        Ok(())
    }

    /// Adds items of which the listing shows that they fail.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled: stop listing.
    pub async fn add_failed_items(
        &self,
        lease: &JobLease,
        items: Vec<(NewItem, Failure)>,
    ) -> Result<()> {
        self.catalog.add_failed_items(lease, &items).await?;
        self.bell.changed();
        Ok(())
    }

    /// Remembers that all items of a job are known; without an open one, it completes.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled.
    pub async fn end_listing(&self, lease: &JobLease) -> Result<()> {
        self.catalog.end_listing(lease).await?;
        self.bell.changed();
        Ok(())
    }

    /// Gives a job back that is not listed to its end, because the worker stops in order.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled.
    pub async fn release_listing(&self, lease: &JobLease) -> Result<()> {
        self.catalog.release_listing(lease).await?;
        self.bell.work();
        Ok(())
    }

    /// Ends a job that cannot be listed. What it listed before and has not ended is cancelled.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost or the job was cancelled.
    pub async fn fail_job(&self, lease: &JobLease, detail: &str) -> Result<()> {
        let commands = self.catalog.fail_job(lease, detail).await?;
        self.bell.ring(&commands);
        Ok(())
    }
}

/// Draining the queue.
impl Store {
    /// Takes up to `limit` items of up to `max_bytes` together, but at least one if one waits.
    ///
    /// Jobs of a higher priority come first, then those that were served longest ago; each gets a
    /// share of the limit, and its oldest items go first. An item with which workers vanished
    /// before is taken when the worker holds nothing else, and alone. So that this is true, a
    /// worker asks for its orders ([`heartbeat`](Self::heartbeat)) before it takes more, and stops
    /// what it lost.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn take_items(
        &self,
        worker: &WorkerId,
        limit: usize,
        max_bytes: u64,
    ) -> Result<Vec<TakenItem>> {
        let taken = self.catalog.take_items(worker, limit, max_bytes).await?;
        if !taken.is_empty() {
            self.bell.changed();
        }
        Ok(taken)
    }

    /// Says that a worker is alive and how far it has come, and returns what it is to stop.
    ///
    /// Items that stood still for longer than their stage allows fail with a timeout.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read or written; say it again then.
    pub async fn heartbeat(&self, worker: &WorkerId, progress: &[Progress]) -> Result<Orders> {
        let (orders, commands) = self.catalog.heartbeat(worker, progress).await?;
        self.bell.ring(&commands);
        Ok(orders)
    }

    /// Ends the work on an item other than with a new version, for which see
    /// [`put_version`](Self::put_version). Its job ends in the same transaction with its last.
    ///
    /// # Errors
    /// `Conflict` when the lease is lost: the item is somebody else's, or has ended.
    pub async fn end_item(&self, lease: &ItemLease, outcome: ItemOutcome) -> Result<Settlement> {
        let (settlement, commands) = self.catalog.end_item(lease, outcome).await?;
        self.bell.ring(&commands);
        Ok(settlement)
    }

    /// Counts the items of a job and a root whose uris go on after a text and a `/`.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn count_items_below(&self, lease: &ItemLease, above: &str) -> Result<usize> {
        self.catalog.count_items_below(lease, above).await
    }

    /// Takes back what workers hold that were not heard of for too long; every worker calls it
    /// now and then. Returns how many items and listings that were.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn reap_expired(&self) -> Result<u64> {
        let (n_reaped, commands) = self.catalog.reap_expired().await?;
        self.bell.ring(&commands);
        Ok(n_reaped)
    }

    /// Waits until there may be work, which is at once when this process puts it into the queue;
    /// work of other processes shows within the timeout.
    pub async fn wait_for_work(&self, timeout: Duration) {
        self.bell.wait_for_work(timeout).await;
    }

    /// Returns what changes when this process cancels or pauses a job: a worker then asks for its
    /// orders with a [`heartbeat`](Self::heartbeat) at once.
    #[must_use]
    pub fn order_changes(&self) -> watch::Receiver<u64> {
        self.bell.orders()
    }
}

/// Steering and watching the queue.
impl Store {
    /// Cancels a job: nothing of it is taken any more, and what is in work is not accepted.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope, `Conflict` when it has ended.
    pub async fn cancel_job(&self, scope: &Scope, id: JobId) -> Result<()> {
        self.catalog.job(scope, id).await?;
        let commands = self.catalog.cancel_job(id).await?;
        self.bell.ring(&commands);
        Ok(())
    }

    /// Pauses a job: nothing of it is taken until it is resumed, and what is in work waits again.
    /// Pausing it again changes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope, `Conflict` when it has ended.
    pub async fn pause_job(&self, scope: &Scope, id: JobId) -> Result<()> {
        self.catalog.job(scope, id).await?;
        let commands = self.catalog.pause_job(id).await?;
        self.bell.ring(&commands);
        Ok(())
    }

    /// Lets a paused job go on. Resuming one that is not paused changes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope, `Conflict` when it has ended.
    pub async fn resume_job(&self, scope: &Scope, id: JobId) -> Result<()> {
        self.catalog.job(scope, id).await?;
        self.catalog.resume_job(id).await?;
        self.bell.work();
        self.bell.changed();
        Ok(())
    }

    /// Tries items again that have ended without success; their job is running then. Returns how
    /// many they are.
    ///
    /// # Errors
    /// `NotFound` when there is no such job in the scope or no such item, `Conflict` when the job
    /// could not be listed or is still being listed after a cancellation.
    pub async fn retry_items(&self, scope: &Scope, id: JobId, which: Retry<'_>) -> Result<u64> {
        self.catalog.job(scope, id).await?;
        let n_items = self.catalog.retry_items(id, which).await?;
        self.bell.work();
        self.bell.changed();
        Ok(n_items)
    }

    /// Gives a job another priority; higher ones are served first, 0 is usual.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn set_priority(&self, scope: &Scope, id: JobId, priority: i64) -> Result<()> {
        self.catalog.job(scope, id).await?;
        self.catalog.set_priority(id, priority).await
    }

    /// Returns jobs of collections in the scope, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn jobs(&self, scope: &Scope, filter: &JobFilter, limit: usize) -> Result<Vec<Job>> {
        self.catalog.jobs(scope, filter, limit).await
    }

    /// Returns one job with its counts.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn job(&self, scope: &Scope, id: JobId) -> Result<Job> {
        self.catalog.job(scope, id).await
    }

    /// Returns items of a job by root and uri; those without progress say where they stand still.
    ///
    /// # Errors
    /// `NotFound` when there is no such job in the scope.
    pub async fn job_items(
        &self,
        scope: &Scope,
        id: JobId,
        filter: &ItemFilter,
        limit: usize,
    ) -> Result<Vec<JobItem>> {
        self.catalog.job(scope, id).await?;
        self.catalog.job_items(id, filter, limit).await
    }

    /// Returns the items of a job that are in work, those of them that stand still first.
    ///
    /// # Errors
    /// `NotFound` when there is no such job in the scope.
    pub async fn items_in_work(&self, scope: &Scope, id: JobId) -> Result<Vec<JobItem>> {
        self.catalog.job(scope, id).await?;
        self.catalog.items_in_work(id).await
    }

    /// Returns how much waits and how much is worked on, over all jobs in the scope.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn queue_depth(&self, scope: &Scope) -> Result<QueueDepth> {
        self.catalog.queue_depth(scope).await
    }

    /// Returns what changes when this process changes a job or an item; look again then. Changes
    /// by other processes are seen by looking now and then.
    #[must_use]
    pub fn job_changes(&self) -> watch::Receiver<u64> {
        self.bell.changes()
    }
}
