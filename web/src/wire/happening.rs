//! What happens, on the wire: the events of the stream that a page keeps open.

use footnote_core::id::{AnswerId, ConversationId};
use serde::Serialize;
use utoipa::ToSchema;

use super::eval::Run;
use super::job::Job;
use crate::openapi::domain;

/// What an event of the stream holds, by its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Happening {
    /// `job.progress` and `job.ended`: a job with its counts.
    Job(Box<Job>),
    /// `answer.state`: an answer of whoever listens.
    Answer(AnswerState),
    /// `run.progress`: the run of an evaluation, for admins.
    Run(Box<Run>),
}

/// How far an answer is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct AnswerState {
    /// Its id.
    #[schema(value_type = domain::AnswerId)]
    pub id: AnswerId,
    /// The conversation that the question belongs to.
    #[schema(value_type = Option<domain::ConversationId>)]
    pub conversation_id: Option<ConversationId>,
    /// How far it is.
    pub state: AnswerStage,
}

/// A stage of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStage {
    /// Others are first.
    Queued,
    /// It is being made.
    Answering,
    /// There is an answer, or that there is none was said.
    Completed,
    /// It could not be answered.
    Failed,
}

impl AnswerStage {
    /// Tells whether nothing comes after it.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}
