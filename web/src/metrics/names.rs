//! The name of everything that is measured, and what it means.

use metrics::{describe_counter, describe_gauge, describe_histogram};

pub(super) const BUILD_INFO: &str = "footnote_build_info";
pub(super) const READY: &str = "footnote_ready";
pub(super) const HTTP_REQUESTS: &str = "footnote_http_requests_total";
pub(super) const HTTP_DURATION: &str = "footnote_http_request_duration_seconds";
pub(super) const ANSWERS: &str = "footnote_answers_total";
pub(super) const ANSWER_DURATION: &str = "footnote_answer_duration_seconds";
pub(super) const FIRST_TOKEN: &str = "footnote_answer_time_to_first_token_seconds";
pub(super) const QUEUE_WAIT: &str = "footnote_answer_queue_wait_seconds";
pub(super) const ANSWER_QUEUE: &str = "footnote_answer_queue_depth";
pub(super) const ANSWERING: &str = "footnote_answers_in_progress";
pub(super) const RETRIEVAL: &str = "footnote_retrieval_duration_seconds";
pub(super) const CITATIONS: &str = "footnote_citations_total";
pub(super) const PROMPT_TOKENS: &str = "footnote_prompt_tokens_total";
pub(super) const GENERATED_TOKENS: &str = "footnote_generated_tokens_total";
pub(super) const GENERATION_RATE: &str = "footnote_generation_tokens_per_second";
pub(super) const MODEL_LOADED: &str = "footnote_model_loaded";
pub(super) const INGEST_QUEUE: &str = "footnote_ingest_queue_depth";
pub(super) const DOCUMENTS: &str = "footnote_documents";
pub(super) const CHUNKS: &str = "footnote_chunks";

/// Something that is measured.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// What it means.
    pub meaning: &'static str,
}

/// How something that is measured behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, until the program starts again.
    Counter,
    /// It is what it is now.
    Gauge,
    /// Many values, sorted into buckets.
    Histogram,
}

const fn metric(name: &'static str, kind: Kind, meaning: &'static str) -> Metric {
    Metric { name, kind, meaning }
}

/// Everything that is measured, but for `process_*`.
pub const ALL: [Metric; 21] = [
    metric(BUILD_INFO, Kind::Gauge, "1, with the version of the program"),
    metric(READY, Kind::Gauge, "1 where a component can be used, otherwise 0"),
    metric(HTTP_REQUESTS, Kind::Counter, "Requests that were answered"),
    metric(HTTP_DURATION, Kind::Histogram, "Time until the head of a response, streams included"),
    metric(ANSWERS, Kind::Counter, "Questions that were answered, or not"),
    metric(ANSWER_DURATION, Kind::Histogram, "Time from a question to the end of its answer"),
    metric(FIRST_TOKEN, Kind::Histogram, "Time from a question to the first text of its answer"),
    metric(QUEUE_WAIT, Kind::Histogram, "Time that questions waited for the model"),
    metric(ANSWER_QUEUE, Kind::Gauge, "Questions that wait for the model now"),
    metric(ANSWERING, Kind::Gauge, "Answers that are being made now"),
    metric(RETRIEVAL, Kind::Histogram, "Time of each stage of finding passages"),
    metric(CITATIONS, Kind::Counter, "Citations, by how well they support what cites them"),
    metric(PROMPT_TOKENS, Kind::Counter, "Tokens that models read for answers"),
    metric(GENERATED_TOKENS, Kind::Counter, "Tokens that models wrote for answers"),
    metric(GENERATION_RATE, Kind::Histogram, "Tokens a second while an answer was written"),
    metric(MODEL_LOADED, Kind::Gauge, "1 for each model in use"),
    metric(INGEST_QUEUE, Kind::Gauge, "Documents that wait to be ingested, or are worked on"),
    metric(DOCUMENTS, Kind::Gauge, "Documents that can be found"),
    metric(CHUNKS, Kind::Gauge, "Chunks that can be found"),
    metric(
        "footnote_ingest_documents_total",
        Kind::Counter,
        "Documents whose ingestion ended in this process",
    ),
    metric(
        "footnote_store_errors_total",
        Kind::Counter,
        "Failures of the catalog and of the index, by which of them",
    ),
];

/// Tells the recorder what everything means.
pub(super) fn describe() {
    for Metric { name, kind, meaning } in ALL {
        match kind {
            Kind::Counter => describe_counter!(name, meaning),
            Kind::Gauge => describe_gauge!(name, meaning),
            Kind::Histogram => describe_histogram!(name, meaning),
        }
    }
}
