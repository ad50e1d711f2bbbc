//! Citations as Markdown footnotes, which every client shows, and taken off again when an answer
//! comes back as an earlier turn.

use std::fmt::Write as _;

use crate::origin::Origin;
use crate::wire::answer::Citation;

/// How much of a quotation its footnote shows; the whole stands in the citation.
const MAX_QUOTE_CHARS: usize = 280;

/// What stands before a number in a marker.
const OPENING: &str = "[^";

/// Keeps a text of documents from loading pictures or becoming tags where it is shown as Markdown.
///
/// What ends the text is treated as if the worst came next, so that pieces may be escaped one by one.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut is_escaped = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let next = chars.peek().copied();
        if !is_escaped && is_dangerous(char, next) {
            escaped.push('\\');
        }
        escaped.push(char);
        is_escaped = char == '\\' && !is_escaped;
    }
    escaped
}

/// Tells whether a picture or a tag may begin with a character.
fn is_dangerous(char: char, next: Option<char>) -> bool {
    match char {
        '!' => next.is_none_or(|next| next == '['),
        '<' => {
            next.is_none_or(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
        }
        _ => false,
    }
}

/// Writes the footnotes of an answer, each with a link that opens the passage.
pub(super) fn footnotes(citations: &[Citation], origin: &Origin) -> String {
    let mut notes = String::new();
    for citation in citations {
        let title = on_one_line(&citation.document.title).replace('[', "\\[").replace(']', "\\]");
        let (link, place) = (origin.link(&citation.url), place(citation));
        let quote = quote(&citation.cited_text);
        // Writing to a string does not fail.
        if write!(notes, "\n\n[^{}]: [{title}]({link}){place} “{quote}”", citation.n).is_err() {
            break;
        }
    }
    notes
}

/// Says where in its document a citation stands.
fn place(citation: &Citation) -> String {
    let page = citation.locations.first().map(|location| format!("p. {}", location.page));
    let heading = citation.heading.last().filter(|last| **last != citation.document.title);
    let place: Vec<_> = heading.map(|last| on_one_line(last)).into_iter().chain(page).collect();
    if place.is_empty() { ":".to_owned() } else { format!(", {}:", place.join(", ")) }
}

/// Shortens a quotation for its footnote; what looks like a marker in it is none.
fn quote(cited_text: &str) -> String {
    let line = on_one_line(cited_text).replace(OPENING, "\\[^");
    match line.char_indices().nth(MAX_QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// Puts a text on one line, without pictures and tags.
fn on_one_line(text: &str) -> String {
    escape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A marker in a text, in bytes.
pub(super) struct Marker {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) n: u32,
}

/// Finds the markers of a text.
pub(super) fn markers(text: &str) -> Vec<Marker> {
    let found = text.match_indices(OPENING).filter_map(|(start, _)| {
        let digits = text.get(start + OPENING.len()..)?;
        let (number, _) = digits.split_once(']')?;
        let n = number.parse().ok()?;
        Some(Marker { start, end: start + OPENING.len() + number.len() + 1, n })
    });
    found.collect()
}

/// Takes our footnotes and their markers off an answer that comes back.
pub(super) fn strip(content: &str) -> String {
    let is_note = |line: &&str| line.trim().is_empty() || is_footnote(line);
    let n_notes = content.lines().rev().take_while(is_note).count();
    let n_kept = content.lines().count() - n_notes;
    let body = content.lines().take(n_kept).collect::<Vec<_>>().join("\n");
    let (mut text, mut kept_to) = (String::with_capacity(body.len()), 0);
    for marker in markers(&body) {
        text.push_str(body.get(kept_to..marker.start).unwrap_or_default());
        kept_to = marker.end;
    }
    text.push_str(body.get(kept_to..).unwrap_or_default());
    text
}

/// Tells whether a line is a footnote as we write them.
fn is_footnote(line: &str) -> bool {
    let number = line.strip_prefix(OPENING).and_then(|rest| rest.split_once("]:"));
    number.is_some_and(|(n, _)| n.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_tags_of_documents_stay_text() {
        assert_eq!(escape("see ![x](http://a)"), "see \\![x](http://a)");
        assert_eq!(escape("<img src=x> 1 < 2"), "\\<img src=x> 1 < 2");
        assert_eq!(escape("\\![x] \\\\![x]"), "\\![x] \\\\\\![x]");
        assert_eq!(escape("Ten days![^1]"), "Ten days\\![^1]");
        assert_eq!(escape("wow!"), "wow\\!");
        assert_eq!(escape("C:\\days [a](b)"), "C:\\days [a](b)");
    }

    #[test]
    fn an_answer_that_comes_back_loses_its_footnotes() {
        let sent =
            "Ten days.[^1] At once.[^2]\n\n[^1]: [A](http://a) “Ten”\n\n[^2]: [B](http://b) “At”";
        assert_eq!(strip(sent), "Ten days. At once.");
        assert_eq!(strip("Ten days.[^1]\n[^1]: x\n[^2]: y\n"), "Ten days.");
        assert_eq!(
            strip("[1] and [^a] stay\n\n- so does this"),
            "[1] and [^a] stay\n\n- so does this"
        );
        assert_eq!(strip(""), "");
    }

    #[test]
    fn a_quotation_is_one_short_line_without_markers() {
        assert_eq!(quote("Ten\n  days [^7]"), "Ten days \\[^7]");
        assert_eq!(quote(&"字".repeat(300)).chars().count(), MAX_QUOTE_CHARS + 1);
    }
}
