//! Counts answers and measures what they took, from what they say of themselves.

use metrics::{counter, histogram};
use std::time::Duration;

use footnote_answer::SearchTimings;
use footnote_core::answer::{FinishReason, SupportState};

use super::names::{
    ANSWER_DURATION, ANSWERS, CITATIONS, FIRST_TOKEN, GENERATED_TOKENS, GENERATION_RATE,
    PROMPT_TOKENS, QUEUE_WAIT, RETRIEVAL,
};
use crate::wire::answer::Answer;
use crate::wire::event::Event;

/// Counts an answer by its last event.
pub(crate) fn answered(last: &Event) {
    let Event::Completed(answer) = last else {
        return counter!(ANSWERS, "outcome" => "failed").increment(1);
    };
    let outcome = match answer.finish_reason {
        FinishReason::Stop | FinishReason::Length => "answered",
        FinishReason::NoAnswer => "no_answer",
        FinishReason::Cancelled => "cancelled",
    };
    counter!(ANSWERS, "outcome" => outcome).increment(1);
    measure(answer);
    for citation in &answer.citations {
        let support = match citation.support.state {
            SupportState::Exact => "exact",
            SupportState::Partial => "partial",
            SupportState::Unsupported => "unsupported",
        };
        counter!(CITATIONS, "support" => support).increment(1);
    }
}

/// Measures how long the stages of an answer took, and what its model read and wrote.
fn measure(answer: &Answer) {
    let timings = answer.timings_ms;
    histogram!(ANSWER_DURATION).record(milliseconds(timings.total));
    histogram!(QUEUE_WAIT).record(milliseconds(timings.queue));
    if 0 < timings.retrieve {
        histogram!(RETRIEVAL, "stage" => "total").record(milliseconds(timings.retrieve));
    }
    if 0 < timings.first_token {
        histogram!(FIRST_TOKEN).record(milliseconds(timings.first_token));
    }
    let Some(model) = answer.model.clone() else { return };
    let (read, written) = (answer.usage.prompt_tokens, answer.usage.completion_tokens);
    counter!(PROMPT_TOKENS, "model" => model.clone()).increment(read as u64);
    counter!(GENERATED_TOKENS, "model" => model).increment(written as u64);
    let writing = milliseconds(timings.total.saturating_sub(timings.first_token));
    let n_written = u32::try_from(written).unwrap_or(u32::MAX);
    if 0 < n_written && !writing.is_zero() {
        histogram!(GENERATION_RATE).record(f64::from(n_written) / writing.as_secs_f64());
    }
}

/// Measures the stages of a search.
pub(crate) fn searched(timings: &SearchTimings) {
    let stages = [
        ("embed", timings.embed_ms),
        ("search", timings.search_ms),
        ("rerank", timings.rerank_ms),
        ("total", timings.total_ms),
    ];
    for (stage, took) in stages {
        histogram!(RETRIEVAL, "stage" => stage).record(milliseconds(took));
    }
}

fn milliseconds(took: u64) -> Duration {
    Duration::from_millis(took)
}
