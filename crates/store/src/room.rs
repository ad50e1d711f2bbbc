//! Room on the disk: writing stops while there is still some, and deleting always finds some.
//!
//! The index writes through memory maps, and a process that writes to a map of a full disk is
//! killed by the system without a word. So there must always be room for what one document takes.
//! And to delete takes room too: a reserve is kept for that, and given up first.

use footnote_core::{Error, Result};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The file in the data directory that keeps room for deleting.
const RESERVE_FILE: &str = "reserve";

/// How much room is kept: what removing many documents at once writes to logs before it frees any.
const RESERVE_BYTES: u64 = 16 << 20;

/// Below this much room the reserve is given up before a delete begins, because the index does not
/// survive a disk that is full to the last byte.
pub(crate) const LOW_BYTES: u64 = 8 << 20;

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

/// A file that takes up room until a delete needs it.
#[derive(Debug, Clone)]
pub(crate) struct Reserve {
    data_dir: PathBuf,
}

impl Reserve {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned() }
    }

    /// Makes the reserve unless it is there, or would leave fewer bytes free than given. Blocks on
    /// the disk. A failure is logged: nothing depends on the reserve while there is room.
    pub(crate) fn make(&self, min_free_bytes: u64) {
        let path = self.path();
        let is_there = fs::metadata(&path).is_ok_and(|file| file.len() == RESERVE_BYTES);
        let wanted = min_free_bytes.saturating_add(RESERVE_BYTES);
        let fits = free_bytes(&self.data_dir).is_none_or(|free| wanted <= free);
        if is_there || !fits {
            return;
        }
        if let Err(error) = File::create(&path).and_then(|file| take_up(&file)) {
            tracing::warn!(%error, "no room is reserved for deleting on a full disk");
            self.free();
        }
    }

    /// Gives the reserve up; returns whether there was one.
    pub(crate) fn free(&self) -> bool {
        match fs::remove_file(self.path()) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => {
                tracing::warn!(%error, "the room that is reserved for deleting cannot be used");
                false
            }
        }
    }

    /// Gives the reserve up when the disk is almost full.
    pub(crate) fn free_when_low(&self) {
        if free_bytes(&self.data_dir).is_some_and(|free| free < LOW_BYTES) && self.free() {
            tracing::info!("the disk is full: the reserve is used for deleting");
        }
    }

    fn path(&self) -> PathBuf {
        self.data_dir.join(RESERVE_FILE)
    }
}

/// Tells whether a full disk is what something failed for.
pub(crate) fn is_disk_full(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        let database = error.downcast_ref::<sqlx::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::StorageFull)
            || database.is_some_and(crate::catalog::is_disk_full)
        {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Makes a file take up the room of the reserve.
#[cfg(target_os = "linux")]
fn take_up(file: &File) -> io::Result<()> {
    rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, RESERVE_BYTES)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn take_up(mut file: &File) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), RESERVE_BYTES), &mut file).map(|_n_bytes| ())
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

    #[test]
    fn a_reserve_is_made_where_there_is_room_and_given_up_once() {
        let dir = tempfile::tempdir().unwrap();
        let reserve = Reserve::new(dir.path());
        reserve.make(u64::MAX);
        assert!(!reserve.free(), "there was no room for it");
        reserve.make(0);
        reserve.make(0);
        assert_eq!(fs::metadata(dir.path().join(RESERVE_FILE)).unwrap().len(), RESERVE_BYTES);
        assert!(reserve.free());
        assert!(!reserve.free());
    }
}
