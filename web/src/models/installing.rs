//! Models are installed in the background, one at a time, and everybody sees how far that is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::Semaphore;

use footnote_core::{Error, ErrorKind, Result};
use footnote_ingest::settings::Settings;
use footnote_model::{Models, Progress};

use crate::app;

/// Installs models for a server.
pub struct Installing {
    models: Arc<Models>,
    asked: Mutex<BTreeMap<String, Arc<Installation>>>,
    turn: Arc<Semaphore>,
}

/// How far the installation of a model is.
#[derive(Debug, Default)]
pub struct Installation {
    what: Mutex<Task>,
    done_bytes: AtomicU64,
    is_stopped: AtomicBool,
    failure: OnceLock<String>,
}

/// What is being done.
#[derive(Debug, Clone, Default)]
struct Task {
    name: String,
    total_bytes: Option<u64>,
}

impl Installing {
    /// Makes what installs into the folder of models that is configured.
    ///
    /// # Errors
    /// As [`app::models`].
    pub fn new(settings: &Settings) -> Result<Self> {
        let models = Arc::new(app::models(settings)?);
        Ok(Self { models, asked: Mutex::default(), turn: Arc::new(Semaphore::new(1)) })
    }

    /// Returns the folder of models.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// Returns how far an installation is that goes on, or why it failed.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Arc<Installation>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
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
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.get(name).is_some_and(|going| going.failure.get().is_none()) {
            return Ok(());
        }
        let installation = Arc::new(Installation::default());
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
        let going = self.of(name).filter(|going| going.failure.get().is_none());
        let going = going.ok_or_else(|| Error::not_found("this model is not being installed"))?;
        going.is_stopped.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Stops everything, as at the end of the program.
    pub fn stop_all(&self) {
        for going in self.asked.lock().unwrap_or_else(PoisonError::into_inner).values() {
            going.is_stopped.store(true, Ordering::Relaxed);
        }
    }

    async fn install(self: Arc<Self>, name: String, going: Arc<Installation>) {
        let Ok(_turn) = Arc::clone(&self.turn).acquire_owned().await else { return };
        let (models, progress, wanted) = (Arc::clone(&self.models), going.clone(), name.clone());
        let pulled = tokio::task::spawn_blocking(move || models.pull(&wanted, &*progress)).await;
        let pulled = pulled.map_err(|error| Error::internal("installing failed").because(error));
        match pulled.and_then(|pulled| pulled) {
            Err(error) if error.kind() != ErrorKind::Cancelled => {
                tracing::warn!(error = error.chain(), model = name, "a model was not installed");
                going.failure.set(error.chain()).ok();
            }
            Ok(_) | Err(_) => {
                self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
            }
        }
    }
}

impl Installation {
    /// Returns what is being done, and how many bytes of it; nothing while others are first.
    #[must_use]
    pub fn task(&self) -> (String, u64, Option<u64>) {
        let Task { name, total_bytes } =
            self.what.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (name, self.done_bytes.load(Ordering::Relaxed), total_bytes)
    }

    /// Returns why it failed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }
}

impl Progress for Installation {
    fn started(&self, what: &str, total_bytes: Option<u64>) {
        let task = Task { name: what.to_owned(), total_bytes };
        *self.what.lock().unwrap_or_else(PoisonError::into_inner) = task;
        self.done_bytes.store(0, Ordering::Relaxed);
    }

    fn advanced(&self, bytes: u64) {
        self.done_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn finished(&self, _what: &str) {}

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}
