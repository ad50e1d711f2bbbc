//! The lock on a data directory: one process at a time, and others learn who holds it.

use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The file that is locked. It stays when the lock is released; only the lock counts.
const LOCK_FILE: &str = "lock";

/// How often an attempt is repeated: [`holder`] holds the lock too, for a moment, to look.
const ATTEMPTS: usize = 5;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(40);

/// The process that holds a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Its process id.
    pub pid: u32,
    /// What it does, e.g. `footnote serve`.
    pub purpose: String,
    /// Where it can be reached, when it is a server.
    pub address: Option<String>,
}

impl LockHolder {
    /// Describes the holder to the user.
    fn describe(&self) -> String {
        match &self.address {
            Some(address) => format!("process {} ({} at {address})", self.pid, self.purpose),
            None => format!("process {} ({})", self.pid, self.purpose),
        }
    }
}

/// Returns the process that holds a data directory, or `None` when it is free.
#[must_use]
pub fn holder(data_dir: &Path) -> Option<LockHolder> {
    let mut file = File::open(data_dir.join(LOCK_FILE)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read_holder(&mut file),
        // Free, and our look at it ends with the file.
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct DataLock {
    file: Mutex<File>,
    purpose: String,
}

impl DataLock {
    /// Takes the lock of a data directory, which is made when it is missing.
    ///
    /// # Errors
    /// `Conflict` when another process holds it, `Unavailable` when the directory cannot be used.
    pub(crate) fn take(data_dir: &Path, purpose: &str) -> Result<Self> {
        std::fs::create_dir_all(data_dir).map_err(|error| unusable(data_dir, error))?;
        let path = data_dir.join(LOCK_FILE);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| unusable(data_dir, error))?;
        lock(&file, data_dir)?;
        let lock = Self { file: Mutex::new(file), purpose: purpose.to_owned() };
        lock.write_holder(None).map_err(|error| unusable(data_dir, error))?;
        Ok(lock)
    }

    /// Writes down where this process can be reached, for [`holder`].
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be written.
    pub(crate) fn describe(&self, address: &str) -> Result<()> {
        self.write_holder(Some(address.to_owned())).map_err(|error| {
            Error::unavailable("cannot write the server's address to the lock file").because(error)
        })
    }

    fn write_holder(&self, address: Option<String>) -> std::io::Result<()> {
        let holder = LockHolder { pid: std::process::id(), purpose: self.purpose.clone(), address };
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(&serde_json::to_vec(&holder)?)?;
        file.flush()
    }
}

fn lock(file: &File, data_dir: &Path) -> Result<()> {
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_ATTEMPTS),
            Err(TryLockError::Error(error)) => return Err(unusable(data_dir, error)),
        }
    }
    Err(in_use(data_dir))
}

fn in_use(data_dir: &Path) -> Error {
    let holder = holder(data_dir);
    let by = holder.as_ref().map_or_else(|| "another process".to_owned(), LockHolder::describe);
    let error =
        Error::conflict(format!("the data directory {} is in use by {by}", data_dir.display()));
    match holder.and_then(|holder| holder.address) {
        Some(address) => error.hint(format!("Use the server at {address}, or stop it first.")),
        None => error.hint("Wait until it has finished, or choose another data directory."),
    }
}

fn read_holder(file: &mut File) -> Option<LockHolder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn unusable(data_dir: &Path, error: std::io::Error) -> Error {
    let path: PathBuf = data_dir.into();
    Error::unavailable(format!("cannot use the data directory {}", path.display()))
        .hint("Check that the path is right and that you may write to it.")
        .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::ErrorKind;

    #[test]
    fn a_second_taker_learns_who_holds_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let lock = DataLock::take(dir.path(), "footnote serve").unwrap();
        lock.describe("http://127.0.0.1:8080").unwrap();

        let error = DataLock::take(dir.path(), "footnote ingest").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let by =
            format!("process {} (footnote serve at http://127.0.0.1:8080)", std::process::id());
        assert!(error.message().contains(&by), "{}", error.message());

        drop(lock);
        assert_eq!(holder(dir.path()), None);
        DataLock::take(dir.path(), "footnote ingest").unwrap();
    }

    #[test]
    fn nobody_holds_a_directory_that_does_not_exist() {
        assert_eq!(holder(Path::new("/nonexistent")), None);
    }
}
