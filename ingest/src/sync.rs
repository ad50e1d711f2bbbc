//! Sources are kept in step: those that are registered when they are due, and folders of this
//! machine as soon as they change.

use footnote_core::Result;
use footnote_core::id::{JobId, SourceId};
use footnote_store::SourceSummary;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::intake::Intake;
use crate::machine;
use crate::request::{Input, Request};
use crate::watch::{Changes, FolderWatch};

/// How often registered sources are looked up.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Intake {
    /// Puts registered sources into the queue when they are due, and what changes in registered
    /// folders of this machine as soon as it does, until asked to stop.
    pub async fn keep_in_step(&self, rescan: Duration, stop: CancellationToken) {
        let mut watched = Watched {
            intake: self.clone(),
            rescan,
            tasks: JoinSet::new(),
            by_source: HashMap::new(),
        };
        loop {
            if let Err(error) = self.look_at_sources(&mut watched).await {
                tracing::warn!(error = error.chain(), "cannot look at the registered sources");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn look_at_sources(&self, watched: &mut Watched) -> Result<()> {
        self.sync_due().await?;
        watched.keep(self.store().watched_sources().await?);
        Ok(())
    }

    /// Puts what changes in the folders of a request into the queue, and the whole request from
    /// time to time, until asked to stop. The jobs are told as they are made.
    ///
    /// # Errors
    /// `NotFound` when a folder does not exist, `Unavailable` when the catalog cannot be written.
    pub async fn watch(
        &self,
        request: &Request,
        rescan: Duration,
        stop: &CancellationToken,
        made: &(dyn Fn(JobId) + Send + Sync),
    ) -> Result<()> {
        let folders = folders(request);
        let watches: Vec<FolderWatch> = folders.iter().filter_map(|folder| open(folder)).collect();
        loop {
            let changed = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(rescan) => Request { again: true, ..request.clone() },
                (root, changes) = next(&watches) => changed(request, root, changes),
            };
            made(self.enqueue(&changed).await?);
        }
    }
}

/// The folders of registered sources that are watched.
struct Watched {
    intake: Intake,
    rescan: Duration,
    tasks: JoinSet<()>,
    by_source: HashMap<SourceId, (String, CancellationToken)>,
}

impl Watched {
    /// Watches the folders among some sources, and no others.
    fn keep(&mut self, sources: Vec<SourceSummary>) {
        let mut kept = HashMap::new();
        for source in sources {
            let same =
                self.by_source.remove(&source.id).filter(|(text, _)| *text == source.request);
            let stop = match same {
                Some((_, stop)) => stop,
                None => self.begin(&source),
            };
            kept.insert(source.id, (source.request, stop));
        }
        let others = std::mem::replace(&mut self.by_source, kept);
        for (_, stop) in others.into_values() {
            stop.cancel();
        }
    }

    /// Begins to watch the folder of a source, if it is one of this machine.
    fn begin(&mut self, source: &SourceSummary) -> CancellationToken {
        let stop = CancellationToken::new();
        let Ok(request) = Request::read(&source.request) else { return stop };
        let is_here = request.machine.as_ref().is_none_or(|machine| *machine == machine::name());
        if !is_here || folders(&request).is_empty() {
            return stop;
        }
        let (intake, rescan, id, stopped) =
            (self.intake.clone(), self.rescan, source.id, stop.clone());
        self.tasks.spawn(async move {
            let watching = intake.watch(&request, rescan, &stopped, &|_| ());
            if let Err(error) = watching.await {
                tracing::warn!(source.id = %id, error = error.chain(), "a folder is not watched");
            }
        });
        stop
    }
}

/// Returns the folders that a request names.
fn folders(request: &Request) -> Vec<PathBuf> {
    let folder = |input: &Input| match input {
        Input::Path(path) if path.is_dir() => Some(path.clone()),
        Input::Path(_) | Input::Changed { .. } | Input::Kept { .. } | Input::Remote(_) => None,
    };
    request.inputs.iter().filter_map(folder).collect()
}

/// Begins to watch a folder; one that cannot be watched is looked through from time to time.
fn open(folder: &Path) -> Option<FolderWatch> {
    match FolderWatch::new(folder) {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::warn!(error = error.chain(), "a folder is only looked through now and then");
            None
        }
    }
}

/// Waits for the next changes in any of some folders.
async fn next(watches: &[FolderWatch]) -> (&Path, Changes) {
    if watches.is_empty() {
        return std::future::pending().await;
    }
    let changes =
        watches.iter().map(|watch| Box::pin(async { (watch.root(), watch.changes().await) }));
    let (changes, _, _) = futures_util::future::select_all(changes).await;
    changes
}

/// Makes the request that reads what changed below a folder.
fn changed(request: &Request, root: &Path, changes: Changes) -> Request {
    let root = root.to_owned();
    let input = match changes {
        Changes::At(paths) => Input::Changed { root, paths },
        Changes::Anywhere => Input::Path(root),
    };
    Request { inputs: vec![input], source: None, again: true, ..request.clone() }
}
