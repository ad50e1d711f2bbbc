//! Documents of other machines, as their connector lists them.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::document::Source;
use footnote_core::job::{Failure, Place};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Found, Missing, Page, Reach, Through, Unlisted, send};
use crate::connector::{Coverage, Entry, EntrySink, Remote};
use crate::connectors::no_connections;

/// Lists a remote source.
///
/// # Errors
/// What its connector says, and `Cancelled` when nobody listens any more.
pub(super) async fn list(
    remote: &Remote,
    reach: &Reach,
    to_reader: &mpsc::Sender<Result<Page>>,
    cancel: &CancellationToken,
) -> Result<()> {
    let connections = reach.connections.as_ref().ok_or_else(no_connections)?;
    let connector = remote.connect(connections)?;
    let root = connector.root().to_owned();
    let mut sink = Sink { root: root.clone(), to_reader };
    let listed = connector.list(reach.cursor.as_deref(), &mut sink, cancel).await?;
    let missing = match listed.coverage {
        Coverage::Whole => Missing::Gone,
        Coverage::Part | Coverage::Unchanged => Missing::Unknown,
    };
    // What an incomplete listing returned would hide what it has left out.
    let is_complete = listed.coverage != Coverage::Part;
    let cursor = listed.cursor.filter(|_| is_complete);
    send(to_reader, Page::Through(Through { root, missing, cursor })).await
}

/// Hands entries on as pages.
struct Sink<'a> {
    root: String,
    to_reader: &'a mpsc::Sender<Result<Page>>,
}

#[async_trait]
impl EntrySink for Sink<'_> {
    async fn found(&mut self, entries: Vec<Entry>) -> Result<()> {
        let found = entries.into_iter().map(|entry| found(&self.root, entry)).collect();
        send(self.to_reader, Page::Found(found)).await
    }

    async fn unlisted(&mut self, uri: String, failure: Failure) -> Result<()> {
        let root = self.root.clone();
        send(self.to_reader, Page::Unlisted(Unlisted { root, uri, failure })).await
    }
}

fn found(root: &str, entry: Entry) -> Found {
    Found {
        source: Source { root: root.to_owned(), uri: entry.uri },
        place: Place::Remote { locator: entry.locator },
        size_bytes: entry.size_bytes.unwrap_or(0),
        modified: entry.modified,
        tag: entry.tag,
    }
}
