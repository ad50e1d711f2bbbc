//! The links of a page, read by a tokenizer that no depth of nesting slows down.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;
use std::collections::HashSet;
use url::Url;

use super::address;

/// How many links of one page are looked at.
const MAX_LINKS: usize = 10_000;

/// What a page says about where to go from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// What the targets are relative to, instead of the page's address.
    pub(super) base: Option<String>,
    /// The targets as they are written.
    pub(super) targets: Vec<String>,
    /// Whether the page asks not to be followed.
    pub(super) no_follow: bool,
}

impl Links {
    /// Returns where the links of a page lead that may be followed, each address once.
    pub(super) fn addresses(&self, page: &Url) -> Vec<Url> {
        if self.no_follow {
            return Vec::new();
        }
        let base = self.base.as_ref().and_then(|base| page.join(base).ok());
        let base = base.as_ref().unwrap_or(page);
        let mut known = HashSet::new();
        let targets = self.targets.iter().filter_map(|target| base.join(target).ok());
        let targets = targets.map(|target| address::normalise(&target));
        targets.filter(|target| known.insert(target.clone())).collect()
    }
}

/// Reads the links of a page.
pub(super) fn links(html: &[u8]) -> Links {
    // Addresses and tag names are ASCII in every encoding that pages use.
    let text = String::from_utf8_lossy(html);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    let tokenizer = Tokenizer::new(Collector::default(), TokenizerOpts::default());
    // The collector never asks for a pause, so one call reads everything.
    drop(tokenizer.feed(&input));
    tokenizer.end();
    tokenizer.sink.found.into_inner()
}

/// Collects links from the tags that pass.
#[derive(Default)]
struct Collector {
    found: RefCell<Links>,
}

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        match tag.name.as_ref() {
            "script" => TokenSinkResult::RawData(ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(Rawtext)
            }
            "textarea" | "title" => TokenSinkResult::RawData(Rcdata),
            _ => {
                self.found.borrow_mut().take(&tag);
                TokenSinkResult::Continue
            }
        }
    }
}

impl Links {
    /// Takes what a tag says.
    fn take(&mut self, tag: &Tag) {
        match tag.name.as_ref() {
            "base" if self.base.is_none() => self.base = attribute(tag, "href"),
            "a" | "area" if self.targets.len() < MAX_LINKS && !has_word(tag, "rel", "nofollow") => {
                self.targets.extend(attribute(tag, "href"));
            }
            "meta" if has_word(tag, "name", "robots") => {
                self.no_follow |= ["nofollow", "none"].iter().any(|w| has_word(tag, "content", w));
            }
            _ => {}
        }
    }
}

/// Returns an attribute of a tag.
fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.trim().to_owned())
}

/// Tells whether an attribute holds a word.
fn has_word(tag: &Tag, name: &str, word: &str) -> bool {
    attribute(tag, name).is_some_and(|value| {
        value.split([' ', ',', '\t', '\n']).any(|part| part.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_where_a_browser_finds_them() {
        let page = br#"<base href="/docs/"><title><a href=no></title>
            <script>document.write("<a href='no'>")</script><!-- <a href="no"> -->
            <A HREF=" one.html ">1</A><area href=two.html><a name=x>none</a>
            <a rel="external nofollow" href="no">n</a>"#;
        let found = links(page);
        assert_eq!(found.base.as_deref(), Some("/docs/"));
        assert_eq!(found.targets, ["one.html", "two.html"]);
        assert!(!found.no_follow);
        assert!(links(b"<meta name=robots content='noindex, nofollow'>").no_follow);
    }

    #[test]
    fn a_deeply_nested_page_is_read_in_one_pass() {
        let page = "<div>".repeat(500_000) + "<a href=end>";
        assert_eq!(links(page.as_bytes()).targets, ["end"]);
    }
}
