//! Answers are kept: the question before it is answered, the answer once, as it was shown. Those of
//! conversations stay as long as these; the others for some days.

use std::sync::Arc;

use footnote_core::answer::FinishReason;
use footnote_core::chat::{Message, Role};
use footnote_core::id::{AnswerId, ConversationId};
use footnote_core::{ErrorKind, Result};
use footnote_store::{NewTurn, Turn, TurnBody, TurnEnd, TurnOutcome};
use serde_json::json;

use super::{AnswerLog, Answers, Asked, recall};
use crate::auth::Requester;
use crate::error::ApiError;
use crate::wire::answer::Answer;
use crate::wire::event::Event;

/// How many earlier turns a question builds on.
const EARLIER_TURNS: usize = 6;

/// Where a question stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn that it follows; none begins another branch.
    pub parent: Option<AnswerId>,
}

impl Answers {
    /// Returns the turns that lead to a place, as the answerer takes them: the oldest first.
    ///
    /// # Errors
    /// `NotFound` when the requester has no such turn in the conversation.
    pub(crate) async fn history(
        &self,
        requester: &Requester,
        place: Place,
    ) -> Result<Vec<Message>> {
        let Some(parent) = place.parent else { return Ok(Vec::new()) };
        let (owner, scope) = (requester.person(), requester.scope(&[])?);
        let path = self.store.path_to_turn(owner, &scope, parent, EARLIER_TURNS).await?;
        Ok(path.into_iter().flat_map(messages).collect())
    }

    /// Writes a question down. One that stands alone is answered even when it cannot be written,
    /// as while the disk is full.
    pub(super) async fn begin(&self, id: AnswerId, asked: &Asked) -> Result<()> {
        let turn = NewTurn {
            id,
            conversation: asked.place.map(|place| place.conversation),
            parent: asked.place.and_then(|place| place.parent),
            question: asked.question.text.clone(),
            request: json!({"mode": asked.question.mode, "collections": asked.collections}),
        };
        match self.store.begin_turn(asked.requester.person(), &turn).await {
            Err(error) if asked.place.is_none() && error.kind() == ErrorKind::Unavailable => {
                tracing::warn!(error = error.chain(), answer.id = %id, "a question is not kept");
                Ok(())
            }
            begun => begun,
        }
    }

    /// Writes down how it ended. What cannot be written counts as interrupted after the next start.
    pub(super) async fn end(&self, log: &Arc<AnswerLog>, asked: &Asked, last: &Event) {
        let ended = match ending(log, last) {
            Ok(end) => self.store.end_turn(asked.requester.person(), log.id, &end).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::warn!(error = error.chain(), answer.id = %log.id, "an answer was not kept");
        }
    }

    /// Returns the stored answer of somebody, exactly as it was shown.
    ///
    /// # Errors
    /// `not-found` when they have none, or what it names is gone or hidden from them.
    pub(crate) async fn stored(
        &self,
        requester: &Requester,
        id: AnswerId,
    ) -> Result<Vec<u8>, ApiError> {
        let scope = requester.scope(&[])?;
        let turn = self.store.turn(requester.person(), &scope, id).await?;
        match turn.ended.map(|ended| ended.body) {
            Some(TurnBody::Shown(body)) => Ok(body),
            Some(TurnBody::Empty | TurnBody::Withdrawn) | None => {
                Err(ApiError::not_found("no such answer"))
            }
        }
    }
}

/// Returns what is kept of an answer that ended.
fn ending(log: &AnswerLog, last: &Event) -> Result<TurnEnd> {
    let Event::Completed(answer) = last else {
        let outcome = TurnOutcome::Failed;
        return Ok(TurnEnd { outcome, body: None, versions: std::iter::empty().collect() });
    };
    let outcome = match answer.finish_reason {
        FinishReason::Stop | FinishReason::Length => TurnOutcome::Completed,
        FinishReason::NoAnswer => TurnOutcome::NoAnswer,
        FinishReason::Cancelled => TurnOutcome::Cancelled,
    };
    let body = serde_json::to_vec(answer).map_err(|error| {
        footnote_core::Error::internal("cannot write the answer as JSON").because(error)
    })?;
    let mut versions = log.named();
    versions.extend(recall::versions([last]));
    Ok(TurnEnd { outcome, body: Some(body), versions: versions.into_iter().collect() })
}

/// Returns a turn as a question and, where it may be shown, its answer.
fn messages(turn: Turn) -> Vec<Message> {
    let mut messages = vec![Message { role: Role::User, content: turn.question }];
    if let Some(TurnBody::Shown(body)) = turn.ended.map(|ended| ended.body)
        && let Ok(answer) = serde_json::from_slice::<Answer>(&body)
    {
        messages.push(Message { role: Role::Assistant, content: answer.text });
    }
    messages
}
