//! Evaluations on the wire: sets of questions, their runs, and how two runs differ.

use footnote_core::answer::AnswerMode;
use footnote_core::chat::Message;
use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, ChunkId, DatasetId, RunId};
use footnote_core::query::SearchMode;
use footnote_core::{Error, Result};
use footnote_store::RunOutcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use crate::openapi::domain;

/// A set of questions with known answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Dataset {
    /// Its id.
    #[schema(value_type = domain::DatasetId)]
    pub id: DatasetId,
    /// Its name.
    pub name: String,
    /// How many questions it has.
    pub questions: u64,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When its questions were changed, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub updated_ms: Timestamp,
}

impl From<footnote_store::Dataset> for Dataset {
    fn from(set: footnote_store::Dataset) -> Self {
        Self {
            id: set.id,
            name: set.name,
            questions: set.n_questions,
            created_ms: set.created,
            updated_ms: set.updated,
        }
    }
}

/// A set to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewDataset {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Its questions.
    #[serde(default)]
    pub questions: Vec<DatasetQuestion>,
}

/// A question of a set, as a line of `questions.jsonl` has it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DatasetQuestion {
    /// Its id in the set.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// The words.
    #[schema(min_length = 1, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub question: String,
    /// Acceptable answers: short strings, or long references, or none.
    #[serde(default)]
    pub answers: Vec<String>,
    /// The documents that answer, by their uri.
    #[serde(default)]
    pub gold_docs: Vec<String>,
    /// The passage that answers in each of them, where it is known.
    #[serde(default)]
    pub gold_text: Vec<String>,
    /// The page that answers in each of them, counted from 1, where it is known.
    #[serde(default)]
    #[schema(value_type = Vec<domain::PageNumber>)]
    pub gold_page: Vec<u32>,
    /// Groups of entries of `gold_docs` that are interchangeable; one of each is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold_units: Option<Vec<Vec<usize>>>,
    /// Whether the documents answer it.
    pub answerable: bool,
    /// Its language: `en`, `zh`, `zh-Hant`.
    #[serde(default)]
    pub lang: String,
    /// What kind of question it is, in the set's own words.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Earlier turns, oldest first.
    #[serde(default)]
    #[schema(value_type = Vec<domain::Message>)]
    pub history: Vec<Message>,
    /// The judged answer that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<domain::AnswerId>)]
    pub answer_id: Option<AnswerId>,
}

impl DatasetQuestion {
    /// Returns the question as it is kept.
    ///
    /// # Errors
    /// `Invalid` for a question without words; `Internal` when it cannot be written.
    pub fn kept(self) -> Result<footnote_store::DatasetQuestion> {
        if self.question.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return Err(Error::invalid("the question is empty"));
        }
        let body = serde_json::to_value(&self)
            .map_err(|error| Error::internal("cannot write a question").because(error))?;
        Ok(footnote_store::DatasetQuestion { name: self.id, body, answer: self.answer_id })
    }

    /// Reads a question as it was kept.
    ///
    /// # Errors
    /// `Internal` when it was written by a release that knows more.
    pub fn read(kept: footnote_store::DatasetQuestion) -> Result<Self> {
        serde_json::from_value(kept.body)
            .map_err(|error| Error::internal("cannot read a stored question").because(error))
    }
}

/// How the questions of a set are to be asked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunRequest {
    /// The set.
    #[schema(value_type = domain::DatasetId)]
    pub dataset_id: DatasetId,
    /// Names or ids of collections; empty means all.
    #[serde(default)]
    pub collections: Vec<String>,
    /// Which rankings find the passages.
    #[serde(default)]
    #[schema(value_type = domain::SearchMode)]
    pub search: SearchMode,
    /// How many passages each search returns; 0 is what is usual.
    #[serde(default)]
    #[schema(maximum = 100)]
    pub k: usize,
    /// Who writes the answers; absent means that only searches are graded.
    #[serde(default)]
    #[schema(value_type = Option<domain::AnswerMode>)]
    pub answers: Option<AnswerMode>,
    /// Only the first so many questions.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It goes on, or waits for another one.
    Running,
    /// Every question was asked.
    Completed,
    /// Somebody stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
    /// The server stopped meanwhile.
    Interrupted,
}

impl From<Option<RunOutcome>> for RunState {
    fn from(outcome: Option<RunOutcome>) -> Self {
        match outcome {
            None => Self::Running,
            Some(RunOutcome::Completed) => Self::Completed,
            Some(RunOutcome::Cancelled) => Self::Cancelled,
            Some(RunOutcome::Failed) => Self::Failed,
            Some(RunOutcome::Interrupted) => Self::Interrupted,
        }
    }
}

