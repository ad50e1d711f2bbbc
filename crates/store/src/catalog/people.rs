//! People: who signs in, and what they may do.

pub(crate) mod audit;
pub(crate) mod grants;
pub(crate) mod groups;
pub(crate) mod identities;
pub(crate) mod keys;
mod rights;
pub(crate) mod sessions;

use footnote_core::access::{PasswordHash, Role};
use footnote_core::clock::Timestamp;
use footnote_core::id::PersonId;
use footnote_core::{Error, Result};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Executor, Row as _};

use super::Catalog;
use super::failure::cannot;
use super::rows::{integer, key, number, plain, time, time_or_none, to_word, uuid, word};

type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What they sign in with; upper and lower case are the same.
    pub login: String,
    /// What others see.
    pub name: String,
    /// What their password is checked against; `None` where somebody else checks it.
    pub password: Option<PasswordHash>,
    /// Their role on everything, if they have one: an admin's is on people and settings too.
    pub role: Option<Role>,
}

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// What others see.
    pub name: String,
    /// Their role on everything, if they have one.
    pub role: Option<Role>,
    /// How often their sessions and keys were stopped: those of an earlier epoch are of no use.
    pub epoch: u64,
    /// Since when they are known.
    pub created: Timestamp,
    /// Since when they may not sign in any more.
    pub disabled: Option<Timestamp>,
}

/// Somebody with what their password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who it is.
    pub person: Person,
    /// What their password is checked against; `None` where somebody else checks it.
    pub password: Option<PasswordHash>,
}

/// The columns of a [`Person`] `p`.
pub(super) const PERSON: &str = "p.id AS person_id, p.login, p.name AS person_name, p.role,
    p.epoch, p.created_ms AS person_created_ms, p.disabled_ms";

impl Catalog {
    /// Adds somebody.
    pub(crate) async fn create_person(&self, new: &NewPerson) -> Result<PersonId> {
        add_person(&self.writer, new, self.now_ms()).await
    }

