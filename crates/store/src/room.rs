//! Room on the disk: writing stops while there is still some.
//!
//! The index writes through memory maps, and a process that writes to a map of a full disk is
//! killed by the system without a word. So there must always be room for what one document takes.

use footnote_core::{Error, Result};
use std::path::Path;

/// Refuses to go on when fewer bytes are free than given.
///
/// # Errors
/// `Unavailable` when there is too little room.
pub(crate) fn check(data_dir: &Path, min_free_bytes: u64) -> Result<()> {
    match free_bytes(data_dir) {
        Some(free) if free < min_free_bytes => Err(Error::unavailable(format!(
            "the disk is full: {} MiB are free in {}, and {} MiB must stay free",
            free >> 20,
            data_dir.display(),
            min_free_bytes >> 20
        ))
        .hint("Make room, or set `store.min_free_bytes` lower, and ingest again.")),
        Some(_) | None => Ok(()),
    }
}

/// Returns how many bytes this user may still write; `None` where the system does not tell.
#[cfg(unix)]
fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_path: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_refused_with_the_figures() {
        let dir = tempfile::tempdir().unwrap();
        assert!(check(dir.path(), 0).is_ok());
        let error = check(dir.path(), u64::MAX).unwrap_err();
        assert!(error.message().starts_with("the disk is full"), "{}", error.message());
        assert!(error.advice().unwrap().contains("store.min_free_bytes"));
    }
}