/// The questions of a set, asked once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Run {
    /// Its id.
    #[schema(value_type = domain::RunId)]
    pub id: RunId,
    /// How they are asked.
    pub request: RunRequest,
    /// How far it is.
    pub state: RunState,
    /// How many questions there are.
    pub total: u64,
    /// How many were asked.
    pub done: u64,
    /// When it began, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When it ended, in milliseconds since 1970.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub ended_ms: Option<Timestamp>,
    /// The means of all questions by name, e.g. `recall@5`; empty until it has ended.
    pub figures: BTreeMap<String, f64>,
    /// Why it could not go on.
    pub detail: Option<String>,
}

impl Run {
    /// Reads a run as it is kept.
    ///
    /// # Errors
    /// `Internal` when it was written by a release that knows more.
    pub fn read(run: footnote_store::Run) -> Result<Self> {
        let unreadable =
            |error: serde_json::Error| Error::internal("cannot read a stored run").because(error);
        let (ended_ms, outcome) = run.ended.unzip();
        Ok(Self {
            id: run.id,
            request: serde_json::from_value(run.request).map_err(unreadable)?,
            state: outcome.into(),
            total: run.n_total,
            done: run.n_done,
            created_ms: run.created,
            ended_ms,
            figures: run
                .figures
                .map(serde_json::from_value)
                .transpose()
                .map_err(unreadable)?
                .unwrap_or_default(),
            detail: run.detail,
        })
    }
}

/// What became of a question in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunResult {
    /// The id of the question in the set.
    #[serde(default)]
    pub question_id: String,
    /// Its figures by name; those that apply.
    pub figures: BTreeMap<String, f64>,
    /// How long the search or the answer took, in milliseconds.
    pub latency_ms: f64,
    /// The passages that were found, best first.
    #[schema(value_type = Vec<domain::ChunkId>)]
    pub found: Vec<ChunkId>,
    /// Whether the answer said that the documents do not answer.
    pub refused: Option<bool>,
    /// The answer; it is kept like every other one.
    #[schema(value_type = Option<domain::AnswerId>)]
    pub answer_id: Option<AnswerId>,
    /// Why there is none.
    pub failure: Option<String>,
}

impl RunResult {
    /// Reads a result as it is kept.
    ///
    /// # Errors
    /// `Internal` when it was written by a release that knows more.
    pub fn read(result: footnote_store::RunResult) -> Result<Self> {
        let body: Self = serde_json::from_value(result.body)
            .map_err(|error| Error::internal("cannot read a stored result").because(error))?;
        Ok(Self { question_id: result.name, ..body })
    }
}

/// Which runs are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RunParams {
    /// Only those of this set.
    #[param(value_type = Option<domain::DatasetId>)]
    pub dataset: Option<DatasetId>,
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<domain::RunId>)]
    pub cursor: Option<RunId>,
}

/// Which runs are compared.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompareParams {
    /// The one before.
    #[param(value_type = domain::RunId)]
    pub a: RunId,
    /// The one after.
    #[param(value_type = domain::RunId)]
    pub b: RunId,
}

/// How two runs differ.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Comparison {
    /// The one before.
    pub a: Run,
    /// The one after.
    pub b: Run,
    /// How much more each figure is in `b`, where both have it.
    pub deltas: BTreeMap<String, f64>,
    /// The questions whose figures differ, in the order of `b`.
    pub changed: Vec<ChangedQuestion>,
}

/// A question whose figures differ.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangedQuestion {
    /// The id of the question in the set.
    pub question_id: String,
    /// What became of it before.
    pub a: RunResult,
    /// What became of it after.
    pub b: RunResult,
}

impl Comparison {
    /// Compares two runs.
    #[must_use]
    pub fn new(a: (Run, Vec<RunResult>), b: (Run, Vec<RunResult>)) -> Self {
        let ((a, before), (b, after)) = (a, b);
        let delta =
            |(name, value): (&String, &f64)| Some((name.clone(), value - a.figures.get(name)?));
        let deltas = b.figures.iter().filter_map(delta).collect();
        let mut known: BTreeMap<String, RunResult> =
            before.into_iter().map(|result| (result.question_id.clone(), result)).collect();
        let changed = after.into_iter().filter_map(|b| {
            let a = known.remove(&b.question_id)?;
            let differs = a.figures != b.figures || a.refused != b.refused;
            differs.then(|| ChangedQuestion { question_id: b.question_id.clone(), a, b })
        });
        let changed = changed.collect();
        Self { a, b, deltas, changed }
    }
}
