//! Where a remote source is: read from what the user typed, kept as plain data.

use footnote_core::config::OutboundConfig;
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

use super::Connector;
use super::dav::Dav;
use super::git::Git;
use super::s3::{self, S3};
use super::web::{Web, address};
use crate::outbound::{Outbound, OutboundError, Secrets};

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteKind {
    /// Pages of the web, or a sitemap that lists them.
    Web,
    /// A git repository.
    Git,
    /// A bucket of an object store that speaks S3.
    S3,
    /// A folder of a WebDAV server.
    Dav,
}

/// What may be said beside the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteOptions {
    /// Web: how many links deep pages below the address are followed; 0 means that page only.
    pub depth: usize,
    /// Web: how many pages are listed at most.
    pub max_pages: usize,
    /// Git: the branch or tag; `None` means the one that the server names.
    pub branch: Option<String>,
    /// S3: the address of the server; `None` means the one that stands with the keys of the bucket,
    /// or else Amazon's.
    pub endpoint: Option<String>,
    /// S3: the region; `None` means the one that stands with the keys, or else `us-east-1`.
    pub region: Option<String>,
    /// S3: whether the bucket stands in the path, which servers of one's own expect, and not in
    /// the host name; `None` means in the path if an endpoint is given.
    pub path_style: Option<bool>,
}

impl Default for RemoteOptions {
    fn default() -> Self {
        Self {
            depth: 0,
            max_pages: 10_000,
            branch: None,
            endpoint: None,
            region: None,
            path_style: None,
        }
    }
}

/// Where a remote source is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    kind: RemoteKind,
    root: String,
    options: RemoteOptions,
}

/// What connectors connect with.
#[derive(Clone)]
pub struct Connections {
    outbound: Arc<Outbound>,
    cache: PathBuf,
}

impl Connections {
    /// Makes what connectors connect with: the one client, and a folder where they may keep what
    /// they can fetch again, `cache` in the data directory.
    ///
    /// # Errors
    /// As [`Secrets::load`] and [`Outbound::new`].
    pub fn open<'a>(
        config: &OutboundConfig,
        environment: impl IntoIterator<Item = &'a (String, String)>,
        cache: PathBuf,
    ) -> Result<Self> {
        let secrets = Secrets::load(&config.credentials, environment)?;
        Ok(Self::new(Arc::new(Outbound::new(config, secrets)?), cache))
    }

    /// Makes what connectors connect with, from a client.
    #[must_use]
    pub fn new(outbound: Arc<Outbound>, cache: PathBuf) -> Self {
        Self { outbound, cache }
    }
}

/// How addresses of remote sources begin, and what they are.
const SCHEMES: [(&str, RemoteKind); 7] = [
    ("https://", RemoteKind::Web),
    ("http://", RemoteKind::Web),
    ("git+https://", RemoteKind::Git),
    ("git+http://", RemoteKind::Git),
    ("dav+https://", RemoteKind::Dav),
    ("dav+http://", RemoteKind::Dav),
    ("s3://", RemoteKind::S3),
];

impl Remote {
    /// Tells whether what the user typed is an address and not a path.
    #[must_use]
    pub fn is_address(text: &str) -> bool {
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        scheme.len() > 1 && scheme.chars().all(is_scheme)
    }

    /// Reads an address: `https://…` (pages), `https://….git` and `git+https://…`,
    /// `s3://bucket/prefix`, `dav+https://…`.
    ///
    /// # Errors
    /// `Invalid` for an address of another kind, and for one that holds a user or a password.
    pub fn parse(text: &str, options: RemoteOptions) -> Result<Self> {
        let text = text.trim();
        let known = SCHEMES.iter().find(|(scheme, _)| starts_with(text, scheme));
        let &(scheme, kind) = known.ok_or_else(|| unknown(text))?;
        if kind == RemoteKind::S3 {
            if let Some(endpoint) = options.endpoint.as_deref() {
                without_login(&s3::endpoint(endpoint)?)?;
            }
            return Ok(Self { kind, root: bucket_root(&text[scheme.len()..])?, options });
        }
        // `git+` and `dav+` say what is spoken; what follows is the address.
        let inner = scheme.find('+').map_or(text, |plus| &text[plus + 1..]);
        let url = Url::parse(inner)
            .map_err(|error| Error::invalid("this is not an address").because(error))?;
        without_login(&url)?;
        Ok(match kind {
            RemoteKind::Git => Self::git(url, options),
            RemoteKind::Web if is_repository(&url) => Self::git(url, options),
            RemoteKind::Dav => Self { kind, root: format!("dav+{}", folder(url)), options },
            RemoteKind::Web | RemoteKind::S3 => {
                Self { kind, root: address::normalise(&url).to_string(), options }
            }
        })
    }

    /// Makes the source of a repository; the branch is part of its root.
    fn git(mut url: Url, mut options: RemoteOptions) -> Self {
        let branch = url.fragment().filter(|branch| !branch.is_empty()).map(str::to_owned);
        options.branch = options.branch.or(branch);
        url.set_fragment(options.branch.as_deref());
        let (address, fragment) = url.as_str().split_at(url[..url::Position::AfterQuery].len());
        let root = format!("git+{}{fragment}", address.trim_end_matches('/'));
        Self { kind: RemoteKind::Git, root, options }
    }

