//! One job is listed: what its source has is compared with what the catalog knows, and becomes
//! the items of the job.

use footnote_core::id::{CollectionId, ContentHash, JobId, SourceId};
use footnote_core::job::{Failure, FailureCode, JobKind, JobLease, NewItem, Place, TakenJob};
use footnote_core::{Error, ErrorKind, Result};
use footnote_store::{KnownSource, Original, Store};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::audience::Audience;
use crate::connector::Connections;
use crate::loading;
use crate::machine;
use crate::plan::{Known, is_untouched};
use crate::progress::Event;
use crate::reader::Reader;
use crate::reading::Readings;
use crate::reembed::Reembed;
use crate::request::Request;
use crate::scan::{self, Found, Missing, Page, Reach, Through, Unlisted};

/// How often a slow listing says that it goes on.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// Lists jobs.
pub(crate) struct Lister<'a> {
    /// Where jobs are.
    pub(crate) store: &'a Store,
    /// What other machines are reached with.
    pub(crate) connections: Option<&'a Connections>,
    /// The largest file that is read, in bytes.
    pub(crate) max_file_bytes: u64,
    /// What embeds documents again, if anything does.
    pub(crate) reembed: Option<&'a dyn Reembed>,
    /// What reads documents here.
    pub(crate) readings: &'a Readings,
    /// Who hears of it.
    pub(crate) audience: &'a Audience,
    /// Stops in order.
    pub(crate) stop: &'a CancellationToken,
}

/// A listing in the making.
struct Listing<'a> {
    lister: &'a Lister<'a>,
    lease: &'a JobLease,
    collection: CollectionId,
    reader: Reader,
    verify: bool,
    again: bool,
    known: HashMap<String, Known>,
    cursor: Option<String>,
    n_items: u64,
    size_bytes: u64,
}

/// Whether a job is to be listed elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// It was listed, or cannot be.
    Here,
    /// Its files are on another machine.
    Elsewhere,
}

impl Lister<'_> {
    /// Lists a job to its end. What cannot be listed ends the job with the reason.
    ///
    /// # Errors
    /// `Cancelled` when asked to stop: the job was given back. `Conflict` when the job was
    /// cancelled or its lease was lost, `Unavailable` when the catalog cannot be used.
    pub(crate) async fn list(&self, job: &TakenJob) -> Result<Listed> {
        if job.brief.kind == JobKind::Reembed {
            return self.list_to_reembed(job).await;
        }
        let request = match Request::read(&job.brief.request) {
            Ok(request) => request,
            Err(error) => return self.refuse(&job.lease, &error).await,
        };
        if request.machine.as_ref().is_some_and(|machine| *machine != machine::name()) {
            return Ok(Listed::Elsewhere);
        }
        let source = request.source;
        match self.list_request(job, request).await {
            Ok(cursor) => {
                self.keep_cursor(source, job.lease.job, cursor).await?;
                Ok(Listed::Here)
            }
            Err(Stopped::Source(error)) if error.kind() == ErrorKind::Cancelled => {
                self.store.release_listing(&job.lease).await?;
                Err(error)
            }
            Err(Stopped::Source(error)) => self.refuse(&job.lease, &error).await,
            Err(Stopped::Catalog(error)) => Err(error),
        }
    }

    async fn list_request(
        &self,
        job: &TakenJob,
        request: Request,
    ) -> std::result::Result<Option<String>, Stopped> {
        let cursor = match request.source.filter(|_| !request.verify) {
            Some(source) => self.store.source_cursor(source).await.map_err(Stopped::Catalog)?,
            None => None,
        };
        let reach = Reach { connections: self.connections.cloned(), cursor };
        let mut listing = Listing {
            lister: self,
            lease: &job.lease,
            collection: job.brief.collection,
            reader: self.readings.reader().await,
            verify: request.verify,
            again: request.again,
            known: HashMap::new(),
            cursor: None,
            n_items: 0,
            size_bytes: 0,
        };
        let scanning = self.stop.child_token();
        let mut pages = scan::start(request, reach, scanning.clone());
        // Whatever ends the listing ends the scan.
        let _scanning = scanning.drop_guard();
        let mut orders = self.store.order_changes();
        loop {
            let page = tokio::select! {
                page = pages.recv() => page,
                () = self.stop.cancelled() => return Err(Stopped::Source(stopped())),
                () = next_saying(&mut orders) => {
                    self.store.keep_listing(&job.lease).await.map_err(Stopped::Catalog)?;
                    continue;
                }
            };
            let Some(page) = page else { break };
            listing.take(page.map_err(Stopped::Source)?).await.map_err(Stopped::Catalog)?;
        }
        self.store.end_listing(&job.lease).await.map_err(Stopped::Catalog)?;
        Ok(listing.cursor)
    }

    /// Lets whoever builds the other space list what is to be embedded again.
    async fn list_to_reembed(&self, job: &TakenJob) -> Result<Listed> {
        let Some(reembed) = self.reembed else {
            let error = Error::invalid("this program cannot embed documents again");
            return self.refuse(&job.lease, &error).await;
        };
        match reembed.list(job).await {
            Ok(()) => Ok(Listed::Here),
            Err(error) if error.kind() == ErrorKind::Conflict => Err(error),
            Err(error) => self.refuse(&job.lease, &error).await,
        }
    }

    /// Ends a job that cannot be listed.
    async fn refuse(&self, lease: &JobLease, error: &Error) -> Result<Listed> {
        let cause = error.chain();
        let detail = match error.advice() {
            Some(advice) => format!("{cause}. {advice}"),
            None => cause,
        };
        self.store.fail_job(lease, &detail).await?;
        self.audience.refuse(lease.job, error.kind());
        Ok(Listed::Here)
    }

    /// Keeps what a complete listing of a registered source returned.
    async fn keep_cursor(
        &self,
        source: Option<SourceId>,
        job: JobId,
        cursor: Option<String>,
    ) -> Result<()> {
        match source {
            Some(source) => self.store.keep_source_cursor(source, job, cursor.as_deref()).await,
            None => Ok(()),
        }
    }
}

