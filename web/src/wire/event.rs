//! What happens while a question is answered, as server-sent events.

use footnote_core::answer::{AnswerEvent, Notice};
use footnote_core::id::{AnswerId, ConversationId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::openapi::domain;

use super::answer::{Answer, Citation, Source, sources};

/// One event of an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AnswerEvent)]
pub enum Event {
    /// The question was accepted.
    Created {
        /// The answer that is being made.
        #[schema(value_type = domain::AnswerId)]
        id: AnswerId,
        /// The conversation that the question belongs to.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<domain::ConversationId>)]
        conversation_id: Option<ConversationId>,
        /// The turn that it follows.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<domain::AnswerId>)]
        parent_id: Option<AnswerId>,
        /// The model that may write it.
        model: Option<String>,
        /// The collections asked, as the request named them; empty means all.
        collections: Vec<String>,
    },
    /// Others are first.
    Queued {
        /// How many.
        position: usize,
    },
    /// The passages were found.
    Retrieved {
        /// The passages, best first.
        sources: Vec<Source>,
    },
    /// Text; a marker is never split, and its citation came before.
    Text {
        /// What comes next.
        delta: String,
    },
    /// A citation whose marker comes next.
    Cited(Box<Citation>),
    /// Something the reader should know.
    Notice {
        /// What.
        #[schema(value_type = domain::Notice)]
        code: Notice,
    },
    /// The whole answer; what counts if it differs from the pieces.
    Completed(Box<Answer>),
    /// It cannot be answered now: a problem document.
    Failed(ApiError),
}

impl Event {
    /// Returns the event's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "answer.created",
            Self::Queued { .. } => "answer.queued",
            Self::Retrieved { .. } => "retrieval.completed",
            Self::Text { .. } => "text.delta",
            Self::Cited(_) => "citation.added",
            Self::Notice { .. } => "notice",
            Self::Completed(_) => "answer.completed",
            Self::Failed(_) => "answer.failed",
        }
    }

    /// Tells whether nothing comes after it.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed(_))
    }
}

impl From<&AnswerEvent> for Event {
    fn from(event: &AnswerEvent) -> Self {
        match event {
            AnswerEvent::Retrieved(passages) => Self::Retrieved { sources: sources(passages, &[]) },
            AnswerEvent::Text(delta) => Self::Text { delta: delta.clone() },
            AnswerEvent::Cited(citation) => {
                Self::Cited(Box::new(Citation::from(citation.as_ref())))
            }
            AnswerEvent::Notice(notice) => Self::Notice { code: *notice },
            AnswerEvent::Finished(answer) => {
                Self::Completed(Box::new(Answer::from(answer.as_ref())))
            }
        }
    }
}
