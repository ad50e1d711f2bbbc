//! Turns: each a question with its answer. A turn is begun, and ended once.

use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, ContentHash, ConversationId, DocumentId, PersonId};
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{digest, hash, id_list, json, key, parameters, plain, to_word, uuid};
use super::{Decoded, no_such_conversation, owner_key};

/// How many versions one statement writes down: databases bound the number of parameters.
const VERSIONS_A_STATEMENT: usize = 100;

/// A question that is about to be answered.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// The id of its answer.
    pub id: AnswerId,
    /// The conversation that it belongs to, if it does not stand alone.
    pub conversation: Option<ConversationId>,
    /// The turn of that conversation that it follows; `None` begins another branch.
    pub parent: Option<AnswerId>,
    /// The question, as it was asked.
    pub question: String,
    /// What else was asked for, as JSON: who writes the answer, which collections are searched.
    pub request: Value,
}

/// How a turn ended.
#[derive(Debug, Clone)]
pub struct TurnEnd {
    /// What came of the question.
    pub outcome: TurnOutcome,
    /// The answer as it was shown, the exact bytes of its JSON; `None` when nothing was.
    pub body: Option<Vec<u8>>,
    /// Every version whose text stands in the body, or led to text in it, by its document and the
    /// hash of its original: once one of them is gone, the body is too.
    pub versions: BTreeSet<(DocumentId, ContentHash)>,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnOutcome {
    /// An answer.
    Completed,
    /// The documents do not say.
    NoAnswer,
    /// Whoever asked has stopped it.
    Cancelled,
    /// It could not be answered.
    Failed,
    /// The program ended before.
    Interrupted,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The id of the answer.
    pub id: AnswerId,
    /// The conversation that it belongs to, if it does not stand alone.
    pub conversation: Option<ConversationId>,
    /// The turn that it follows.
    pub parent: Option<AnswerId>,
    /// The question, as it was asked.
    pub question: String,
    /// What else was asked for.
    pub request: Value,
    /// When it was asked.
    pub created: Timestamp,
    /// What became of it; `None` while it is being answered.
    pub ended: Option<EndedTurn>,
}

/// What became of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedTurn {
    /// When it ended.
    pub at: Timestamp,
    /// What came of the question.
    pub outcome: TurnOutcome,
    /// The answer as it was shown.
    pub body: TurnBody,
}

/// The answer of a turn, as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnBody {
    /// The exact bytes of its JSON.
    Shown(Vec<u8>),
    /// There was none.
    Empty,
    /// A version whose text stands in it is not kept any more, or may not be read.
    Withdrawn,
}

impl Catalog {
    /// Begins a turn of somebody: writes down the question.
    pub(crate) async fn begin_turn(&self, owner: Option<PersonId>, new: &NewTurn) -> Result<()> {
        let failed = || cannot("write down the question");
        let mut transaction = self.begin().await.map_err(failed())?;
        if let Some(conversation) = new.conversation {
            self.note_question(&mut transaction, owner, conversation).await?;
        }
        if let Some(parent) = new.parent {
            check_parent(&mut transaction, owner, new, parent).await?;
        }
        let begun = sqlx::query(
            "INSERT INTO turn (id, owner, conversation_id, parent_id, question, request, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
        )
        .bind(key(new.id.as_uuid()))
        .bind(owner_key(owner))
        .bind(new.conversation.map(|id| key(id.as_uuid())))
        .bind(new.parent.map(|id| key(id.as_uuid())))
        .bind(plain(&new.question))
        .bind(json(&new.request).map_err(failed())?)
        .bind(self.now_ms())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if begun.rows_affected() == 0 {
            return Err(Error::conflict("the question is written down already"));
        }
        transaction.commit().await.map_err(failed())
    }

    /// Notes that something is asked in a conversation of somebody, which stays until the
    /// transaction ends.
    async fn note_question(
        &self,
        connection: &mut AnyConnection,
        owner: Option<PersonId>,
        conversation: ConversationId,
    ) -> Result<()> {
        let noted = sqlx::query(
            "UPDATE conversation
             SET updated_ms = CASE WHEN updated_ms < $3 THEN $3 ELSE updated_ms END
             WHERE id = $1 AND owner = $2",
        )
        .bind(key(conversation.as_uuid()))
        .bind(owner_key(owner))
        .bind(self.now_ms())
        .execute(connection)
        .await
        .map_err(cannot("look up the conversation"))?;
        if noted.rows_affected() == 1 { Ok(()) } else { Err(no_such_conversation()) }
    }

