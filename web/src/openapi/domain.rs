//! How the words of the domain look on the wire: schemas that stand in for types whose crates know
//! nothing of `OpenAPI`. The tests below hold them to what is really written.

#![expect(dead_code, reason = "the types are never made: only their schemas are used")]

use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

macro_rules! id {
    ($name:ident, $prefix:literal, $what:literal) => {
        #[doc = $what]
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(concat!(
                        "^",
                        $prefix,
                        "_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
                    )))
                    .description(Some($what))
                    .build()
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

id!(CollectionId, "col", "The id of a collection.");
id!(DocumentId, "doc", "The id of a document.");
id!(ChunkId, "chk", "The id of a chunk.");
id!(JobId, "job", "The id of a job.");
id!(AnswerId, "ans", "The id of an answer.");
id!(PersonId, "usr", "The id of a person.");
id!(SessionId, "ses", "The id of a session.");
id!(KeyId, "key", "The id of a key.");
id!(GroupId, "grp", "The id of a group.");
id!(AuditId, "aud", "The id of an entry of the audit log.");
id!(ConversationId, "cnv", "The id of a conversation.");
id!(DatasetId, "set", "The id of a set of questions.");
id!(RunId, "run", "The id of a run of the questions of a set.");
id!(CitationId, "cit", "The id of a citation.");

/// One event of a stream, as a client of server-sent events reads it.
#[derive(ToSchema)]
pub(crate) struct ServerSentEvent {
    /// Its number, where the stream can be taken up again.
    id: Option<String>,
    /// What it is.
    event: Option<String>,
    /// What it holds, as JSON.
    data: Option<String>,
    /// After how many milliseconds a client connects again.
    retry: Option<u64>,
}

/// A page, counted from 1.
pub(crate) struct PageNumber;

impl PartialSchema for PageNumber {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(0))
            .maximum(Some(u32::MAX))
            .description(Some("A page, counted from 1."))
            .build()
            .into()
    }
}

impl ToSchema for PageNumber {
    fn name() -> Cow<'static, str> {
        "PageNumber".into()
    }
}

/// A date or a date-time in UTC that has passed.
pub(crate) struct AsOf;

impl PartialSchema for AsOf {
    fn schema() -> RefOr<Schema> {
        let what = "A date or a date-time in UTC that has passed, such as `2026-03-01` or \
                    `2026-03-01T12:00:00Z`.";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("as-of".to_owned())))
            .description(Some(what))
            .build()
            .into()
    }
}

impl ToSchema for AsOf {
    fn name() -> Cow<'static, str> {
        "AsOf".into()
    }
}

/// A moment in UTC, in milliseconds since 1970.
pub(crate) struct Timestamp;

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::Custom("int64".to_owned())))
            .description(Some("A moment in UTC, in milliseconds since 1970."))
            .build()
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        "Timestamp".into()
    }
}

/// What somebody is on something; a higher one includes those below it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Role {
    Reader,
    Editor,
    Admin,
}

/// What came of a question.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum TurnOutcome {
    Completed,
    NoAnswer,
    Cancelled,
    Failed,
    Interrupted,
}

/// Whether an answer was of use.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Rating {
    Up,
    Down,
}

/// Why somebody rates an answer as they do.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum FeedbackReason {
    Helpful,
    Wrong,
    Incomplete,
    OffTopic,
    BadCitation,
    NotFound,
    Outdated,
    Unclear,
    Slow,
    Other,
}

/// What a key may be used for.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum KeyScope {
    Read,
    Ask,
    Ingest,
    Admin,
}

/// Which rankings take part in a search.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum SearchMode {
    Hybrid,
    Dense,
    Lexical,
}

/// Who writes an answer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum AnswerMode {
    Auto,
    Generate,
    Quote,
}

/// Why an answer ended; `no_answer` when the documents do not say.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum FinishReason {
    Stop,
    Length,
    Cancelled,
    NoAnswer,
}

/// Something the reader should know about how an answer was made.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Notice {
    ContextTruncated,
    LowSupport,
    TimeLimit,
}

/// The verdict of the verifier: verbatim, other words with the same numbers and names, or neither.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum SupportState {
    Exact,
    Partial,
    Unsupported,
}

/// How well a text is supported by its source.
#[derive(ToSchema)]
pub(crate) struct Support {
    /// The verdict.
    state: SupportState,
    /// From 0 to 1; 1 for a verbatim quote.
    score: f32,
}

/// Tokens read and written.
#[derive(ToSchema)]
pub(crate) struct Usage {
    /// Tokens read.
    prompt_tokens: usize,
    /// Tokens written.
    completion_tokens: usize,
}

/// Milliseconds per stage of an answer.
#[derive(ToSchema)]
pub(crate) struct Timings {
    /// Waiting for a slot.
    queue: u64,
    /// Folding in earlier turns.
    rewrite: u64,
    /// Finding passages.
    retrieve: u64,
    /// Reading the prompt.
    prefill: u64,
    /// From the start to the first text shown.
    first_token: u64,
    /// Checking sentences.
    verify: u64,
    /// Everything.
    total: u64,
}

