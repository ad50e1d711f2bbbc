//! What every handler can reach.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use footnote_core::access::Scope;
use footnote_core::id::CollectionId;

use crate::answers::Answers;
use crate::app::{self, App};
use crate::auth::{Access, Requester};
use crate::downloads::Downloads;
use crate::error::ApiError;
use crate::evals::Evals;
use crate::guard::Proxies;
use crate::metrics;
use crate::models::Installing;
use crate::tuning::Tuning;
use crate::uploads::Uploads;
use crate::vacuum::{end_interrupted, keep_clean};

/// How long work in the background may go on after the server was asked to stop: enough to give
/// back what is not done. What takes longer is cut off as by a crash, which loses nothing.
const GRACE: Duration = Duration::from_secs(5);

/// The state of the server; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The wired program.
    pub app: Arc<App>,
    /// How people come in.
    pub access: Arc<Access>,
    /// The proxies that are believed.
    pub(crate) proxies: Proxies,
    /// Answers in the making and those made lately.
    pub answers: Arc<Answers>,
    /// What evaluates.
    pub evals: Arc<Evals>,
    /// What is set while the server runs.
    pub tuning: Tuning,
    /// What installs further models.
    pub(crate) installing: Arc<Installing>,
    /// Who downloaded what lately.
    pub(crate) downloads: Arc<Downloads>,
    /// Files that wait to be ingested.
    pub uploads: Uploads,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
}

/// What works in the background while the server serves: ingestion, tending, cleaning.
#[derive(Debug)]
pub struct Background {
    tasks: JoinSet<()>,
}

impl Background {
    /// Waits until everything has ended that was asked to stop, but not for longer than a few
    /// seconds. Then the store may be closed.
    pub async fn ended(mut self) {
        let ended = timeout(GRACE, async { while self.tasks.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!(task.count = self.tasks.len(), "cut off work that did not end");
            self.tasks.shutdown().await;
        }
    }
}

impl AppState {
    /// Starts what works in the background, and returns it with the state of a server that listens
    /// at an address.
    ///
    /// # Errors
    /// `Invalid` when the configuration of the server cannot be used, `Unavailable` when the data
    /// directory cannot be written.
    pub fn start(
        app: Arc<App>,
        address: SocketAddr,
        stop: CancellationToken,
    ) -> footnote_core::Result<(Self, Background)> {
        let config = &app.settings.config;
        let proxies = Proxies::read(&config.server.trusted_proxies)?;
        let access = Access::new(Arc::clone(&app.store), config, &app.settings.data_dir, address)?;
        let answers = Arc::new(Answers::new(&app, stop.clone()));
        let uploads = Uploads::new(Arc::clone(&app));
        let evals = Evals::new(Arc::clone(&app), Arc::clone(&answers), stop.clone());
        let evals = Arc::new(evals);
        let tuning = Tuning::new(Arc::clone(&app))?;
        let installing = Arc::new(Installing::new(&app.settings, stop.clone())?);
        let mut tasks = JoinSet::new();
        tasks.spawn(tuning.clone().follow(stop.clone()));
        let (worker, stopped) = (Arc::clone(&app), stop.clone());
        tasks.spawn(async move { worker.ingestor.serve(stopped).await });
        let (tended, stopped) = (Arc::clone(&app), stop.clone());
        tasks.spawn(async move { tended.tend(&stopped).await });
        tasks.spawn(metrics::keep(stop.clone()));
        let is_alone = config.store.catalog.is_empty();
        tasks.spawn(end_interrupted(Arc::clone(&app.store), is_alone));
        let kept = config.answer.keeps();
        tasks.spawn(keep_clean(Arc::clone(&app.store), Arc::clone(&answers), kept, stop.clone()));
        let state = Self {
            app,
            access: Arc::new(access),
            proxies,
            answers,
            evals,
            tuning,
            installing,
            downloads: Arc::default(),
            uploads,
            stop,
        };
        Ok((state, Background { tasks }))
    }

    /// Returns what a requester may read of the collections that a request names.
    ///
    /// # Errors
    /// `not-found` for a collection that does not exist or is hidden.
    pub(crate) async fn scope(
        &self,
        requester: &Requester,
        collections: &[String],
    ) -> Result<Scope, ApiError> {
        let ids = self.app.collections(requester.principal(), collections).await?;
        Ok(requester.scope(&ids)?)
    }

    /// Returns a collection that a request names, and what a requester may read of it.
    ///
    /// # Errors
    /// `not-found` for a collection that does not exist or is hidden.
    pub(crate) async fn collection(
        &self,
        requester: &Requester,
        name: &str,
    ) -> Result<(CollectionId, Scope), ApiError> {
        let id = app::collection(&self.app.store, requester.principal(), name).await?;
        Ok((id, requester.scope(&[id])?))
    }
}
