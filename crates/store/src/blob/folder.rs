//! Originals as files in two levels of folders.

use footnote_core::id::{ContentHash, ContentHasher};
use footnote_core::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::spawn_blocking;

use super::{BlobReader, PIECE_BYTES};
use crate::catalog::versions::Original;
use crate::faults::Faults;

/// The folder in the data directory.
const FOLDER: &str = "blobs";

/// The folder in that one where files are written before they get their names.
const UNFINISHED: &str = "unfinished";

/// The folder of the originals.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(super) root: PathBuf,
    faults: Faults,
}

/// Why an original was not kept.
enum Failure {
    /// It is not what its hash says.
    Changed,
    Io(io::Error),
}

impl Folder {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join(FOLDER), faults: Faults::none() }
    }

    /// Lets steps fail on purpose.
    pub(super) fn with_faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// Returns where the original of a hash is, or would be.
    pub(crate) fn path(&self, hash: &ContentHash) -> PathBuf {
        let hex = hash.hex();
        let (first, rest) = hex.split_at(2);
        let (second, _) = rest.split_at(2);
        self.root.join(first).join(second).join(&hex)
    }

    /// Returns the folder of what is being written.
    pub(super) fn unfinished_folder(&self) -> PathBuf {
        self.root.join(UNFINISHED)
    }

    /// Keeps an original under its hash, durably.
    pub(super) async fn keep(&self, hash: ContentHash, original: Original) -> Result<()> {
        let folder = self.clone();
        spawn_blocking(move || folder.keep_blocking(&hash, &original))
            .await
            .map_err(|error| Error::internal("cannot keep the original").because(error))?
    }

    fn keep_blocking(&self, hash: &ContentHash, original: &Original) -> Result<()> {
        let path = self.path(hash);
        if path.exists() {
            return Ok(());
        }
        self.write_whole(&path, hash, original).map_err(|failure| match failure {
            Failure::Changed => changed(),
            Failure::Io(error) => {
                let full = error.kind() == io::ErrorKind::StorageFull;
                let why = if full { ": the disk is full" } else { "" };
                Error::unavailable(format!("cannot keep the original{why}"))
                    .hint(
                        "Check the free space of the data directory and that you may write to it.",
                    )
                    .because(error)
            }
        })
    }

    /// Opens an original; `None` when there is none.
    pub(super) async fn open(&self, hash: &ContentHash) -> Result<Option<BlobReader>> {
        match tokio::fs::File::open(self.path(hash)).await {
            Ok(file) => BlobReader::of_file(file).await.map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::unavailable("cannot read the original")
                .hint("Check that you may read the data directory.")
                .because(error)),
        }
    }

    /// Writes under a name of its own, syncs, renames, and syncs the folders, so that after a power
    /// cut the file is there whole or not at all, however many write it at once.
    fn write_whole(
        &self,
        path: &Path,
        hash: &ContentHash,
        original: &Original,
    ) -> Result<(), Failure> {
        self.faults.step()?;
        let (temporary, file) = self.begin()?;
        let written = self.fill(file, original).and_then(|found| {
            if found == *hash { self.name(&temporary, path) } else { Err(Failure::Changed) }
        });
        if written.is_err() {
            // What cannot be removed now is swept away later.
            fs::remove_file(&temporary).ok();
        }
        written
    }

    /// Makes a file under a name that nobody else writes to.
    fn begin(&self) -> io::Result<(PathBuf, File)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let folder = self.unfinished_folder();
        fs::create_dir_all(&folder)?;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{}-{number}.part", std::process::id()));
            match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|file| (path, file)),
            }
        }
    }

    /// Writes and syncs, and returns the hash of what was written.
    fn fill(&self, mut file: File, original: &Original) -> Result<ContentHash, Failure> {
        let mut hasher = ContentHasher::default();
        self.faults.step()?;
        for_each_piece(original, |piece| {
            hasher.update(piece);
            file.write_all(piece)
        })?;
        self.faults.step()?;
        file.sync_all()?;
        Ok(hasher.finish())
    }

    /// Gives a file its name.
    fn name(&self, temporary: &Path, path: &Path) -> Result<(), Failure> {
        let folder = path.parent().unwrap_or(path);
        self.faults.step()?;
        fs::create_dir_all(folder)?;
        self.faults.step()?;
        fs::rename(temporary, path)?;
        self.faults.step()?;
        Ok(folder.ancestors().take(3).try_for_each(sync_folder)?)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Says that bytes are not those of their hash.
pub(crate) fn changed() -> Error {
    Error::conflict("the original changed while it was being kept").hint("Ingest it again.")
}

/// Hands the bytes of an original over in pieces. Blocks on the disk.
pub(crate) fn for_each_piece(
    original: &Original,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    match original {
        Original::Bytes(bytes) => bytes.chunks(PIECE_BYTES).try_for_each(take),
        Original::File(path) => {
            let mut file = File::open(path)?;
            let mut piece = vec![0; PIECE_BYTES];
            loop {
                match file.read(&mut piece)? {
                    0 => return Ok(()),
                    n_bytes => take(piece.get(..n_bytes).unwrap_or_default())?,
                }
            }
        }
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes everything below a folder durable: many files at once, which takes far less time than one
/// by one.
#[cfg(target_os = "linux")]
pub(crate) fn sync_tree(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Makes everything below a folder durable.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { sync_tree(&path)? } else { File::open(path)?.sync_all()? }
    }
    sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::ErrorKind;
    use std::thread;

    fn bytes(bytes: &[u8]) -> Original {
        Original::Bytes(bytes.to_vec().into())
    }

    fn n_files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn an_original_is_kept_under_its_hash_once_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        let hash = ContentHash::of(b"hello");
        folder.keep_blocking(&hash, &bytes(b"hello")).unwrap();
        folder.keep_blocking(&hash, &Original::File("/nonexistent".into())).unwrap();
        assert_eq!(fs::read(folder.path(&hash)).unwrap(), b"hello");
        assert_eq!(n_files(folder.path(&hash).parent().unwrap()), 1);
        assert_eq!(n_files(&folder.unfinished_folder()), 0);
    }

    #[test]
    fn many_keep_the_same_original_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        let content = vec![7; 3 * PIECE_BYTES + 5];
        let hash = ContentHash::of(&content);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| folder.keep_blocking(&hash, &bytes(&content)).unwrap());
            }
        });
        assert_eq!(fs::read(folder.path(&hash)).unwrap(), content);
        assert_eq!(n_files(&folder.unfinished_folder()), 0);
    }

    #[test]
    fn bytes_of_another_hash_are_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        let hash = ContentHash::of(b"before");
        let error = folder.keep_blocking(&hash, &bytes(b"after")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(!folder.path(&hash).exists());
        assert_eq!(n_files(&folder.unfinished_folder()), 0);
    }
}
