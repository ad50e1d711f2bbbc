//! Who does the work: this process, or the one that holds the data directory.

use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::auth;
use footnote::wire::job::Job;
use footnote_core::Result;
use footnote_core::id::JobId;
use footnote_core::job::JobState;
use footnote_ingest::{Intake, Silent};
use footnote_store::{Store, holder};

use crate::context::{self, Context};
use crate::progress::{Style, follow};

/// Whoever works on the queue.
pub(crate) enum Hands {
    /// This process.
    Own(Box<App>),
    /// Another one, which has the index; this one works through the catalog.
    Others(Arc<Store>),
}

impl Hands {
    /// Opens the program to work itself, or the catalog alone when another process holds the data
    /// directory.
    pub(crate) async fn find(context: &Context, purpose: &str) -> Result<Self> {
        let settings = context.settings()?;
        let has_index = settings.config.store.catalog.is_empty();
        if has_index && holder(&settings.data_dir).is_some() {
            return Ok(Self::Others(Arc::new(context::shared(&settings, purpose).await?)));
        }
        let app = context::open(settings, Needs::Embedder, purpose).await?;
        Ok(Self::Own(Box::new(app)))
    }

    /// Returns the store.
    pub(crate) fn store(&self) -> &Arc<Store> {
        match self {
            Self::Own(app) => &app.store,
            Self::Others(store) => store,
        }
    }

    /// Returns what puts work into the queue.
    pub(crate) fn intake(&self) -> Intake {
        Intake::new(Arc::clone(self.store()))
    }

    /// Sees a job through to its end and shows how it advances. Whoever is interrupted cancels it
    /// where this process works, and only stops watching where another does.
    pub(crate) async fn finish(
        &self,
        job: JobId,
        style: Style,
        cancel: &CancellationToken,
    ) -> Result<Job> {
        let scope = auth::scope(&auth::command_line(), &[])?;
        let following = follow(self.store(), &scope, job, style, cancel);
        match self {
            Self::Others(_) => following.await,
            Self::Own(app) => {
                let working = app.ingestor.run_job(job, Arc::new(Silent), cancel.clone());
                let (job, report) = tokio::join!(following, working);
                match (job?, report) {
                    // What could not be listed says why itself.
                    (job, _) if job.state == JobState::Failed => Ok(job),
                    (job, report) => report.map(|_| job),
                }
            }
        }
    }

    /// Lets go of the data directory.
    pub(crate) async fn close(&self) -> Result<()> {
        self.store().close().await
    }
}
