//! Conversations on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, ConversationId};
use footnote_store::{ConversationChange, ConversationFilter, TurnBody, TurnOutcome};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::page_size;
use crate::error::ApiError;
use crate::openapi::domain;

/// A conversation: a tree of questions with their answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Conversation {
    /// Its id.
    #[schema(value_type = domain::ConversationId)]
    pub id: ConversationId,
    /// What it is called.
    pub title: String,
    /// Whether it is kept at hand.
    pub pinned: bool,
    /// Whether it is out of the way.
    pub archived: bool,
    /// When it was begun, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When something was asked in it last.
    #[schema(value_type = domain::Timestamp)]
    pub updated_ms: Timestamp,
}

impl From<footnote_store::Conversation> for Conversation {
    fn from(conversation: footnote_store::Conversation) -> Self {
        Self {
            id: conversation.id,
            title: conversation.title,
            pinned: conversation.is_pinned,
            archived: conversation.archived.is_some(),
            created_ms: conversation.created,
            updated_ms: conversation.updated,
        }
    }
}

/// A conversation to be begun.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewConversation {
    /// What it is called, in 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, format = "name")]
    pub title: String,
}

/// What is changed about a conversation; what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ConversationPatch {
    /// Another title.
    #[schema(min_length = 1, max_length = 200, format = "name")]
    pub title: Option<String>,
    /// Whether it is kept at hand.
    pub pinned: Option<bool>,
    /// Whether it is out of the way.
    pub archived: Option<bool>,
}

impl From<ConversationPatch> for ConversationChange {
    fn from(patch: ConversationPatch) -> Self {
        Self { title: patch.title, is_pinned: patch.pinned, is_archived: patch.archived }
    }
}

/// Which conversations are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ConversationParams {
    /// Only those whose title holds this text.
    pub q: Option<String>,
    /// Those that are out of the way instead.
    pub archived: bool,
    /// Only those that are pinned, or only those that are not.
    pub pinned: Option<bool>,
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,15}\\.cnv_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    pub cursor: Option<String>,
}

impl ConversationParams {
    /// Returns the filter that finds a page and one conversation more, and the size of the page.
    ///
    /// # Errors
    /// `validation-failed` for a cursor that is not one of ours.
    pub fn filter(self) -> Result<(ConversationFilter, usize), ApiError> {
        let size = page_size(self.limit);
        let after = self.cursor.as_deref().map(read_cursor).transpose()?;
        let filter = ConversationFilter {
            is_archived: self.archived,
            is_pinned: self.pinned,
            text: self.q,
            after,
            limit: size + 1,
        };
        Ok((filter, size))
    }
}

impl Conversation {
    /// Returns the cursor with which the page after this one is asked for.
    #[must_use]
    pub fn cursor(&self) -> String {
        format!("{}.{}", self.updated_ms.0, self.id)
    }
}

fn read_cursor(text: &str) -> Result<(Timestamp, ConversationId), ApiError> {
    let wrong = || ApiError::invalid("`cursor` is not one of ours").at("cursor");
    let (updated_ms, id) = text.split_once('.').ok_or_else(wrong)?;
    let updated_ms = updated_ms.parse().map_err(|_unreadable| wrong())?;
    Ok((Timestamp(updated_ms), id.parse().map_err(|_unreadable| wrong())?))
}

/// Which turns of a conversation are asked for.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct TurnParams {
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<domain::AnswerId>)]
    pub cursor: Option<AnswerId>,
}

/// A question with its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Turn {
    /// The id of the answer.
    #[schema(value_type = domain::AnswerId)]
    pub id: AnswerId,
    /// The turn that it follows; `null` begins a branch.
    #[schema(value_type = Option<domain::AnswerId>)]
    pub parent_id: Option<AnswerId>,
    /// The question, as it was asked.
    pub question: String,
    /// When it was asked, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// What came of it; `null` while it is being answered.
    #[schema(value_type = Option<domain::TurnOutcome>)]
    pub outcome: Option<TurnOutcome>,
    /// Whether the answer is not shown because what it names is gone, or hidden from the caller.
    pub withdrawn: bool,
    /// The answer, byte for byte as it was shown.
    #[schema(value_type = Option<Answer>)]
    pub answer: Option<Box<RawValue>>,
}

impl TryFrom<footnote_store::Turn> for Turn {
    type Error = ApiError;

    fn try_from(turn: footnote_store::Turn) -> Result<Self, ApiError> {
        let outcome = turn.ended.as_ref().map(|ended| ended.outcome);
        let body = turn.ended.map(|ended| ended.body);
        let withdrawn = matches!(body, Some(TurnBody::Withdrawn));
        let answer = match body {
            Some(TurnBody::Shown(bytes)) => Some(raw(bytes)?),
            Some(TurnBody::Empty | TurnBody::Withdrawn) | None => None,
        };
        let footnote_store::Turn { id, parent, question, created, .. } = turn;
        Ok(Self {
            id,
            parent_id: parent,
            question,
            created_ms: created,
            outcome,
            withdrawn,
            answer,
        })
    }
}

/// Takes JSON as it is.
fn raw(bytes: Vec<u8>) -> Result<Box<RawValue>, ApiError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        ApiError::internal(format!("a stored answer cannot be read: {error}"))
    };
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&error))?;
    RawValue::from_string(text).map_err(|error| unreadable(&error))
}