/// Why a listing did not come to its end.
enum Stopped {
    /// The source is at fault, or somebody asked to stop.
    Source(Error),
    /// The catalog is.
    Catalog(Error),
}

/// Waits until it is time to say that the listing goes on, or somebody gave an order.
async fn next_saying(orders: &mut tokio::sync::watch::Receiver<u64>) {
    let order = tokio::time::timeout(SAY_EVERY, orders.changed()).await;
    drop(order);
}

/// Says that the program is to end.
fn stopped() -> Error {
    Error::cancelled("stopped while listing")
}

impl Listing<'_> {
    /// Takes a page of what is there.
    async fn take(&mut self, page: Page) -> Result<()> {
        match page {
            Page::Found(found) => self.found(found).await,
            Page::Unlisted(unlisted) => self.unlisted(unlisted).await,
            Page::Through(through) => self.through(through).await,
        }
    }

    /// Compares documents with what is known.
    async fn found(&mut self, found: Vec<Found>) -> Result<()> {
        let (mut unchanged, mut wanted) = (Vec::new(), Vec::new());
        self.n_items += found.len() as u64;
        self.size_bytes += found.iter().map(|found| found.size_bytes).sum::<u64>();
        for found in found {
            let (verify, reader) = (self.verify, self.reader);
            let known = self.known(&found.source.root).await?.note(&found.source.uri);
            let is_there =
                known.is_some_and(|known| !verify && is_untouched(&found, known, reader));
            if is_there { unchanged.push(item(found)) } else { wanted.push(found) }
        }
        if !unchanged.is_empty() && !self.again {
            self.lister.store.add_unchanged_items(self.lease, unchanged).await?;
        }
        self.add(wanted).await?;
        self.tell();
        Ok(())
    }

    /// Adds documents that are to be read. Where several machines work, files of this one are
    /// kept, so that any of them can.
    async fn add(&self, wanted: Vec<Found>) -> Result<()> {
        let (mut items, mut failed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for found in wanted {
            match &found.place {
                Place::File { path } if self.lister.store.spans_machines() => {
                    let path = path.clone();
                    match self.keep_file(path.clone()).await? {
                        Ok(content) => {
                            items.push(item(Found { place: Place::Blob { content }, ..found }));
                            kept.push((path, content));
                        }
                        Err(failure) => failed.push((item(found), failure)),
                    }
                }
                _reachable => items.push(item(found)),
            }
        }
        if !items.is_empty() {
            self.lister.store.add_items(self.lease, items).await?;
        }
        self.keep_again(kept).await?;
        if !failed.is_empty() {
            self.lister.store.add_failed_items(self.lease, failed).await?;
        }
        Ok(())
    }

    /// Keeps a file in the store.
    async fn keep_file(&self, path: PathBuf) -> Result<Result<ContentHash, Failure>> {
        let file = match loading::file(path, self.lister.max_file_bytes).await {
            Ok(file) => file,
            Err(failure) => return Ok(Err(failure)),
        };
        self.lister.store.keep_blob(Original::Bytes(file.bytes)).await.map(Ok)
    }

    /// Keeps again what a purge of the same bytes has taken before their items named them. A file
    /// that cannot be read any more, or is another one, fails when it is its turn.
    async fn keep_again(&self, kept: Vec<(PathBuf, ContentHash)>) -> Result<()> {
        for (path, content) in kept {
            if !self.lister.store.still_keeps(&content).await? {
                self.keep_file(path).await?.ok();
            }
        }
        Ok(())
    }

    async fn unlisted(&mut self, unlisted: Unlisted) -> Result<()> {
        let Unlisted { root, uri, failure } = unlisted;
        self.n_items += 1;
        let folder = Some(Path::new(&root)).filter(|root| root.is_absolute());
        let known = self.known(&root).await?.note(&uri);
        // A link may lead to what its server does not have any more.
        let gone = known.filter(|_| folder.is_none() && failure.code == FailureCode::Gone);
        if let Some(gone) = gone.map(|known| vanished(&root, known)) {
            self.lister.store.add_items(self.lease, vec![gone]).await?;
        } else {
            let place = match folder {
                Some(folder) => Place::File { path: folder.join(&uri) },
                None => Place::Remote { locator: uri.clone() },
            };
            let item = NewItem { root, uri, place, size_bytes: 0, modified: None, tag: None };
            self.lister.store.add_failed_items(self.lease, vec![(item, failure)]).await?;
        }
        self.tell();
        Ok(())
    }

    /// Adds the documents that a root does not have any more. A root in which nothing is left at
    /// all is more likely not mounted than emptied, so its documents are kept.
    async fn through(&mut self, through: Through) -> Result<()> {
        let Through { root, missing, cursor } = through;
        self.cursor = cursor;
        let known = self.known(&root).await?;
        let gone = known.gone(&root, &missing);
        let gone: Vec<NewItem> = gone.into_iter().map(|known| vanished(&root, known)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        if is_bare(&root, known, &missing) {
            tracing::warn!(
                root,
                "nothing is left there: its documents are kept; remove them with `footnote docs rm`"
            );
            return Ok(());
        }
        self.n_items += gone.len() as u64;
        self.lister.store.add_items(self.lease, gone).await?;
        self.tell();
        Ok(())
    }

    /// Returns what is known of a root.
    async fn known(&mut self, root: &str) -> Result<&mut Known> {
        if !self.known.contains_key(root) {
            let documents = self.lister.store.known_sources(self.collection, root).await?;
            self.known.insert(root.to_owned(), Known::new(documents));
        }
        Ok(self.known.entry(root.to_owned()).or_default())
    }

    fn tell(&self) {
        let (n_items, size_bytes) = (self.n_items, self.size_bytes);
        self.lister.audience.tell(self.lease.job, &Event::Planned { n_items, size_bytes });
    }
}

/// Makes the item of a document that is there.
fn item(found: Found) -> NewItem {
    let Found { source, place, size_bytes, modified, tag } = found;
    NewItem { root: source.root, uri: source.uri, place, size_bytes, modified, tag }
}

/// Makes the item of a document that is gone.
fn vanished(root: &str, known: &KnownSource) -> NewItem {
    NewItem {
        root: root.to_owned(),
        uri: known.uri.clone(),
        place: Place::Gone { document: known.id },
        size_bytes: 0,
        modified: None,
        tag: None,
    }
}

/// Tells whether a root has nothing left.
fn is_bare(root: &str, known: &Known, missing: &Missing) -> bool {
    match missing {
        Missing::LookedFor | Missing::Gone => known.is_empty_now(),
        Missing::GoneBelow(_) => {
            std::fs::read_dir(root).map_or(true, |mut entries| entries.next().is_none())
        }
        Missing::Unknown => false,
    }
}