    /// Returns what kind of source it is.
    #[must_use]
    pub fn kind(&self) -> RemoteKind {
        self.kind
    }

    /// Returns the address, normalised: the root of its documents.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Returns what was said beside the address.
    #[must_use]
    pub fn options(&self) -> &RemoteOptions {
        &self.options
    }

    /// Makes the connector. Nothing is sent yet.
    ///
    /// # Errors
    /// `Invalid`, with the line to add to the configuration, when the host is not allowed.
    pub fn connect(&self, connections: &Connections) -> Result<Box<dyn Connector>> {
        let outbound = Arc::clone(&connections.outbound);
        Ok(match self.kind {
            RemoteKind::Web => Box::new(Web::new(self, outbound, &connections.cache)?),
            RemoteKind::Git => Box::new(Git::new(self, outbound, &connections.cache)?),
            RemoteKind::S3 => Box::new(S3::new(self, outbound)?),
            RemoteKind::Dav => Box::new(Dav::new(self, outbound)?),
        })
    }

    /// Returns the address of the server, without the word that says what is spoken.
    pub(super) fn url(&self) -> Result<Url> {
        let inner = self.root.split_once('+').filter(|(word, _)| matches!(*word, "git" | "dav"));
        let text = inner.map_or(self.root.as_str(), |(_, rest)| rest);
        let mut url = Url::parse(text).map_err(|error| {
            Error::invalid(format!("`{}` is not an address", self.root)).because(error)
        })?;
        url.set_fragment(None);
        Ok(url)
    }
}

/// Refuses an address that holds a user or a password: it would be written down.
fn without_login(url: &Url) -> Result<()> {
    let is_bare = url.username().is_empty() && url.password().is_none();
    if is_bare { Ok(()) } else { Err(OutboundError::UserInfo.into()) }
}

/// Tells whether an address of the web is one of a repository, as forges write them.
fn is_repository(url: &Url) -> bool {
    url.path().trim_end_matches('/').to_ascii_lowercase().ends_with(".git")
}

/// Returns the address of a folder, with the slash at its end.
fn folder(mut url: Url) -> Url {
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// Returns the root of a bucket and a prefix of keys.
fn bucket_root(place: &str) -> Result<String> {
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if bucket.is_empty() || !bucket.chars().all(is_name) {
        return Err(Error::invalid("the address names no bucket").hint("Write s3://bucket/prefix."));
    }
    Ok(format!("s3://{bucket}/{prefix}"))
}

/// Tells whether a text begins with a scheme, written large or small.
fn starts_with(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// Says which addresses are known.
fn unknown(text: &str) -> Error {
    let scheme = text.split_once("://").map_or(text, |(scheme, _)| scheme);
    Error::invalid(format!("addresses that begin with `{scheme}` are not read")).hint(
        "Use https:// for pages, git+https:// for a repository, s3://bucket/prefix, or \
         dav+https:// for WebDAV; give local files and folders as paths.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(RemoteKind, String)> {
        let remote = Remote::parse(text, RemoteOptions::default())?;
        Ok((remote.kind(), remote.root().to_owned()))
    }

    #[test]
    fn an_address_says_what_it_is_and_is_written_one_way() {
        let expected = [
            (
                "HTTPS://Docs.Example.com:443/a/../b#top",
                RemoteKind::Web,
                "https://docs.example.com/b",
            ),
            (
                "https://git.example.com/x/y.git/",
                RemoteKind::Git,
                "git+https://git.example.com/x/y.git",
            ),
            (
                "git+https://git.example.com/x/y#v2",
                RemoteKind::Git,
                "git+https://git.example.com/x/y#v2",
            ),
            (
                "dav+https://cloud.example.com/files",
                RemoteKind::Dav,
                "dav+https://cloud.example.com/files/",
            ),
            ("s3://contracts", RemoteKind::S3, "s3://contracts/"),
            ("s3://contracts/2026/a", RemoteKind::S3, "s3://contracts/2026/a"),
        ];
        for (text, kind, root) in expected {
            assert_eq!(read(text).unwrap(), (kind, root.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_known_address_or_holds_a_password_is_refused() {
        for text in ["ftp://a/b", "file:///etc/passwd", "git+ssh://a/b", "https://", "s3://"] {
            assert!(read(text).is_err(), "{text}");
        }
        let endpoint = Some("https://user:hunter2@minio.example".to_owned());
        let options = RemoteOptions { endpoint, ..RemoteOptions::default() };
        for error in [
            read("https://user:hunter2@example.com/").unwrap_err(),
            Remote::parse("s3://bucket", options).unwrap_err(),
        ] {
            assert!(error.advice().unwrap().contains("outbound.credentials"));
            assert!(!error.chain().contains("hunter2"));
        }
    }

    #[test]
    fn a_remote_survives_storage_and_paths_are_no_addresses() {
        let remote = Remote::parse("https://a.example/x", RemoteOptions::default()).unwrap();
        let text = serde_json::to_string(&remote).unwrap();
        assert_eq!(serde_json::from_str::<Remote>(&text).unwrap(), remote);
        assert!(Remote::is_address("ftp://x") && !Remote::is_address("docs/a.md"));
        assert!(!Remote::is_address("C://x"));
    }
}
