//! Asks one question of a run.

use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

use footnote_answer::Query;
use footnote_answer::eval::{EvalQuestion, Outcome, score_answer, score_search};
use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::answer::{AnswerMode, Question, RetrievedPassage};
use footnote_core::query::Filter;

use super::Plan;
use super::grading::{found_passage, given};
use crate::answers::{AnswerLog, Answers, Asked};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::wire::answer::Answer;
use crate::wire::event::Event;

/// How long to wait before a question is asked again that was turned away.
const BETWEEN_TRIES: Duration = Duration::from_secs(2);

/// Who asks.
pub(super) struct Asking<'a> {
    pub(super) app: &'a App,
    pub(super) answers: &'a Arc<Answers>,
    pub(super) plan: &'a Plan,
}

/// What came back.
pub(super) struct Told {
    /// As it is graded.
    pub(super) outcome: Outcome,
    /// As it is kept: ids and figures.
    pub(super) body: Value,
}

impl Asking<'_> {
    /// Asks a question, with the rights that whoever started the run has at this moment.
    pub(super) async fn ask(&self, question: &EvalQuestion) -> Result<Told> {
        let requester = self.plan.requester.renewed(&self.app.store).await?;
        let scope = requester.scope(&self.plan.collections)?;
        let started = Instant::now();
        let passages =
            self.app.answerer.get().search(&scope, &self.query(question)).await?.passages;
        let mut latency_ms = milliseconds(started);
        let mut answered = None;
        if let Some(mode) = self.plan.request.answers {
            let started = Instant::now();
            answered = Some(self.answer(scope, question, mode).await);
            latency_ms = milliseconds(started);
        }
        let found = passages.iter().map(found_passage).collect();
        let given = answered.as_ref().and_then(|answered| answered.as_ref().ok()).map(given);
        let outcome = Outcome { found, answer: given, latency_ms };
        let body = body(question, &passages, &outcome, answered.as_ref());
        Ok(Told { outcome, body })
    }

    fn query(&self, question: &EvalQuestion) -> Query {
        Query {
            text: question.question.clone(),
            k: self.plan.request.k,
            mode: self.plan.request.search,
            filter: Filter::default(),
            as_of: None,
        }
    }

    /// Asks like everybody else: in the queue, and kept like every answer.
    async fn answer(
        &self,
        scope: Scope,
        question: &EvalQuestion,
        mode: AnswerMode,
    ) -> Result<Answer, ApiError> {
        let log = self.begin(scope, question, mode).await?;
        // Whoever stops the run stops the answer.
        let guard = log.cancel_token().drop_guard();
        let last = log.ended().await?;
        guard.disarm();
        match last.as_ref() {
            Event::Completed(answer) => Ok(answer.as_ref().clone()),
            Event::Failed(error) => Err(error.clone()),
            other => Err(ApiError::internal(format!("an answer ended with {}", other.name()))),
        }
    }

    /// Asks until the question is taken: people come first.
    async fn begin(
        &self,
        scope: Scope,
        question: &EvalQuestion,
        mode: AnswerMode,
    ) -> Result<Arc<AnswerLog>, ApiError> {
        loop {
            let question = Question {
                text: question.question.clone(),
                mode,
                search: self.plan.request.search,
                filter: Filter::default(),
                history: question.history.clone(),
                as_of: None,
            };
            let asked = Asked {
                place: None,
                requester: self.plan.requester.clone(),
                scope: scope.clone(),
                question,
                collections: self.plan.request.collections.clone(),
            };
            match self.answers.ask(asked).await {
                Err(refused) if refused.code() == Code::QueueFull => sleep(BETWEEN_TRIES).await,
                taken => return taken,
            }
        }
    }
}

/// Writes down what became of a question: ids and figures, no text of documents.
fn body(
    question: &EvalQuestion,
    passages: &[RetrievedPassage],
    outcome: &Outcome,
    answered: Option<&Result<Answer, ApiError>>,
) -> Value {
    let mut figures = Map::new();
    if question.answerable && !question.gold_docs.is_empty() {
        add(&mut figures, serde_json::to_value(score_search(question, &outcome.found)));
    }
    if let Some(answer) = &outcome.answer {
        add(&mut figures, serde_json::to_value(score_answer(question, answer)));
    }
    let found: Vec<Value> =
        passages.iter().map(|found| Value::from(found.passage.chunk.to_string())).collect();
    let refused = outcome.answer.as_ref().map(|answer| answer.is_refusal);
    let (answer_id, failure) = match answered {
        Some(Ok(answer)) => (Some(answer.id.to_string()), None),
        Some(Err(error)) => (None, Some(error.detail().to_owned())),
        None => (None, None),
    };
    serde_json::json!({
        "figures": figures, "latency_ms": outcome.latency_ms, "found": found, "refused": refused,
        "answer_id": answer_id, "failure": failure,
    })
}

/// Adds the figures of a grade.
fn add(figures: &mut Map<String, Value>, grade: serde_json::Result<Value>) {
    if let Ok(Value::Object(grade)) = grade {
        figures.extend(grade);
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
