//! What every handler can reach.

use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use footnote_core::access::Scope;
use footnote_core::id::CollectionId;

use crate::answers::Answers;
use crate::app::App;
use crate::auth;
use crate::error::ApiError;
use crate::uploads::Uploads;
use crate::vacuum::keep_clean;

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The wired program.
    pub app: Arc<App>,
    /// Answers in the making and those made lately.
    pub answers: Arc<Answers>,
    /// Files that wait to be ingested.
    pub uploads: Uploads,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
}

impl AppState {
    /// Starts what works in the background and returns the state.
    #[must_use]
    pub fn start(app: Arc<App>, stop: CancellationToken) -> Self {
        let answers = Arc::new(Answers::new(&app, stop.clone()));
        let uploads = Uploads::new(Arc::clone(&app));
        let (worker, stopped) = (Arc::clone(&app), stop.clone());
        tokio::spawn(async move {
            tokio::join!(worker.ingestor.serve(stopped.clone()), worker.tend(&stopped));
        });
        let cleaning = keep_clean(Arc::clone(&app.store), Arc::clone(&answers), stop.clone());
        tokio::spawn(cleaning);
        Self { app, answers, uploads, stop }
    }

    /// Returns what the requester may read of the collections that a request names.
    ///
    /// # Errors
    /// `not-found` for a collection that does not exist or is hidden.
    pub async fn scope(&self, collections: &[String]) -> Result<Scope, ApiError> {
        let ids = self.app.collections(collections).await?;
        Ok(auth::scope(&auth::requester(), &ids)?)
    }

    /// Returns a collection that a request names, and what the requester may read of it.
    ///
    /// # Errors
    /// `not-found` for a collection that does not exist or is hidden.
    pub async fn collection(&self, name: &str) -> Result<(CollectionId, Scope), ApiError> {
        let id = self.app.collection(name).await?;
        Ok((id, auth::scope(&auth::requester(), &[id])?))
    }
}
