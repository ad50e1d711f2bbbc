//! Files that clients send: they are kept, and a job that reads them is written down, before the
//! client hears that they are taken.

use std::sync::Arc;
use tempfile::NamedTempFile;

use footnote_core::id::JobId;
use footnote_ingest::Request;
use footnote_store::Original;

use crate::app::App;
use crate::auth;
use crate::error::ApiError;

/// What stands in for the source root of an uploaded file.
pub const UPLOAD_ROOT: &str = "upload";

/// Uploads come before imports of many files.
pub(crate) const PRIORITY: i64 = 10;

/// How many items may wait; beyond, clients are asked to come back.
const WAITING_AT_MOST: u64 = 1_000_000;

/// Takes files; cheap to clone.
#[derive(Clone)]
pub struct Uploads {
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

impl Uploads {
    /// Makes what takes files for a program.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Keeps a file, puts it into the queue and returns its job. Both survive a crash from then on.
    ///
    /// # Errors
    /// `queue-full` when too much waits, `unavailable` when the disk is full or the catalog cannot
    /// be written.
    pub async fn push(&self, upload: Upload) -> Result<JobId, ApiError> {
        let store = &self.app.store;
        let depth = store.queue_depth(&auth::scope(&auth::command_line(), &[])?).await?;
        if WAITING_AT_MOST <= depth.n_waiting {
            let detail = "too many files wait to be read; send it again later";
            return Err(ApiError::queue_full(detail));
        }
        store.check_room()?;
        let intake = self.app.ingestor.intake();
        let original = Original::File(upload.file.path().to_owned());
        let input = intake.keep(UPLOAD_ROOT, &upload.name, original).await?;
        let request = Request {
            collection: upload.collection,
            inputs: vec![input],
            priority: PRIORITY,
            ..Request::default()
        };
        Ok(intake.enqueue(&request).await?)
    }
}
