//! A bucket of an object store that speaks S3: the keys below a prefix.
//!
//! The two requests that this needs are made here and not by a library: the libraries bring their
//! own way of connecting, and refuse keys such as `a//b` that buckets do hold.

mod listing;
mod signature;

use async_trait::async_trait;
use footnote_core::clock::{Clock, SystemClock};
use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, Result};
use reqwest::Method;
use reqwest::header::{HeaderValue, IF_NONE_MATCH};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    Connector, Content, Coverage, Entry, EntrySink, Fetched, Listed, Pages, Remote, file_name,
    moment, status, unless_cancelled,
};
use crate::outbound::{Answer, Ask, Outbound, OutboundError};
use listing::Page;
use signature::Signer;

/// The largest page of a listing: a thousand keys of a thousand bytes, with room.
const MAX_PAGE_BYTES: u64 = 16 << 20;

/// A bucket.
pub(crate) struct S3 {
    root: String,
    bucket: String,
    prefix: String,
    /// The address of the bucket, with a slash at its end.
    base: Url,
    region: String,
    outbound: Arc<Outbound>,
    clock: Box<dyn Clock>,
}

impl S3 {
    /// Makes the connector.
    ///
    /// # Errors
    /// `Invalid` when the endpoint is no address or its host is not allowed.
    pub(super) fn new(remote: &Remote, outbound: Arc<Outbound>) -> Result<Self> {
        let place = remote.root().strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let (options, access) = (remote.options(), outbound.secrets().bucket(bucket));
        let endpoint = options
            .endpoint
            .as_deref()
            .or_else(|| access.and_then(|access| access.endpoint.as_deref()));
        let region = options
            .region
            .as_deref()
            .or_else(|| access.and_then(|access| access.region.as_deref()));
        let region = region.unwrap_or("us-east-1").to_owned();
        let base = base(bucket, endpoint, &region, options.path_style)?;
        outbound.check(&base)?;
        Ok(Self {
            root: remote.root().to_owned(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            base,
            region,
            outbound,
            clock: Box::new(SystemClock),
        })
    }

    /// Sends a request, signed if there are keys for the bucket.
    async fn send(&self, mut ask: Ask) -> Result<Answer, OutboundError> {
        if let Some(keys) = self.outbound.secrets().bucket(&self.bucket) {
            let signer = Signer { keys, region: &self.region, now: self.clock.now() };
            signer.sign(&mut ask);
        }
        self.outbound.send(ask).await
    }

    /// Gets a page of the listing.
    async fn page(&self, token: Option<&str>) -> Result<Page> {
        let mut url = self.base.clone();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("list-type", "2").append_pair("prefix", &self.prefix);
            query.append_pair("encoding-type", "url");
            if let Some(token) = token {
                query.append_pair("continuation-token", token);
            }
        }
        let answer = self.send(Ask::get(url)).await?;
        if !(200..300).contains(&answer.status()) {
            return Err(self.refused(&answer));
        }
        listing::parse(&answer.bytes(MAX_PAGE_BYTES).await?)
    }

    /// Says why the bucket cannot be listed.
    fn refused(&self, answer: &Answer) -> Error {
        match answer.header("x-amz-bucket-region").filter(|region| *region != self.region) {
            Some(region) => Error::invalid(format!("{} is in the region {region}", self.root))
                .hint("Give the region of the bucket, with its keys or as AWS_REGION."),
            None => status::error(answer.status(), &self.root),
        }
    }

    /// Makes the entry of an object.
    fn entry(&self, object: listing::Object) -> Entry {
        let uri = object.key.strip_prefix(&self.prefix).unwrap_or_default().trim_start_matches('/');
        // A prefix may name one object whole.
        let uri = if uri.is_empty() { file_name(&object.key) } else { uri.to_owned() };
        Entry {
            uri,
            tag: object.tag,
            size_bytes: object.size_bytes,
            modified: object.modified,
            locator: object.key,
        }
    }
}

#[async_trait]
impl Connector for S3 {
    fn root(&self) -> &str {
        &self.root
    }

