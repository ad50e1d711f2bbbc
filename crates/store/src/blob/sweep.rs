//! How originals go: one by one when nobody owns them, and what a crash has left behind.

use footnote_core::clock::Timestamp;
use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::folder::{Folder, sync_folder};

/// What lies in the folder of originals since before a moment.
#[derive(Debug, Default)]
pub(crate) struct OldFiles {
    /// Originals.
    pub(crate) originals: Vec<ContentHash>,
    /// Files that were never finished.
    pub(crate) unfinished: Vec<PathBuf>,
}

impl Folder {
    /// Removes the file of an original, durably, and returns how many bytes it had; 0 when there is
    /// none. Blocks on the disk.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be removed.
    pub(super) fn remove(&self, hash: &ContentHash) -> Result<u64> {
        let path = self.path(hash);
        let size_bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        remove_file(&path)?;
        Ok(size_bytes)
    }

    /// Lists what lies in the folder since before a moment. Blocks on the disk.
    pub(super) fn old_files(&self, before: Timestamp) -> OldFiles {
        let mut old = OldFiles::default();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(folder) else { continue };
            for entry in entries.flatten() {
                let Ok(metadata) = entry.metadata() else { continue };
                if metadata.is_dir() {
                    folders.push(entry.path());
                } else if modified_ms(&metadata).is_some_and(|modified| modified < before.0) {
                    let name = entry.file_name();
                    match name.to_str().and_then(|name| name.parse().ok()) {
                        Some(hash) => old.originals.push(hash),
                        None => old.unfinished.push(entry.path()),
                    }
                }
            }
        }
        old
    }

    /// Lists the files that were being written before a moment and never finished. Blocks on the
    /// disk.
    pub(super) fn unfinished(&self, before: Timestamp) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.unfinished_folder()) else { return Vec::new() };
        let is_old = |entry: &fs::DirEntry| {
            let modified = entry.metadata().ok().as_ref().and_then(modified_ms);
            modified.is_some_and(|modified| modified < before.0)
        };
        entries.flatten().filter(is_old).map(|entry| entry.path()).collect()
    }
}

/// Removes files, durably. Blocks on the disk.
///
/// # Errors
/// `Unavailable` when one cannot be removed.
pub(crate) fn remove_files(files: &[PathBuf]) -> Result<()> {
    files.iter().try_for_each(|file| remove_file(file))
}

fn remove_file(path: &Path) -> Result<()> {
    let removed = match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed.and_then(|()| path.parent().map_or(Ok(()), sync_folder)),
    };
    removed.map_err(|error| {
        Error::unavailable(format!("cannot remove {}", path.display()))
            .hint("Check that you may write to the data directory.")
            .because(error)
    })
}

fn modified_ms(metadata: &Metadata) -> Option<i64> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::versions::Original;

    #[tokio::test]
    async fn an_original_is_removed_once_and_old_files_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Folder::new(dir.path());
        let hash = ContentHash::of(b"hello");
        blobs.keep(hash, Original::Bytes(b"hello".to_vec().into())).await.unwrap();
        let half = blobs.unfinished_folder().join("1-0.part");
        fs::write(&half, b"hel").unwrap();
        assert!(blobs.old_files(Timestamp(0)).originals.is_empty());
        assert!(blobs.unfinished(Timestamp(0)).is_empty());
        assert_eq!(blobs.unfinished(Timestamp(i64::MAX)), std::slice::from_ref(&half));
        let old = blobs.old_files(Timestamp(i64::MAX));
        assert_eq!((old.originals, &old.unfinished), (vec![hash], &vec![half.clone()]));
        remove_files(&old.unfinished).unwrap();
        assert!(!half.exists());
        assert_eq!(blobs.remove(&hash).unwrap(), 5);
        assert_eq!(blobs.remove(&hash).unwrap(), 0);
    }
}
