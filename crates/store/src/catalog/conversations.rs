//! Conversations: trees of questions with their answers, each somebody's own.
//!
//! Whose something is stands in every statement: what is somebody else's is missing, as what does
//! not exist. Rows of turns are locked after those of documents.

pub(crate) mod feedback;
mod reading;
pub(crate) mod turns;
mod withdrawing;

use footnote_core::clock::Timestamp;
use footnote_core::id::{ConversationId, PersonId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::Catalog;
use super::failure::cannot;
use super::rows::{containing, integer, key, plain, time, time_or_none, uuid};

type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// What it is called.
    pub title: String,
    /// Whether it is kept at hand.
    pub is_pinned: bool,
    /// Since when it is out of the way.
    pub archived: Option<Timestamp>,
    /// When it was begun.
    pub created: Timestamp,
    /// When something was asked in it last.
    pub updated: Timestamp,
}

/// Which conversations to list.
#[derive(Debug, Clone)]
pub struct ConversationFilter {
    /// Those that are out of the way instead of those that are not.
    pub is_archived: bool,
    /// Only those that are pinned, or only those that are not.
    pub is_pinned: Option<bool>,
    /// Only those whose title holds this text, in upper or lower case.
    pub text: Option<String>,
    /// Only those after this one: the last of the page before, with when it was updated then.
    pub after: Option<(Timestamp, ConversationId)>,
    /// How many at most.
    pub limit: usize,
}

impl Default for ConversationFilter {
    fn default() -> Self {
        Self { is_archived: false, is_pinned: None, text: None, after: None, limit: 50 }
    }
}

/// What is to become of a conversation; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ConversationChange {
    /// What it is called from now on.
    pub title: Option<String>,
    /// Whether it is kept at hand.
    pub is_pinned: Option<bool>,
    /// Whether it is out of the way.
    pub is_archived: Option<bool>,
}

/// The columns of a [`Conversation`].
const CONVERSATION: &str = "id, title, is_pinned, archived_ms, created_ms, updated_ms";

/// Writes whose something is: a person's, or the owner's of the data directory.
pub(super) fn owner_key(owner: Option<PersonId>) -> Vec<u8> {
    key(owner.map_or(Uuid::nil(), |person| person.as_uuid()))
}

/// Reads what [`owner_key`] wrote.
pub(super) fn owner_of(row: &AnyRow) -> Decoded<Option<PersonId>> {
    let id = uuid(row, "owner")?;
    Ok((!id.is_nil()).then(|| PersonId::from_uuid(id)))
}

impl Catalog {
    /// Begins a conversation.
    pub(crate) async fn create_conversation(
        &self,
        owner: Option<PersonId>,
        title: &str,
    ) -> Result<Conversation> {
        let title = plain(title);
        let statement = format!(
            "INSERT INTO conversation (id, owner, title, folded, is_pinned, created_ms, updated_ms)
             VALUES ($1, $2, $3, $4, 0, $5, $5) RETURNING {CONVERSATION}"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(ConversationId::generate().as_uuid()))
            .bind(owner_key(owner))
            .bind(&title)
            .bind(title.to_lowercase())
            .bind(self.now_ms())
            .try_map(|row| conversation(&row))
            .fetch_one(&self.writer)
            .await
            .map_err(cannot("begin the conversation"))
    }

    /// Returns conversations of somebody, the one that was updated last first.
    pub(crate) async fn conversations(
        &self,
        owner: Option<PersonId>,
        filter: &ConversationFilter,
    ) -> Result<Vec<Conversation>> {
        let (after_ms, after) = match filter.after {
            Some((updated, id)) => (updated.0, id.as_uuid()),
            None => (i64::MAX, Uuid::max()),
        };
        let statement = format!(
            "SELECT {CONVERSATION} FROM conversation
             WHERE owner = $1 AND (archived_ms IS NOT NULL) = (0 < $2)
               AND (CAST($3 AS BIGINT) IS NULL OR is_pinned = $3)
               AND (CAST($4 AS TEXT) IS NULL OR folded LIKE $4 ESCAPE '!')
               AND (updated_ms < $5 OR (updated_ms = $5 AND id < $6))
             ORDER BY updated_ms DESC, id DESC LIMIT $7"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(owner_key(owner))
            .bind(i64::from(filter.is_archived))
            .bind(filter.is_pinned.map(i64::from))
            .bind(filter.text.as_deref().map(|text| containing(&text.to_lowercase())))
            .bind(after_ms)
            .bind(key(after))
            .bind(integer(filter.limit))
            .try_map(|row| conversation(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the conversations"))
    }

    /// Returns a conversation of somebody.
    pub(crate) async fn conversation(
        &self,
        owner: Option<PersonId>,
        id: ConversationId,
    ) -> Result<Conversation> {
        let statement =
            format!("SELECT {CONVERSATION} FROM conversation WHERE id = $1 AND owner = $2");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .bind(owner_key(owner))
            .try_map(|row| conversation(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the conversation"))?
            .ok_or_else(no_such_conversation)
    }

    /// Changes a conversation of somebody, and returns what became of it.
    pub(crate) async fn change_conversation(
        &self,
        owner: Option<PersonId>,
        id: ConversationId,
        change: &ConversationChange,
    ) -> Result<Conversation> {
        let title = change.title.as_deref().map(plain);
        let statement = format!(
            "UPDATE conversation SET
               title = coalesce(CAST($3 AS TEXT), title),
               folded = coalesce(CAST($4 AS TEXT), folded),
               is_pinned = coalesce(CAST($5 AS BIGINT), is_pinned),
               archived_ms = CASE
                 WHEN CAST($6 AS BIGINT) IS NULL THEN archived_ms
                 WHEN $6 = 0 THEN NULL
                 ELSE coalesce(archived_ms, $7) END
             WHERE id = $1 AND owner = $2 RETURNING {CONVERSATION}"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .bind(owner_key(owner))
            .bind(&title)
            .bind(title.as_ref().map(|title| title.to_lowercase()))
            .bind(change.is_pinned.map(i64::from))
            .bind(change.is_archived.map(i64::from))
            .bind(self.now_ms())
            .try_map(|row| conversation(&row))
            .fetch_optional(&self.writer)
            .await
            .map_err(cannot("change the conversation"))?
            .ok_or_else(no_such_conversation)
    }

    /// Removes a conversation of somebody with its questions, answers and feedback.
    pub(crate) async fn remove_conversation(
        &self,
        owner: Option<PersonId>,
        id: ConversationId,
    ) -> Result<()> {
        let removed = sqlx::query("DELETE FROM conversation WHERE id = $1 AND owner = $2")
            .bind(key(id.as_uuid()))
            .bind(owner_key(owner))
            .execute(&self.writer)
            .await
            .map_err(cannot("remove the conversation"))?;
        if removed.rows_affected() == 1 { Ok(()) } else { Err(no_such_conversation()) }
    }
}

fn no_such_conversation() -> Error {
    Error::not_found("no such conversation")
}

/// Reads the columns of [`CONVERSATION`].
fn conversation(row: &AnyRow) -> Decoded<Conversation> {
    Ok(Conversation {
        id: ConversationId::from_uuid(uuid(row, "id")?),
        title: row.try_get("title")?,
        is_pinned: row.try_get::<i64, _>("is_pinned")? != 0,
        archived: time_or_none(row, "archived_ms")?,
        created: time(row, "created_ms")?,
        updated: time(row, "updated_ms")?,
    })
}
