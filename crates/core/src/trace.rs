//! The spans that a program may export: the one place of their names and attributes.
//!
//! They follow OpenTelemetry's semantic conventions (`http.*`, `gen_ai.*`); what these have no word
//! for begins with `footnote.`. They say how much and how long, and hold no text of documents or
//! questions, no name of a file or a person, and nothing that opens anything.

use tracing::Span;
use tracing::field::Empty;

use crate::answer::{AnswerMode, FinishReason};
use crate::chat::{Completion, StopReason};
use crate::job::{FailureCode, Stage};
use crate::query::SearchMode;

/// The target of every span that may be exported, and of nothing else: filters go by how a target
/// begins, so it is the beginning of no module's name.
pub const TARGET: &str = "footnote-spans";

/// Begins the span of a request by its route, never by its path.
#[must_use]
pub fn request(method: &str, route: &str) -> Span {
    tracing::info_span!(
        target: TARGET,
        parent: None,
        "request",
        "otel.name" = format!("{method} {route}"),
        "otel.kind" = "server",
        "otel.status_code" = Empty,
        "http.request.method" = method,
        "http.route" = route,
        "http.response.status_code" = Empty,
        "error.type" = Empty,
    )
}

/// Notes how a request was answered.
pub fn responded(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if 500 <= status {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", status.to_string());
    }
}

/// Begins the span of an answer.
#[must_use]
pub fn answer(mode: AnswerMode) -> Span {
    let mode = match mode {
        AnswerMode::Auto => "auto",
        AnswerMode::Generate => "generate",
        AnswerMode::Quote => "quote",
    };
    tracing::info_span!(
        target: TARGET,
        "answer",
        "otel.status_code" = Empty,
        "footnote.answer.mode" = mode,
        "footnote.answer.finish_reason" = Empty,
        "footnote.answer.citations" = Empty,
        "footnote.answer.queue_ms" = Empty,
    )
}

/// Notes how an answer ended.
pub fn answered(span: &Span, reason: FinishReason, n_citations: usize, queue_ms: u64) {
    let reason = match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::Cancelled => "cancelled",
        FinishReason::NoAnswer => "no_answer",
    };
    span.record("footnote.answer.finish_reason", reason);
    span.record("footnote.answer.citations", n_citations);
    span.record("footnote.answer.queue_ms", queue_ms);
}

/// Notes that what a span stands for failed.
pub fn failed(span: &Span) {
    span.record("otel.status_code", "ERROR");
}

/// Begins the span of finding passages.
#[must_use]
pub fn retrieve(mode: SearchMode) -> Span {
    let mode = match mode {
        SearchMode::Hybrid => "hybrid",
        SearchMode::Dense => "dense",
        SearchMode::Lexical => "lexical",
    };
    tracing::info_span!(
        target: TARGET,
        "retrieve",
        "gen_ai.operation.name" = "retrieval",
        "footnote.search.mode" = mode,
    )
}

/// Begins the span of embedding a question.
#[must_use]
pub fn embed(dimension: usize) -> Span {
    tracing::info_span!(
        target: TARGET,
        "embed",
        "gen_ai.operation.name" = "embeddings",
        "gen_ai.embeddings.dimension.count" = dimension,
    )
}

/// Begins the span of asking the index and the catalog.
#[must_use]
pub fn search(limit: usize) -> Span {
    tracing::info_span!(target: TARGET, "search", "footnote.search.candidates" = limit)
}

/// Begins the span of choosing the sentences that answer, of the passages that were found.
#[must_use]
pub fn rerank(n_passages: usize) -> Span {
    tracing::info_span!(target: TARGET, "rerank", "footnote.search.passages" = n_passages)
}

/// Begins the span of a model that writes.
#[must_use]
pub fn generate(model: &str, max_tokens: usize) -> Span {
    tracing::info_span!(
        target: TARGET,
        "generate",
        "gen_ai.operation.name" = "chat",
        "gen_ai.request.model" = model,
        "gen_ai.request.max_tokens" = max_tokens,
        "gen_ai.response.finish_reasons" = Empty,
        "gen_ai.usage.input_tokens" = Empty,
        "gen_ai.usage.output_tokens" = Empty,
    )
}

/// Notes what a model read and wrote, and why it ended.
pub fn generated(span: &Span, completion: &Completion) {
    let reason = match completion.reason {
        StopReason::Stop => "stop",
        StopReason::Length => "length",
    };
    span.record("gen_ai.response.finish_reasons", reason);
    span.record("gen_ai.usage.input_tokens", completion.prompt_tokens);
    span.record("gen_ai.usage.output_tokens", completion.completion_tokens);
}

/// Begins the span of the work on a document.
#[must_use]
pub fn ingest() -> Span {
    tracing::info_span!(
        target: TARGET,
        parent: None,
        "ingest",
        "otel.status_code" = Empty,
        "error.type" = Empty,
    )
}

/// Begins the span of a stage of the work on a document.
#[must_use]
pub fn ingest_stage(ingest: &Span, stage: Stage) -> Span {
    match stage {
        Stage::Parsing => tracing::info_span!(target: TARGET, parent: ingest, "parse"),
        Stage::Chunking => tracing::info_span!(target: TARGET, parent: ingest, "chunk"),
        Stage::Embedding => tracing::info_span!(target: TARGET, parent: ingest, "embed"),
        Stage::Indexing => tracing::info_span!(target: TARGET, parent: ingest, "index"),
    }
}

/// Notes why the work on a document failed.
pub fn ingest_failed(span: &Span, code: FailureCode) {
    failed(span);
    span.record("error.type", code.as_str());
}
