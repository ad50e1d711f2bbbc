//! The connectors in use: made once for a job, used for all of its documents.

use footnote_core::id::JobId;
use footnote_core::job::JobBrief;
use footnote_core::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::connector::{Connections, Connector};
use crate::request::{Input, Request};

/// How many connectors are kept; more than there are jobs at once.
const KEPT: usize = 32;

/// The connectors in use.
#[derive(Default)]
pub(crate) struct Connectors {
    by_root: Mutex<HashMap<(JobId, String), Origin>>,
}

/// Where the documents of a root of a job come from.
#[derive(Clone)]
pub(crate) struct Origin {
    /// What fetches them.
    pub(crate) connector: Arc<dyn Connector>,
    /// Whether they are fetched even when their source says that they are the same.
    pub(crate) verify: bool,
}

impl Connectors {
    /// Returns where the documents of a root of a job come from.
    ///
    /// # Errors
    /// `Invalid` when the configuration does not allow it any more, or the request names no such
    /// root.
    pub(crate) fn of(
        &self,
        connections: Option<&Connections>,
        job: &JobBrief,
        root: &str,
    ) -> Result<Origin> {
        let mut by_root = self.by_root.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (job.id, root.to_owned());
        if let Some(origin) = by_root.get(&key) {
            return Ok(origin.clone());
        }
        if KEPT <= by_root.len() {
            by_root.clear();
        }
        let origin = connect(connections, job, root)?;
        by_root.insert(key, origin.clone());
        Ok(origin)
    }
}

fn connect(connections: Option<&Connections>, job: &JobBrief, root: &str) -> Result<Origin> {
    let connections = connections.ok_or_else(no_connections)?;
    let Request { inputs, verify, .. } = Request::read(&job.request)?;
    for input in inputs {
        if let Input::Remote(remote) = input
            && remote.root() == root
        {
            let connector = Arc::from(remote.connect(connections)?);
            return Ok(Origin { connector, verify });
        }
    }
    Err(Error::invalid(format!("the job does not ask for {root}")))
}

/// Says that this program stays on its machine.
pub(crate) fn no_connections() -> Error {
    Error::invalid("this program fetches nothing from other machines")
}
