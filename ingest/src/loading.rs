//! The bytes of one document: from a file, from the store, from another machine.

use footnote_core::clock::{Clock as _, SystemClock, Timestamp};
use footnote_core::id::ContentHash;
use footnote_core::job::{Failure, FailureCode};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use crate::plan::settled;
use crate::scan::local::{failure_of, modified};

/// The bytes of a document, and what its source told when they were read.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The bytes.
    pub(crate) bytes: Arc<[u8]>,
    /// Their hash.
    pub(crate) content: ContentHash,
    /// How many there are as the source counts them.
    pub(crate) size_bytes: u64,
    /// When the source last changed it, if that proves anything.
    pub(crate) modified: Option<Timestamp>,
    /// What the source calls this state of it.
    pub(crate) tag: Option<String>,
    /// A file name whose ending tells the format, where it is not the uri.
    pub(crate) name: Option<String>,
}

/// Reads a file of at most so many bytes.
pub(crate) async fn file(path: PathBuf, max_bytes: u64) -> Result<Loaded, Failure> {
    blocking(move || read_file(&path, max_bytes)).await
}

/// Takes bytes that were fetched, if they are neither none nor too many.
pub(crate) async fn fetched(bytes: Arc<[u8]>, max_bytes: u64) -> Result<Loaded, Failure> {
    blocking(move || {
        let bytes = check_size(bytes, max_bytes)?;
        Ok(Loaded {
            content: ContentHash::of(&bytes),
            size_bytes: bytes.len() as u64,
            bytes,
            modified: None,
            tag: None,
            name: None,
        })
    })
    .await
}

async fn blocking(
    work: impl FnOnce() -> Result<Loaded, Failure> + Send + 'static,
) -> Result<Loaded, Failure> {
    spawn_blocking(work).await.map_err(|error| {
        Failure::new(
            FailureCode::Internal,
            format!("Reading it failed inside the program: {error}."),
        )
    })?
}

fn read_file(path: &Path, max_bytes: u64) -> Result<Loaded, Failure> {
    let read = SystemClock.now();
    let file = std::fs::File::open(path).map_err(|error| failure_of(&error))?;
    let metadata = file.metadata().map_err(|error| failure_of(&error))?;
    let size_bytes = metadata.len();
    if size_bytes > max_bytes {
        return Err(too_large(size_bytes, max_bytes));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0));
    // One byte more than allowed tells a file that grew meanwhile.
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| failure_of(&error))?;
    let bytes = check_size(bytes.into(), max_bytes)?;
    Ok(Loaded {
        content: ContentHash::of(&bytes),
        bytes,
        size_bytes,
        modified: settled(modified(&metadata), read),
        tag: None,
        name: None,
    })
}

/// Refuses no bytes and too many.
fn check_size(bytes: Arc<[u8]>, max_bytes: u64) -> Result<Arc<[u8]>, Failure> {
    match bytes.len() as u64 {
        0 => Err(Failure::new(FailureCode::Empty, "The file is empty (0 bytes).")),
        n_bytes if n_bytes > max_bytes => Err(too_large(n_bytes, max_bytes)),
        _ => Ok(bytes),
    }
}

/// Says how large a file is and may be.
fn too_large(n_bytes: u64, max_bytes: u64) -> Failure {
    Failure::new(
        FailureCode::TooLarge,
        format!(
            "It has {} MiB, more than the {} MiB allowed. Split it, or raise `ingest.max_file_bytes`.",
            n_bytes >> 20,
            max_bytes >> 20
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_and_a_too_large_file_are_refused_with_their_size() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "").unwrap();
        assert_eq!(read_file(&path, 10).unwrap_err().code, FailureCode::Empty);
        std::fs::write(&path, vec![b'x'; 3 << 20]).unwrap();
        let failure = read_file(&path, 1 << 20).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge);
        assert!(failure.detail.starts_with("It has 3 MiB"), "{}", failure.detail);
        let gone = read_file(&dir.path().join("gone"), 10).unwrap_err();
        assert_eq!(gone.code, FailureCode::Gone);
    }

    #[test]
    fn the_time_of_a_file_that_was_just_written_proves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "young").unwrap();
        assert_eq!(read_file(&path, 10).unwrap().modified, None);
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(read_file(&path, 10).unwrap().modified, Some(Timestamp(1_000_000)));
    }
}
