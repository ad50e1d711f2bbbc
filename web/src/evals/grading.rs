//! Passages and answers as they are graded.

use footnote_answer::eval::{FoundPassage, GivenAnswer};
use footnote_core::answer::{FinishReason, RetrievedPassage, SupportState};

use crate::wire::answer::{Answer, Citation};

/// Returns a passage as it is graded; its score is the cosine, which questions have in common.
#[must_use]
pub fn found_passage(found: &RetrievedPassage) -> FoundPassage {
    FoundPassage {
        doc: found.passage.document.uri.clone(),
        text: found.passage.text.clone(),
        pages: found.passage.page.map(|page| (page, page)),
        score: found.dense.map_or(found.score, |dense| dense.score),
    }
}

/// Returns an answer as it is graded.
#[must_use]
pub fn given(answer: &Answer) -> GivenAnswer {
    let cited = |citation: &Citation| FoundPassage {
        doc: citation.document.uri.clone(),
        text: citation.cited_text.clone(),
        pages: citation.locations.first().map(|location| (location.page, location.page)),
        score: citation.support.score,
    };
    let supported = answer.sentences.iter();
    let supported =
        supported.filter(|sentence| sentence.support.state != SupportState::Unsupported);
    GivenAnswer {
        is_refusal: answer.finish_reason == FinishReason::NoAnswer,
        text: without_markers(&answer.text),
        cited: answer.citations.iter().map(cited).collect(),
        n_sentences: answer.sentences.len(),
        n_supported: supported.count(),
    }
}

/// Takes the markers `[^1]` out of a text.
fn without_markers(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[^") {
        let Some((_number, after)) = after.split_once(']') else { break };
        bare.push_str(before);
        rest = after;
    }
    bare.push_str(rest);
    bare
}

#[cfg(test)]
mod tests {
    use super::without_markers;

    #[test]
    fn markers_do_not_count_as_text() {
        assert_eq!(without_markers("28 days.[^1] Paid.[^12]"), "28 days. Paid.");
    }
}
