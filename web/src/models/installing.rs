//! Models are installed in the background, one at a time, and everybody sees how far that is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use footnote_core::{Error, ErrorKind, Result};
use footnote_ingest::settings::Settings;
use footnote_model::{Models, Progress};

use crate::app;

/// Installs models for a server.
pub struct Installing {
    models: Arc<Models>,
    asked: Mutex<BTreeMap<String, Arc<Installation>>>,
    turn: Semaphore,
    stop: CancellationToken,
}

/// How far the installation of a model is.
#[derive(Debug)]
pub struct Installation {
    task: Mutex<Task>,
    stop: CancellationToken,
    failure: OnceLock<String>,
}

/// What is being done; nothing while others are first.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// The file that comes, or what is done with it.
    pub what: String,
    /// How many bytes of it are done.
    pub done_bytes: u64,
    /// How many it has, where that is known.
    pub total_bytes: Option<u64>,
}

impl Installing {
    /// Makes what installs into the folder of models that is configured; installations end when the
    /// token is cancelled.
    ///
    /// # Errors
    /// As [`app::models`].
    pub fn new(settings: &Settings, stop: CancellationToken) -> Result<Self> {
        let models = Arc::new(app::models(settings)?);
        Ok(Self { models, asked: Mutex::default(), turn: Semaphore::new(1), stop })
    }

    /// Returns the folder of models.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// Returns how far an installation is that goes on, or why it failed.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Arc<Installation>> {
        self.asked().get(name).cloned()
    }

    /// Begins to install a model, unless that goes on already or it is there.
    ///
    /// # Errors
    /// `NotFound` for a name that nobody knows.
    pub fn start(self: &Arc<Self>, name: &str) -> Result<()> {
        match self.models.get(name) {
            Ok(_installed) => return Ok(()),
            Err(_missing) if self.models.list().iter().any(|known| known.card.name == name) => {}
            Err(unknown) => return Err(unknown),
        }
        let mut asked = self.asked();
        if asked.get(name).is_some_and(|known| known.goes_on()) {
            return Ok(());
        }
        let installation = Arc::new(Installation {
            task: Mutex::default(),
            stop: self.stop.child_token(),
            failure: OnceLock::new(),
        });
        asked.insert(name.to_owned(), Arc::clone(&installation));
        drop(asked);
        tokio::spawn(Arc::clone(self).install(name.to_owned(), installation));
        Ok(())
    }

    /// Stops an installation; what has come so far is taken up when it is begun again.
    ///
    /// # Errors
    /// `NotFound` when it does not go on.
    pub fn stop(&self, name: &str) -> Result<()> {
        let going = self.of(name).filter(|known| known.goes_on());
        let going = going.ok_or_else(|| Error::not_found("this model is not being installed"))?;
        going.stop.cancel();
        Ok(())
    }

    fn asked(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Installation>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn install(self: Arc<Self>, name: String, going: Arc<Installation>) {
        let Ok(_turn) = self.turn.acquire().await else { return };
        let (models, progress, wanted) = (Arc::clone(&self.models), going.clone(), name.clone());
        let pulled = tokio::task::spawn_blocking(move || models.pull(&wanted, &*progress)).await;
        let pulled = pulled.map_err(|error| Error::internal("installing failed").because(error));
        match pulled.and_then(|pulled| pulled) {
            Err(error) if error.kind() != ErrorKind::Cancelled => {
                tracing::warn!(error = error.chain(), model = name, "a model was not installed");
                going.failure.set(error.chain()).ok();
            }
            Ok(_) | Err(_) => {
                self.asked().remove(&name);
            }
        }
    }
}

impl Installation {
    /// Returns what is being done.
    #[must_use]
    pub fn task(&self) -> Task {
        self.doing().clone()
    }

    /// Returns why it failed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    fn goes_on(&self) -> bool {
        self.failure.get().is_none()
    }

    fn doing(&self) -> MutexGuard<'_, Task> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Installation {
    fn started(&self, what: &str, total_bytes: Option<u64>) {
        *self.doing() = Task { what: what.to_owned(), done_bytes: 0, total_bytes };
    }

    fn advanced(&self, bytes: u64) {
        self.doing().done_bytes += bytes;
    }

    fn finished(&self, _what: &str) {}

    fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }
}
