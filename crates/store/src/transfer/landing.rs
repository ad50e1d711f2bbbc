//! Where a restored or migrated installation comes to be: beside its place until all of it is
//! there, so that a crash leaves nothing that could be taken for whole.

use footnote_core::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;

use super::loader::{Site, Target};
use super::{ArchiveKind, lost_thread};
use crate::blob::sync_folder;
use crate::lock::DataLock;
use crate::store::{CATALOG_FILE, StoreOptions};

/// The folder in a data directory where everything is put first. While it is there, nothing else
/// uses the directory.
const UNFINISHED: &str = "restoring";

/// The folder of the originals.
const BLOBS: &str = "blobs";

/// What moves from there into its place, the catalog last: with it the installation is there.
const MOVED: [&str; 2] = [BLOBS, CATALOG_FILE];

/// What an empty data directory has not.
const TAKEN: [&str; 3] = [CATALOG_FILE, "index", BLOBS];

/// A place for an installation that is on its way.
pub(crate) struct Landing {
    data_dir: PathBuf,
    target: Target,
    /// Kept until the place is taken.
    _lock: Option<DataLock>,
}

impl Landing {
    /// Takes an empty place; what a restore that did not finish has left there goes.
    ///
    /// # Errors
    /// `Conflict` when it is not empty or in use, `Unavailable` when it cannot be used.
    pub(crate) async fn take(options: &StoreOptions) -> Result<Self> {
        let data_dir = options.data_dir.clone();
        let is_folder = options.config.catalog.is_empty();
        let site = if is_folder {
            Site::Folder(data_dir.join(UNFINISHED))
        } else {
            Site::Server(options.config.catalog.clone())
        };
        let lock = if is_folder {
            let (data_dir, purpose) = (data_dir.clone(), options.purpose.clone());
            let clear = move || {
                let lock = DataLock::take(&data_dir, &purpose)?;
                clear(&data_dir)?;
                Ok(lock)
            };
            Some(spawn_blocking(clear).await.map_err(lost_thread)??)
        } else {
            None
        };
        let clock = options.clock.clone();
        let target = Target { site, kind: ArchiveKind::Backup, clock };
        Ok(Self { data_dir, target, _lock: lock })
    }

    /// Returns what is to be filled.
    pub(crate) fn target(&self) -> Target {
        self.target.clone()
    }

    /// Puts everything in its place, durably.
    ///
    /// # Errors
    /// `Unavailable` when the data directory cannot be written.
    pub(crate) async fn finish(self) -> Result<()> {
        if matches!(self.target.site, Site::Server(_)) {
            return Ok(());
        }
        spawn_blocking(move || publish(&self.data_dir).map_err(|e| unusable(&self.data_dir, e)))
            .await
            .map_err(lost_thread)?
    }

    /// Removes what was begun.
    pub(crate) async fn abandon(self) {
        if let Site::Folder(folder) = &self.target.site
            && let Err(error) = tokio::fs::remove_dir_all(folder).await
        {
            tracing::warn!(%error, "what was begun stays for now; the same command removes it");
        }
    }
}

/// Refuses a data directory into which a restore did not finish.
///
/// # Errors
/// `Conflict` when there is what it has left.
pub(crate) fn check_finished(data_dir: &Path) -> Result<()> {
    let is_there = data_dir.join(CATALOG_FILE).exists();
    if is_there || !data_dir.join(UNFINISHED).exists() {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "a restore or a migration into {} has not finished",
        data_dir.display()
    ))
    .hint("Wait for it, or run the same command again."))
}

/// Makes a data directory empty but for the folder to fill.
fn clear(data_dir: &Path) -> Result<()> {
    let unfinished = data_dir.join(UNFINISHED);
    let is_second_try = unfinished.exists();
    for name in TAKEN {
        // Originals without a catalog: a restore ended between the two.
        let is_left_over = is_second_try && name == BLOBS;
        if data_dir.join(name).exists() && !is_left_over {
            return Err(Error::conflict(format!(
                "the data directory {} is not empty: it has `{name}`",
                data_dir.display()
            ))
            .hint("Name an empty one with --data-dir."));
        }
    }
    let cleared = || {
        if is_second_try {
            remove(&data_dir.join(BLOBS))?;
            remove(&unfinished)?;
        }
        fs::create_dir_all(&unfinished)
    };
    cleared().map_err(|error| unusable(data_dir, error))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn publish(data_dir: &Path) -> io::Result<()> {
    let unfinished = data_dir.join(UNFINISHED);
    for log in ["-wal", "-shm"] {
        if unfinished.join(format!("{CATALOG_FILE}{log}")).exists() {
            return Err(io::Error::other("the catalog was not closed"));
        }
    }
    sync_folder(&unfinished)?;
    for name in MOVED {
        match fs::rename(unfinished.join(name), data_dir.join(name)) {
            Err(error) if name == CATALOG_FILE || error.kind() != io::ErrorKind::NotFound => {
                return Err(error);
            }
            Ok(()) | Err(_) => sync_folder(data_dir)?,
        }
    }
    fs::remove_dir(&unfinished)?;
    sync_folder(data_dir)
}

fn unusable(data_dir: &Path, error: io::Error) -> Error {
    Error::unavailable(format!("cannot use the data directory {}", data_dir.display()))
        .hint("Check that you may write to it and that the disk has room.")
        .because(error)
}
