//! Answers in the making and those made lately: each is a log of events that can be replayed.
//!
//! A model writes one answer at a time; of those who wait for it, people take turns. What is quoted without a model waits for nobody.

mod draft;
mod keeping;
mod queue;
mod recall;
mod states;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};

use footnote_answer::Answerer;
use footnote_core::access::Scope;
use footnote_core::answer::{AnswerEvent, AnswerMode, Question};
use footnote_core::id::{AnswerId, PersonId};
use footnote_core::model::Switch;
use footnote_core::{Error, ErrorKind, Result, trace};
use footnote_store::Store;

use crate::app::App;
use crate::auth::Requester;
use crate::error::ApiError;
use crate::metrics;
use crate::wire::event::Event;
use draft::Draft;
use queue::{Full, Queue, Slot, Ticket};

pub use keeping::Place;

/// How many answers are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 256;

/// How far the answerer may run ahead of the log.
const EVENTS_AHEAD: usize = 32;

/// What is asked.
#[derive(Debug)]
pub struct Asked {
    /// Where the question stands, if it belongs to a conversation.
    pub place: Option<Place>,
    /// Who asks.
    pub requester: Requester,
    /// What may be read.
    pub scope: Scope,
    /// The question.
    pub question: Question,
    /// The collections, as the request named them.
    pub collections: Vec<String>,
}

/// Everything that is being answered or was lately.
pub struct Answers {
    store: Arc<Store>,
    answerer: Arc<Switch<Answerer>>,
    model: Option<String>,
    recent: Mutex<VecDeque<Arc<AnswerLog>>>,
    queue: Queue,
    /// Counts what happens to answers.
    changes: watch::Sender<u64>,
    /// Held by every answer that is being made.
    making: Arc<()>,
    stop: CancellationToken,
}

/// The events of one answer.
#[derive(Debug)]
pub struct AnswerLog {
    id: AnswerId,
    /// Whose it is; `None` is the owner of the data directory.
    owner: Option<PersonId>,
    events: watch::Sender<Vec<Arc<Event>>>,
    cancel: CancellationToken,
}

impl Answers {
    /// Makes the service; answers in the making end when the token is cancelled.
    #[must_use]
    pub fn new(app: &App, stop: CancellationToken) -> Self {
        Self {
            store: Arc::clone(&app.store),
            answerer: Arc::clone(&app.answerer),
            model: app.generator.as_ref().map(|generator| generator.name().to_owned()),
            recent: Mutex::default(),
            queue: Queue::default(),
            changes: watch::Sender::new(0),
            making: Arc::default(),
            stop,
        }
    }

    /// Starts answering and returns the log to follow.
    ///
    /// # Errors
    /// `queue-full` when too many questions wait for the model, `not-found` when the requester has
    /// no such place in a conversation.
    pub async fn ask(self: &Arc<Self>, asked: Asked) -> Result<Arc<AnswerLog>, ApiError> {
        let writes = asked.question.mode != AnswerMode::Quote && self.model.is_some();
        let owner = asked.requester.person();
        let ticket =
            if writes { Some(self.queue.enter(owner).map_err(turned_away)?) } else { None };
        let log = Arc::new(AnswerLog {
            id: AnswerId::generate(),
            owner,
            events: watch::Sender::new(Vec::new()),
            cancel: self.stop.child_token(),
        });
        self.begin(log.id, &asked).await?;
        self.remember(Arc::clone(&log));
        let model = self.model.clone().filter(|_| writes);
        log.push(Event::Created {
            id: log.id,
            conversation_id: asked.place.map(|place| place.conversation),
            parent_id: asked.place.and_then(|place| place.parent),
            model,
            collections: asked.collections.clone(),
        });
        self.note_change();
        let span = trace::answer(asked.question.mode);
        let answering = Arc::clone(self).run(Arc::clone(&log), asked, ticket);
        let answering = tokio::spawn(answering.instrument(span));
        tokio::spawn(watch_over(Arc::clone(&log), answering));
        Ok(log)
    }

