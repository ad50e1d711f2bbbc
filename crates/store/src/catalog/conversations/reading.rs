//! Reading turns: an answer is shown while all that it names is kept and may be read.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::{AnswerId, ConversationId, PersonId};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::readable::{READABLE, readable};
use super::super::rows::{from_json, integer, key, time, time_or_none, uuid, uuid_or_none, word};
use super::turns::{EndedTurn, Turn, TurnBody, no_such_answer};
use super::{Decoded, owner_key};

/// Returns what is selected of a turn `t`, `$1` being what [`readable`] wrote: its body only when
/// every version that it names is kept and may be read.
fn turn_columns() -> String {
    let is_shown = format!(
        "t.withdrawn_ms IS NULL AND NOT EXISTS (
           SELECT 1 FROM turn_version n WHERE n.turn_id = t.id AND NOT EXISTS (
             SELECT 1 FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.document_id = n.document_id AND v.content = n.content
               AND v.state IN ('live', 'superseded') AND d.removed_ms IS NULL AND {READABLE}))"
    );
    format!(
        "t.id, t.conversation_id, t.parent_id, t.question, t.request, t.created_ms, t.ended_ms,
         t.outcome, CASE WHEN {is_shown} THEN t.body END AS body,
         CASE WHEN {is_shown} THEN 0 ELSE 1 END AS is_withdrawn"
    )
}

impl Catalog {
    /// Returns a turn of somebody.
    pub(crate) async fn turn(
        &self,
        owner: Option<PersonId>,
        scope: &Scope,
        id: AnswerId,
    ) -> Result<Turn> {
        let statement =
            format!("SELECT {} FROM turn t WHERE t.id = $2 AND t.owner = $3", turn_columns());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(key(id.as_uuid()))
            .bind(owner_key(owner))
            .try_map(|row| turn(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the answer"))?
            .ok_or_else(no_such_answer)
    }

    /// Returns turns of a conversation of somebody after one, the oldest first.
    pub(crate) async fn turns_of(
        &self,
        whose: (Option<PersonId>, &Scope),
        conversation: ConversationId,
        after: Option<AnswerId>,
        limit: usize,
    ) -> Result<Vec<Turn>> {
        let (owner, scope) = whose;
        let statement = format!(
            "SELECT {} FROM turn t WHERE t.conversation_id = $2 AND t.owner = $3
               AND (CAST($4 AS TEXT) IS NULL OR EXISTS (
                 SELECT 1 FROM turn a WHERE a.id = unhex($4) AND a.conversation_id = $2
                   AND (a.created_ms < t.created_ms
                        OR (a.created_ms = t.created_ms AND a.id < t.id))))
             ORDER BY t.created_ms, t.id LIMIT $5",
            turn_columns()
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(key(conversation.as_uuid()))
            .bind(owner_key(owner))
            .bind(after.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(limit))
            .try_map(|row| turn(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the answers"))
    }

    /// Returns the last turns of the way from the first question to a turn of somebody, the turn
    /// itself last.
    pub(crate) async fn path_to_turn(
        &self,
        owner: Option<PersonId>,
        scope: &Scope,
        id: AnswerId,
        n_last: usize,
    ) -> Result<Vec<Turn>> {
        let statement = format!(
            "WITH RECURSIVE path(id, parent_id, n) AS (
               SELECT f.id, f.parent_id, CAST(1 AS BIGINT) FROM turn f
               WHERE f.id = $2 AND f.owner = $3
               UNION ALL
               SELECT b.id, b.parent_id, p.n + 1 FROM turn b JOIN path p ON b.id = p.parent_id
               WHERE p.n < $4 AND b.owner = $3)
             SELECT {} FROM turn t JOIN path p ON p.id = t.id ORDER BY p.n DESC",
            turn_columns()
        );
        let path = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(key(id.as_uuid()))
            .bind(owner_key(owner))
            .bind(integer(n_last))
            .try_map(|row| turn(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("look up the answers before"))?;
        if path.is_empty() { Err(no_such_answer()) } else { Ok(path) }
    }
}

/// Reads what [`turn_columns`] selects.
fn turn(row: &AnyRow) -> Decoded<Turn> {
    Ok(Turn {
        id: AnswerId::from_uuid(uuid(row, "id")?),
        conversation: uuid_or_none(row, "conversation_id")?.map(ConversationId::from_uuid),
        parent: uuid_or_none(row, "parent_id")?.map(AnswerId::from_uuid),
        question: row.try_get("question")?,
        request: from_json(row, "request")?,
        created: time(row, "created_ms")?,
        ended: ended(row)?,
    })
}

fn ended(row: &AnyRow) -> Decoded<Option<EndedTurn>> {
    let Some(at) = time_or_none(row, "ended_ms")? else { return Ok(None) };
    let is_withdrawn = row.try_get::<i64, _>("is_withdrawn")? != 0;
    let body = match row.try_get::<Option<Vec<u8>>, _>("body")? {
        _ if is_withdrawn => TurnBody::Withdrawn,
        Some(body) => TurnBody::Shown(body),
        None => TurnBody::Empty,
    };
    Ok(Some(EndedTurn { at, outcome: word(row, "outcome")?, body }))
}
