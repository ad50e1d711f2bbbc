//! Asks every question of a set and notes what came back.

use serde::Serialize;
use std::collections::HashMap;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

use footnote::app::App;
use footnote::evals::grading::{found_passage, given};
use footnote_answer::Query;
use footnote_answer::eval::{
    AnswerScores, EvalQuestion, Outcome, Outcomes, RetrievalScores, score_answer, score_search,
};
use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::answer::{Answer, AnswerMode, Question};
use footnote_core::query::{Filter, SearchMode};
use tokio::sync::mpsc;

use super::COLLECTION;
use crate::progress::Style;

/// How many events of an answer may wait while nobody looks.
const EVENTS_AHEAD: usize = 32;

/// How many questions pass between two signs of life.
const BETWEEN_SIGNS: usize = 50;

/// Who asks.
pub(super) struct Examiner<'a> {
    pub(super) app: &'a App,
    pub(super) mode: SearchMode,
    pub(super) k: usize,
    pub(super) answers: Option<AnswerMode>,
    pub(super) style: Style,
}

/// What came back.
pub(super) struct Examined {
    pub(super) outcomes: Outcomes,
    /// How many tokens of the embedder a returned passage has on average.
    pub(super) passage_tokens_mean: f64,
}

/// What became of one question, as a line of the report.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    id: &'a str,
    question: &'a str,
    #[serde(flatten)]
    search: Option<RetrievalScores>,
    #[serde(flatten)]
    answer: Option<AnswerScores>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    latency_ms: f64,
    found: Vec<&'a str>,
}

impl Examiner<'_> {
    /// Asks every question, until it is stopped.
    pub(super) async fn examine(
        &self,
        questions: &[EvalQuestion],
        stop: &CancellationToken,
    ) -> Result<Examined> {
        let scope = self.app.scope(&[COLLECTION.to_owned()]).await?;
        let (mut outcomes, mut n_tokens, mut n_passages) = (HashMap::new(), 0, 0);
        for (index, question) in questions.iter().enumerate() {
            if stop.is_cancelled() {
                break;
            }
            let outcome = self.ask(&scope, question).await?;
            for passage in &outcome.found {
                n_tokens += self.app.embedder.get().token_starts(&passage.text)?.len();
            }
            n_passages += outcome.found.len();
            outcomes.insert(question.id.clone(), outcome);
            if (index + 1) % BETWEEN_SIGNS == 0 {
                self.style.say(&format!("{}/{} questions", index + 1, questions.len()));
            }
        }
        Ok(Examined { outcomes, passage_tokens_mean: mean(n_tokens, n_passages) })
    }

    /// Asks one question.
    async fn ask(&self, scope: &Scope, question: &EvalQuestion) -> Result<Outcome> {
        let query = Query {
            text: question.question.clone(),
            k: self.k,
            mode: self.mode,
            filter: Filter::default(),
            as_of: None,
        };
        let started = Instant::now();
        let found = self.app.answerer.get().search(scope, &query).await?.passages;
        let mut latency_ms = milliseconds(started);
        let found = found.iter().map(found_passage).collect();
        let mut answer = None;
        if let Some(mode) = self.answers {
            let started = Instant::now();
            answer = Some(given(&(&self.answer(scope, question, mode).await?).into()));
            latency_ms = milliseconds(started);
        }
        Ok(Outcome { found, answer, latency_ms })
    }

    async fn answer(
        &self,
        scope: &Scope,
        question: &EvalQuestion,
        mode: AnswerMode,
    ) -> Result<Answer> {
        let question = Question {
            text: question.question.clone(),
            mode,
            search: self.mode,
            filter: Filter::default(),
            history: question.history.clone(),
            as_of: None,
        };
        let (sender, mut events) = mpsc::channel(EVENTS_AHEAD);
        let answer = async {
            let answer = self.app.answerer.get().answer(scope, &question, &sender).await;
            drop(sender);
            answer
        };
        let listen = async { while events.recv().await.is_some() {} };
        let (answer, ()) = tokio::join!(answer, listen);
        answer
    }
}

/// Makes a line per question.
pub(super) fn lines<'a>(questions: &'a [EvalQuestion], outcomes: &'a Outcomes) -> Vec<Line<'a>> {
    let line = |question: &'a EvalQuestion| {
        let outcome = outcomes.get(&question.id)?;
        let is_graded = question.answerable && !question.gold_docs.is_empty();
        let answer = outcome.answer.as_ref();
        Some(Line {
            id: &question.id,
            question: &question.question,
            search: is_graded.then(|| score_search(question, &outcome.found)),
            answer: answer.map(|answer| score_answer(question, answer)),
            refused: answer.map(|answer| answer.is_refusal),
            text: answer.map(|answer| answer.text.as_str()),
            latency_ms: outcome.latency_ms,
            found: outcome.found.iter().map(|passage| passage.doc.as_str()).collect(),
        })
    };
    questions.iter().filter_map(line).collect()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn mean(sum: usize, n: usize) -> f64 {
    if n == 0 { 0.0 } else { sum as f64 / n as f64 }
}
