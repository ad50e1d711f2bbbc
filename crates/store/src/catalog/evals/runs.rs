//! Runs: the questions of a set, asked once, and what became of each.

use footnote_core::clock::Timestamp;
use footnote_core::id::{DatasetId, PersonId, RunId};
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::super::Catalog;
use super::super::conversations::{owner_key, owner_of};
use super::super::failure::cannot;
use super::super::rows::{
    from_json, integer, json, key, number, plain, time, time_or_none, to_word, uuid, word,
};
use super::{Decoded, no_such_dataset};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Every question was asked.
    Completed,
    /// Somebody stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
    /// Whoever asked has died.
    Interrupted,
}

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Whose questions were asked.
    pub dataset: DatasetId,
    /// Who asked; `None` is the owner of the data directory.
    pub owner: Option<PersonId>,
    /// How they were asked.
    pub request: Value,
    /// How many questions there were.
    pub n_total: u64,
    /// How many were asked.
    pub n_done: u64,
    /// When it began.
    pub created: Timestamp,
    /// When and how it ended.
    pub ended: Option<(Timestamp, RunOutcome)>,
    /// The figures of the whole run.
    pub figures: Option<Value>,
    /// Why it could not go on.
    pub detail: Option<String>,
}

/// A run that begins.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Whose questions are asked.
    pub dataset: DatasetId,
    /// Who asks; `None` is the owner of the data directory.
    pub owner: Option<PersonId>,
    /// How they are asked.
    pub request: Value,
    /// How many questions there are.
    pub n_total: u64,
}

/// How a run ended, and with what.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEnd {
    /// How it ended.
    pub outcome: RunOutcome,
    /// The figures of the whole run.
    pub figures: Option<Value>,
    /// Why it could not go on.
    pub detail: Option<String>,
}

/// What became of a question in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunResult {
    /// The name of the question in the set.
    pub name: String,
    /// Ids and figures.
    pub body: Value,
}

/// The columns of a [`Run`].
const RUN: &str = "SELECT r.id, r.dataset_id, r.owner, r.request, r.n_total, r.created_ms,
    r.ended_ms, r.outcome, r.figures, r.detail,
    (SELECT count(*) FROM eval_result e WHERE e.run_id = r.id) AS n_done FROM eval_run r";

impl Catalog {
    /// Begins a run.
    pub(crate) async fn begin_run(&self, new: &NewRun) -> Result<RunId> {
        let failed = || cannot("begin the run");
        let id = RunId::generate();
        let begun = sqlx::query(
            "INSERT INTO eval_run (id, dataset_id, owner, request, n_total, created_ms)
             SELECT $1, s.id, $3, $4, $5, $6 FROM eval_dataset s WHERE s.id = $2",
        )
        .bind(key(id.as_uuid()))
        .bind(key(new.dataset.as_uuid()))
        .bind(owner_key(new.owner))
        .bind(json(&new.request).map_err(failed())?)
        .bind(integer(new.n_total))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if begun.rows_affected() == 1 { Ok(id) } else { Err(no_such_dataset()) }
    }

    /// Writes down what became of a question in a run that has not ended.
    pub(crate) async fn add_result(
        &self,
        run: RunId,
        place: usize,
        result: &RunResult,
    ) -> Result<()> {
        let failed = || cannot("write down what became of the question");
        let added = sqlx::query(
            "INSERT INTO eval_result (run_id, name, place, body)
             SELECT r.id, $2, $3, $4 FROM eval_run r WHERE r.id = $1 AND r.ended_ms IS NULL",
        )
        .bind(key(run.as_uuid()))
        .bind(plain(&result.name))
        .bind(integer(place))
        .bind(json(&result.body).map_err(failed())?)
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if added.rows_affected() == 1 { Ok(()) } else { Err(no_such_run()) }
    }

