//! The tool `ask`: answers a question, with the passages that prove it.

use footnote_core::answer::{FinishReason, Question};
use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::desk::{Desk, Visit};
use crate::answers::{AnswerLog, Asked};
use crate::error::ApiError;
use crate::wire::answer::{Answer, Citation};
use crate::wire::event::Event;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    question: String,
    collection: Option<String>,
}

/// An answer; `url` of its citations is a whole address.
#[derive(Debug, Serialize)]
pub(super) struct Answered {
    answer: String,
    finish_reason: FinishReason,
    citations: Vec<Citation>,
}

/// Answers from what the visitor may read, and tells meanwhile how far it is. An assistant that
/// goes away stops the answer.
pub(super) async fn run(
    desk: &Desk,
    visit: &Visit,
    arguments: Arguments,
    context: &RequestContext<RoleServer>,
) -> Result<Answered, ApiError> {
    desk.app.check_question(&arguments.question)?;
    let scope = desk.scope(visit, arguments.collection.as_deref()).await?;
    let question = Question { text: arguments.question, ..Question::default() };
    let collections = arguments.collection.into_iter().collect();
    let requester = visit.requester.clone();
    let log =
        desk.answers.ask(Asked { place: None, requester, scope, question, collections }).await?;
    let guard = log.cancel_token().drop_guard();
    let following = context.ct.run_until_cancelled(follow(&log, context));
    let Some(last) = following.await else {
        return Err(ApiError::from(footnote_core::Error::cancelled("the question was withdrawn")));
    };
    guard.disarm();
    let kept = desk.answers.recall(&visit.requester, log.id()).await?;
    kept.ok_or_else(|| ApiError::not_found("a document that the answer cites is gone"))?;
    match last?.as_ref() {
        Event::Completed(answer) => Ok(Answered::new(answer, visit)),
        Event::Failed(error) => Err(error.clone()),
        other => Err(ApiError::internal(format!("an answer ended with {}", other.name()))),
    }
}

impl Answered {
    fn new(answer: &Answer, visit: &Visit) -> Self {
        let absolute = |citation: &Citation| {
            let url = visit.origin.link(&citation.url);
            Citation { url, ..citation.clone() }
        };
        Self {
            answer: answer.text.clone(),
            finish_reason: answer.finish_reason,
            citations: answer.citations.iter().map(absolute).collect(),
        }
    }
}

/// Follows an answer to its last event, telling an assistant that wants to know what happens.
async fn follow(
    log: &Arc<AnswerLog>,
    context: &RequestContext<RoleServer>,
) -> Result<Arc<Event>, ApiError> {
    let mut n_seen = 0;
    while let Some(event) = log.event(n_seen).await {
        if event.is_last() {
            return Ok(event);
        }
        n_seen += 1;
        if let Some(message) = message(&event) {
            tell(context, n_seen, message).await;
        }
    }
    Err(ApiError::internal("an answer ended without a last event"))
}

/// Says what happens, where that is worth a word.
fn message(event: &Event) -> Option<String> {
    match event {
        Event::Queued { position } => Some(format!("Waiting: {position} questions are first")),
        Event::Retrieved { sources } => Some(format!("Reading {} passages", sources.len())),
        Event::Created { .. }
        | Event::Text { .. }
        | Event::Cited(_)
        | Event::Notice { .. }
        | Event::Completed(_)
        | Event::Failed(_) => None,
    }
}

async fn tell(context: &RequestContext<RoleServer>, n_seen: usize, message: String) {
    let Some(token) = context.meta.get_progress_token() else { return };
    let n_steps = u32::try_from(n_seen).unwrap_or(u32::MAX);
    let progress = ProgressNotificationParam::new(token, f64::from(n_steps)).with_message(message);
    if let Err(error) = context.peer.notify_progress(progress).await {
        tracing::debug!(%error, "an assistant does not hear of progress");
    }
}
