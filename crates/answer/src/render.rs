//! Puts proven sentences together: text with markers numbered by first use, and their citations.

use footnote_core::answer::{AnswerEvent, Citation, Sentence, Support, SupportState};
use footnote_core::id::{AnswerId, CitationId};

use crate::cite::Quote;

/// A sentence that may be shown, with what proves it.
#[derive(Debug, Clone)]
pub(crate) struct Proven {
    /// What stands between it and the sentence before.
    pub(crate) separator: &'static str,
    pub(crate) text: String,
    pub(crate) support: Support,
    pub(crate) quotes: Vec<Quote>,
}

/// The answer as far as it is written.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) answer: AnswerId,
    pub(crate) text: String,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) citations: Vec<Citation>,
}

impl Page {
    /// Starts an empty page.
    pub(crate) fn new(answer: AnswerId) -> Self {
        Self { answer, text: String::new(), sentences: Vec::new(), citations: Vec::new() }
    }

    /// Adds a sentence and returns what is to be shown: new citations first, then the text with
    /// its markers in one piece.
    pub(crate) fn add(&mut self, proven: Proven) -> Vec<AnswerEvent> {
        let n_before = self.citations.len();
        let mut numbers: Vec<u32> = Vec::new();
        for quote in proven.quotes {
            let n = self.number(quote, proven.support);
            if !numbers.contains(&n) {
                numbers.push(n);
            }
        }
        let mut piece = String::new();
        if !self.text.is_empty() {
            piece.push_str(proven.separator);
        }
        let start = self.text.len() + piece.len();
        piece.push_str(&without_markers(&proven.text));
        let range = start..self.text.len() + piece.len();
        piece.extend(numbers.iter().map(|n| format!("[^{n}]")));
        self.text.push_str(&piece);
        self.sentences.push(Sentence { range, support: proven.support, citations: numbers });
        let cited = self.citations[n_before..].iter().cloned();
        cited
            .map(|new| AnswerEvent::Cited(Box::new(new)))
            .chain([AnswerEvent::Text(piece)])
            .collect()
    }

    /// Returns the number of a quote: the one it has, or the next.
    fn number(&mut self, quote: Quote, support: Support) -> u32 {
        let known = self.citations.iter_mut().find(|citation| {
            citation.document.version == quote.passage.document.version
                && citation.span == quote.span
        });
        if let Some(citation) = known {
            citation.support = weaker(citation.support, support);
            return citation.n;
        }
        let n = u32::try_from(self.citations.len() + 1).unwrap_or(u32::MAX);
        let passage = quote.passage;
        self.citations.push(Citation {
            id: CitationId::nth(self.answer, n),
            n,
            document: passage.document,
            chunk: passage.chunk,
            cited_text: quote.text,
            span: quote.span,
            page: passage.page,
            boxes: quote.boxes,
            headings: passage.headings,
            support,
        });
        n
    }
}

/// Returns the weaker of two supports.
fn weaker(a: Support, b: Support) -> Support {
    let weight = |support: Support| match support.state {
        SupportState::Exact => 2.0 + support.score,
        SupportState::Partial => 1.0 + support.score,
        SupportState::Unsupported => support.score,
    };
    if weight(a) <= weight(b) { a } else { b }
}

/// Removes what a document's own text holds in the form of our markers: only we number them.
pub(crate) fn without_markers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[^") {
        let (before, marked) = rest.split_at(at);
        kept.push_str(before);
        let end = marked.find(']').map_or(2, |close| close + 1);
        let is_marker = marked[2..end.max(3) - 1].chars().all(char::is_alphanumeric);
        rest = if is_marker { &marked[end..] } else { marked.get(2..).unwrap_or_default() };
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_marker_in_a_document_is_not_shown_as_one() {
        assert_eq!(without_markers("Ten days.[^1] More[^note] later [^"), "Ten days. More later ");
        assert_eq!(without_markers("a[i] and [1] and [^a b]"), "a[i] and [1] and a b]");
    }
}
