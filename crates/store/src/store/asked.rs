//! Jobs, for the process that asked for them: it knows no reader, and reads nothing of documents.

use footnote_core::id::JobId;
use footnote_core::{ErrorKind, Result};

use super::Store;
use crate::catalog::asked::{AskedFailure, AskedJob};

impl Store {
    /// Returns what became so far of a job that this process asked for.
    ///
    /// # Errors
    /// `NotFound` when it is gone, `Unavailable` when the catalog cannot be read.
    pub async fn asked_job(&self, id: JobId) -> Result<AskedJob> {
        self.catalog.asked_job(id).await
    }

    /// Returns the items that failed of a job that this process asked for, by root and uri.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn asked_failures(&self, id: JobId) -> Result<Vec<AskedFailure>> {
        self.catalog.asked_failures(id).await
    }

    /// Cancels a job that this process asked for; one that has ended stays as it is.
    ///
    /// # Errors
    /// `NotFound` when it is gone, `Unavailable` when the catalog cannot be written.
    pub async fn withdraw_job(&self, id: JobId) -> Result<()> {
        match self.catalog.cancel_job(id).await {
            Ok(commands) => {
                self.bell.ring(&commands);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Tells whether a job is left that goes on by itself: one that waits or is worked on, and is
    /// not paused.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn has_open_jobs(&self) -> Result<bool> {
        self.catalog.has_open_jobs().await
    }
}
