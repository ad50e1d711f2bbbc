//! Sitemaps: lists of pages in XML or as lines, packed or not, and lists of such lists.

use flate2::read::MultiGzDecoder;
use footnote_core::clock::Timestamp;
use std::io::Read as _;

use crate::connector::moment;
use crate::connector::xml::{Element, elements};

/// The largest sitemap after unpacking, in bytes, as the protocol has it.
const MAX_BYTES: u64 = 50 << 20;

/// The most places that one sitemap may list, as the protocol has it.
const MAX_PLACES: usize = 50_000;

/// What a sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sitemap {
    /// Pages.
    pub(super) pages: Vec<Place>,
    /// Further sitemaps.
    pub(super) maps: Vec<Place>,
    /// Whether it was damaged or too long, so that more may have been there.
    pub(super) is_cut: bool,
}

/// A place that a sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Its address as it is written.
    pub(super) url: String,
    /// When it was last changed, by its own account.
    pub(super) modified: Option<Timestamp>,
}

/// Reads a sitemap; `None` when the bytes are none.
pub(super) fn parse(bytes: &[u8]) -> Option<Sitemap> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        let read = MultiGzDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut unpacked);
        let mut map = parse_plain(&unpacked)?;
        map.is_cut |= read.is_err() || unpacked.len() as u64 == MAX_BYTES;
        return Some(map);
    }
    parse_plain(bytes)
}

/// Reads a sitemap that is not packed.
fn parse_plain(bytes: &[u8]) -> Option<Sitemap> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') { xml(text) } else { lines(text) }
}

/// Reads a sitemap whose every line is an address.
fn lines(text: &str) -> Option<Sitemap> {
    let addresses: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_address = |line: &&str| {
        (line.starts_with("https://") || line.starts_with("http://")) && !line.contains(' ')
    };
    if addresses.is_empty() || !addresses.iter().all(is_address) {
        return None;
    }
    let is_cut = addresses.len() > MAX_PLACES;
    let pages = addresses.into_iter().take(MAX_PLACES);
    let pages = pages.map(|url| Place { url: url.to_owned(), modified: None }).collect();
    Some(Sitemap { pages, maps: Vec::new(), is_cut })
}

/// Reads a sitemap in XML.
fn xml(text: &str) -> Option<Sitemap> {
    let (mut map, mut place) = (Sitemap::default(), Place::default());
    let (mut is_map, mut is_full) = (false, false);
    let mut take = |element: Element<'_>| match element.path {
        ["urlset" | "sitemapindex"] => is_map = true,
        ["urlset" | "sitemapindex", "url" | "sitemap"]
            if map.pages.len() + map.maps.len() >= MAX_PLACES =>
        {
            is_full = true;
        }
        ["urlset", "url"] => map.pages.push(std::mem::take(&mut place)),
        ["sitemapindex", "sitemap"] => map.maps.push(std::mem::take(&mut place)),
        ["urlset" | "sitemapindex", _, "loc"] => element.text.trim().clone_into(&mut place.url),
        ["urlset" | "sitemapindex", _, "lastmod"] => {
            place.modified = moment::of_iso(element.text.trim());
        }
        _ => {}
    };
    let is_damaged = elements(text.as_bytes(), &mut take).is_err();
    map.is_cut = is_damaged || is_full;
    // One that lost its end is still one, if it listed something.
    (is_map || !map.pages.is_empty() || !map.maps.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const MAP: &str = "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
        <url><loc> https://a/x?b=1&amp;c=2 </loc><lastmod>2026-03-01T12:30:00+02:00</lastmod></url>\
        <url><loc><![CDATA[https://a/y]]></loc><lastmod>1970-01-02</lastmod>\
        <image:image xmlns:image=\"i\"><image:loc>https://a/no.png</image:loc></image:image></url></urlset>";

    fn urls(places: &[Place]) -> Vec<&str> {
        places.iter().map(|place| place.url.as_str()).collect()
    }

    #[test]
    fn pages_are_read_with_their_dates_packed_or_not() {
        let map = parse(MAP.as_bytes()).unwrap();
        assert_eq!(urls(&map.pages), ["https://a/x?b=1&c=2", "https://a/y"]);
        assert_eq!(map.pages[0].modified, Some(Timestamp(1_772_361_000_000)));
        assert_eq!(map.pages[1].modified, Some(Timestamp(86_400_000)));
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(MAP.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(parse(&packed).unwrap(), map);
        assert!(parse(&packed[..packed.len() - 12]).unwrap().is_cut);
    }

    #[test]
    fn lists_of_lists_and_lists_of_lines_are_read_and_pages_are_not() {
        let index = "<sitemapindex><sitemap><loc>https://a/1.xml</loc></sitemap></sitemapindex>";
        assert_eq!(urls(&parse(index.as_bytes()).unwrap().maps), ["https://a/1.xml"]);
        let lines = parse(b"https://a/1\r\nhttps://a/2\n").unwrap();
        assert_eq!(urls(&lines.pages), ["https://a/1", "https://a/2"]);
        assert!(parse(b"<!doctype html><html><body>x</body></html>").is_none());
        assert!(parse(b"Just some text.").is_none());
        assert!(parse(b"").is_none());
    }
}
