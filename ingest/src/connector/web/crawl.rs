//! Lists pages: from a sitemap, or by following links level by level. Pages that did not change
//! since they were followed last are not sent again.

use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, Result};
use std::collections::{HashSet, VecDeque};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::memory::{Memory, Page};
use super::{Web, address, links, modified_of, sitemap, tag_of};
use crate::connector::{Coverage, Entry, EntrySink, Listed, Pages, status, unless_cancelled};
use crate::outbound::Answer;

/// The largest page whose links are read, and the largest packed sitemap, in bytes.
const MAX_PAGE_BYTES: u64 = 50 << 20;

/// How many sitemaps are read.
const MAX_SITEMAPS: usize = 1000;

/// Endings of what is never a document.
const NO_DOCUMENTS: [&str; 24] = [
    "avif", "bz2", "css", "dmg", "exe", "gif", "gz", "ico", "iso", "jpeg", "jpg", "js", "mp3",
    "mp4", "png", "svg", "tar", "tgz", "ttf", "webm", "webp", "woff", "woff2", "zip",
];

/// Lists the pages of a source.
pub(super) async fn list(
    web: &Web,
    sink: &mut dyn EntrySink,
    cancel: &CancellationToken,
) -> Result<Listed> {
    let mut crawl = Crawl {
        web,
        cancel,
        pages: Pages::new(sink),
        memory: Memory::open(&web.cache, &web.root).await,
        seen: HashSet::new(),
        n_listed: 0,
        coverage: Coverage::Whole,
    };
    if web.options.depth > 0 {
        crawl.follow().await?;
    } else if may_be_sitemap(&web.url) {
        crawl.open().await?;
    } else {
        crawl.add(entry(&web.url)).await?;
        // One page says nothing of others that were found below it when links were followed.
        crawl.coverage = Coverage::Part;
    }
    crawl.pages.flush().await?;
    if let Err(error) = crawl.memory.save().await {
        tracing::warn!(%error, "pages will be sent again to see where they lead");
    }
    Ok(Listed { cursor: None, coverage: crawl.coverage })
}

/// A listing on its way.
struct Crawl<'a> {
    web: &'a Web,
    cancel: &'a CancellationToken,
    pages: Pages<'a>,
    memory: Memory,
    seen: HashSet<String>,
    n_listed: usize,
    coverage: Coverage,
}

