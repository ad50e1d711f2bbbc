//! Pages of the web: one page, the pages of a sitemap, or pages that follow from one by links.

pub(crate) mod address;
mod crawl;
mod links;
mod memory;
mod robots;
mod sitemap;

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::job::{Failure, FailureCode};
use reqwest::header::{HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use url::{Position, Url};

use super::{
    Connector, Content, Entry, EntrySink, Fetched, Listed, Remote, RemoteOptions, file_name,
    moment, status,
};
use crate::outbound::{Answer, Ask, Outbound};
use robots::Robots;

/// The name that robots.txt knows us by.
const ROBOT: &str = "footnote";

/// How many servers' robots.txt are remembered.
const REMEMBERED_SERVERS: usize = 256;

/// Pages of the web.
///
/// With a depth of 0, an address that looks like a sitemap (`.xml`, `.gz`, `.txt`, or `sitemap` in
/// its name) is opened to see whether it is one; every other address is one page. With more, pages
/// of the same server below the address are followed.
pub(crate) struct Web {
    root: String,
    url: Url,
    options: RemoteOptions,
    outbound: Arc<Outbound>,
    cache: PathBuf,
    robots: Mutex<HashMap<String, Arc<Robots>>>,
}

impl Web {
    /// Makes the connector; in the cache folder it may keep what it can fetch again.
    ///
    /// # Errors
    /// `Invalid` when the host is not allowed.
    pub(super) fn new(remote: &Remote, outbound: Arc<Outbound>, cache: &Path) -> Result<Self> {
        let url = remote.url()?;
        outbound.check(&url)?;
        Ok(Self {
            root: remote.root().to_owned(),
            url,
            options: remote.options().clone(),
            outbound,
            cache: cache.to_owned(),
            robots: Mutex::default(),
        })
    }

    /// Gets a page if its server lets robots have it.
    async fn get(&self, url: &Url, known: Option<&str>) -> Result<Answer, Failure> {
        if !self.robots_allow(url).await? {
            return Err(Failure::new(
                FailureCode::NotAllowed,
                "The server's robots.txt asks programs not to fetch this page. Ask its owner, or \
                 get the document another way.",
            ));
        }
        let mut ask = Ask::get(url.clone());
        if let Some((header, value)) = known.and_then(condition) {
            ask.headers.insert(header, value);
        }
        Ok(self.outbound.send(ask).await?)
    }

    /// Tells whether robots may have a page.
    async fn robots_allow(&self, url: &Url) -> Result<bool, Failure> {
        self.outbound.check(url)?;
        let robots = self.robots_of(url).await?;
        Ok(robots.allow(&url[Position::BeforePath..Position::AfterQuery]))
    }

    /// Returns the rules of a server, read once. A server without the file allows everything.
    async fn robots_of(&self, url: &Url) -> Result<Arc<Robots>, Failure> {
        let origin = url[..Position::BeforePath].to_owned();
        // Held while the file is read, so that it is read once.
        let mut known = self.robots.lock().await;
        if let Some(robots) = known.get(&origin) {
            return Ok(Arc::clone(robots));
        }
        let mut place = url.clone();
        place.set_path("/robots.txt");
        place.set_query(None);
        let mut answer = self.outbound.send(Ask::get(place)).await?;
        let text = match answer.status() {
            200..=299 => beginning(&mut answer, robots::MAX_BYTES).await?,
            400..=499 => String::new(),
            other => return Err(status::failure(other)),
        };
        if known.len() >= REMEMBERED_SERVERS {
            known.clear();
        }
        let robots = Arc::new(Robots::parse(&text, ROBOT));
        known.insert(origin, Arc::clone(&robots));
        Ok(robots)
    }
}

#[async_trait]
impl Connector for Web {
    fn root(&self) -> &str {
        &self.root
    }

    async fn list(
        &self,
        _cursor: Option<&str>,
        sink: &mut dyn EntrySink,
        cancel: &CancellationToken,
    ) -> Result<Listed> {
        crawl::list(self, sink, cancel).await
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
        let answer = self.get(&url, known).await?;
        match answer.status() {
            304 => return Ok(Fetched::Unchanged),
            200..=299 => {}
            other => return Err(status::failure(other)),
        }
        let (tag, modified) = (tag_of(&answer), modified_of(&answer));
        let name = name_of(answer.url(), answer.header("content-type"));
        let bytes = answer.bytes(max_bytes).await?;
        Ok(Fetched::Content(Content { bytes, tag, name, modified }))
    }
}

/// Returns the header that asks for a page only if its tag does not hold any more.
fn condition(tag: &str) -> Option<(HeaderName, HeaderValue)> {
    let is_entity_tag = tag.starts_with('"') || tag.starts_with("W/");
    let header = if is_entity_tag { IF_NONE_MATCH } else { IF_MODIFIED_SINCE };
    Some((header, HeaderValue::from_str(tag).ok()?))
}

/// Returns what changes when the page does: the entity tag, or else the time of the last change.
fn tag_of(answer: &Answer) -> Option<String> {
    answer.header("etag").or_else(|| answer.header("last-modified")).map(str::to_owned)
}

/// Returns when a page was last changed.
fn modified_of(answer: &Answer) -> Option<Timestamp> {
    answer.header("last-modified").and_then(moment::of_http)
}

/// Returns a file name for a page whose ending fits its media type.
fn name_of(url: &Url, media_type: Option<&str>) -> String {
    let name = file_name(url.path());
    let name = if name.is_empty() { "index".to_owned() } else { name };
    let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let ending = match essence.to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" => "html",
        "text/markdown" | "text/x-markdown" => "md",
        "application/pdf" => "pdf",
        _ => return name,
    };
    let has_ending = name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case(ending));
    if has_ending { name } else { format!("{name}.{ending}") }
}

/// Reads the beginning of an answer.
async fn beginning(answer: &mut Answer, max_bytes: usize) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while bytes.len() < max_bytes
        && let Some(piece) = answer.piece().await?
    {
        bytes.extend_from_slice(piece.as_ref());
    }
    bytes.truncate(max_bytes);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_page_tells_its_format() {
        let name = |url: &str, media_type| name_of(&Url::parse(url).unwrap(), media_type);
        assert_eq!(name("https://a/", Some("text/html; charset=utf-8")), "index.html");
        assert_eq!(name("https://a/about", Some("Text/HTML")), "about.html");
        assert_eq!(name("https://a/a.HTML?x", Some("text/html")), "a.HTML");
        assert_eq!(name("https://a/a.md", Some("text/plain")), "a.md");
        assert_eq!(name("https://a/v1.2", Some("application/pdf")), "v1.2.pdf");
    }
}
