//! Evaluations on the server: the questions of a set are asked one after another, as whoever started
//! the run may ask them, and what became of each is kept.

mod asking;
pub mod grading;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use footnote_answer::eval::{EvalQuestion, Outcomes, report};
use footnote_core::id::{CollectionId, DatasetId, RunId};
use footnote_core::{Error, Result};
use footnote_store::{NewRun, RunEnd, RunOutcome, RunResult};
use serde_json::Value;

use crate::answers::Answers;
use crate::app::App;
use crate::auth::Requester;
use crate::error::ApiError;
use crate::wire::eval::RunRequest;
use asking::Asking;

/// How many runs may wait for the one before them.
const WAITING: usize = 8;

/// Starts and stops runs; one goes on at a time.
pub struct Evals {
    app: Arc<App>,
    answers: Arc<Answers>,
    going: Mutex<HashMap<RunId, CancellationToken>>,
    turn: Semaphore,
    stop: CancellationToken,
}

/// What is to be asked, of whom, and how.
struct Plan {
    run: RunId,
    requester: Requester,
    collections: Vec<CollectionId>,
    request: RunRequest,
    questions: Vec<EvalQuestion>,
    stop: CancellationToken,
}

impl Evals {
    /// Makes the service; runs end when the token is cancelled.
    #[must_use]
    pub fn new(app: Arc<App>, answers: Arc<Answers>, stop: CancellationToken) -> Self {
        Self { app, answers, going: Mutex::default(), turn: Semaphore::new(1), stop }
    }

    /// Starts to ask the questions of a set.
    ///
    /// # Errors
    /// `not-found` when there is no such set or collection, `validation-failed` when the set has no
    /// question, `queue-full` when too many runs wait.
    pub(crate) async fn start(
        self: &Arc<Self>,
        requester: &Requester,
        request: RunRequest,
    ) -> Result<RunId, ApiError> {
        let names = &request.collections;
        let collections = self.app.collections(requester.principal(), names).await?;
        let questions = self.questions(request.dataset_id, request.limit).await?;
        if WAITING < self.going().len() {
            return Err(ApiError::queue_full("too many runs wait; start it again later"));
        }
        let new = NewRun {
            dataset: request.dataset_id,
            owner: requester.person(),
            request: serde_json::to_value(&request)
                .map_err(|error| ApiError::internal(error.to_string()))?,
            n_total: questions.len() as u64,
        };
        let run = self.app.store.begin_run(&new).await?;
        let stop = self.stop.child_token();
        self.going().insert(run, stop.clone());
        let requester = requester.clone();
        let plan = Plan { run, requester, collections, request, questions, stop };
        tokio::spawn(Arc::clone(self).go(plan));
        Ok(run)
    }

    /// Stops a run; what was asked stays.
    ///
    /// # Errors
    /// `NotFound` when there is no such run, `Conflict` when it has ended or goes on elsewhere.
    pub(crate) async fn cancel(&self, id: RunId) -> Result<()> {
        self.app.store.run(id).await?;
        match self.going().get(&id) {
            Some(stop) => stop.cancel(),
            None => return Err(Error::conflict("the run has ended, or another server does it")),
        }
        Ok(())
    }

    async fn questions(
        &self,
        id: DatasetId,
        limit: Option<usize>,
    ) -> Result<Vec<EvalQuestion>, ApiError> {
        self.app.store.dataset(id).await?;
        let mut stored = self.app.store.dataset_questions(id).await?;
        stored.truncate(limit.unwrap_or(usize::MAX));
        let read = stored.into_iter().map(|question| serde_json::from_value(question.body));
        let questions: Vec<EvalQuestion> = read
            .collect::<std::result::Result<_, _>>()
            .map_err(|error| ApiError::internal(format!("a stored question is wrong: {error}")))?;
        if questions.is_empty() {
            return Err(ApiError::invalid("the set has no question").at("/dataset_id"));
        }
        Ok(questions)
    }

    /// Asks the questions when it is the run's turn, and writes down how it ended.
    async fn go(self: Arc<Self>, plan: Plan) {
        let turn = plan.stop.run_until_cancelled(self.turn.acquire()).await;
        let end = match turn {
            Some(Ok(_turn)) => self.ask_all(&plan).await,
            Some(Err(_)) | None => Ok(ended(RunOutcome::Cancelled, None)),
        };
        let end = end.unwrap_or_else(|error| RunEnd {
            detail: Some(ApiError::from(error).detail().to_owned()),
            ..ended(RunOutcome::Failed, None)
        });
        let is_stopping = end.outcome == RunOutcome::Cancelled && self.stop.is_cancelled();
        let outcome = if is_stopping { RunOutcome::Interrupted } else { end.outcome };
        self.going().remove(&plan.run);
        if let Err(error) = self.app.store.end_run(plan.run, &RunEnd { outcome, ..end }).await {
            tracing::warn!(error = error.chain(), run.id = %plan.run, "a run has no end");
        }
    }

    async fn ask_all(&self, plan: &Plan) -> Result<RunEnd> {
        let asking = Asking { app: &self.app, answers: &self.answers, plan };
        let mut outcomes = Outcomes::new();
        for (place, question) in plan.questions.iter().enumerate() {
            let asked = plan.stop.run_until_cancelled(asking.ask(question)).await;
            let Some(asked) = asked.transpose()? else {
                return Ok(ended(RunOutcome::Cancelled, figures(plan, &outcomes)));
            };
            let result = RunResult { name: question.id.clone(), body: asked.body };
            self.app.store.add_result(plan.run, place, &result).await?;
            outcomes.insert(question.id.clone(), asked.outcome);
        }
        Ok(ended(RunOutcome::Completed, figures(plan, &outcomes)))
    }

    fn going(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, CancellationToken>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended(outcome: RunOutcome, figures: Option<Value>) -> RunEnd {
    RunEnd { outcome, figures, detail: None }
}

/// Returns the figures of what was asked.
fn figures(plan: &Plan, outcomes: &Outcomes) -> Option<Value> {
    let asked: Vec<EvalQuestion> = plan
        .questions
        .iter()
        .filter(|question| outcomes.contains_key(&question.id))
        .cloned()
        .collect();
    if asked.is_empty() {
        return None;
    }
    let figures = report(&asked, outcomes).figures.into_iter();
    Some(figures.map(|(name, value)| (name, Value::from(value))).collect())
}
