//! A git repository: the files of a branch, with the ids of their blobs as tags.

mod copy;
mod transport;

use async_trait::async_trait;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, Result};
use gix::ObjectId;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::{
    Connector, Content, Coverage, Entry, EntrySink, Fetched, Listed, Pages, Remote, file_name,
    locator,
};
use crate::outbound::Outbound;
use copy::{Blob, LocalCopy, Synced};
use transport::Trouble;

/// How a file begins whose content git keeps elsewhere.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// A git repository.
///
/// Its newest state is fetched without history into the cache folder; documents are read from
/// there. Links, submodules and nothing but files of the branch are listed.
pub(crate) struct Git {
    root: String,
    copy: Arc<LocalCopy>,
}

/// What an entry needs to be fetched.
#[derive(Serialize, Deserialize)]
struct Place {
    blob: String,
}

impl Git {
    /// Makes the connector.
    ///
    /// # Errors
    /// `Invalid` when the host is not allowed.
    pub(super) fn new(remote: &Remote, outbound: Arc<Outbound>, cache: &Path) -> Result<Self> {
        let url = remote.url()?;
        outbound.check(&url)?;
        let branch = remote.options().branch.clone();
        let copy = LocalCopy::new(url, branch, outbound, &cache.join("git"));
        Ok(Self { root: remote.root().to_owned(), copy: Arc::new(copy) })
    }
}

#[async_trait]
impl Connector for Git {
    fn root(&self) -> &str {
        &self.root
    }

    async fn list(
        &self,
        cursor: Option<&str>,
        sink: &mut dyn EntrySink,
        cancel: &CancellationToken,
    ) -> Result<Listed> {
        let known = cursor.and_then(|cursor| ObjectId::from_hex(cursor.as_bytes()).ok());
        let copy = Arc::clone(&self.copy);
        // Set when asked to stop, and when the caller goes away.
        let stop = Arc::new(AtomicBool::new(false));
        let _stop_when_dropped = StopOnDrop(Arc::clone(&stop));
        let listing = spawn_blocking(move || copy.list(known, &stop));
        let synced = super::unless_cancelled(cancel, listing).await?;
        let synced = synced
            .map_err(|error| Error::internal("a thread died while listing").because(error))??;
        let Synced::Changed { tip, files } = synced else {
            return Ok(Listed { cursor: cursor.map(str::to_owned), coverage: Coverage::Unchanged });
        };
        let mut pages = Pages::new(sink);
        for file in files {
            pages.add(entry(file.path, file.blob)?).await?;
        }
        pages.flush().await?;
        Ok(Listed { cursor: Some(tip.to_string()), coverage: Coverage::Whole })
    }

    async fn fetch(
        &self,
        entry: &Entry,
        known: Option<&str>,
        max_bytes: u64,
    ) -> Result<Fetched, Failure> {
        let place: Place = locator(entry)?;
        if known == Some(place.blob.as_str()) {
            return Ok(Fetched::Unchanged);
        }
        let id = ObjectId::from_hex(place.blob.as_bytes()).map_err(|error| {
            Failure::new(
                FailureCode::Internal,
                format!("The id of its content is damaged: {error}."),
            )
        })?;
        let copy = Arc::clone(&self.copy);
        let stop = Arc::new(AtomicBool::new(false));
        let _stop_when_dropped = StopOnDrop(Arc::clone(&stop));
        let read = spawn_blocking(move || copy.read(id, max_bytes, &stop)).await;
        let read = read.unwrap_or_else(|error| {
            Err(Error::internal("a thread died while reading").because(error).into())
        });
        match read.map_err(|trouble| unfetched(&trouble))? {
            Blob::Bytes(bytes) => content(entry, place.blob, bytes),
            Blob::TooLarge => Err(Failure::new(
                FailureCode::TooLarge,
                "It is larger than allowed. Leave it out, or raise `ingest.max_file_bytes`.",
            )),
            Blob::Gone => Err(Failure::new(
                FailureCode::Gone,
                "The repository changed since it was listed. Ingest it again.",
            )),
        }
    }
}

/// Asks the work on another thread to stop when nobody waits for it any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Makes the entry of a file.
fn entry(path: String, blob: ObjectId) -> Result<Entry> {
    let blob = blob.to_string();
    let locator = serde_json::to_string(&Place { blob: blob.clone() })
        .map_err(|error| Error::internal("cannot write where a file is").because(error))?;
    Ok(Entry { uri: path, tag: Some(blob), size_bytes: None, modified: None, locator })
}

/// Returns the content of a file, unless it only points elsewhere.
fn content(entry: &Entry, tag: String, bytes: Vec<u8>) -> Result<Fetched, Failure> {
    if bytes.starts_with(LFS_POINTER) {
        return Err(Failure::new(
            FailureCode::Unsupported,
            "Its content is kept in Git LFS, which is not read. Clone the repository with git-lfs \
             and ingest the folder.",
        ));
    }
    let name = file_name(&entry.uri);
    Ok(Fetched::Content(Content { bytes, tag: Some(tag), name, modified: None }))
}

/// Says why a file cannot be had.
fn unfetched(Trouble { error, code }: &Trouble) -> Failure {
    let advice = error.advice().unwrap_or("Ingest again later.");
    Failure::new(*code, format!("It was not fetched: {}. {advice}", error.chain()))
}
