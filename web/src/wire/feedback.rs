//! What people say about answers, on the wire.

use footnote_store::{FeedbackReason, Rating};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

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
