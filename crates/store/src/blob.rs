//! Original bytes as files under their hash: whole or not there, and written once.

use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::catalog::versions::Original;

/// The folder of the blobs.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("blobs") }
    }

    /// Returns where the blob of a hash is, or would be.
    pub(crate) fn path(&self, hash: &ContentHash) -> PathBuf {
        let hex = hash.hex();
        let (first, rest) = hex.split_at(2);
        let (second, _) = rest.split_at(2);
        self.folder.join(first).join(second).join(&hex)
    }

    /// Keeps an original under its hash, durably. Blocks on the disk.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read or written.
    pub(crate) fn keep(&self, hash: &ContentHash, original: &Original) -> Result<()> {
        let path = self.path(hash);
        if path.exists() {
            return Ok(());
        }
        write_whole(&path, original).map_err(|error| {
            let full = error.kind() == io::ErrorKind::StorageFull;
            let why = if full { ": the disk is full" } else { "" };
            Error::unavailable(format!("cannot keep the original{why}"))
                .hint("Check the free space of the data directory and that you may write to it.")
                .because(error)
        })
    }
}

/// Writes to a temporary name, syncs, renames, and syncs the folders, so that after a power cut
/// the file is there whole or not at all.
fn write_whole(path: &Path, original: &Original) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let temporary = path.with_extension("part");
    let mut file = File::create(&temporary)?;
    match original {
        Original::Bytes(bytes) => file.write_all(bytes)?,
        Original::File(source) => {
            io::copy(&mut File::open(source)?, &mut file)?;
        }
    }
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    folder.ancestors().take(3).try_for_each(sync_folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_original_is_kept_under_its_hash_once_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let hash = ContentHash::of(b"hello");
        blobs.keep(&hash, &Original::Bytes(b"hello".to_vec().into())).unwrap();
        blobs.keep(&hash, &Original::File("/nonexistent".into())).unwrap();
        assert_eq!(fs::read(blobs.path(&hash)).unwrap(), b"hello");
        assert_eq!(fs::read_dir(blobs.path(&hash).parent().unwrap()).unwrap().count(), 1);
    }
}
