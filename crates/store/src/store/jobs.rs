//! Jobs, as the programs that run them write and read them.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, JobId};
use footnote_core::job::{ItemState, Job, JobItem, JobState};

use super::Store;
use super::writing::optimize_in_background;

impl Store {
    /// Writes down a job that waits.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn create_job(&self, collection: CollectionId, source: &str) -> Result<JobId> {
        self.catalog.create_job(collection, source).await
    }

    /// Remembers that a job is worked on, and returns the collection that it writes to.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Conflict` when it does not wait.
    pub async fn start_job(&self, id: JobId) -> Result<CollectionId> {
        self.catalog.start_job(id).await
    }

    /// Writes the state of an item, which its uri identifies in the job.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn put_job_item(&self, job: JobId, item: &JobItem) -> Result<()> {
        self.catalog.put_job_item(job, item).await
    }

    /// Remembers how a job ended, makes the index durable and has it rearranged in the background.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Unavailable` when the catalog cannot be written.
    pub async fn finish_job(&self, id: JobId, state: JobState, detail: Option<&str>) -> Result<()> {
        self.catalog.finish_job(id, state, detail).await?;
        let Some(engine) = &self.engine else { return Ok(()) };
        self.checkpoint().await?;
        let n_points = std::mem::take(&mut engine.backlog.lock().await.n_points);
        if 0 < n_points {
            optimize_in_background(engine.index());
        }
        Ok(())
    }

    /// Returns the newest jobs of collections in the scope, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn jobs(&self, scope: &Scope, limit: usize) -> Result<Vec<Job>> {
        self.catalog.jobs(scope, limit).await
    }

    /// Returns one job with its counts.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn job(&self, scope: &Scope, id: JobId) -> Result<Job> {
        self.catalog.job(scope, id).await
    }

    /// Returns the items of a job by uri; a state keeps only those in it.
    ///
    /// # Errors
    /// `NotFound` when there is no such job in the scope.
    pub async fn job_items(
        &self,
        scope: &Scope,
        id: JobId,
        state: Option<ItemState>,
    ) -> Result<Vec<JobItem>> {
        self.catalog.job(scope, id).await?;
        self.catalog.job_items(id, state).await
    }
}
