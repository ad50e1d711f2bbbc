//! What is asked for becomes jobs: requests, uploads, registered sources. Needs no model, and any
//! number of processes may do it.

use footnote_core::id::{CollectionId, ContentHash, JobId, SourceId};
use footnote_core::job::{Failure, JobCounts, JobKind, JobState, NewJob};
use footnote_core::{Error, Result};
use footnote_store::{AskedJob, NewSource, Original, Store};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::machine;
use crate::progress::{Event, Progress};
use crate::report::{FailedItem, Report};
use crate::request::{Input, Request};

/// How long two looks at a job lie apart at least.
const BETWEEN_LOOKS: Duration = Duration::from_millis(30);

/// How long a change by another process may stay unseen.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Puts work into the queue and watches it.
#[derive(Debug, Clone)]
pub struct Intake {
    store: Arc<Store>,
}

impl Intake {
    /// Makes an intake over a store; one that is opened without its index will do.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Keeps bytes that somebody sent. They survive a crash when this returns.
    ///
    /// # Errors
    /// `Unavailable` when they cannot be written.
    pub async fn keep(&self, root: &str, name: &str, original: Original) -> Result<Input> {
        let size_bytes = size_of(&original).await?;
        let content = self.store.keep_blob(original.clone()).await?;
        let (root, name, original) = (root.to_owned(), name.to_owned(), Some(original));
        Ok(Input::Kept { root, name, content, size_bytes, original })
    }

    /// Makes the input of bytes that the store keeps already.
    #[must_use]
    pub fn kept(root: &str, name: &str, content: ContentHash, size_bytes: u64) -> Input {
        let (root, name) = (root.to_owned(), name.to_owned());
        Input::Kept { root, name, content, size_bytes, original: None }
    }

    /// Puts a request into the queue. It survives a crash when this returns.
    ///
    /// # Errors
    /// `Invalid` for a name that no collection can have and a path that is not text,
    /// `Unavailable` when the catalog cannot be written.
    pub async fn enqueue(&self, request: &Request) -> Result<JobId> {
        let collection = self.store.ensure_collection(&request.collection).await?;
        self.enqueue_for(collection, request.clone()).await
    }

    async fn enqueue_for(&self, collection: CollectionId, request: Request) -> Result<JobId> {
        let request = self.for_any_process(request)?;
        let source = request.describe();
        let new = NewJob {
            collection,
            source,
            kind: JobKind::Ingest,
            request: request.write()?,
            priority: request.priority,
        };
        let job = self.store.create_job(new).await?;
        self.keep_again(&request.inputs).await?;
        Ok(job)
    }

    /// Keeps again what a purge of the same bytes has taken before the job named them.
    async fn keep_again(&self, inputs: &[Input]) -> Result<()> {
        for input in inputs {
            if let Input::Kept { content, original: Some(original), .. } = input
                && !self.store.still_keeps(content).await?
            {
                self.store.keep_blob(original.clone()).await?;
            }
        }
        Ok(())
    }

    /// Completes a request so that another process, or another machine, does what was meant.
    fn for_any_process(&self, request: Request) -> Result<Request> {
        let mut request = request.with_absolute_paths()?;
        if request.machine.is_none() && request.is_local() && self.store.spans_machines() {
            request.machine = Some(machine::name());
        }
        Ok(request)
    }

    /// Registers a request to be put into the queue again and again, at once for the first time.
    ///
    /// # Errors
    /// `Invalid` unless it has exactly one input, a folder or an address; else as
    /// [`enqueue`](Self::enqueue).
    pub async fn register(&self, request: &Request, every: Duration) -> Result<SourceId> {
        let request = self.for_any_process(request.clone())?;
        let address = match request.inputs.as_slice() {
            [Input::Path(path)] => path.display().to_string(),
            [Input::Remote(remote)] => remote.root().to_owned(),
            _ => return Err(Error::invalid("register one folder or one address at a time")),
        };
        let collection = self.store.ensure_collection(&request.collection).await?;
        let request = request.write()?;
        self.store.put_source(NewSource { collection, address, request, every }).await
    }

    /// Puts every registered source that is due into the queue, and returns their jobs.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn sync_due(&self) -> Result<Vec<JobId>> {
        let mut jobs = Vec::new();
        while let Some(due) = self.store.take_due_source().await? {
            let request = Request::read(&due.request)?;
            let request = Request { source: Some(due.id), again: true, ..request };
            let job = self.enqueue_for(due.collection, request).await?;
            self.store.note_source_job(due.id, job).await?;
            jobs.push(job);
        }
        Ok(jobs)
    }

    /// Watches a job that any process works on, until it has ended.
    ///
    /// # Errors
    /// `NotFound` when it is gone, `Invalid` when it could not be listed, `Unavailable` when the
    /// catalog cannot be used.
    pub async fn follow(
        &self,
        job: JobId,
        progress: &dyn Progress,
        cancel: &CancellationToken,
    ) -> Result<Report> {
        let started = Instant::now();
        let tell = |counts| progress.event(&Event::Counted { counts });
        let ended = self.ended(job, cancel, &tell).await?;
        self.report(job, ended, started.elapsed()).await
    }

    /// Waits until a job has ended, and cancels it when asked to; its counts are told meanwhile.
    pub(crate) async fn ended(
        &self,
        job: JobId,
        cancel: &CancellationToken,
        tell: &(dyn Fn(JobCounts) + Send + Sync),
    ) -> Result<AskedJob> {
        let mut changes = self.store.job_changes();
        let mut is_withdrawn = false;
        loop {
            let found = self.store.asked_job(job).await?;
            tell(found.counts);
            if found.state.has_ended() {
                return Ok(found);
            }
            tokio::select! {
                biased;
                () = cancel.cancelled(), if !is_withdrawn => {
                    is_withdrawn = true;
                    self.store.withdraw_job(job).await?;
                }
                _changed = changes.changed() => sleep(BETWEEN_LOOKS).await,
                () = sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Waits until no job is left that goes on by itself.
    pub(crate) async fn drained(&self) -> Result<()> {
        let mut changes = self.store.job_changes();
        while self.store.has_open_jobs().await? {
            tokio::select! {
                _changed = changes.changed() => sleep(BETWEEN_LOOKS).await,
                () = sleep(LOOK_EVERY) => {}
            }
        }
        Ok(())
    }

    /// Says what became of a job that has ended.
    pub(crate) async fn report(
        &self,
        job: JobId,
        ended: AskedJob,
        took: Duration,
    ) -> Result<Report> {
        if ended.state == JobState::Failed {
            let detail = ended.detail.unwrap_or_else(|| "the source cannot be listed".to_owned());
            return Err(Error::invalid(detail));
        }
        let failed = self.store.asked_failures(job).await?.into_iter().map(|failed| {
            let Failure { code, detail } = failed.failure;
            FailedItem { source: failed.uri, code, detail }
        });
        Ok(Report {
            job,
            cancelled: ended.state == JobState::Cancelled,
            counts: ended.counts,
            failed: failed.collect(),
            seconds: took.as_secs_f64(),
        })
    }

    /// Returns the store.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }
}

/// Returns how many bytes an original has.
async fn size_of(original: &Original) -> Result<u64> {
    match original {
        Original::Bytes(bytes) => Ok(bytes.len() as u64),
        Original::File(path) => tokio::fs::metadata(path)
            .await
            .map(|metadata| metadata.len())
            .map_err(|error| Error::unavailable("cannot read what was sent").because(error)),
    }
}