/// The place of a passage in one list.
#[derive(ToSchema)]
pub(crate) struct Ranked {
    /// Counted from 1.
    rank: u32,
    /// The list's own score.
    score: f32,
}

/// What must hold for a passage to be found. An empty list does not filter.
#[derive(ToSchema)]
pub(crate) struct Filter {
    /// Only these documents.
    #[schema(required = false)]
    documents: Vec<DocumentId>,
    /// Only these media types, e.g. `application/pdf`.
    #[schema(required = false)]
    media_types: Vec<String>,
}

/// One message of a conversation.
#[derive(ToSchema)]
pub(crate) struct Message {
    /// Who speaks.
    role: MessageRole,
    /// What is said.
    content: String,
}

/// Who speaks in a message.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum MessageRole {
    System,
    User,
    Assistant,
}

/// What a model does.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ModelRole {
    Embedder,
    Generator,
    Reranker,
}

/// Whether a version is the one that serves.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum VersionState {
    Live,
    Superseded,
}

/// What a job does.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum JobKind {
    Ingest,
    Reembed,
}

/// The state of a job.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum JobState {
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// The state of one item of a job.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ItemState {
    Queued,
    Parsing,
    Chunking,
    Embedding,
    Indexing,
    Ready,
    Unchanged,
    Removed,
    Failed,
    Cancelled,
}

/// Why a document could not be ingested.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum FailureCode {
    Empty,
    Unsupported,
    TooLarge,
    Encrypted,
    NoTextLayer,
    Unreadable,
    Timeout,
    OutOfMemory,
    Crashed,
    Gone,
    PermissionDenied,
    NotAllowed,
    Unreachable,
    DiskFull,
    Internal,
}

/// How many items of a job ended how.
#[derive(ToSchema)]
pub(crate) struct JobCounts {
    /// All.
    total: u64,
    /// New or changed, and now found.
    ready: u64,
    /// Already there.
    unchanged: u64,
    /// Removed, because the source no longer has them.
    removed: u64,
    /// Failed.
    failed: u64,
    /// Had not ended when the job was cancelled.
    cancelled: u64,
    /// Wait for their turn.
    waiting: u64,
    /// Are worked on.
    working: u64,
    /// Chunks written.
    chunks: u64,
}

#[cfg(test)]
mod tests {
    use footnote_core::{access, answer, chat, job, query};
    use serde::Serialize;
    use serde::de::{DeserializeOwned, value};
    use serde_json::{Value, json};
    use std::collections::BTreeSet;
    use utoipa::PartialSchema;

    /// Lists the names that a type of the domain is written with, as its reader names them.
    fn written<T: DeserializeOwned>() -> Vec<String> {
        let unknown = value::StrDeserializer::<value::Error>::new("?");
        let Err(error) = T::deserialize(unknown) else { panic!("takes any text") };
        let error = error.to_string();
        error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    }

    fn schema<S: PartialSchema>() -> Value {
        serde_json::to_value(S::schema()).unwrap()
    }

    fn same_names<T: DeserializeOwned, S: PartialSchema>() {
        assert_eq!(json!(written::<T>()), schema::<S>()["enum"]);
    }

    fn same_fields<S: PartialSchema>(written: &impl Serialize) {
        let fields =
            |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let written = serde_json::to_value(written).unwrap();
        assert_eq!(fields(&written), fields(&schema::<S>()["properties"]));
    }

    #[test]
    fn the_names_are_those_of_the_domain() {
        same_names::<footnote_store::TurnOutcome, super::TurnOutcome>();
        same_names::<footnote_store::Rating, super::Rating>();
        same_names::<footnote_store::FeedbackReason, super::FeedbackReason>();
        same_names::<access::Role, super::Role>();
        same_names::<access::KeyScope, super::KeyScope>();
        same_names::<query::SearchMode, super::SearchMode>();
        same_names::<answer::AnswerMode, super::AnswerMode>();
        same_names::<answer::FinishReason, super::FinishReason>();
        same_names::<answer::Notice, super::Notice>();
        same_names::<answer::SupportState, super::SupportState>();
        same_names::<chat::Role, super::MessageRole>();
        same_names::<footnote_model::catalog::Role, super::ModelRole>();
        same_names::<footnote_store::VersionState, super::VersionState>();
        same_names::<job::JobKind, super::JobKind>();
        same_names::<job::JobState, super::JobState>();
        same_names::<job::ItemState, super::ItemState>();
        same_names::<job::FailureCode, super::FailureCode>();
    }

    #[test]
    fn the_fields_are_those_of_the_domain() {
        same_fields::<super::Usage>(&answer::Usage::default());
        same_fields::<super::Timings>(&answer::Timings::default());
        same_fields::<super::Filter>(&query::Filter::default());
        same_fields::<super::JobCounts>(&job::JobCounts::default());
        same_fields::<super::Ranked>(&answer::Ranked { rank: 1, score: 0.5 });
        let state = answer::SupportState::Exact;
        same_fields::<super::Support>(&answer::Support { state, score: 1.0 });
        let content = String::new();
        same_fields::<super::Message>(&chat::Message { role: chat::Role::User, content });
    }
}
