//! Withdrawing answers for good, and forgetting old ones: of one that names a version which is not kept any more nothing may
//! be shown, and a purge erases it.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::AnswerId;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::purge::Which;
use super::super::rows::{id_list, integer, uuid};

/// How many answers are erased in one transaction: others must not wait long to write.
const ANSWERS_AT_ONCE: usize = 128;

/// Holds of an answer `t` that names a version which is not kept: of documents in `$1`, of
/// collections in `$2`. With neither, of whatever document, gone for good or not.
const IS_GONE: &str = "t.body IS NOT NULL AND EXISTS (
    SELECT 1 FROM turn_version n LEFT JOIN document d ON d.id = n.document_id
    WHERE n.turn_id = t.id
      AND (CAST($1 AS TEXT) IS NULL
           OR n.document_id IN (SELECT unhex(value) FROM json_each($1)))
      AND (CAST($2 AS TEXT) IS NULL
           OR d.collection_id IN (SELECT unhex(value) FROM json_each($2)))
      AND NOT EXISTS (SELECT 1 FROM version v
                      WHERE v.document_id = n.document_id AND v.content = n.content
                        AND v.state IN ('live', 'superseded')))";

impl Catalog {
    /// Erases some answers that name a version which is not kept. Returns how many, and nothing but
    /// 0 once there is none left.
    pub(crate) async fn withdraw_answers(&self, which: &Which) -> Result<u64> {
        let failed = || cannot("erase answers from removed documents");
        let (documents, collections) = which.lists();
        let find = format!("SELECT t.id FROM turn t WHERE {IS_GONE} ORDER BY t.id LIMIT $3");
        let gone = sqlx::query(sqlx::AssertSqlSafe(find))
            .bind(documents.clone())
            .bind(collections.clone())
            .bind(integer(ANSWERS_AT_ONCE))
            .try_map(|row| Ok(AnswerId::from_uuid(uuid(&row, "id")?)))
            .fetch_all(&self.readers)
            .await
            .map_err(failed())?;
        if gone.is_empty() {
            return Ok(0);
        }
        let erase = format!(
            "UPDATE turn SET body = NULL, withdrawn_ms = $4 WHERE id IN (
               SELECT t.id FROM turn t
               WHERE t.id IN (SELECT unhex(value) FROM json_each($3)) AND {IS_GONE}
               ORDER BY t.id{})",
            self.skipping()
        );
        let erased = sqlx::query(sqlx::AssertSqlSafe(erase))
            .bind(documents)
            .bind(collections)
            .bind(id_list(gone.iter().map(AnswerId::as_uuid)))
            .bind(self.now_ms())
            .execute(&self.writer)
            .await
            .map_err(failed())?;
        Ok(erased.rows_affected())
    }

    /// Forgets the answers outside conversations that were asked for before a moment, unless
    /// somebody has judged them. Returns how many.
    pub(crate) async fn forget_single_answers(&self, asked_before: Timestamp) -> Result<u64> {
        let forgotten = sqlx::query(
            "DELETE FROM turn WHERE conversation_id IS NULL AND created_ms < $1
               AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.turn_id = turn.id)",
        )
        .bind(asked_before.0)
        .execute(&self.writer)
        .await
        .map_err(cannot("forget old answers"))?;
        Ok(forgotten.rows_affected())
    }
}