    /// Waits until it is somebody's turn to use the model; it is theirs until what is returned is
    /// dropped.
    ///
    /// # Errors
    /// `queue-full` when too many wait for the model.
    pub(crate) async fn turn_of(&self, requester: &Requester) -> Result<impl Drop, ApiError> {
        let mut ticket = self.queue.enter(requester.person()).map_err(turned_away)?;
        ticket.slot().await.ok_or_else(|| ApiError::internal("nobody gets the model any more"))
    }

    /// Returns the log of an answer that is remembered.
    #[must_use]
    pub fn find(&self, id: AnswerId) -> Option<Arc<AnswerLog>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().find(|log| log.id == id).cloned()
    }

    /// Returns how many questions wait for the model.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.queue.n_waiting()
    }

    /// Returns how many answers are being made and do not wait for the model.
    #[must_use]
    pub fn n_answering(&self) -> usize {
        Arc::strong_count(&self.making) - 1
    }

    fn remember(&self, log: Arc<AnswerLog>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == REMEMBERED {
            recent.pop_front();
        }
        recent.push_back(log);
    }

    /// Waits for the model, answers, and logs how it ended.
    async fn run(self: Arc<Self>, log: Arc<AnswerLog>, asked: Asked, ticket: Option<Ticket>) {
        let mut draft = Draft::new(log.id, &asked.question);
        let asked_at = Instant::now();
        let turn = tokio::select! {
            turn = turn(&log, ticket) => turn,
            () = log.cancel.cancelled() => None,
        };
        draft.waited(asked_at.elapsed());
        self.note_change();
        let _making = Arc::clone(&self.making);
        let outcome = match &turn {
            Some(_turn) => self.follow(&log, &asked, &mut draft).await,
            None => Ok(()),
        };
        let last = match self.last(&asked, draft, outcome).await {
            Ok(last) => last,
            Err(error) => {
                let error = ApiError::from(error);
                error.log(Some(&log.id.to_string()));
                Event::Failed(error)
            }
        };
        metrics::answered(&last);
        note(&last);
        self.end(&log, &asked, &last).await;
        log.push(last);
        self.note_change();
    }

    /// Returns the last event of an answer that ended well, if its asker may still see it.
    async fn last(&self, asked: &Asked, draft: Draft, outcome: Result<()>) -> Result<Event> {
        outcome?;
        let last = draft.into_last();
        if self.is_hidden(asked, &last).await? { Err(withdrawn()) } else { Ok(last) }
    }

    /// Tells whether an event names a version that its asker may not read at this moment: grants
    /// may have changed since the question was asked.
    async fn is_hidden(&self, asked: &Asked, event: &Event) -> Result<bool> {
        let named = recall::versions([event]);
        if named.is_empty() {
            return Ok(false);
        }
        let scope = asked.requester.renewed(&self.store).await?.scope(&[])?;
        Ok(!self.store.are_kept(&scope, &named).await?)
    }

    /// Answers and logs what happens, until the end or until it is cancelled.
    async fn follow(&self, log: &AnswerLog, asked: &Asked, draft: &mut Draft) -> Result<()> {
        let (sender, events) = mpsc::channel::<AnswerEvent>(EVENTS_AHEAD);
        let answer = async {
            let outcome = self.answerer.get().answer(&asked.scope, &asked.question, &sender).await;
            drop(sender);
            outcome
        };
        let (outcome, listened) = tokio::join!(answer, self.listen(log, asked, draft, events));
        listened?;
        match outcome {
            Ok(_answer) => Ok(()),
            Err(error) if error.kind() == ErrorKind::Cancelled => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Logs what the answerer does. Dropping what it sends to is what stops it and its model.
    async fn listen(
        &self,
        log: &AnswerLog,
        asked: &Asked,
        draft: &mut Draft,
        mut events: mpsc::Receiver<AnswerEvent>,
    ) -> Result<()> {
        while let Some(Some(event)) = log.cancel.run_until_cancelled(events.recv()).await {
            let Some(shown) = draft.take(event) else { continue };
            if self.is_hidden(asked, &shown).await? {
                return Err(withdrawn());
            }
            log.push(shown);
        }
        Ok(())
    }
}

/// Notes in the trace how an answer ended.
fn note(last: &Event) {
    let span = Span::current();
    match last {
        Event::Completed(answer) => {
            let n_citations = answer.citations.len();
            trace::answered(&span, answer.finish_reason, n_citations, answer.timings_ms.queue);
        }
        _ => trace::failed(&span),
    }
}

/// Says why a question is not taken now.
fn turned_away(full: Full) -> ApiError {
    ApiError::queue_full(match full {
        Full::ForAll => "too many questions wait for the model; ask again later",
        Full::ForOne => "too many of your questions wait for the model; wait for their answers",
    })
}

/// Waits until it is a question's turn; `None` once nobody gets a turn any more. What needs no
/// model has no ticket and needs no slot.
async fn turn(log: &AnswerLog, ticket: Option<Ticket>) -> Option<Option<Slot>> {
    let Some(mut ticket) = ticket else { return Some(None) };
    if 0 < ticket.position {
        log.push(Event::Queued { position: ticket.position });
    }
    ticket.slot().await.map(Some)
}

/// What is said in place of an answer whose passages its asker may not see any more.
fn withdrawn() -> Error {
    Error::conflict("a document that the answer names is gone, or may not be read any more")
        .hint("Ask again.")
}

/// Ends the log of an answer whose task panicked, so that nobody waits for it in vain.
async fn watch_over(log: Arc<AnswerLog>, answering: JoinHandle<()>) {
    if let Err(error) = answering.await {
        let error = ApiError::internal(error.to_string());
        error.log(Some(&log.id.to_string()));
        log.push(Event::Failed(error));
    }
}

impl AnswerLog {
    /// Returns the answer's id.
    #[must_use]
    pub fn id(&self) -> AnswerId {
        self.id
    }

    /// Stops the answer; what was written stays.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Returns a token that stops the answer.
    #[must_use]
    pub fn cancel_token(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Waits for the event after those that were seen; `None` when nothing comes any more.
    pub async fn event(&self, n_seen: usize) -> Option<Arc<Event>> {
        let mut events = self.events.subscribe();
        let log = events
            .wait_for(|log| n_seen < log.len() || log.last().is_some_and(|last| last.is_last()))
            .await
            .ok()?;
        log.get(n_seen).cloned()
    }

    /// Returns the last event, once there is one.
    #[must_use]
    pub fn last(&self) -> Option<Arc<Event>> {
        self.events.borrow().last().filter(|last| last.is_last()).cloned()
    }

    /// Waits for the last event.
    ///
    /// # Errors
    /// `internal` when the log ends without one.
    pub async fn ended(&self) -> Result<Arc<Event>, ApiError> {
        let mut n_seen = 0;
        while let Some(event) = self.event(n_seen).await {
            if event.is_last() {
                return Ok(event);
            }
            n_seen += 1;
        }
        Err(ApiError::internal("an answer ended without a last event"))
    }

    fn push(&self, event: Event) {
        self.events.send_modify(|events| events.push(Arc::new(event)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> AnswerLog {
        AnswerLog {
            id: AnswerId::generate(),
            owner: None,
            events: watch::Sender::new(Vec::new()),
            cancel: CancellationToken::new(),
        }
    }

    #[tokio::test]
    async fn a_log_is_replayed_from_where_the_reader_left_off_and_ends() {
        let log = log();
        log.push(Event::Text { delta: "a".to_owned() });
        log.push(Event::Text { delta: "b".to_owned() });
        log.push(Event::Failed(ApiError::invalid("no")));
        assert!(
            matches!(log.event(1).await.as_deref(), Some(Event::Text { delta }) if delta == "b")
        );
        assert!(matches!(log.event(2).await.as_deref(), Some(Event::Failed(_))));
        assert!(log.event(3).await.is_none());
        assert!(log.ended().await.unwrap().is_last());
    }
}
