//! The audit log: who did what to what, when and from where. It is only ever added to, and holds
//! ids, no text of documents.

use footnote_core::clock::Timestamp;
use footnote_core::id::{AuditId, PersonId};
use footnote_core::{Error, Result};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{integer, key, plain, time, uuid, uuid_or_none};
use super::Decoded;

/// The longest id or address that is written down, in bytes.
const MAX_BYTES: usize = 128;

/// Something that was done.
#[derive(Debug, Clone)]
pub struct NewAudit {
    /// Who did it, if it is known which person that is.
    pub person: Option<PersonId>,
    /// What they were called then.
    pub actor: String,
    /// What was done, as a word of the program: `grant.put`.
    pub action: String,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// The address from which it was asked for.
    pub origin: Option<String>,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its id; a later entry has a higher one.
    pub id: AuditId,
    /// When it was.
    #[serde(rename = "at_ms")]
    pub at: Timestamp,
    /// Who did it, if it is known which person that is.
    pub person: Option<PersonId>,
    /// What they were called then.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// The address from which it was asked for.
    pub origin: Option<String>,
}

/// Which entries to list.
#[derive(Debug, Clone)]
pub struct AuditFilter {
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only this action.
    pub action: Option<String>,
    /// Only those before this one: the last of the page before.
    pub before: Option<AuditId>,
    /// How many at most.
    pub limit: usize,
}

impl Default for AuditFilter {
    fn default() -> Self {
        Self { person: None, action: None, before: None, limit: 100 }
    }
}

/// The columns of an [`AuditEntry`].
const ENTRY: &str = "SELECT id, at_ms, person_id, actor, action, target, origin FROM audit";

impl Catalog {
    /// Writes down what was done.
    pub(crate) async fn append_audit(&self, new: &NewAudit) -> Result<AuditId> {
        check(new)?;
        let id = AuditId::generate();
        sqlx::query(
            "INSERT INTO audit (id, at_ms, person_id, actor, action, target, origin)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .bind(new.person.map(|person| key(person.as_uuid())))
        .bind(plain(&new.actor))
        .bind(&new.action)
        .bind(new.target.as_deref().map(plain))
        .bind(new.origin.as_deref().map(plain))
        .execute(&self.writer)
        .await
        .map_err(cannot("write down what was done"))?;
        Ok(id)
    }

    /// Returns entries, the newest first.
    pub(crate) async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>> {
        let statement = format!(
            "{ENTRY} WHERE (CAST($1 AS TEXT) IS NULL OR person_id = unhex($1))
               AND (CAST($2 AS TEXT) IS NULL OR action = $2)
               AND (CAST($3 AS TEXT) IS NULL OR id < unhex($3))
             ORDER BY id DESC LIMIT $4"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(filter.person.map(|id| id.as_uuid().simple().to_string()))
            .bind(&filter.action)
            .bind(filter.before.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(filter.limit))
            .try_map(|row| entry(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("read the audit log"))
    }

    /// Returns entries after one, the oldest first.
    pub(crate) async fn audit_after(
        &self,
        after: Option<AuditId>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>> {
        let statement = format!(
            "{ENTRY} WHERE (CAST($1 AS TEXT) IS NULL OR unhex($1) < id) ORDER BY id LIMIT $2"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(after.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(limit))
            .try_map(|row| entry(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("read the audit log"))
    }
}

/// Refuses what could hold text of documents.
fn check(new: &NewAudit) -> Result<()> {
    let is_word = |text: &str| text.len() <= MAX_BYTES && !text.contains(char::is_whitespace);
    let words = [Some(&new.action), new.target.as_ref(), new.origin.as_ref()];
    if words.into_iter().flatten().all(|text| is_word(text)) {
        return Ok(());
    }
    Err(Error::invalid("the audit log takes words and ids, no texts"))
}

fn entry(row: &AnyRow) -> Decoded<AuditEntry> {
    Ok(AuditEntry {
        id: AuditId::from_uuid(uuid(row, "id")?),
        at: time(row, "at_ms")?,
        person: uuid_or_none(row, "person_id")?.map(PersonId::from_uuid),
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        target: row.try_get("target")?,
        origin: row.try_get("origin")?,
    })
}
