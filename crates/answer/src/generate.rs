//! Lets a model write and cuts what it writes into sentences as they come.

use footnote_core::chat::{Completion, Piece, Prompt};
use footnote_core::model::Generator;
use footnote_core::{Result, trace};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, Span};

use crate::language::is_east_asian;
use crate::sentences::split;
use crate::show::Audience;

/// A sentence that a model wrote, its own markers removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drafted {
    pub(crate) text: String,
    /// What stood between it and the sentence before, reduced to white space and a list marker.
    pub(crate) separator: &'static str,
}

/// The sentences of a model, one after the other.
pub(crate) struct SentenceStream {
    pieces: BoxStream<'static, Result<Piece>>,
    buffer: Buffer,
    completion: Option<Completion>,
    /// When the model is stopped, however far it has come.
    deadline: Instant,
    is_late: bool,
    /// Ends with the stream.
    span: Span,
}

impl SentenceStream {
    /// Starts the model, which may take as long as `limit`.
    ///
    /// # Errors
    /// As [`Generator::generate`]; `Cancelled` when nobody waits any more.
    pub(crate) async fn start(
        generator: &dyn Generator,
        prompt: Prompt,
        audience: &Audience<'_>,
        limit: Duration,
    ) -> Result<Self> {
        let span = trace::generate(generator.name(), prompt.max_tokens);
        let deadline = Instant::now() + limit;
        let starting = audience.attend(generator.generate(prompt));
        let started = timeout_at(deadline, starting.instrument(span.clone())).await;
        let is_late = started.is_err();
        let pieces = match started {
            Ok(pieces) => pieces??,
            Err(_elapsed) => stream::empty().boxed(),
        };
        let buffer = Buffer::default();
        Ok(Self { pieces, buffer, completion: None, deadline, is_late, span })
    }

    /// Returns the next finished sentence, or `None` at the end. A sentence that the deadline cuts
    /// short is dropped.
    ///
    /// # Errors
    /// What the model fails with; `Cancelled` when nobody waits any more.
    pub(crate) async fn next(&mut self, audience: &Audience<'_>) -> Result<Option<Drafted>> {
        loop {
            if let Some(sentence) = self.buffer.take_finished() {
                return Ok(Some(sentence));
            }
            let waited = timeout_at(self.deadline, audience.attend(self.pieces.next())).await;
            let Ok(piece) = waited else {
                self.give_up();
                return Ok(None);
            };
            match piece? {
                Some(Ok(Piece::Text(text))) => self.buffer.push(&text),
                Some(Ok(Piece::Finished(completion))) => {
                    trace::generated(&self.span, &completion);
                    self.completion = Some(completion);
                }
                Some(Err(error)) => return Err(error),
                None => return Ok(self.buffer.take_rest()),
            }
        }
    }

    /// Tells whether the model was stopped because it took too long.
    pub(crate) fn is_late(&self) -> bool {
        self.is_late
    }

    /// Stops the model.
    fn give_up(&mut self) {
        self.is_late = true;
        self.pieces = stream::empty().boxed();
        self.buffer = Buffer::default();
    }

    /// Returns why and after how much the model ended, once it has.
    pub(crate) fn completion(&self) -> Option<&Completion> {
        self.completion.as_ref()
    }
}

/// Text that came and was not yet handed on.
#[derive(Debug, Default)]
struct Buffer {
    text: String,
    separator: &'static str,
}

impl Buffer {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.text = without_numbers(&self.text);
    }

    /// Takes the first sentence if another has begun after it.
    fn take_finished(&mut self) -> Option<Drafted> {
        let ranges = split(&self.text);
        let [first, second, ..] = ranges.as_slice() else { return None };
        let gap = self.text.get(first.end..second.start).unwrap_or_default();
        let next_separator = separator(gap, &self.text[first.clone()]);
        let sentence = self.text[first.clone()].to_owned();
        self.text = self.text.split_off(second.start);
        let separator = std::mem::replace(&mut self.separator, next_separator);
        Some(Drafted { text: sentence, separator })
    }

    /// Takes what is left when nothing more comes.
    fn take_rest(&mut self) -> Option<Drafted> {
        let range = split(&self.text).into_iter().next()?;
        let sentence = self.text[range.clone()].to_owned();
        self.text = self.text.split_off(range.end);
        Some(Drafted { text: sentence, separator: self.separator })
    }
}

/// Reduces what stands between two sentences to what may be shown.
fn separator(gap: &str, before: &str) -> &'static str {
    let is_item = gap.trim_start().starts_with(['-', '*', '•']);
    match (gap.matches('\n').count(), is_item) {
        (0, _)
            if before.chars().next_back().is_some_and(|c| is_east_asian(c) || is_full_width(c)) =>
        {
            ""
        }
        (0, _) => " ",
        (_, true) => "\n- ",
        (1, false) => "\n",
        (_, false) => "\n\n",
    }
}

fn is_full_width(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

/// Removes the source numbers that a model writes: `[1]`, `[^2]`, `[1, 3]`, `【1】`, `[Source 1]`.
/// The verifier gives every sentence its own.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '【']) {
        let (before, bracket) = rest.split_at(at);
        if let Some(length) = number_length(bracket) {
            kept.push_str(before.trim_end_matches(' '));
            rest = &bracket[length..];
        } else {
            let opening = bracket.chars().next().map_or(1, char::len_utf8);
            kept.push_str(&rest[..at + opening]);
            rest = &bracket[opening..];
        }
    }
    kept.push_str(rest);
    kept
}

/// Returns how many bytes a source number in brackets takes, if the text begins with one.
fn number_length(bracket: &str) -> Option<usize> {
    let close = bracket.find([']', '】'])?;
    let opening = bracket.chars().next()?.len_utf8();
    let inner = bracket.get(opening..close)?.to_lowercase();
    let bare = ["source", "资料", "^", "s"]
        .iter()
        .fold(inner.as_str(), |inner, word| inner.strip_prefix(word).unwrap_or(inner).trim_start());
    let is_number = bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '^' | '，' | '、'));
    let closing = bracket[close..].chars().next()?.len_utf8();
    is_number.then_some(close + closing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&str]) -> Vec<(String, &'static str)> {
        let mut buffer = Buffer::default();
        let mut sentences = Vec::new();
        for piece in pieces {
            buffer.push(piece);
            sentences.extend(std::iter::from_fn(|| buffer.take_finished()));
        }
        sentences.extend(std::iter::from_fn(|| buffer.take_rest()));
        sentences.into_iter().map(|sentence| (sentence.text, sentence.separator)).collect()
    }

    #[test]
    fn a_number_split_over_two_pieces_is_removed() {
        assert_eq!(
            cut(&["Ten days [", "1]. Two ", "weeks.[^2] End"]),
            [("Ten days.".to_owned(), ""), ("Two weeks.".to_owned(), " "), ("End".to_owned(), " ")]
        );
    }

    #[test]
    fn a_list_stays_a_list_and_chinese_needs_no_space() {
        assert_eq!(
            cut(&["Bring:\n- a pass\n- a pen"]),
            [
                ("Bring:".to_owned(), ""),
                ("a pass".to_owned(), "\n- "),
                ("a pen".to_owned(), "\n- ")
            ]
        );
        assert_eq!(
            cut(&["年假十天【1】。", "可以结转。"]),
            [("年假十天。".to_owned(), ""), ("可以结转。".to_owned(), "")]
        );
    }

    #[test]
    fn brackets_that_are_no_source_number_stay() {
        assert_eq!(without_numbers("use a[i] or [sic], see [Source 2]"), "use a[i] or [sic], see");
    }
}