impl Crawl<'_> {
    /// Opens the root and lists what it lists, or itself if it is a page.
    async fn open(&mut self) -> Result<()> {
        let answer = self.get_root(None).await?;
        let page =
            Entry { tag: tag_of(&answer), modified: modified_of(&answer), ..entry(&self.web.url) };
        let bytes = self.read(answer).await?.map_err(|failure| self.closed(failure))?;
        match sitemap::parse(&bytes) {
            Some(map) => self.sitemaps(map).await,
            None => self.add(page).await,
        }
    }

    /// Lists the pages of a sitemap and of the sitemaps that it names.
    async fn sitemaps(&mut self, first: sitemap::Sitemap) -> Result<()> {
        let mut waiting = VecDeque::from([first]);
        let mut places = HashSet::from([self.web.url.to_string()]);
        while let Some(map) = waiting.pop_front() {
            if map.is_cut {
                self.coverage = Coverage::Part;
            }
            for place in map.pages {
                self.add_place(place).await?;
            }
            for place in map.maps {
                let Ok(url) = self.web.url.join(&place.url) else { continue };
                if places.len() >= MAX_SITEMAPS {
                    self.coverage = Coverage::Part;
                } else if places.insert(url.to_string()) {
                    waiting.extend(self.sitemap(&url).await?);
                }
            }
        }
        Ok(())
    }

    /// Reads one more sitemap; `None` when it cannot be had.
    async fn sitemap(&mut self, url: &Url) -> Result<Option<sitemap::Sitemap>> {
        let read = match unless_cancelled(self.cancel, self.web.get(url, None)).await? {
            Ok(answer) if (200..300).contains(&answer.status()) => self.read(answer).await?,
            Ok(answer) => Err(status::failure(answer.status())),
            Err(failure) => Err(failure),
        };
        match read {
            Ok(bytes) => Ok(sitemap::parse(&bytes)),
            Err(failure) => self.unlisted(url, failure).await.map(|()| None),
        }
    }

    /// Lists a page of a sitemap.
    async fn add_place(&mut self, place: sitemap::Place) -> Result<()> {
        let Ok(url) = self.web.url.join(&place.url) else { return Ok(()) };
        let url = address::normalise(&url);
        if !self.seen.insert(url.to_string()) {
            return Ok(());
        }
        if self.is_welcome(&url).await? {
            self.add(Entry { modified: place.modified, ..entry(&url) }).await?;
        }
        Ok(())
    }

    /// Lists the root and the pages below it that links lead to, level by level.
    async fn follow(&mut self) -> Result<()> {
        let root = self.web.url.clone();
        let answer = self.get_root(self.memory.tag(&root)).await?;
        let mut level = self.visit(&root, answer).await?;
        for depth in 1..=self.web.options.depth {
            let mut next = Vec::new();
            for url in level {
                if depth < self.web.options.depth {
                    next.extend(self.visit_link(&url).await?);
                } else if self.is_welcome(&url).await? {
                    // Its links are not followed, so it need not be opened.
                    self.add(entry(&url)).await?;
                }
            }
            level = next;
        }
        Ok(())
    }

    /// Visits a page that a link leads to, and returns where its links lead.
    async fn visit_link(&mut self, url: &Url) -> Result<Vec<Url>> {
        if self.is_full() || !self.is_welcome(url).await? {
            return Ok(Vec::new());
        }
        let known = self.memory.tag(url);
        match unless_cancelled(self.cancel, self.web.get(url, known.as_deref())).await? {
            Ok(answer) => self.visit(url, answer).await,
            Err(failure) => self.unlisted(url, failure).await.map(|()| Vec::new()),
        }
    }

    /// Lists a page that a server answered for, and returns where its links lead, as far as it was
    /// not seen.
    async fn visit(&mut self, asked: &Url, answer: Answer) -> Result<Vec<Url>> {
        let page = match (answer.status(), self.memory.of(asked)) {
            (304, Some(page)) => Ok(page.clone()),
            (200..=299, _) => self.page(answer).await?,
            (other, _) => Err(status::failure(other)),
        };
        let page = match page {
            Ok(page) => page,
            Err(failure) => return self.unlisted(asked, failure).await.map(|()| Vec::new()),
        };
        self.memory.keep(asked, &page);
        let Page { tag, modified, url, targets } = page;
        // A redirect may lead to a page that is known already, or out of what was asked for.
        let is_moved = url != *asked;
        if is_moved && (!self.is_below(&url) || !self.seen.insert(url.to_string())) {
            return Ok(Vec::new());
        }
        self.seen.insert(url.to_string());
        self.add(Entry { tag, modified, ..entry(&url) }).await?;
        let is_new = |target: &Url| self.seen.insert(target.to_string());
        Ok(targets.into_iter().filter(is_new).collect())
    }

    /// Reads what a page says that was sent.
    async fn page(&mut self, answer: Answer) -> Result<Result<Page, Failure>> {
        let url = address::normalise(answer.url());
        let (tag, modified) = (tag_of(&answer), modified_of(&answer));
        let is_html = answer.header("content-type").is_none_or(|kind| kind.contains("html"));
        if !is_html {
            return Ok(Ok(Page { tag, modified, url, targets: Vec::new() }));
        }
        let read = self.read(answer).await?;
        Ok(read.map(|bytes| {
            let mut targets = links::links(&bytes).addresses(&url);
            targets.retain(|target| self.is_below(target) && is_document(target));
            Page { tag, modified, url, targets }
        }))
    }

    /// Tells whether a page is on the server and below the folder that was asked for.
    fn is_below(&self, url: &Url) -> bool {
        let root = &self.web.url;
        let folder = root.path().rsplit_once('/').map_or("/", |(folder, _)| folder);
        let is_under = url.path().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        url.origin() == root.origin() && is_under
    }

    /// Gets the root; without it there is no listing.
    async fn get_root(&mut self, known: Option<String>) -> Result<Answer> {
        let getting = self.web.get(&self.web.url, known.as_deref());
        let answer = unless_cancelled(self.cancel, getting).await?;
        let answer = answer.map_err(|failure| self.closed(failure))?;
        match answer.status() {
            200..=299 => Ok(answer),
            304 if known.is_some() => Ok(answer),
            other => Err(status::error(other, &self.web.root)),
        }
    }

    /// Says that the root cannot be opened.
    fn closed(&self, failure: Failure) -> Error {
        Error::unavailable(format!("cannot open {}", self.web.root)).because(failure)
    }

    /// Reads a page or a sitemap.
    async fn read(&mut self, answer: Answer) -> Result<Result<Vec<u8>, Failure>> {
        let read = unless_cancelled(self.cancel, answer.bytes(MAX_PAGE_BYTES)).await?;
        Ok(read.map_err(Failure::from))
    }

    /// Tells whether a page may be fetched. What robots.txt keeps for itself is left out quietly.
    async fn is_welcome(&mut self, url: &Url) -> Result<bool> {
        match unless_cancelled(self.cancel, self.web.robots_allow(url)).await? {
            Ok(allows) => Ok(allows),
            Err(failure) => self.unlisted(url, failure).await.map(|()| false),
        }
    }

    /// Lists a page, unless there are enough.
    async fn add(&mut self, entry: Entry) -> Result<()> {
        if self.is_full() {
            return Ok(());
        }
        self.n_listed += 1;
        self.pages.add(entry).await
    }

    /// Tells whether there are enough pages; then the rest is not known.
    fn is_full(&mut self) -> bool {
        let is_full = self.n_listed >= self.web.options.max_pages;
        if is_full {
            self.coverage = Coverage::Part;
        }
        is_full
    }

    /// Passes on that a page could not be listed.
    async fn unlisted(&mut self, url: &Url, failure: Failure) -> Result<()> {
        // What is not there any more may be removed like what is not linked any more.
        if failure.code != FailureCode::Gone {
            self.coverage = Coverage::Part;
        }
        self.pages.unlisted(url.to_string(), failure).await
    }
}

/// Makes the entry of a page of which nothing is known but its address.
fn entry(url: &Url) -> Entry {
    Entry {
        uri: url.to_string(),
        tag: None,
        size_bytes: None,
        modified: None,
        locator: url.to_string(),
    }
}

/// Tells whether an address is worth opening to see whether it is a sitemap.
fn may_be_sitemap(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.contains("sitemap") || ["xml", "gz", "txt"].contains(&ending(&path))
}

/// Tells whether an address may be one of a document.
fn is_document(url: &Url) -> bool {
    !NO_DOCUMENTS.contains(&ending(&url.path().to_ascii_lowercase()))
}

/// Returns the ending of a path, without its dot.
fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}
