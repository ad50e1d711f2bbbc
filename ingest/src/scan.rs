//! What is there: pages of what a request names, found on a thread or a task of its own.

pub(crate) mod local;
mod pattern;
mod remote;

use footnote_core::clock::Timestamp;
use footnote_core::document::Source;
use footnote_core::job::{Failure, Place};
use footnote_core::{Error, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::connector::Connections;
use crate::request::{Input, Request};

/// How many documents are handed on at once.
const PAGE_ITEMS: usize = 256;

/// How many pages may wait: enough that finding and comparing overlap.
const PAGES_AHEAD: usize = 4;

/// A piece of what is found.
#[derive(Debug)]
pub(crate) enum Page {
    /// Documents that are there.
    Found(Vec<Found>),
    /// Something that cannot even be listed.
    Unlisted(Unlisted),
    /// A root was gone through.
    Through(Through),
}

/// A document that is there.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its root and the path below it.
    pub(crate) source: Source,
    /// Where its bytes are.
    pub(crate) place: Place,
    /// Its size; 0 when the source does not tell.
    pub(crate) size_bytes: u64,
    /// When the source last changed it, as far as it tells.
    pub(crate) modified: Option<Timestamp>,
    /// What the source calls this state of it, as far as it does.
    pub(crate) tag: Option<String>,
}

/// A document that cannot even be listed.
#[derive(Debug, Clone)]
pub struct Unlisted {
    /// The source root.
    pub root: String,
    /// The path below it, as far as it is known.
    pub uri: String,
    /// Why.
    pub failure: Failure,
}

/// A root that was gone through.
#[derive(Debug)]
pub(crate) struct Through {
    /// The source root.
    pub(crate) root: String,
    /// What follows for documents that were not found below it.
    pub(crate) missing: Missing,
    /// What to hand in when it is listed next.
    pub(crate) cursor: Option<String>,
}

/// What follows for documents that are known and were not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    /// They are gone if the disk has no such file.
    LookedFor,
    /// They are gone.
    Gone,
    /// These and what is below them are gone; nothing follows for others.
    GoneBelow(Vec<String>),
    /// Nothing.
    Unknown,
}

/// What is needed to look at other machines.
#[derive(Clone)]
pub(crate) struct Reach {
    /// What connectors connect with.
    pub(crate) connections: Option<Connections>,
    /// What the last complete listing returned.
    pub(crate) cursor: Option<String>,
}

/// Begins to look; what is found comes page by page. It ends when nobody listens any more.
pub(crate) fn start(
    request: Request,
    reach: Reach,
    cancel: CancellationToken,
) -> mpsc::Receiver<Result<Page>> {
    let (to_reader, pages) = mpsc::channel(PAGES_AHEAD);
    tokio::spawn(async move {
        if let Err(error) = scan(request, reach, &to_reader, &cancel).await {
            // Nobody listening is no fault: whoever began has ended.
            to_reader.send(Err(error)).await.ok();
        }
    });
    pages
}

/// Looks at one input after the other.
async fn scan(
    request: Request,
    reach: Reach,
    to_reader: &mpsc::Sender<Result<Page>>,
    cancel: &CancellationToken,
) -> Result<()> {
    let patterns = pattern::Patterns::new(&request.include, &request.exclude)?;
    let patterns = std::sync::Arc::new(patterns);
    for input in request.inputs {
        if cancel.is_cancelled() {
            return Err(Error::cancelled("stopped while listing"));
        }
        match input {
            Input::Kept { root, name, content, size_bytes, original: _ } => {
                let found = Found {
                    source: Source { root, uri: name },
                    place: Place::Blob { content },
                    size_bytes,
                    modified: None,
                    tag: None,
                };
                send(to_reader, Page::Found(vec![found])).await?;
            }
            Input::Remote(remote) => remote::list(&remote, &reach, to_reader, cancel).await?,
            Input::Path(path) => {
                let patterns = std::sync::Arc::clone(&patterns);
                let pages = local::Pages::new(to_reader.clone());
                blocking(move || local::list(&path, &patterns, pages)).await?;
            }
            Input::Changed { root, paths } => {
                let patterns = std::sync::Arc::clone(&patterns);
                let pages = local::Pages::new(to_reader.clone());
                blocking(move || local::list_changed(&root, &paths, &patterns, pages)).await?;
            }
        }
    }
    Ok(())
}

/// Hands on a page.
async fn send(to_reader: &mpsc::Sender<Result<Page>>, page: Page) -> Result<()> {
    to_reader.send(Ok(page)).await.map_err(|_closed| stopped())
}

/// Says that whoever listened has ended.
fn stopped() -> Error {
    Error::cancelled("stopped while listing")
}

/// Works on a thread that may block.
async fn blocking(work: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::internal("listing the source failed").because(error))?
}