    /// Ends a turn of somebody, once. An answer is not even written down when a version that it
    /// names is gone by now.
    pub(crate) async fn end_turn(
        &self,
        owner: Option<PersonId>,
        id: AnswerId,
        end: &TurnEnd,
    ) -> Result<()> {
        let failed = || cannot("keep the answer");
        let mut transaction = self.begin().await.map_err(failed())?;
        let all_kept = self.hold_named(&mut transaction, &end.versions).await.map_err(failed())?;
        let now_ms = self.now_ms();
        let ended = sqlx::query(
            "UPDATE turn SET ended_ms = $3, outcome = $4, body = $5, withdrawn_ms = $6
             WHERE id = $1 AND owner = $2 AND ended_ms IS NULL",
        )
        .bind(key(id.as_uuid()))
        .bind(owner_key(owner))
        .bind(now_ms)
        .bind(to_word(&end.outcome).map_err(failed())?)
        .bind(end.body.clone().filter(|_body| all_kept))
        .bind((!all_kept).then_some(now_ms))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if ended.rows_affected() == 0 {
            return Err(why_not_ended(&mut transaction, owner, id).await?);
        }
        name_versions(&mut transaction, id, &end.versions).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Ends the turns that were begun before a moment and have not ended, as interrupted. Returns
    /// how many.
    pub(crate) async fn end_interrupted_turns(&self, begun_before: Timestamp) -> Result<u64> {
        let failed = || cannot("end what was interrupted");
        let outcome = to_word(&TurnOutcome::Interrupted).map_err(failed())?;
        let ended = sqlx::query(
            "UPDATE turn SET ended_ms = $2, outcome = $3
             WHERE ended_ms IS NULL AND created_ms < $1",
        )
        .bind(begun_before.0)
        .bind(self.now_ms())
        .bind(outcome)
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        Ok(ended.rows_affected())
    }

    /// Tells whether all of some versions are kept; none of their documents is removed until the
    /// transaction ends.
    async fn hold_named(
        &self,
        connection: &mut AnyConnection,
        named: &BTreeSet<(DocumentId, ContentHash)>,
    ) -> Decoded<bool> {
        let documents = id_list(named.iter().map(|(document, _)| document.as_uuid()));
        let hold = format!(
            "SELECT id FROM document WHERE id IN (SELECT unhex(value) FROM json_each($1))
             ORDER BY id{}",
            self.sharing()
        );
        sqlx::query(sqlx::AssertSqlSafe(hold)).bind(&documents).fetch_all(&mut *connection).await?;
        let kept = sqlx::query(
            "SELECT document_id, content FROM version WHERE state IN ('live', 'superseded')
               AND document_id IN (SELECT unhex(value) FROM json_each($1))",
        )
        .bind(&documents)
        .try_map(|row: AnyRow| {
            Ok((DocumentId::from_uuid(uuid(&row, "document_id")?), hash(&row, "content")?))
        })
        .fetch_all(connection)
        .await?;
        Ok(named.iter().all(|version| kept.contains(version)))
    }
}

/// Makes sure that a turn follows one of its own conversation.
async fn check_parent(
    connection: &mut AnyConnection,
    owner: Option<PersonId>,
    new: &NewTurn,
    parent: AnswerId,
) -> Result<()> {
    let Some(conversation) = new.conversation else {
        return Err(Error::invalid("a question that follows another belongs to a conversation"));
    };
    let found =
        sqlx::query("SELECT 1 FROM turn WHERE id = $1 AND owner = $2 AND conversation_id = $3")
            .bind(key(parent.as_uuid()))
            .bind(owner_key(owner))
            .bind(key(conversation.as_uuid()))
            .fetch_optional(connection)
            .await
            .map_err(cannot("look up the question before"))?;
    found.map(|_row| ()).ok_or_else(no_such_answer)
}

/// Tells why a turn could not be ended.
async fn why_not_ended(
    connection: &mut AnyConnection,
    owner: Option<PersonId>,
    id: AnswerId,
) -> Result<Error> {
    let found = sqlx::query("SELECT 1 FROM turn WHERE id = $1 AND owner = $2")
        .bind(key(id.as_uuid()))
        .bind(owner_key(owner))
        .fetch_optional(connection)
        .await
        .map_err(cannot("look up the answer"))?;
    Ok(match found {
        Some(_row) => Error::conflict("the answer has ended already, and is not changed any more"),
        None => no_such_answer(),
    })
}

/// Writes down which versions an answer names.
async fn name_versions(
    connection: &mut AnyConnection,
    id: AnswerId,
    named: &BTreeSet<(DocumentId, ContentHash)>,
) -> Decoded<()> {
    let named: Vec<_> = named.iter().collect();
    for some in named.chunks(VERSIONS_A_STATEMENT) {
        let statement = format!(
            "INSERT INTO turn_version (turn_id, document_id, content) VALUES {}",
            parameters(some.len(), 3)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
        for (document, content) in some {
            query = query.bind(key(id.as_uuid())).bind(key(document.as_uuid()));
            query = query.bind(digest(content));
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) fn no_such_answer() -> Error {
    Error::not_found("no such answer")
}
