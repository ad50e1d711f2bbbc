//! XML as a stream of tags and text, safe against what strangers write.
//!
//! Entities of the document's own are never expanded, nothing outside is fetched, and nesting is
//! bounded. Names are local names: the two namespaces of Office's XML differ in nothing else.

use footnote_core::job::{Failure, FailureCode};
use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use std::borrow::Cow;

use crate::decode;
use crate::limits::Limits;

/// A step through a document; an empty element is opened and closed.
pub(crate) enum Step<'a> {
    /// A tag opens an element.
    Open(Tag<'a>),
    /// Text between tags.
    Text(Cow<'a, str>),
    /// An element ends.
    Close(EndTag<'a>),
}

/// The tag that opens an element.
pub(crate) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Returns the name without its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Returns an attribute by its name without prefix.
    pub(crate) fn attr(&self, name: &str) -> Option<String> {
        self.find(|key| key.rsplit(':').next() == Some(name))
    }

    /// Returns the attribute that names a relation of the part: `r:id`, `r:embed`, `r:dm`.
    ///
    /// It has a prefix, which tells it from an `id` of the element itself.
    pub(crate) fn relation(&self, name: &str) -> Option<String> {
        self.find(|key| key.split_once(':').is_some_and(|(_, local)| local == name))
    }

    /// Returns an attribute that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.attr(name)?.trim().parse().ok()
    }

    /// Tells whether a switch such as `<w:b/>` is on: present and not said to be off.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.attr("val").as_deref(), Some("0" | "false" | "off" | "none"))
    }

    fn find(&self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let mut wanted = attributes.filter(|attribute| is_wanted(attribute.key.into_inner()));
        wanted.next().map(|attribute| match quick_xml::escape::unescape(&attribute.value) {
            Ok(value) => value.into_owned(),
            // An unknown entity: the value as it is written.
            Err(_) => attribute.value.to_string(),
        })
    }
}

/// The tag that closes an element.
pub(crate) struct EndTag<'a>(BytesEnd<'a>);

impl EndTag<'_> {
    /// Returns the name without its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// Reads a document step by step.
pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    limits: &'a Limits,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(text: &'a str, limits: &'a Limits) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0, limits }
    }

    /// Returns the next step, `None` at the end.
    ///
    /// # Errors
    /// `Unreadable` for what is no XML, `TooLarge` for what is nested too deeply.
    pub(crate) fn next(&mut self) -> Result<Option<Step<'a>>, Failure> {
        loop {
            let step = match self.reader.read_event().map_err(|_| damaged())? {
                Event::Start(tag) => {
                    self.depth += 1;
                    self.limits.check_depth(self.depth)?;
                    Step::Open(Tag(tag))
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close(EndTag(tag))
                }
                Event::Text(text) => Step::Text(text.into_inner()),
                Event::CData(text) => Step::Text(text.into_inner()),
                Event::GeneralRef(entity) => match resolve(&entity) {
                    Some(c) => Step::Text(Cow::Owned(c.to_string())),
                    None => continue,
                },
                Event::Eof => return Ok(None),
                Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => continue,
            };
            return Ok(Some(step));
        }
    }

    /// Passes over the rest of the element whose tag was read last.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub(crate) fn skip(&mut self) -> Result<(), Failure> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the text of the element whose tag was read last, to its end.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub(crate) fn text(&mut self) -> Result<String, Failure> {
        let outside = self.depth.saturating_sub(1);
        let mut text = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Step::Text(piece)) => text.push_str(&piece),
                Some(Step::Open(_) | Step::Close(_)) => {}
                None => break,
            }
        }
        Ok(text)
    }
}

/// Resolves the entities that XML has by itself, and numbers of characters.
fn resolve(entity: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return (!c.is_control() || matches!(c, '\n' | '\t')).then_some(c);
    }
    match entity.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{A0}'),
        _ => None,
    }
}

/// Decodes a part of a package.
///
/// # Errors
/// `Unreadable` when it is no text.
pub(crate) fn decoded(bytes: &[u8]) -> Result<String, Failure> {
    decode::decode(bytes, None).map(|decoded| decoded.text).ok_or_else(damaged)
}

fn damaged() -> Failure {
    let detail = "A part of the file is damaged. Replace it with an intact copy.";
    Failure::new(FailureCode::Unreadable, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Result<String, Failure> {
        let limits = Limits::default();
        let mut xml = Xml::new(source, &limits);
        let mut texts = String::new();
        while let Some(step) = xml.next()? {
            if let Step::Text(text) = step {
                texts.push_str(&text);
            }
        }
        Ok(texts)
    }

    #[test]
    fn own_entities_are_never_expanded() {
        let source = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]><a>x&c;&#65;&lt;</a>";
        assert_eq!(texts(source).as_deref(), Ok("xA<"));
    }

    #[test]
    fn nesting_is_bounded() {
        let failure = texts(&"<a>".repeat(100_000)).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge);
        assert!(failure.detail.contains("max_depth"), "{}", failure.detail);
    }

    #[test]
    fn an_element_is_passed_over_with_all_it_holds() {
        let limits = Limits::default();
        let mut xml = Xml::new("<a><b>x<c/>y</b><d w:val='1' r:id='r1' id='5'>z</d></a>", &limits);
        let mut seen = Vec::new();
        while let Some(step) = xml.next().unwrap() {
            match step {
                Step::Open(tag) if tag.name() == "b" => xml.skip().unwrap(),
                Step::Open(tag) if tag.name() == "d" => {
                    seen.extend([tag.attr("val"), tag.relation("id"), tag.attr("id")]);
                    seen.push(Some(xml.text().unwrap()));
                }
                Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
            }
        }
        let seen: Vec<String> = seen.into_iter().flatten().collect();
        assert_eq!(seen, ["1", "r1", "r1", "z"]);
    }
}
