//! One process installs a model at a time.

use footnote_core::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::Path;

use crate::files::cannot;

/// Holds a model for as long as it lives; the system releases it when the process dies.
pub(super) struct InstallLock {
    _file: File,
}

impl InstallLock {
    /// Takes the lock of a model, a file in the scratch folder.
    ///
    /// # Errors
    /// `Conflict` when somebody holds it.
    pub(super) fn take(scratch: &Path, name: &str) -> Result<Self> {
        let path = scratch.join(format!("{name}.lock"));
        let file = File::create(&path).map_err(|error| cannot("write", &path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::conflict(format!("another process is installing {name}"))
                    .hint("Wait until it is done."))
            }
            Err(TryLockError::Error(error)) => Err(cannot("lock", &path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::ErrorKind;

    #[test]
    fn a_second_installation_is_told_to_wait() {
        let folder = tempfile::tempdir().unwrap();
        let first = InstallLock::take(folder.path(), "a").unwrap();
        let second = InstallLock::take(folder.path(), "a");
        assert_eq!(second.err().map(|error| error.kind()), Some(ErrorKind::Conflict));
        drop(first);
        assert!(InstallLock::take(folder.path(), "a").is_ok());
    }
}
