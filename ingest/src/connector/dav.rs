//! A folder of a WebDAV server, such as Nextcloud or Apache.

mod multistatus;

use async_trait::async_trait;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, Result};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, IF_NONE_MATCH};
use std::collections::HashSet;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    Connector, Content, Coverage, Entry, EntrySink, Fetched, Listed, MAX_DEPTH, Pages, Remote,
    file_name, moment, status, unless_cancelled,
};
use crate::outbound::{Answer, Ask, Outbound, OutboundError};
use multistatus::Member;

/// The largest listing of one folder, in bytes.
const MAX_LISTING_BYTES: u64 = 64 << 20;

/// How many folders are opened; more is a trap or a mistake.
const MAX_FOLDERS: usize = 100_000;

/// What is asked of the members of a folder.
const WANTED: &str = "<?xml version=\"1.0\"?><propfind xmlns=\"DAV:\"><prop><resourcetype/><getetag/>\
                      <getcontentlength/><getlastmodified/></prop></propfind>";

/// A folder of a WebDAV server. Folders are opened one by one: many servers refuse to list
/// everything at once.
pub(crate) struct Dav {
    root: String,
    url: Url,
    outbound: Arc<Outbound>,
}

impl Dav {
    /// Makes the connector.
    ///
    /// # Errors
    /// `Invalid` when the host is not allowed.
    pub(super) fn new(remote: &Remote, outbound: Arc<Outbound>) -> Result<Self> {
        let url = remote.url()?;
        outbound.check(&url)?;
        Ok(Self { root: remote.root().to_owned(), url, outbound })
    }

    /// Asks for the members of a folder.
    async fn ask(&self, folder: &Url) -> Result<Answer, OutboundError> {
        // A token of HTTP cannot be refused as a method.
        let method = Method::from_bytes(b"PROPFIND").unwrap_or(Method::GET);
        let mut ask = Ask::new(method, folder.clone());
        ask.headers.insert(HeaderName::from_static("depth"), HeaderValue::from_static("1"));
        ask.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
        ask.body = WANTED.as_bytes().to_vec();
        self.outbound.send(ask).await
    }

    /// Opens the root; without it there is no listing.
    async fn open_root(&self) -> Result<Vec<Member>> {
        let answer = self.ask(&self.url).await?;
        match answer.status() {
            207 => members(answer).await?.ok_or_else(|| {
                Error::unavailable(format!("{} does not answer as WebDAV does", self.root))
                    .hint("Check the address; Nextcloud's begins with /remote.php/dav/files/.")
            }),
            other @ (200..=299 | 405 | 501) => Err(Error::invalid(format!(
                "{} does not speak WebDAV (it answers {other})",
                self.root
            ))
            .hint("Check the address; Nextcloud's begins with /remote.php/dav/files/.")),
            other => Err(status::error(other, &self.root)),
        }
    }

    /// Opens a folder below the root.
    async fn open(&self, folder: &Url) -> Result<Vec<Member>, Failure> {
        let answer = self.ask(folder).await?;
        match answer.status() {
            207 => members(answer).await?.ok_or_else(|| {
                Failure::new(FailureCode::Unreadable, "The server's listing of it is damaged.")
            }),
            other => Err(status::failure(other)),
        }
    }

    /// Returns the path of something below the root; `None` for the root and for what is elsewhere.
    fn below(&self, url: &Url) -> Option<String> {
        let path = url.path().strip_prefix(self.url.path()).filter(|path| !path.is_empty())?;
        let is_here = url.origin() == self.url.origin();
        is_here.then(|| percent_decode_str(path).decode_utf8_lossy().into_owned())
    }
}

#[async_trait]
impl Connector for Dav {
    fn root(&self) -> &str {
        &self.root
    }

