//! What ingests: requests from beginning to end, whatever is in the queue, or a dry run.

use footnote_core::config::IngestConfig;
use footnote_core::id::{CollectionId, JobId};
use footnote_core::job::Place;
use footnote_core::model::{Embedder, Switch};
use footnote_core::{Error, Result};
use footnote_store::Store;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use crate::audience::Audience;
use crate::connector::Connections;
use crate::connectors::Connectors;
use crate::intake::Intake;
use crate::loading;
use crate::plan::{Known, Plan, is_same, is_untouched};
use crate::progress::Progress;
use crate::reading::Readings;
use crate::reembed::Reembed;
use crate::report::Report;
use crate::request::Request;
use crate::sandbox::{ParserCommand, ParserPool};
use crate::scan::{self, Found, Page, Reach, Unlisted};
use crate::worker::Run;

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

/// Works on the queue.
pub struct Ingestor {
    pub(crate) store: Arc<Store>,
    pub(crate) embedder: Arc<Switch<dyn Embedder>>,
    pub(crate) config: IngestConfig,
    pub(crate) readings: Readings,
    pub(crate) connections: Option<Connections>,
    pub(crate) connectors: Connectors,
    pub(crate) reembed: Option<Arc<dyn Reembed>>,
    intake: Intake,
}

impl Ingestor {
    /// Makes an ingestor that fetches nothing from other machines and embeds nothing again.
    #[must_use]
    pub fn new(parts: IngestorParts) -> Self {
        let IngestorParts { store, embedder, config, parser } = parts;
        let parsers = ParserPool::new(parser, &config);
        let readings = Readings::new(Arc::clone(&store), parsers, &config);
        store.sketch_with(footnote_document::sketch);
        let embedder = Arc::new(Switch::new(embedder));
        Self {
            intake: Intake::new(Arc::clone(&store)),
            connections: None,
            connectors: Connectors::default(),
            reembed: None,
            store,
            embedder,
            config,
            readings,
        }
    }

    /// Lets it embed with whichever model is in use when it is a document's turn.
    #[must_use]
    pub fn with_switch(mut self, embedder: Arc<Switch<dyn Embedder>>) -> Self {
        self.embedder = embedder;
        self
    }

    /// Lets it fetch documents from other machines.
    #[must_use]
    pub fn with_connections(mut self, connections: Connections) -> Self {
        self.connections = Some(connections);
        self
    }

    /// Lets it work on jobs that embed documents again.
    #[must_use]
    pub fn with_reembed(mut self, reembed: Arc<dyn Reembed>) -> Self {
        self.reembed = Some(reembed);
        self
    }

    /// Returns what puts work into the queue.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Ingests what a request names: new and changed documents are read, embedded and become
    /// visible one by one; documents whose files are gone are removed; failures end one item each.
    ///
    /// # Errors
    /// Why the request cannot be listed, `Unavailable` when the catalog cannot be written. A failed
    /// item is not an error: it stands in the report.
    pub async fn run(
        &self,
        request: Request,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<Report> {
        let job = self.intake.enqueue(&request).await?;
        self.run_job(job, progress, cancel).await
    }

    /// Works on the queue until a job has ended; other jobs take their turns beside it.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_job(
        &self,
        job: JobId,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<Report> {
        let started = Instant::now();
        if cancel.is_cancelled() {
            self.store.withdraw_job(job).await?;
        }
        let stop = CancellationToken::new();
        let audience = Audience::of(job, progress);
        let run = Run::new(self, audience.clone(), stop.clone());
        let watching = async {
            let ended = self.intake.ended(job, &cancel, &|_counts| ()).await;
            stop.cancel();
            ended
        };
        let ((), ended) = tokio::join!(Box::pin(run.work()), watching);
        let report = self.intake.report(job, ended?, started.elapsed()).await;
        // What the queue remembers of a job that cannot be listed is why, not of what kind it is.
        report.map_err(|error| match audience.refusal() {
            Some(kind) => Error::new(kind, error.message()),
            None => error,
        })
    }

    /// Works on the queue until asked to stop, then gives back what is not done; that costs it
    /// nothing.
    pub async fn work(&self, stop: CancellationToken) {
        let run = Run::new(self, Audience::default(), stop);
        Box::pin(run.work()).await;
    }

    /// Works on the queue and looks at registered sources until asked to stop.
    pub async fn serve(&self, stop: CancellationToken) {
        let rescan = Duration::from_secs(self.config.rescan_seconds.max(1));
        tokio::join!(self.work(stop.clone()), self.intake.keep_in_step(rescan, stop));
    }

    /// Works on the queue until nothing is left that goes on by itself, or until asked to stop.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn drain(&self, stop: CancellationToken) -> Result<()> {
        let stop = stop.child_token();
        let run = Run::new(self, Audience::default(), stop.clone());
        let watching = async {
            let drained = stop.run_until_cancelled(self.intake.drained()).await;
            stop.cancel();
            drained.unwrap_or(Ok(()))
        };
        let ((), drained) = tokio::join!(Box::pin(run.work()), watching);
        drained
    }