    /// Writes down how a run ended, once.
    pub(crate) async fn end_run(&self, id: RunId, end: &RunEnd) -> Result<()> {
        let failed = || cannot("end the run");
        let ended = sqlx::query(
            "UPDATE eval_run SET ended_ms = $2, outcome = $3, figures = $4, detail = $5
             WHERE id = $1 AND ended_ms IS NULL",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .bind(to_word(&end.outcome).map_err(failed())?)
        .bind(end.figures.as_ref().map(json).transpose().map_err(failed())?)
        .bind(end.detail.as_deref().map(plain))
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if ended.rows_affected() == 1 { Ok(()) } else { Err(no_such_run()) }
    }

    /// Ends the runs that began before a moment and have no end, as interrupted.
    pub(crate) async fn end_interrupted_runs(&self, begun_before: Timestamp) -> Result<u64> {
        let failed = || cannot("end what was interrupted");
        let ended = sqlx::query(
            "UPDATE eval_run SET ended_ms = $2, outcome = $3
             WHERE ended_ms IS NULL AND created_ms < $1",
        )
        .bind(begun_before.0)
        .bind(self.now_ms())
        .bind(to_word(&RunOutcome::Interrupted).map_err(failed())?)
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        Ok(ended.rows_affected())
    }

    /// Returns runs of a set or of all, the newest first, those before one.
    pub(crate) async fn runs(
        &self,
        dataset: Option<DatasetId>,
        before: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<Run>> {
        let statement = format!(
            "{RUN} WHERE (CAST($1 AS TEXT) IS NULL OR r.dataset_id = unhex($1))
               AND (CAST($2 AS TEXT) IS NULL OR r.id < unhex($2))
             ORDER BY r.id DESC LIMIT $3"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(dataset.map(|id| id.as_uuid().simple().to_string()))
            .bind(before.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(limit))
            .try_map(|row| run(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the runs"))
    }

    /// Returns a run.
    pub(crate) async fn run(&self, id: RunId) -> Result<Run> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{RUN} WHERE r.id = $1")))
            .bind(key(id.as_uuid()))
            .try_map(|row| run(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the run"))?
            .ok_or_else(no_such_run)
    }

    /// Returns what became of the questions in a run, in the order in which they were asked.
    pub(crate) async fn run_results(&self, id: RunId) -> Result<Vec<RunResult>> {
        sqlx::query("SELECT name, body FROM eval_result WHERE run_id = $1 ORDER BY place")
            .bind(key(id.as_uuid()))
            .try_map(|row: AnyRow| {
                Ok(RunResult { name: row.try_get("name")?, body: from_json(&row, "body")? })
            })
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list what became of the questions"))
    }

    /// Removes a run with its results.
    pub(crate) async fn remove_run(&self, id: RunId) -> Result<()> {
        let removed = sqlx::query("DELETE FROM eval_run WHERE id = $1")
            .bind(key(id.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("remove the run"))?;
        if removed.rows_affected() == 1 { Ok(()) } else { Err(no_such_run()) }
    }
}

fn run(row: &AnyRow) -> Decoded<Run> {
    let ended = match time_or_none(row, "ended_ms")? {
        Some(at) => Some((at, word(row, "outcome")?)),
        None => None,
    };
    let figures: Option<String> = row.try_get("figures")?;
    let figures = match figures {
        Some(_text) => Some(from_json(row, "figures")?),
        None => None,
    };
    Ok(Run {
        id: RunId::from_uuid(uuid(row, "id")?),
        dataset: DatasetId::from_uuid(uuid(row, "dataset_id")?),
        owner: owner_of(row)?,
        request: from_json(row, "request")?,
        n_total: number(row, "n_total")?,
        n_done: number(row, "n_done")?,
        created: time(row, "created_ms")?,
        ended,
        figures,
        detail: row.try_get("detail")?,
    })
}

fn no_such_run() -> Error {
    Error::not_found("no such run, or it has ended")
}
