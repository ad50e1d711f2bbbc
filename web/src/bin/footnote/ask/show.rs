//! How an answer is shown: streamed on a terminal, as Markdown in a pipe.

use console::style;

use footnote::wire::answer::{Answer, Citation, Sentence, Source};
use footnote::wire::event::Event;
use footnote_core::Result;
use footnote_core::answer::{FinishReason, SupportState};

use crate::options::Format;
use crate::output::Output;
use crate::text::place;

/// How many passages are named when the documents do not answer.
const CLOSEST: usize = 3;

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// As it comes, with coloured markers, then its footnotes.
    Stream,
    /// At its end, as Markdown with footnotes.
    Markdown,
    /// Not at all.
    Nothing,
}

impl Show {
    /// Decides how an answer is shown on an output.
    pub(crate) fn on(output: Output) -> Self {
        match output.format() {
            Format::Text if Output::is_terminal() => Self::Stream,
            Format::Text => Self::Markdown,
            Format::Json | Format::Jsonl => Self::Nothing,
        }
    }

    /// Shows one event.
    pub(crate) fn event(self, event: &Event) -> Result<()> {
        match (self, event) {
            (Self::Stream, Event::Text { delta }) => Output::raw(&colour_markers(delta)),
            (Self::Stream, Event::Completed(answer)) => Output::raw(&after_stream(answer)),
            (Self::Markdown, Event::Completed(answer)) => Output::raw(&markdown(answer)),
            (Self::Nothing, _)
            | (Self::Markdown, Event::Text { .. })
            | (
                Self::Stream | Self::Markdown,
                Event::Created { .. }
                | Event::Queued { .. }
                | Event::Retrieved { .. }
                | Event::Cited(_)
                | Event::Notice { .. }
                | Event::Failed(_),
            ) => Ok(()),
        }
    }
}

/// Writes markers `[^1]` as `[1]` in colour.
fn colour_markers(text: &str) -> String {
    let mut coloured = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[^") {
        let Some((number, after)) = after.split_once(']') else { break };
        coloured.push_str(before);
        coloured.push_str(&style(format!("[{number}]")).cyan().bold().to_string());
        rest = after;
    }
    coloured.push_str(rest);
    coloured
}

/// Writes what stands below a streamed answer.
fn after_stream(answer: &Answer) -> String {
    if answer.finish_reason == FinishReason::NoAnswer {
        return no_answer(&answer.sources);
    }
    let label = style("not found in the documents:").yellow();
    let unsupported = unsupported(answer).into_iter();
    let unsupported = unsupported.map(|sentence| format!("{label} {sentence}\n"));
    let footnotes = answer.citations.iter().map(footnote);
    let by = answer
        .model
        .as_deref()
        .map_or_else(|| "quoted".to_owned(), |model| format!("written by {model}"));
    let origin = style(format!("{by} · {:.1} s\n", seconds(answer.timings_ms.total))).dim();
    let lines: String = unsupported.chain(footnotes).collect();
    format!("\n\n{lines}{origin}")
}

/// Writes a footnote for a terminal: its number, the document, the quote, the place.
fn footnote(citation: &Citation) -> String {
    let number = style(format!("[{}]", citation.n)).cyan().bold();
    let title = style(&citation.document.uri).bold();
    let place = style(in_brackets(citation)).dim();
    let support = match citation.support.state {
        SupportState::Exact => String::new(),
        SupportState::Partial => style(" in other words").yellow().to_string(),
        SupportState::Unsupported => style(" does not support it").yellow().to_string(),
    };
    format!("{number} {title}, “{}”{place}{support}\n", on_one_line(&citation.cited_text))
}

/// Writes an answer as Markdown.
fn markdown(answer: &Answer) -> String {
    if answer.finish_reason == FinishReason::NoAnswer {
        return no_answer(&answer.sources);
    }
    let unsupported = unsupported(answer).into_iter();
    let unsupported =
        unsupported.map(|sentence| format!("\n> Not found in the documents: {sentence}\n"));
    let definition = |citation: &Citation| {
        let (n, uri, place) = (citation.n, &citation.document.uri, in_brackets(citation));
        format!("[^{n}]: {uri}, “{}”{place}\n", on_one_line(&citation.cited_text))
    };
    let definitions: String = answer.citations.iter().map(definition).collect();
    let gap = if definitions.is_empty() { "" } else { "\n" };
    let warnings: String = unsupported.collect();
    format!("{}\n{warnings}{gap}{definitions}", answer.text.trim_end())
}

/// Says that the documents do not answer, and what comes closest.
fn no_answer(sources: &[Source]) -> String {
    let closest = sources.iter().take(CLOSEST).map(|source| {
        let place = place(&source.heading, source.page);
        let place = if place.is_empty() { place } else { format!(" ({place})") };
        format!("- {}{place}\n", source.document.uri)
    });
    let closest: String = closest.collect();
    let heading = if closest.is_empty() { "" } else { "\nThe closest passages:\n" };
    format!("The documents do not answer this question.\n{heading}{closest}")
}

/// Returns the sentences that nothing supports.
fn unsupported(answer: &Answer) -> Vec<String> {
    let is_unsupported = |sentence: &&Sentence| sentence.support.state == SupportState::Unsupported;
    let chars: Vec<char> = answer.text.chars().collect();
    let text = |sentence: &Sentence| {
        let range = sentence.range.start..sentence.range.end;
        chars.get(range).map(|chars| chars.iter().collect::<String>()).unwrap_or_default()
    };
    answer.sentences.iter().filter(is_unsupported).map(text).collect()
}

fn in_brackets(citation: &Citation) -> String {
    let page = citation.locations.first().map(|location| location.page);
    let place = place(&citation.heading, page);
    if place.is_empty() { place } else { format!(" ({place})") }
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::colour_markers;

    #[test]
    fn markers_lose_their_caret_and_other_brackets_stay() {
        console::set_colors_enabled(false);
        assert_eq!(colour_markers("28 days.[^1] [sic] x[^12]"), "28 days.[1] [sic] x[12]");
        assert_eq!(colour_markers("open [^"), "open [^");
    }
}