    /// Tells what a run would do, without writing anything.
    ///
    /// # Errors
    /// `NotFound` and `Invalid` when the request names nothing, `Unavailable` when the catalog
    /// cannot be read.
    pub async fn plan(&self, request: &Request) -> Result<Plan> {
        let collection = CollectionId::named(&request.collection);
        let cancel = CancellationToken::new();
        let _ends_the_scan = cancel.clone().drop_guard();
        let reach = Reach { connections: self.connections.clone(), cursor: None };
        let mut pages = scan::start(request.clone(), reach, cancel);
        let mut planning =
            Planning { ingestor: self, collection, verify: request.verify, known: HashMap::new() };
        let mut plan = Plan::default();
        while let Some(page) = pages.recv().await {
            planning.take(page?, &mut plan).await?;
        }
        Ok(plan)
    }

    /// Returns how many documents are read at once.
    pub(crate) fn n_parsers(&self) -> usize {
        match self.config.parsers {
            0 => available_parallelism().map_or(1, std::num::NonZero::get),
            n_parsers => n_parsers,
        }
    }
}

/// A dry run in the making.
struct Planning<'a> {
    ingestor: &'a Ingestor,
    collection: CollectionId,
    verify: bool,
    known: HashMap<String, Known>,
}

/// What is to be done with a document that is there.
enum Change {
    New,
    Changed,
    Unchanged,
}

impl Planning<'_> {
    async fn take(&mut self, page: Page, plan: &mut Plan) -> Result<()> {
        match page {
            Page::Found(found) => {
                for found in found {
                    self.sort_in(found, plan).await?;
                }
            }
            Page::Unlisted(unlisted) => plan.failed.push(unlisted),
            Page::Through(through) => {
                let known = self.known(&through.root).await?;
                if !known.is_empty_now() {
                    let gone = known.gone(&through.root, &through.missing);
                    plan.gone.extend(gone.into_iter().map(|known| known.uri.clone()));
                }
            }
        }
        Ok(())
    }

    async fn sort_in(&mut self, found: Found, plan: &mut Plan) -> Result<()> {
        let (verify, max_bytes) = (self.verify, self.ingestor.config.max_file_bytes);
        let reader = self.ingestor.readings.reader().await;
        let known = self.known(&found.source.root).await?.note(&found.source.uri).cloned();
        let change = match (known, &found.place) {
            (Some(known), _) if !verify && is_untouched(&found, &known, reader) => {
                Ok(Change::Unchanged)
            }
            (known, Place::File { path }) => {
                let loaded = loading::file(path.clone(), max_bytes).await;
                loaded.map(|loaded| match known {
                    None => Change::New,
                    Some(known) if is_same(&known, &loaded.content, reader) => Change::Unchanged,
                    Some(_) => Change::Changed,
                })
            }
            (Some(known), Place::Blob { content } | Place::Inside { content, .. })
                if is_same(&known, content, reader) =>
            {
                Ok(Change::Unchanged)
            }
            (Some(_), _) => Ok(Change::Changed),
            (None, _) => Ok(Change::New),
        };
        let (root, uri) = (found.source.root, found.source.uri);
        match change {
            Ok(Change::New) => plan.new.push(uri),
            Ok(Change::Changed) => plan.changed.push(uri),
            Ok(Change::Unchanged) => plan.unchanged.push(uri),
            Err(failure) => plan.failed.push(Unlisted { root, uri, failure }),
        }
        Ok(())
    }

    async fn known(&mut self, root: &str) -> Result<&mut Known> {
        if !self.known.contains_key(root) {
            let documents = self.ingestor.store.known_sources(self.collection, root).await?;
            self.known.insert(root.to_owned(), Known::new(documents));
        }
        Ok(self.known.entry(root.to_owned()).or_default())
    }
}
