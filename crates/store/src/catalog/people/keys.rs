//! Keys: what programs sign in with, on behalf of a person.

use footnote_core::access::{KeyScope, Rights, TokenHash};
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, KeyId, PersonId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{from_json, integer, json, key, plain, time, time_or_none, uuid};
use super::{Decoded, PERSON, Person, person};

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id, which stands in what the program shows.
    pub id: KeyId,
    /// On whose behalf it is used.
    pub person: PersonId,
    /// Their [epoch](Person::epoch) when they asked for it.
    pub epoch: u64,
    /// The hash of what the program shows.
    pub token: TokenHash,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<KeyScope>,
    /// The collections that it reaches; `None` reaches as far as its person.
    pub collections: Option<BTreeSet<CollectionId>>,
    /// When it ends; `None` is never.
    pub expires: Option<Timestamp>,
}

/// A key, of which what the program shows is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<KeyScope>,
    /// The collections that it reaches; `None` reaches as far as its person.
    pub collections: Option<BTreeSet<CollectionId>>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was used last, as far as that was noted.
    pub used: Option<Timestamp>,
    /// When it ends; `None` is never.
    pub expires: Option<Timestamp>,
}

impl ApiKey {
    /// Returns what may be done with the key, of what its person may do.
    #[must_use]
    pub fn narrow(&self, rights: &Rights) -> Rights {
        let Some(highest) = self.scopes.iter().map(|scope| scope.role()).max() else {
            return Rights::default();
        };
        rights.narrowed(highest, self.collections.as_ref())
    }
}

/// A key with the person on whose behalf it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedKey {
    /// The key.
    pub key: ApiKey,
    /// Whose it is, as they are now.
    pub person: Person,
}

/// The columns of an [`ApiKey`] `k`.
const KEY: &str = "k.id, k.name, k.scopes, k.collections, k.created_ms, k.used_ms, k.expires_ms";

/// What holds of a key `k` that counts, at `$2`: its person `p` may sign in, and nothing has
/// stopped it since.
const COUNTS: &str = "k.epoch = p.epoch AND p.disabled_ms IS NULL
    AND (k.expires_ms IS NULL OR $2 < k.expires_ms)";

impl Catalog {
    /// Makes a key, unless the person was disabled or got another password meanwhile.
    pub(crate) async fn create_key(&self, new: &NewKey) -> Result<()> {
        let failed = || cannot("make the key");
        let collections = new.collections.as_ref().map(json).transpose().map_err(failed())?;
        let made = sqlx::query(
            "INSERT INTO api_key (id, token_hash, person_id, epoch, name, scopes, collections,
                                  created_ms, expires_ms)
             SELECT $1, $2, p.id, p.epoch, $5, $6, $7, $8, $9 FROM person p
             WHERE p.id = $3 AND p.epoch = $4 AND p.disabled_ms IS NULL",
        )
        .bind(key(new.id.as_uuid()))
        .bind(new.token.as_bytes().to_vec())
        .bind(key(new.person.as_uuid()))
        .bind(integer(new.epoch))
        .bind(plain(&new.name))
        .bind(json(&new.scopes).map_err(failed())?)
        .bind(collections)
        .bind(self.now_ms())
        .bind(new.expires.map(|time| time.0))
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if made.rows_affected() == 1 {
            return Ok(());
        }
        Err(Error::conflict("the person may not sign in, or not any more like this"))
    }

    /// Returns the key of a token and whose it is; `None` when there is none that counts.
    pub(crate) async fn key(&self, token: &TokenHash) -> Result<Option<UsedKey>> {
        let statement = format!(
            "SELECT {KEY}, {PERSON} FROM api_key k JOIN person p ON p.id = k.person_id
             WHERE k.token_hash = $1 AND {COUNTS}"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(token.as_bytes().to_vec())
            .bind(self.now_ms())
            .try_map(|row| Ok(UsedKey { key: api_key(&row)?, person: person(&row)? }))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the key"))
    }

    /// Returns the keys of somebody that count, the newest first.
    pub(crate) async fn keys(&self, of: PersonId) -> Result<Vec<ApiKey>> {
        let statement = format!(
            "SELECT {KEY} FROM api_key k JOIN person p ON p.id = k.person_id
             WHERE p.id = $1 AND {COUNTS} ORDER BY k.id DESC"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(of.as_uuid()))
            .bind(self.now_ms())
            .try_map(|row| api_key(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the keys"))
    }

    /// Remembers that a key is used.
    pub(crate) async fn note_key(&self, id: KeyId) -> Result<()> {
        sqlx::query("UPDATE api_key SET used_ms = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(self.now_ms())
            .execute(&self.writer)
            .await
            .map_err(cannot("remember that the key was used"))?;
        Ok(())
    }

    /// Ends a key of somebody.
    pub(crate) async fn end_key(&self, of: PersonId, id: KeyId) -> Result<()> {
        let ended = sqlx::query("DELETE FROM api_key WHERE id = $1 AND person_id = $2")
            .bind(key(id.as_uuid()))
            .bind(key(of.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("end the key"))?;
        if ended.rows_affected() == 1 { Ok(()) } else { Err(Error::not_found("no such key")) }
    }
}

fn api_key(row: &AnyRow) -> Decoded<ApiKey> {
    let is_narrowed = row.try_get::<Option<&str>, _>("collections")?.is_some();
    Ok(ApiKey {
        id: KeyId::from_uuid(uuid(row, "id")?),
        name: row.try_get("name")?,
        scopes: from_json(row, "scopes")?,
        collections: if is_narrowed { Some(from_json(row, "collections")?) } else { None },
        created: time(row, "created_ms")?,
        used: time_or_none(row, "used_ms")?,
        expires: time_or_none(row, "expires_ms")?,
    })
}
