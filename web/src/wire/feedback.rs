//! What people say about answers, on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, PersonId};
use footnote_store::{FeedbackFilter, FeedbackReason, Rating};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

use super::page_size;
use crate::openapi::domain;

/// What somebody says about an answer to their question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Feedback {
    /// Whether it was of use.
    #[schema(value_type = domain::Rating)]
    pub rating: Rating,
    /// Why.
    #[serde(default)]
    #[schema(value_type = Vec<domain::FeedbackReason>)]
    pub reasons: BTreeSet<FeedbackReason>,
    /// Whatever else there is to say, in at most 4,000 characters.
    #[serde(default)]
    pub comment: String,
}

impl From<Feedback> for footnote_store::Feedback {
    fn from(feedback: Feedback) -> Self {
        let Feedback { rating, reasons, comment } = feedback;
        Self { rating, reasons, comment }
    }
}

impl From<footnote_store::Feedback> for Feedback {
    fn from(feedback: footnote_store::Feedback) -> Self {
        let footnote_store::Feedback { rating, reasons, comment } = feedback;
        Self { rating, reasons, comment }
    }
}

/// What somebody said, with the question that it is about. What was answered is not told: whoever
/// reads feedback may not read everything.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackEntry {
    /// The answer.
    #[schema(value_type = domain::AnswerId)]
    pub answer: AnswerId,
    /// Who said it; `null` is the owner of the data directory.
    #[schema(value_type = Option<domain::PersonId>)]
    pub person: Option<PersonId>,
    /// The question.
    pub question: String,
    /// What they said.
    pub feedback: Feedback,
    /// When they said it first, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When they said it last, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub updated_ms: Timestamp,
}

impl From<footnote_store::FeedbackEntry> for FeedbackEntry {
    fn from(entry: footnote_store::FeedbackEntry) -> Self {
        let footnote_store::FeedbackEntry { rating, reasons, comment, .. } = entry;
        Self {
            answer: entry.answer,
            person: entry.person,
            question: entry.question,
            feedback: Feedback { rating, reasons, comment },
            created_ms: entry.created,
            updated_ms: entry.updated,
        }
    }
}

/// Which feedback is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FeedbackParams {
    /// Only of this rating.
    #[param(value_type = Option<domain::Rating>)]
    pub rating: Option<Rating>,
    /// Only what this person said.
    #[param(value_type = Option<domain::PersonId>)]
    pub person: Option<PersonId>,
    /// How much at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<domain::AnswerId>)]
    pub cursor: Option<AnswerId>,
}

impl FeedbackParams {
    /// Returns the filter that finds a page and one entry more, and the size of the page.
    #[must_use]
    pub fn filter(self) -> (FeedbackFilter, usize) {
        let size = page_size(self.limit);
        let Self { rating, person, cursor, .. } = self;
        (FeedbackFilter { rating, person, before: cursor, limit: size + 1 }, size)
    }
}
