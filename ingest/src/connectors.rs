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
    by_root: Mutex<HashMap<(JobId, String), Arc<dyn Connector>>>,
}

impl Connectors {
    /// Returns what fetches the documents of a root of a job.
    ///
    /// # Errors
    /// `Invalid` when the configuration does not allow it any more, or the request names no such
    /// root.
    pub(crate) fn of(
        &self,
        connections: Option<&Connections>,
        job: &JobBrief,
        root: &str,
    ) -> Result<Arc<dyn Connector>> {
        let mut by_root = self.by_root.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (job.id, root.to_owned());
        if let Some(connector) = by_root.get(&key) {
            return Ok(Arc::clone(connector));
        }
        if KEPT <= by_root.len() {
            by_root.clear();
        }
        let connector: Arc<dyn Connector> = Arc::from(connect(connections, job, root)?);
        by_root.insert(key, Arc::clone(&connector));
        Ok(connector)
    }
}

fn connect(
    connections: Option<&Connections>,
    job: &JobBrief,
    root: &str,
) -> Result<Box<dyn Connector>> {
    let connections = connections.ok_or_else(no_connections)?;
    for input in Request::read(&job.request)?.inputs {
        if let Input::Remote(remote) = input
            && remote.root() == root
        {
            return remote.connect(connections);
        }
    }
    Err(Error::invalid(format!("the job does not ask for {root}")))
}

/// Says that this program stays on its machine.
pub(crate) fn no_connections() -> Error {
    Error::invalid("this program fetches nothing from other machines")
}
