//! Reads XML element by element, without building a tree: what servers answer to listings.
//!
//! Only the five entities of XML are resolved, so none can grow; depth is limited.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::MAX_DEPTH;

/// An element that ended.
pub(super) struct Element<'a> {
    /// The names of the elements around it and its own, without prefixes, outermost first.
    pub(super) path: &'a [&'a str],
    /// The text directly in it, which may stand between its children.
    pub(super) text: &'a str,
}

/// The XML is damaged or nested too deeply; what was read before is good.
#[derive(Debug, thiserror::Error)]
#[error("the XML is damaged or nested too deeply")]
pub(super) struct Damaged;

/// Hands every element over when it ends.
pub(super) fn elements(bytes: &[u8], take: &mut dyn FnMut(Element<'_>)) -> Result<(), Damaged> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        match reader.read_event().map_err(|_| Damaged)? {
            Event::Start(tag) => open.push((tag.local_name().as_ref().to_owned(), String::new())),
            Event::Empty(tag) => {
                open.push((tag.local_name().as_ref().to_owned(), String::new()));
                close(&mut open, take);
            }
            Event::End(_) => close(&mut open, take),
            Event::Text(text) => add(&mut open, &text),
            Event::CData(text) => add(&mut open, &text),
            Event::GeneralRef(entity) => add(&mut open, &resolved(&entity).ok_or(Damaged)?),
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(Damaged),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
        if open.len() > MAX_DEPTH {
            return Err(Damaged);
        }
    }
}

/// Hands the innermost element over.
fn close(open: &mut Vec<(String, String)>, take: &mut dyn FnMut(Element<'_>)) {
    {
        let path: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
        let text = open.last().map_or("", |(_, text)| text.as_str());
        take(Element { path: &path, text });
    }
    open.pop();
}

/// Adds text to the innermost element.
fn add(open: &mut [(String, String)], text: &str) {
    if let Some((_, inner)) = open.last_mut() {
        inner.push_str(text);
    }
}

/// Returns what an entity stands for: one of the five of XML, or a character by number.
fn resolved(entity: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_xml_entity(entity).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, Damaged> {
        let mut found = Vec::new();
        let take = &mut |element: Element<'_>| {
            found.push(format!("{}={}", element.path.join("/"), element.text));
        };
        elements(text.as_bytes(), take).map(|()| found)
    }

    #[test]
    fn elements_come_with_their_path_and_text() {
        let text = "\u{feff}<?xml version='1.0'?><d:a xmlns:d='x'><b>1 &amp; &#50;</b><![CDATA[<]]><c/></d:a>";
        assert_eq!(read(text).unwrap(), ["a/b=1 & 2", "a/c=", "a=<"]);
    }

    #[test]
    fn damage_depth_and_entities_of_its_own_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x 'xxxx'>]><a>&x;</a>";
        for text in ["<a>", "<a></b>", bomb, &"<a>".repeat(100)] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
