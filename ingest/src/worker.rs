//! Many documents, overlapped: while one is embedded, the next are read and the last is stored.
//!
//! ```text
//! list → read, compare, parse, cut (children) → embed (groups of documents) → store → report
//! ```
//! The stages are joined by bounded channels and run as one task; the heavy work happens in child
//! processes, in the model's threads and in the store's.

mod record;
mod stages;

use footnote_core::config::IngestConfig;
use footnote_core::id::{CollectionId, JobId};
use footnote_core::job::JobState;
use footnote_core::model::Embedder;
use footnote_core::{Error, ErrorKind, Result};
use footnote_store::Store;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::pipeline::Reader;
use crate::plan::{Change, Known, Plan};
use crate::progress::Progress;
use crate::report::Report;
use crate::sandbox::{ParserCommand, ParserPool};
use crate::source::{Input, Listing, Request, Unlisted, list};
use record::Record;

/// How many MiB of original bytes may be in flight; one larger file is let through alone.
const MEMORY_MIB: u32 = 512;

/// What an [`Ingestor`] is made of.
pub struct IngestorParts {
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// What embeds.
    pub embedder: Arc<dyn Embedder>,
    /// The limits.
    pub config: IngestConfig,
    /// How parsers are started.
    pub parser: ParserCommand,
}

/// Ingests requests.
pub struct Ingestor {
    store: Arc<Store>,
    embedder: Arc<dyn Embedder>,
    config: IngestConfig,
    parsers: ParserPool,
}

/// What one run works on.
struct Run<'a> {
    collection: CollectionId,
    job: JobId,
    known: Known,
    progress: &'a dyn Progress,
    cancel: &'a CancellationToken,
    record: Record<'a>,
    memory: Arc<Semaphore>,
}

impl Ingestor {
    /// Makes an ingestor.
    #[must_use]
    pub fn new(parts: IngestorParts) -> Self {
        let parsers = ParserPool::new(parts.parser, &parts.config);
        Self { store: parts.store, embedder: parts.embedder, config: parts.config, parsers }
    }

    /// Ingests what a request names: new and changed documents are read, embedded and become
    /// visible one by one; documents whose files are gone are removed; failures end one item each.
    ///
    /// # Errors
    /// `NotFound` and `Invalid` when the request names nothing, `Unavailable` when the catalog
    /// cannot be written. A failed item is not an error: it stands in the report.
    pub async fn run(
        &self,
        request: Request,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<Report> {
        let listing = listed(request.clone()).await?;
        let job = self.enqueue(&request).await?;
        self.run_listed(job, listing, progress, cancel).await
    }

    /// Writes down a request as a job that waits for [`run_job`](Self::run_job).
    ///
    /// # Errors
    /// `Invalid` for a name that no collection can have, `Unavailable` when the catalog cannot be
    /// written.
    pub async fn enqueue(&self, request: &Request) -> Result<JobId> {
        let collection = self.store.ensure_collection(&request.collection).await?;
        self.store.create_job(collection, &describe(request)).await
    }

    /// Works on a job that waits, made by [`enqueue`](Self::enqueue) of the same request.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_job(
        &self,
        job: JobId,
        request: Request,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<Report> {
        let listing = listed(request).await?;
        self.run_listed(job, listing, progress, cancel).await
    }

    /// Works on a job whose items are listed.
    async fn run_listed(
        &self,
        job: JobId,
        listing: Listing,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<Report> {
        let started = Instant::now();
        let collection = self.store.start_job(job).await?;
        let known = self.known(collection, &listing).await?;
        let record = Record::new(&self.store, job, progress.as_ref());
        let memory = Arc::new(Semaphore::new(MEMORY_MIB as usize));
        let progress = progress.as_ref();
        let run = Run { collection, job, known, progress, cancel: &cancel, record, memory };
        let worked = self.work(&run, listing).await;
        self.finish(&run, &worked).await?;
        worked?;
        Ok(run.record.report(job, cancel.is_cancelled(), started.elapsed()))
    }

    /// Tells what a run would do, without writing anything.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn plan(&self, request: &Request) -> Result<Plan> {
        let listing = listed(request.clone()).await?;
        let known = match self.store.collection_named(&request.collection).await {
            Ok(collection) => self.known(collection, &listing).await?,
            Err(error) if error.kind() == ErrorKind::NotFound => Known::default(),
            Err(error) => return Err(error),
        };
        let mut plan = Plan { failed: listing.unlisted, ..Plan::default() };
        for item in &listing.items {
            let uri = item.source.uri.clone();
            match self.reader().load(item, &known).await.map(|loaded| loaded.change) {
                Ok(Change::New) => plan.new.push(uri),
                Ok(Change::Changed) => plan.changed.push(uri),
                Ok(Change::Unchanged(_)) => plan.unchanged.push(uri),
                Err(failure) => plan.failed.push(Unlisted { uri, failure }),
            }
        }
        for root in &listing.roots {
            plan.gone.extend(known.gone(root).iter().map(|document| document.uri.clone()));
        }
        Ok(plan)
    }

    /// Makes what was written fast to search, and ends the job, which makes it durable.
    async fn finish(&self, run: &Run<'_>, worked: &Result<()>) -> Result<()> {
        let (state, detail) = match worked {
            Err(error) => (JobState::Failed, Some(error.chain())),
            Ok(()) if run.cancel.is_cancelled() => (JobState::Cancelled, None),
            Ok(()) => (JobState::Completed, None),
        };
        if let Err(error) = self.store.optimize().await {
            // Nothing is lost: searching is slower until it succeeds.
            tracing::warn!(error = %error.chain(), "cannot rearrange the index");
        }
        self.store.finish_job(run.job, state, detail.as_deref()).await
    }

    /// Asks the catalog what it knows of the roots of a listing.
    async fn known(&self, collection: CollectionId, listing: &Listing) -> Result<Known> {
        let mut roots: Vec<String> =
            listing.items.iter().map(|item| item.source.root.clone()).collect();
        roots.extend(listing.roots.iter().map(|root| root.to_string_lossy().into_owned()));
        roots.sort();
        roots.dedup();
        let mut known = Known::default();
        for root in roots {
            known.add(&root, self.store.known_documents(collection, &root).await?);
        }
        Ok(known)
    }

    /// Returns what reads documents.
    fn reader(&self) -> Reader<'_> {
        Reader { parsers: &self.parsers, embedder: &self.embedder, config: &self.config }
    }

    /// Returns how many documents are read at once.
    fn n_parsers(&self) -> usize {
        match self.config.parsers {
            0 => available_parallelism().map_or(1, std::num::NonZero::get),
            n_parsers => n_parsers,
        }
    }
}

/// Lists what a request names, on a thread that may block.
async fn listed(request: Request) -> Result<Listing> {
    let listing = tokio::task::spawn_blocking(move || list(&request)).await;
    listing.map_err(|error| Error::internal("listing the source failed").because(error))?
}

/// Names the inputs of a request for the list of jobs.
fn describe(request: &Request) -> String {
    let name = |input: &Input| match input {
        Input::Path(path) => path.display().to_string(),
        Input::Bytes { root, name, .. } => format!("{root}:{name}"),
    };
    request.inputs.iter().map(name).collect::<Vec<_>>().join(" ")
}
