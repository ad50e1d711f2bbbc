//! Files that clients send: they wait in a bounded queue and are ingested one after the other.

use std::path::Path;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::CancellationToken;

use footnote_core::id::JobId;
use footnote_core::job::JobState;
use footnote_core::{Error, Result};
use footnote_ingest::{Input, Request, Silent};

use crate::app::App;
use crate::error::ApiError;

/// What stands in for the source root of an uploaded file.
pub const UPLOAD_ROOT: &str = "upload";

/// How many uploads may wait; each is a temporary file, so the disk is what they take.
const UPLOADS_AHEAD: usize = 256;

/// The queue of files that wait to be ingested; cheap to clone.
#[derive(Clone)]
pub struct Uploads {
    queue: mpsc::Sender<Waiting>,
    app: Arc<App>,
}

/// A file that a client sent.
#[derive(Debug)]
pub struct Upload {
    /// The collection it goes to, by name.
    pub collection: String,
    /// Its name, which becomes the document's uri.
    pub name: String,
    /// Its bytes.
    pub file: NamedTempFile,
}

/// An upload with its job.
struct Waiting {
    job: JobId,
    upload: Upload,
}

impl Uploads {
    /// Starts the task that ingests; it ends when the token is cancelled.
    #[must_use]
    pub fn start(app: Arc<App>, stop: CancellationToken) -> Self {
        let (queue, waiting) = mpsc::channel(UPLOADS_AHEAD);
        tokio::spawn(ingest_all(Arc::clone(&app), waiting, stop));
        Self { queue, app }
    }

    /// Puts a file into the queue and returns its job.
    ///
    /// # Errors
    /// `queue-full` when too many wait, `unavailable` when the catalog cannot be written.
    pub async fn push(&self, upload: Upload) -> Result<JobId, ApiError> {
        let full = || ApiError::queue_full("too many files wait to be read; send it again later");
        let place = match self.queue.try_reserve() {
            Ok(place) => place,
            Err(TrySendError::Full(()) | TrySendError::Closed(())) => return Err(full()),
        };
        // The job names the file; its bytes are read when it is its turn.
        let job = self.app.ingestor.enqueue(&request(&upload, Arc::from([]))).await?;
        place.send(Waiting { job, upload });
        Ok(job)
    }
}

/// Ingests what waits, one file after the other.
async fn ingest_all(app: Arc<App>, mut waiting: mpsc::Receiver<Waiting>, stop: CancellationToken) {
    loop {
        let next = tokio::select! {
            next = waiting.recv() => next,
            () = stop.cancelled() => None,
        };
        let Some(Waiting { job, upload }) = next else { return };
        if let Err(error) = ingest(&app, job, upload, &stop).await {
            let chain = error.chain();
            tracing::error!(job.id = %job, error = %chain, "cannot ingest an upload");
            let ended = app.store.finish_job(job, JobState::Failed, Some(error.message())).await;
            if let Err(error) = ended {
                tracing::error!(job.id = %job, error = %error.chain(), "cannot end the job");
            }
        }
    }
}

/// Ingests one file.
async fn ingest(app: &App, job: JobId, upload: Upload, stop: &CancellationToken) -> Result<()> {
    let bytes = read(upload.file.path()).await?;
    let request = request(&upload, bytes.into());
    app.ingestor.run_job(job, request, Arc::new(Silent), stop.clone()).await?;
    Ok(())
}

async fn read(path: &Path) -> Result<Vec<u8>> {
    tokio::fs::read(path)
        .await
        .map_err(|error| Error::unavailable("cannot read the uploaded file").because(error))
}

fn request(upload: &Upload, bytes: Arc<[u8]>) -> Request {
    let input = Input::Bytes { root: UPLOAD_ROOT.to_owned(), name: upload.name.clone(), bytes };
    Request {
        collection: upload.collection.clone(),
        inputs: vec![input],
        include: Vec::new(),
        exclude: Vec::new(),
    }
}
