//! Sets of questions with known answers. What a question is made of is for whoever asks it to know:
//! here it is JSON under a name.

pub(crate) mod runs;

use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, DatasetId};
use footnote_core::{Error, Result};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Catalog;
use super::failure::cannot;
use super::rows::{from_json, integer, json, key, number, plain, time, uuid, uuid_or_none};

/// What a query makes of rows.
type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// A set of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its id.
    pub id: DatasetId,
    /// Its name.
    pub name: String,
    /// How many questions it has.
    pub n_questions: u64,
    /// When it was made.
    pub created: Timestamp,
    /// When its questions were changed.
    pub updated: Timestamp,
}

/// A question of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetQuestion {
    /// Its name in the set.
    pub name: String,
    /// What it is made of.
    pub body: Value,
    /// The judged answer that it was made of.
    pub answer: Option<AnswerId>,
}

impl Catalog {
    /// Makes a set with its questions.
    pub(crate) async fn create_dataset(
        &self,
        name: &str,
        questions: &[DatasetQuestion],
    ) -> Result<DatasetId> {
        let failed = || cannot("make the set of questions");
        let id = DatasetId::generate();
        let mut transaction = self.begin().await.map_err(failed())?;
        let made = sqlx::query(
            "INSERT INTO eval_dataset (id, name, created_ms, updated_ms) VALUES ($1, $2, $3, $3)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(key(id.as_uuid()))
        .bind(plain(name))
        .bind(self.now_ms())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if made.rows_affected() == 0 {
            return Err(Error::conflict(format!("there is a set called `{name}`"))
                .hint("Choose another name, or remove that set first."));
        }
        for (place, question) in questions.iter().enumerate() {
            add(&mut transaction, id, place, question).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Adds a question at the end of a set, or puts it in the place of the one of its name.
    pub(crate) async fn put_question(
        &self,
        id: DatasetId,
        question: &DatasetQuestion,
    ) -> Result<()> {
        let failed = || cannot("add the question");
        let mut transaction = self.begin().await.map_err(failed())?;
        // Whoever changes the set too waits here.
        let found = sqlx::query("UPDATE eval_dataset SET updated_ms = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(self.now_ms())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if found.rows_affected() == 0 {
            return Err(no_such_dataset());
        }
        let place: u64 = sqlx::query(
            "SELECT coalesce(max(place) + 1, 0) AS place FROM eval_question WHERE dataset_id = $1",
        )
        .bind(key(id.as_uuid()))
        .try_map(|row| number(&row, "place"))
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        add(&mut transaction, id, place, question).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Removes a question of a set; again changes nothing.
    pub(crate) async fn remove_question(&self, id: DatasetId, name: &str) -> Result<()> {
        sqlx::query("DELETE FROM eval_question WHERE dataset_id = $1 AND name = $2")
            .bind(key(id.as_uuid()))
            .bind(plain(name))
            .execute(&self.writer)
            .await
            .map_err(cannot("remove the question"))?;
        Ok(())
    }

    /// Removes a set with its runs.
    pub(crate) async fn remove_dataset(&self, id: DatasetId) -> Result<()> {
        let removed = sqlx::query("DELETE FROM eval_dataset WHERE id = $1")
            .bind(key(id.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("remove the set of questions"))?;
        if removed.rows_affected() == 1 { Ok(()) } else { Err(no_such_dataset()) }
    }

    /// Returns the sets by name; with an id, that one alone.
    pub(crate) async fn datasets(&self, id: Option<DatasetId>) -> Result<Vec<Dataset>> {
        sqlx::query(
            "SELECT s.id, s.name, s.created_ms, s.updated_ms, count(q.name) AS n_questions
             FROM eval_dataset s LEFT JOIN eval_question q ON q.dataset_id = s.id
             WHERE CAST($1 AS TEXT) IS NULL OR s.id = unhex($1)
             GROUP BY s.id ORDER BY s.name",
        )
        .bind(id.map(|id| id.as_uuid().simple().to_string()))
        .try_map(|row: AnyRow| {
            Ok(Dataset {
                id: DatasetId::from_uuid(uuid(&row, "id")?),
                name: row.try_get("name")?,
                n_questions: number(&row, "n_questions")?,
                created: time(&row, "created_ms")?,
                updated: time(&row, "updated_ms")?,
            })
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list the sets of questions"))
    }

    /// Returns the questions of a set in order.
    pub(crate) async fn dataset_questions(&self, id: DatasetId) -> Result<Vec<DatasetQuestion>> {
        sqlx::query(
            "SELECT name, body, turn_id FROM eval_question WHERE dataset_id = $1 ORDER BY place, name",
        )
        .bind(key(id.as_uuid()))
        .try_map(|row: AnyRow| {
            Ok(DatasetQuestion {
                name: row.try_get("name")?,
                body: from_json(&row, "body")?,
                answer: uuid_or_none(&row, "turn_id")?.map(AnswerId::from_uuid),
            })
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list the questions of the set"))
    }
}

/// Enters a question, or changes the one of its name where it stands.
async fn add(
    connection: &mut AnyConnection,
    id: DatasetId,
    place: usize,
    question: &DatasetQuestion,
) -> Decoded<()> {
    sqlx::query(
        "INSERT INTO eval_question (dataset_id, name, place, body, turn_id)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (dataset_id, name) DO UPDATE
           SET body = excluded.body, turn_id = excluded.turn_id",
    )
    .bind(key(id.as_uuid()))
    .bind(plain(&question.name))
    .bind(integer(place))
    .bind(json(&question.body)?)
    .bind(question.answer.map(|id| key(id.as_uuid())))
    .execute(connection)
    .await?;
    Ok(())
}

fn no_such_dataset() -> Error {
    Error::not_found("no such set of questions")
}
