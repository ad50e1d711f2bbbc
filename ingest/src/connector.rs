//! The seam to documents that are not files of this machine: web pages, git, S3, WebDAV.
//!
//! A [`Remote`] says where; it is plain data and may lie in the catalog. [`Remote::connect`] makes
//! the [`Connector`] of it, whose every request goes through [`Outbound`](crate::outbound::Outbound).

mod dav;
mod git;
mod moment;
mod remote;
mod s3;
mod status;
mod web;
mod xml;

pub use remote::{Connections, Remote, RemoteKind, RemoteOptions};

use async_trait::async_trait;
use footnote_core::clock::Timestamp;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::future::Future;
use tokio_util::sync::CancellationToken;

/// How many entries are handed on at once.
pub(crate) const PAGE_ENTRIES: usize = 256;

/// How deep folders may lie in each other; deeper ones are a trap or a mistake.
pub(crate) const MAX_DEPTH: usize = 64;

/// Where documents come from that are not files of this machine.
///
/// Listing and fetching are separate, so that an unchanged document is never fetched and so that
/// another machine may fetch what this one listed. Both may be repeated at will.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Returns the address as the user gave it, normalised: the root of the documents.
    fn root(&self) -> &str;

    /// Lists what is there: entries go to the sink as they are found, page by page.
    ///
    /// `cursor` is what the last complete listing returned; with it, a source that can tell says
    /// [`Coverage::Unchanged`] at once.
    ///
    /// # Errors
    /// `Cancelled` when asked to stop; `Invalid` when the configuration does not allow the source;
    /// `NotFound` and `Unavailable` when it is not there or does not answer; and what the sink
    /// returns. Entries that the sink has taken stay good.
    async fn list(
        &self,
        cursor: Option<&str>,
        sink: &mut dyn EntrySink,
        cancel: &CancellationToken,
    ) -> Result<Listed>;

    /// Fetches the bytes of an entry, at most so many.
    ///
    /// `known` is the tag that came with the bytes that are there already: when it still holds,
    /// nothing is transferred.
    ///
    /// # Errors
    /// Why this entry cannot be had; others may.
    async fn fetch(
        &self,
        entry: &Entry,
        known: Option<&str>,
        max_bytes: u64,
    ) -> Result<Fetched, Failure>;
}

/// Takes what a listing finds.
#[async_trait]
pub trait EntrySink: Send {
    /// Takes entries.
    ///
    /// # Errors
    /// Any error ends the listing.
    async fn found(&mut self, entries: Vec<Entry>) -> Result<()>;

    /// Takes word of a place that could not be listed; the listing goes on.
    ///
    /// # Errors
    /// Any error ends the listing.
    async fn unlisted(&mut self, uri: String, failure: Failure) -> Result<()>;
}

/// One document that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path below the root, or its whole address for a page of the web.
    pub uri: String,
    /// What changes when the bytes do, and only then: an entity tag, the id of a blob. `None` when
    /// the listing cannot tell.
    pub tag: Option<String>,
    /// Its size, where the listing says.
    pub size_bytes: Option<u64>,
    /// When it was last changed, where the listing says.
    pub modified: Option<Timestamp>,
    /// What the connector needs to fetch it.
    pub locator: String,
}

/// How a listing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What to hand in next time, where the source has such a thing.
    pub cursor: Option<String>,
    /// What may be concluded from it.
    pub coverage: Coverage,
}

/// What may be concluded from a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Everything was listed: what is missing is gone.
    Whole,
    /// Something could not be listed or was left out: nothing follows from what is missing.
    Part,
    /// Nothing changed since the cursor; nothing was listed, and everything still holds.
    Unchanged,
}

/// What a fetch returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The known tag still holds.
    Unchanged,
    /// The bytes.
    Content(Content),
}

/// The bytes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What to hand in as `known` next time.
    pub tag: Option<String>,
    /// A file name whose ending tells the format, from the media type where the source names one.
    pub name: String,
    /// When it was last changed, where the source says.
    pub modified: Option<Timestamp>,
}

/// Collects entries into pages on their way to the sink.
pub(crate) struct Pages<'a> {
    sink: &'a mut dyn EntrySink,
    page: Vec<Entry>,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(sink: &'a mut dyn EntrySink) -> Self {
        Self { sink, page: Vec::new() }
    }

    /// Adds an entry.
    pub(crate) async fn add(&mut self, entry: Entry) -> Result<()> {
        self.page.push(entry);
        if self.page.len() >= PAGE_ENTRIES { self.flush().await } else { Ok(()) }
    }

    /// Passes on what could not be listed.
    pub(crate) async fn unlisted(&mut self, uri: String, failure: Failure) -> Result<()> {
        self.sink.unlisted(uri, failure).await
    }

    /// Hands over what was collected.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        if self.page.is_empty() {
            return Ok(());
        }
        self.sink.found(std::mem::take(&mut self.page)).await
    }
}

/// Waits for something unless asked to stop first.
///
/// # Errors
/// `Cancelled` when asked to stop.
pub(crate) async fn unless_cancelled<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = T>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Error::cancelled("stopped while listing")),
        done = work => Ok(done),
    }
}

/// Reads what an entry needs to be fetched.
pub(crate) fn locator<'a, T: Deserialize<'a>>(entry: &'a Entry) -> Result<T, Failure> {
    serde_json::from_str(&entry.locator).map_err(|error| {
        Failure::new(
            FailureCode::Internal,
            format!("Its place in the source is unreadable: {error}."),
        )
    })
}

/// Writes an entity tag as the header does, with its quotes: listings often leave them out.
pub(crate) fn entity_tag(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.starts_with('"') || text.starts_with("W/") {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    Some(format!("\"{text}\""))
}

/// Returns the last part of a path, which tells the format.
pub(crate) fn file_name(uri: &str) -> String {
    uri.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}