    async fn list(
        &self,
        _cursor: Option<&str>,
        sink: &mut dyn EntrySink,
        cancel: &CancellationToken,
    ) -> Result<Listed> {
        let mut pages = Pages::new(sink);
        let mut token = None;
        loop {
            let page = unless_cancelled(cancel, self.page(token.as_deref())).await??;
            // Keys that end so stand for folders.
            for object in page.objects.into_iter().filter(|object| !object.key.ends_with('/')) {
                if is_addressable(&object.key) {
                    pages.add(self.entry(object)).await?;
                } else {
                    pages.unlisted(object.key, unaddressable()).await?;
                }
            }
            if page.next.is_none() || page.next == token {
                break;
            }
            token = page.next;
        }
        pages.flush().await?;
        Ok(Listed { cursor: None, coverage: Coverage::Whole })
    }

    async fn fetch(
        &self,
        entry: &Entry,
        known: Option<&str>,
        max_bytes: u64,
    ) -> Result<Fetched, Failure> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path(), signature::path(&entry.locator)));
        let mut ask = Ask::new(Method::GET, url);
        if let Some(value) = known.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            ask.headers.insert(IF_NONE_MATCH, value);
        }
        let answer = self.send(ask).await?;
        match answer.status() {
            304 => return Ok(Fetched::Unchanged),
            200..=299 => {}
            other => return Err(status::failure(other)),
        }
        let tag = answer.header("etag").map(str::to_owned);
        let modified = answer.header("last-modified").and_then(moment::of_http);
        let bytes = answer.bytes(max_bytes).await?;
        Ok(Fetched::Content(Content { bytes, tag, name: file_name(&entry.locator), modified }))
    }
}

/// Tells whether a key survives in an address, which is shortened at its dots.
fn is_addressable(key: &str) -> bool {
    !key.split('/').any(|part| matches!(part, "." | ".."))
}

/// Says why a key cannot be fetched.
fn unaddressable() -> Failure {
    Failure::new(
        FailureCode::Unsupported,
        "A part of its key is `.` or `..`, which no address can hold. Copy it to another key.",
    )
}

/// Returns the address of a bucket.
fn base(
    bucket: &str,
    endpoint: Option<&str>,
    region: &str,
    path_style: Option<bool>,
) -> Result<Url> {
    let amazon = format!("https://s3.{region}.amazonaws.com");
    let mut url = self::endpoint(endpoint.unwrap_or(&amazon))?;
    let host = url.host_str().ok_or_else(unusable)?.to_owned();
    // A dot in the name does not fit the certificate of the host.
    let in_path = path_style.unwrap_or(endpoint.is_some() || bucket.contains('.'));
    let folder = url.path().trim_end_matches('/').to_owned();
    if in_path {
        url.set_path(&format!("{folder}/{bucket}/"));
    } else {
        url.set_host(Some(&format!("{bucket}.{host}")))
            .map_err(|error| unusable().because(error))?;
        url.set_path(&format!("{folder}/"));
    }
    Ok(url)
}

/// Reads the address of a server.
///
/// # Errors
/// `Invalid` when it is none.
pub(super) fn endpoint(text: &str) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| unusable().because(error))?;
    if url.has_host() { Ok(url) } else { Err(unusable()) }
}

fn unusable() -> Error {
    Error::invalid("the endpoint of the bucket is not an address")
        .hint("Write it as https://minio.example.com:9000.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_stands_in_the_host_name_or_in_the_path() {
        let place = |bucket, endpoint, style| {
            base(bucket, endpoint, "eu-central-1", style).unwrap().to_string()
        };
        assert_eq!(place("b", None, None), "https://b.s3.eu-central-1.amazonaws.com/");
        assert_eq!(place("b.c", None, None), "https://s3.eu-central-1.amazonaws.com/b.c/");
        assert_eq!(place("b", Some("http://127.0.0.1:9000"), None), "http://127.0.0.1:9000/b/");
        assert_eq!(place("b", Some("https://m.example"), Some(false)), "https://b.m.example/");
        assert!(base("b", Some("minio"), "r", None).is_err());
    }
}
