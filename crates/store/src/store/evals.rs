//! Evaluations: sets of questions with known answers, and their runs.

use footnote_core::clock::Timestamp;
use footnote_core::id::{DatasetId, RunId};
use footnote_core::{Error, Result};

use super::Store;
use crate::catalog::evals::runs::{NewRun, Run, RunEnd, RunResult};
use crate::catalog::evals::{Dataset, DatasetQuestion};

/// How many questions a set has at most.
const MAX_QUESTIONS: usize = 10_000;

/// The longest name of a set or of a question in it, in characters.
const MAX_NAME_CHARS: usize = 200;

impl Store {
    /// Makes a set with its questions; of several with one name the last counts.
    ///
    /// # Errors
    /// `Invalid` for a name that is empty or too long and for too many questions, `Conflict` when
    /// there is a set of that name.
    pub async fn create_dataset(
        &self,
        name: &str,
        questions: &[DatasetQuestion],
    ) -> Result<DatasetId> {
        check_name(name)?;
        if MAX_QUESTIONS < questions.len() {
            return Err(Error::invalid(format!("a set has at most {MAX_QUESTIONS} questions")));
        }
        questions.iter().try_for_each(|question| check_name(&question.name))?;
        self.catalog.create_dataset(name, questions).await
    }

    /// Adds a question at the end of a set, or puts it in the place of the one of its name.
    ///
    /// # Errors
    /// `NotFound` when there is no such set, `Invalid` for a name that is empty or too long.
    pub async fn put_question(&self, id: DatasetId, question: &DatasetQuestion) -> Result<()> {
        check_name(&question.name)?;
        self.catalog.put_question(id, question).await
    }

    /// Removes a question of a set; again changes nothing.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn remove_question(&self, id: DatasetId, name: &str) -> Result<()> {
        self.catalog.remove_question(id, name).await
    }

    /// Removes a set with its questions and runs.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn remove_dataset(&self, id: DatasetId) -> Result<()> {
        self.catalog.remove_dataset(id).await
    }

    /// Returns the sets by name.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn datasets(&self) -> Result<Vec<Dataset>> {
        self.catalog.datasets(None).await
    }

    /// Returns a set.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn dataset(&self, id: DatasetId) -> Result<Dataset> {
        let found = self.catalog.datasets(Some(id)).await?.into_iter().next();
        found.ok_or_else(|| Error::not_found("no such set of questions"))
    }

    /// Returns the questions of a set in order; none of a set that there is not.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn dataset_questions(&self, id: DatasetId) -> Result<Vec<DatasetQuestion>> {
        self.catalog.dataset_questions(id).await
    }

    /// Begins a run of the questions of a set.
    ///
    /// # Errors
    /// `NotFound` when there is no such set.
    pub async fn begin_run(&self, new: &NewRun) -> Result<RunId> {
        self.catalog.begin_run(new).await
    }

    /// Writes down what became of the question at a place: ids and figures, no text of documents.
    ///
    /// # Errors
    /// `NotFound` when there is no such run, or it has ended.
    pub async fn add_result(&self, run: RunId, place: usize, result: &RunResult) -> Result<()> {
        self.catalog.add_result(run, place, result).await
    }

    /// Writes down how a run ended, for good.
    ///
    /// # Errors
    /// `NotFound` when there is no such run, or it has ended.
    pub async fn end_run(&self, id: RunId, end: &RunEnd) -> Result<()> {
        self.catalog.end_run(id, end).await
    }

    /// Ends the runs that began before a moment and have no end, as interrupted: see
    /// [`end_interrupted_turns`](Self::end_interrupted_turns). Returns how many.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn end_interrupted_runs(&self, begun_before: Timestamp) -> Result<u64> {
        self.catalog.end_interrupted_runs(begun_before).await
    }

    /// Returns runs of a set or of all, the newest first, those before one.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn runs(
        &self,
        dataset: Option<DatasetId>,
        before: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<Run>> {
        self.catalog.runs(dataset, before, limit).await
    }

    /// Returns a run.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn run(&self, id: RunId) -> Result<Run> {
        self.catalog.run(id).await
    }

    /// Returns what became of the questions in a run, in the order in which they were asked.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn run_results(&self, id: RunId) -> Result<Vec<RunResult>> {
        self.catalog.run_results(id).await
    }

    /// Removes a run with its results.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn remove_run(&self, id: RunId) -> Result<()> {
        self.catalog.remove_run(id).await
    }
}

fn check_name(name: &str) -> Result<()> {
    if !name.trim().is_empty() && name.chars().count() <= MAX_NAME_CHARS {
        return Ok(());
    }
    Err(Error::invalid(format!("a name has 1 to {MAX_NAME_CHARS} characters")))
}