    /// Returns people by their login, those after one.
    pub(crate) async fn people(&self, after: Option<&str>, limit: usize) -> Result<Vec<Person>> {
        let statement =
            format!("SELECT {PERSON} FROM person p WHERE $1 < p.login ORDER BY p.login LIMIT $2");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(after.unwrap_or_default())
            .bind(integer(limit))
            .try_map(|row| person(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the people"))
    }

    /// Returns somebody.
    pub(crate) async fn person(&self, id: PersonId) -> Result<Person> {
        let statement = format!("SELECT {PERSON} FROM person p WHERE p.id = $1");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .try_map(|row| person(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the person"))?
            .ok_or_else(no_such_person)
    }

    /// Returns who signs in as that, with what their password is checked against.
    pub(crate) async fn credentials(&self, login: &str) -> Result<Option<Credentials>> {
        let statement =
            format!("SELECT {PERSON}, p.password_hash FROM person p WHERE p.login = $1");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(login)
            .try_map(|row: AnyRow| {
                let password: Option<String> = row.try_get("password_hash")?;
                Ok(Credentials { person: person(&row)?, password: password.map(PasswordHash::new) })
            })
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up who signs in"))
    }

    /// Tells whether somebody may sign in who may do everything.
    pub(crate) async fn has_admin(&self) -> Result<bool> {
        let found = sqlx::query(
            "SELECT 1 FROM person WHERE role = 'admin' AND disabled_ms IS NULL LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("look for an admin"))?;
        Ok(found.is_some())
    }

    /// Gives somebody another name.
    pub(crate) async fn rename_person(&self, id: PersonId, name: &str) -> Result<()> {
        let renamed = sqlx::query("UPDATE person SET name = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(plain(name))
            .execute(&self.writer)
            .await
            .map_err(cannot("rename the person"))?;
        if renamed.rows_affected() == 1 { Ok(()) } else { Err(no_such_person()) }
    }

    /// Gives somebody another role on everything, or none. One admin stays.
    pub(crate) async fn set_role(&self, id: PersonId, role: Option<Role>) -> Result<()> {
        let failed = || cannot("change the role of the person");
        let mut transaction = self.begin().await.map_err(failed())?;
        if role != Some(Role::Admin) {
            self.keep_an_admin_without(&mut transaction, id).await?;
        }
        let role = role.map(|role| to_word(&role)).transpose().map_err(failed())?;
        let changed = sqlx::query("UPDATE person SET role = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(role)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if changed.rows_affected() == 0 {
            return Err(no_such_person());
        }
        transaction.commit().await.map_err(failed())
    }

    /// Keeps somebody from signing in, and stops their sessions and keys. One admin stays.
    pub(crate) async fn disable_person(&self, id: PersonId) -> Result<()> {
        let failed = || cannot("disable the person");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.keep_an_admin_without(&mut transaction, id).await?;
        let disabled = sqlx::query(
            "UPDATE person SET epoch = epoch + 1, disabled_ms = coalesce(disabled_ms, $2)
             WHERE id = $1",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if disabled.rows_affected() == 0 {
            return Err(no_such_person());
        }
        forget_sessions(&mut transaction, id).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Lets somebody sign in again; what was stopped stays stopped.
    pub(crate) async fn enable_person(&self, id: PersonId) -> Result<()> {
        let enabled = sqlx::query("UPDATE person SET disabled_ms = NULL WHERE id = $1")
            .bind(key(id.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("enable the person"))?;
        if enabled.rows_affected() == 1 { Ok(()) } else { Err(no_such_person()) }
    }

    /// Gives somebody another password, and stops their sessions and keys.
    pub(crate) async fn set_password(&self, id: PersonId, password: &PasswordHash) -> Result<()> {
        let failed = || cannot("change the password");
        let mut transaction = self.begin().await.map_err(failed())?;
        let changed =
            sqlx::query("UPDATE person SET epoch = epoch + 1, password_hash = $2 WHERE id = $1")
                .bind(key(id.as_uuid()))
                .bind(password.as_str())
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        if changed.rows_affected() == 0 {
            return Err(no_such_person());
        }
        forget_sessions(&mut transaction, id).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Makes sure that somebody else is an admin, if the one given is.
    async fn keep_an_admin_without(
        &self,
        connection: &mut AnyConnection,
        id: PersonId,
    ) -> Result<()> {
        let statement = format!(
            "SELECT id FROM person WHERE role = 'admin' AND disabled_ms IS NULL ORDER BY id{}",
            self.locking()
        );
        let admins = sqlx::query(sqlx::AssertSqlSafe(statement))
            .try_map(|row| Ok(PersonId::from_uuid(uuid(&row, "id")?)))
            .fetch_all(connection)
            .await
            .map_err(cannot("look for another admin"))?;
        if admins == [id] {
            return Err(Error::conflict("nobody else is an admin")
                .hint("Make somebody else an admin first."));
        }
        Ok(())
    }
}

/// Writes somebody down.
async fn add_person(
    executor: impl Executor<'_, Database = Any>,
    new: &NewPerson,
    now_ms: i64,
) -> Result<PersonId> {
    let failed = || cannot("add the person");
    let id = PersonId::generate();
    let role = new.role.map(|role| to_word(&role)).transpose().map_err(failed())?;
    let written = sqlx::query(
        "INSERT INTO person (id, login, name, password_hash, role, epoch, created_ms)
         VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (login) DO NOTHING",
    )
    .bind(key(id.as_uuid()))
    .bind(&new.login)
    .bind(plain(&new.name))
    .bind(new.password.as_ref().map(|hash| hash.as_str().to_owned()))
    .bind(role)
    .bind(now_ms)
    .execute(executor)
    .await
    .map_err(failed())?;
    if written.rows_affected() == 1 {
        return Ok(id);
    }
    Err(Error::conflict(format!("there is somebody already who signs in as `{}`", new.login))
        .hint("Choose another login."))
}

/// Forgets the sessions of somebody; those that are being opened are of an earlier epoch.
async fn forget_sessions(connection: &mut AnyConnection, id: PersonId) -> Decoded<()> {
    sqlx::query("DELETE FROM session WHERE person_id = $1")
        .bind(key(id.as_uuid()))
        .execute(connection)
        .await?;
    Ok(())
}

fn no_such_person() -> Error {
    Error::not_found("no such person")
}

/// Reads the columns of [`PERSON`].
fn person(row: &AnyRow) -> Decoded<Person> {
    let has_role = row.try_get::<Option<&str>, _>("role")?.is_some();
    Ok(Person {
        id: PersonId::from_uuid(uuid(row, "person_id")?),
        login: row.try_get("login")?,
        name: row.try_get("person_name")?,
        role: if has_role { Some(word(row, "role")?) } else { None },
        epoch: number(row, "epoch")?,
        created: time(row, "person_created_ms")?,
        disabled: time_or_none(row, "disabled_ms")?,
    })
}
