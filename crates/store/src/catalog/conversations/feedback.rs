//! Feedback: what whoever asked says about an answer.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, PersonId};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{from_json, integer, json, key, plain, time, to_word, uuid, word};
use super::turns::no_such_answer;
use super::{Decoded, owner_key, owner_of};

/// Whether an answer was of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// It was.
    Up,
    /// It was not.
    Down,
}

/// Why somebody rates an answer as they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackReason {
    /// What was asked for is in it.
    Helpful,
    /// Something in it is not so.
    Wrong,
    /// Something is missing from it.
    Incomplete,
    /// It answers another question.
    OffTopic,
    /// What it cites does not say what it says.
    BadCitation,
    /// The documents say it, and it says that they do not.
    NotFound,
    /// It follows a document that is out of date.
    Outdated,
    /// It is hard to understand.
    Unclear,
    /// It came too late.
    Slow,
    /// Something else.
    Other,
}

/// What somebody says about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Whether it was of use.
    pub rating: Rating,
    /// Why.
    pub reasons: BTreeSet<FeedbackReason>,
    /// Whatever else there is to say.
    pub comment: String,
}

/// Feedback with whose it is and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedbackEntry {
    /// The answer.
    pub answer: AnswerId,
    /// Who has asked and says it; `None` is the owner of the data directory.
    pub person: Option<PersonId>,
    /// The question. What was answered is not told: who reads feedback may not read everything.
    pub question: String,
    /// Whether the answer was of use.
    pub rating: Rating,
    /// Why.
    pub reasons: BTreeSet<FeedbackReason>,
    /// Whatever else there is to say.
    pub comment: String,
    /// When it was said first.
    pub created: Timestamp,
    /// When it was said last.
    pub updated: Timestamp,
}

/// Which feedback to list.
#[derive(Debug, Clone)]
pub struct FeedbackFilter {
    /// Only of this rating.
    pub rating: Option<Rating>,
    /// Only of this person.
    pub person: Option<PersonId>,
    /// Only on answers to earlier questions than this one: the last of the page before.
    pub before: Option<AnswerId>,
    /// How much at most.
    pub limit: usize,
}

impl Default for FeedbackFilter {
    fn default() -> Self {
        Self { rating: None, person: None, before: None, limit: 100 }
    }
}

/// The columns of a [`FeedbackEntry`].
const ENTRY: &str = "SELECT f.turn_id, f.owner, t.question, f.rating, f.reasons, f.comment,
    f.created_ms, f.updated_ms FROM feedback f JOIN turn t ON t.id = f.turn_id";

impl Catalog {
    /// Writes down what somebody says about an answer to their question, in place of what they said
    /// before.
    pub(crate) async fn put_feedback(
        &self,
        owner: Option<PersonId>,
        answer: AnswerId,
        feedback: &Feedback,
    ) -> Result<()> {
        let failed = || cannot("write down the feedback");
        let written = sqlx::query(
            "INSERT INTO feedback (turn_id, owner, rating, reasons, comment, created_ms, updated_ms)
             SELECT t.id, t.owner, $3, $4, $5, $6, $6 FROM turn t
             WHERE t.id = $1 AND t.owner = $2
             ON CONFLICT (turn_id) DO UPDATE SET rating = excluded.rating,
               reasons = excluded.reasons, comment = excluded.comment,
               updated_ms = excluded.updated_ms",
        )
        .bind(key(answer.as_uuid()))
        .bind(owner_key(owner))
        .bind(to_word(&feedback.rating).map_err(failed())?)
        .bind(json(&feedback.reasons).map_err(failed())?)
        .bind(plain(&feedback.comment))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if written.rows_affected() == 1 { Ok(()) } else { Err(no_such_answer()) }
    }

    /// Forgets what somebody said about an answer to their question; again changes nothing.
    pub(crate) async fn remove_feedback(
        &self,
        owner: Option<PersonId>,
        answer: AnswerId,
    ) -> Result<()> {
        sqlx::query("DELETE FROM feedback WHERE turn_id = $1 AND owner = $2")
            .bind(key(answer.as_uuid()))
            .bind(owner_key(owner))
            .execute(&self.writer)
            .await
            .map_err(cannot("forget the feedback"))?;
        Ok(())
    }

    /// Returns what somebody says about an answer to their question.
    pub(crate) async fn feedback(
        &self,
        owner: Option<PersonId>,
        answer: AnswerId,
    ) -> Result<Option<Feedback>> {
        sqlx::query(
            "SELECT rating, reasons, comment FROM feedback WHERE turn_id = $1 AND owner = $2",
        )
        .bind(key(answer.as_uuid()))
        .bind(owner_key(owner))
        .try_map(|row: AnyRow| {
            Ok(Feedback {
                rating: word(&row, "rating")?,
                reasons: from_json(&row, "reasons")?,
                comment: row.try_get("comment")?,
            })
        })
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("look up the feedback"))
    }

    /// Returns feedback of everybody, on the newest answer first.
    pub(crate) async fn all_feedback(&self, filter: &FeedbackFilter) -> Result<Vec<FeedbackEntry>> {
        let failed = || cannot("list the feedback");
        let statement = format!(
            "{ENTRY} WHERE (CAST($1 AS TEXT) IS NULL OR f.rating = $1)
               AND (CAST($2 AS TEXT) IS NULL OR f.owner = unhex($2))
               AND (CAST($3 AS TEXT) IS NULL OR f.turn_id < unhex($3))
             ORDER BY f.turn_id DESC LIMIT $4"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(filter.rating.map(|rating| to_word(&rating)).transpose().map_err(failed())?)
            .bind(filter.person.map(|id| id.as_uuid().simple().to_string()))
            .bind(filter.before.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(filter.limit))
            .try_map(|row| entry(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(failed())
    }

    /// Returns feedback on the answers after one, on the oldest first.
    pub(crate) async fn feedback_after(
        &self,
        after: Option<AnswerId>,
        limit: usize,
    ) -> Result<Vec<FeedbackEntry>> {
        let statement = format!(
            "{ENTRY} WHERE (CAST($1 AS TEXT) IS NULL OR unhex($1) < f.turn_id)
             ORDER BY f.turn_id LIMIT $2"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(after.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(limit))
            .try_map(|row| entry(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the feedback"))
    }
}

fn entry(row: &AnyRow) -> Decoded<FeedbackEntry> {
    Ok(FeedbackEntry {
        answer: AnswerId::from_uuid(uuid(row, "turn_id")?),
        person: owner_of(row)?,
        question: row.try_get("question")?,
        rating: word(row, "rating")?,
        reasons: from_json(row, "reasons")?,
        comment: row.try_get("comment")?,
        created: time(row, "created_ms")?,
        updated: time(row, "updated_ms")?,
    })
}
