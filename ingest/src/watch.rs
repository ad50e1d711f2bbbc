//! A folder that is watched: the system tells what changes in it, and bursts become one change.

use footnote_core::{Error, Result};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How long nothing must change before what has changed is read.
const QUIET: Duration = Duration::from_millis(500);

/// How long changes may go on before they are read all the same.
const AT_MOST: Duration = Duration::from_secs(5);

/// How many paths are told one by one; more are looked for in the whole folder.
const PATHS_AT_ONCE: usize = 1_000;

/// A folder that is watched until it is dropped.
#[derive(Debug)]
pub struct FolderWatch {
    root: PathBuf,
    told: Arc<Told>,
    _watcher: RecommendedWatcher,
}

/// What changed in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// These paths.
    At(Vec<PathBuf>),
    /// Too many, or the system has lost count: the whole folder is to be looked through.
    Anywhere,
}

/// What the system has told since the last reading.
#[derive(Debug, Default)]
struct Told {
    pending: Mutex<Pending>,
    something: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    paths: BTreeSet<PathBuf>,
    is_everything: bool,
    last: Option<Instant>,
}

impl FolderWatch {
    /// Begins to watch a folder with everything in it.
    ///
    /// # Errors
    /// `NotFound` when it does not exist, `Unavailable` when the system cannot watch it.
    pub fn new(root: &Path) -> Result<Self> {
        let root = root.canonicalize().map_err(|error| {
            Error::not_found(format!("cannot open {}", root.display())).because(error)
        })?;
        let told = Arc::new(Told::default());
        let hear = Arc::clone(&told);
        let watcher = notify::recommended_watcher(move |event| hear.hear(event))
            .and_then(|mut watcher| {
                watcher.watch(&root, RecursiveMode::Recursive)?;
                Ok(watcher)
            })
            .map_err(|error| {
                Error::unavailable(format!("the system cannot watch {}", root.display()))
                    .hint("It is looked through from time to time all the same.")
                    .because(error)
            })?;
        Ok(Self { root, told, _watcher: watcher })
    }

    /// Returns the folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Waits until something has changed and then nothing for a moment, and returns what it was.
    pub async fn changes(&self) -> Changes {
        loop {
            self.told.something.notified().await;
            let at_latest = Instant::now() + AT_MOST;
            while let Some(quiet) = self.told.quiet_at(at_latest) {
                sleep_until(quiet).await;
            }
            match self.told.take() {
                Changes::At(paths) if paths.is_empty() => {}
                changes => return changes,
            }
        }
    }
}

impl Told {
    /// Hears an event of the system, on a thread of its own.
    fn hear(&self, event: notify::Result<notify::Event>) {
        let mut pending = self.pending();
        match event {
            // Reading is no change; ours would be heard too.
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => return,
            Ok(event) if !event.need_rescan() => pending.paths.extend(event.paths),
            Ok(_) => pending.is_everything = true,
            Err(error) => {
                tracing::warn!(%error, "a watched folder is looked through as a whole");
                pending.is_everything = true;
            }
        }
        if PATHS_AT_ONCE < pending.paths.len() {
            pending.paths.clear();
            pending.is_everything = true;
        }
        pending.last = Some(Instant::now());
        drop(pending);
        self.something.notify_one();
    }

    /// Returns until when to wait for quiet; `None` when it is quiet, or late.
    fn quiet_at(&self, at_latest: Instant) -> Option<Instant> {
        let quiet = self.pending().last? + QUIET;
        let until = quiet.min(at_latest);
        (Instant::now() < until).then_some(until)
    }

    fn take(&self) -> Changes {
        let Pending { paths, is_everything, .. } = std::mem::take(&mut *self.pending());
        if is_everything { Changes::Anywhere } else { Changes::At(paths.into_iter().collect()) }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_burst_of_changes_becomes_one() {
        let dir = tempfile::tempdir().unwrap();
        let watch = FolderWatch::new(dir.path()).unwrap();
        for n in 0..5 {
            std::fs::write(watch.root().join(format!("{n}.txt")), "x").unwrap();
        }
        let Changes::At(paths) = watch.changes().await else { panic!("too many changes") };
        assert_eq!(paths.len(), 5);
        std::fs::read(watch.root().join("0.txt")).unwrap();
        let silence = tokio::time::timeout(Duration::from_secs(1), watch.changes()).await;
        assert!(silence.is_err(), "reading a file changes nothing: {silence:?}");
    }

    #[test]
    fn what_the_system_lost_count_of_may_be_anywhere() {
        let told = Told::default();
        let lost = notify::Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        told.hear(Ok(lost));
        assert_eq!(told.take(), Changes::Anywhere);
        assert_eq!(told.take(), Changes::At(Vec::new()));
    }
}