    async fn list(
        &self,
        _cursor: Option<&str>,
        sink: &mut dyn EntrySink,
        cancel: &CancellationToken,
    ) -> Result<Listed> {
        let members = unless_cancelled(cancel, self.open_root()).await??;
        let mut walk = Walk {
            dav: self,
            pages: Pages::new(sink),
            seen: HashSet::from([self.url.to_string()]),
            folders: Vec::new(),
            n_folders: 0,
            coverage: Coverage::Whole,
        };
        walk.take(&self.url, members).await?;
        while let Some(folder) = walk.folders.pop() {
            match unless_cancelled(cancel, self.open(&folder)).await? {
                Ok(members) => walk.take(&folder, members).await?,
                Err(failure) => walk.unlisted(&folder, failure).await?,
            }
        }
        walk.pages.flush().await?;
        Ok(Listed { cursor: None, coverage: walk.coverage })
    }

    async fn fetch(
        &self,
        entry: &Entry,
        known: Option<&str>,
        max_bytes: u64,
    ) -> Result<Fetched, Failure> {
        let url = Url::parse(&entry.locator).map_err(|error| {
            Failure::new(FailureCode::Internal, format!("Its address is unreadable: {error}."))
        })?;
        let mut ask = Ask::get(url);
        if let Some(value) = known.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            ask.headers.insert(IF_NONE_MATCH, value);
        }
        let answer = self.outbound.send(ask).await?;
        match answer.status() {
            304 => return Ok(Fetched::Unchanged),
            200..=299 => {}
            other => return Err(status::failure(other)),
        }
        let tag = answer.header("etag").map(str::to_owned);
        let modified = answer.header("last-modified").and_then(moment::of_http);
        let bytes = answer.bytes(max_bytes).await?;
        Ok(Fetched::Content(Content { bytes, tag, name: file_name(&entry.uri), modified }))
    }
}

/// A listing on its way.
struct Walk<'a> {
    dav: &'a Dav,
    pages: Pages<'a>,
    seen: HashSet<String>,
    folders: Vec<Url>,
    n_folders: usize,
    coverage: Coverage,
}

impl Walk<'_> {
    /// Takes the members of a folder: files are listed, folders are opened later.
    async fn take(&mut self, folder: &Url, members: Vec<Member>) -> Result<()> {
        for member in members {
            let Ok(url) = folder.join(&member.href) else { continue };
            let Some(uri) = self.dav.below(&url) else { continue };
            if member.is_folder {
                self.open_later(url, &uri);
            } else if self.seen.insert(url.to_string()) {
                self.pages.add(entry(uri, &url, member)).await?;
            }
        }
        Ok(())
    }

    /// Remembers a folder, unless it is known or there are too many.
    fn open_later(&mut self, mut url: Url, uri: &str) {
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let depth = uri.trim_end_matches('/').split('/').count();
        if depth > MAX_DEPTH || self.n_folders >= MAX_FOLDERS {
            self.coverage = Coverage::Part;
        } else if self.seen.insert(url.to_string()) {
            self.n_folders += 1;
            self.folders.push(url);
        }
    }

    /// Passes on that a folder could not be opened.
    async fn unlisted(&mut self, folder: &Url, failure: Failure) -> Result<()> {
        if failure.code == FailureCode::Gone {
            return Ok(());
        }
        self.coverage = Coverage::Part;
        let uri = self.dav.below(folder).unwrap_or_else(|| folder.to_string());
        self.pages.unlisted(uri, failure).await
    }
}

/// Makes the entry of a file.
fn entry(uri: String, url: &Url, member: Member) -> Entry {
    Entry {
        uri,
        tag: member.tag,
        size_bytes: member.size_bytes,
        modified: member.modified,
        locator: url.to_string(),
    }
}

/// Reads the members of a folder; `None` when the answer is not a listing.
async fn members(answer: Answer) -> Result<Option<Vec<Member>>, OutboundError> {
    let bytes = answer.bytes(MAX_LISTING_BYTES).await?;
    Ok(multistatus::parse(&bytes))
}
