//! Groups of people and of other groups.

use footnote_core::access::Subject;
use footnote_core::clock::Timestamp;
use footnote_core::id::{GroupId, PersonId};
use footnote_core::{Error, Result};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::super::failure::cannot;
use super::super::rows::{key, plain, time, uuid};
use super::super::{Catalog, Database};
use super::{Decoded, no_such_person};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
}

impl Catalog {
    /// Makes a group.
    pub(crate) async fn create_group(&self, name: &str) -> Result<GroupId> {
        let id = GroupId::generate();
        let made = sqlx::query(
            "INSERT INTO person_group (id, name, created_ms) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(key(id.as_uuid()))
        .bind(plain(name))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("make the group"))?;
        if made.rows_affected() == 1 { Ok(id) } else { Err(taken(name)) }
    }

    /// Gives a group another name.
    pub(crate) async fn rename_group(&self, id: GroupId, name: &str) -> Result<()> {
        let failed = || cannot("rename the group");
        let mut transaction = self.begin().await.map_err(failed())?;
        let others = sqlx::query("SELECT 1 FROM person_group WHERE name = $1 AND id <> $2")
            .bind(plain(name))
            .bind(key(id.as_uuid()))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        if others.is_some() {
            return Err(taken(name));
        }
        let renamed = sqlx::query("UPDATE person_group SET name = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(plain(name))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if renamed.rows_affected() == 0 {
            return Err(no_such_group());
        }
        transaction.commit().await.map_err(failed())
    }

    /// Removes a group, with what was granted to it.
    pub(crate) async fn remove_group(&self, id: GroupId) -> Result<()> {
        let removed = sqlx::query("DELETE FROM person_group WHERE id = $1")
            .bind(key(id.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("remove the group"))?;
        if removed.rows_affected() == 1 { Ok(()) } else { Err(no_such_group()) }
    }

    /// Returns the groups by name.
    pub(crate) async fn groups(&self) -> Result<Vec<Group>> {
        sqlx::query("SELECT id, name, created_ms FROM person_group ORDER BY name")
            .try_map(|row: AnyRow| {
                Ok(Group {
                    id: GroupId::from_uuid(uuid(&row, "id")?),
                    name: row.try_get("name")?,
                    created: time(&row, "created_ms")?,
                })
            })
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the groups"))
    }

    /// Returns who and what is in a group itself.
    pub(crate) async fn members(&self, id: GroupId) -> Result<Vec<Subject>> {
        sqlx::query(
            "SELECT CAST(0 AS BIGINT) AS is_group, person_id AS id FROM membership WHERE group_id = $1
             UNION ALL SELECT CAST(1 AS BIGINT), inner_id FROM nesting WHERE outer_id = $1 ORDER BY 1, 2",
        )
        .bind(key(id.as_uuid()))
        .try_map(|row| member(&row))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list who is in the group"))
    }

    /// Puts a person or a group into a group; again changes nothing.
    pub(crate) async fn add_member(&self, to: GroupId, member: Subject) -> Result<()> {
        let failed = || cannot("put somebody into the group");
        let mut transaction = self.begin().await.map_err(failed())?;
        if !is_there(&mut transaction, Subject::Group(to)).await.map_err(failed())? {
            return Err(no_such_group());
        }
        if !is_there(&mut transaction, member).await.map_err(failed())? {
            return Err(no_such(member));
        }
        let statement = match member {
            Subject::Person(_) => {
                // From now on it is made by hand, even where it followed a provider.
                "INSERT INTO membership (group_id, person_id) VALUES ($1, $2)
                 ON CONFLICT (group_id, person_id) DO UPDATE SET is_followed = 0"
            }
            Subject::Group(inner) => {
                self.refuse_cycle(&mut transaction, to, inner).await?;
                "INSERT INTO nesting (outer_id, inner_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            }
        };
        sqlx::query(statement)
            .bind(key(to.as_uuid()))
            .bind(key(member.as_uuid()))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Takes a person or a group out of a group; again changes nothing.
    pub(crate) async fn remove_member(&self, from: GroupId, member: Subject) -> Result<()> {
        let statement = match member {
            Subject::Person(_) => "DELETE FROM membership WHERE group_id = $1 AND person_id = $2",
            Subject::Group(_) => "DELETE FROM nesting WHERE outer_id = $1 AND inner_id = $2",
        };
        sqlx::query(statement)
            .bind(key(from.as_uuid()))
            .bind(key(member.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("take somebody out of the group"))?;
        Ok(())
    }

    /// Refuses to put a group into one that lies in it. Two that are put into each other at once
    /// wait for one another.
    async fn refuse_cycle(
        &self,
        connection: &mut AnyConnection,
        outer: GroupId,
        inner: GroupId,
    ) -> Result<()> {
        let failed = || cannot("look into the group");
        if self.database() == Database::Postgres {
            sqlx::query("LOCK TABLE nesting IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut *connection)
                .await
                .map_err(failed())?;
        }
        let found = sqlx::query(
            "WITH RECURSIVE inside(id) AS (
               SELECT id FROM person_group WHERE id = $2
               UNION SELECT n.inner_id FROM nesting n JOIN inside i ON n.outer_id = i.id)
             SELECT 1 FROM inside WHERE id = $1",
        )
        .bind(key(outer.as_uuid()))
        .bind(key(inner.as_uuid()))
        .fetch_optional(connection)
        .await
        .map_err(failed())?;
        if found.is_none() {
            return Ok(());
        }
        Err(Error::conflict("a group cannot be in itself, nor in one that is in it"))
    }
}

/// Tells whether a person or a group is there.
pub(super) async fn is_there(connection: &mut AnyConnection, subject: Subject) -> Decoded<bool> {
    let statement = match subject {
        Subject::Person(_) => "SELECT 1 FROM person WHERE id = $1",
        Subject::Group(_) => "SELECT 1 FROM person_group WHERE id = $1",
    };
    let found =
        sqlx::query(statement).bind(key(subject.as_uuid())).fetch_optional(connection).await?;
    Ok(found.is_some())
}

/// Returns the error that says that somebody is not there.
pub(super) fn no_such(subject: Subject) -> Error {
    match subject {
        Subject::Person(_) => no_such_person(),
        Subject::Group(_) => no_such_group(),
    }
}

fn no_such_group() -> Error {
    Error::not_found("no such group")
}

fn taken(name: &str) -> Error {
    Error::conflict(format!("there is a group `{name}` already")).hint("Choose another name.")
}

fn member(row: &AnyRow) -> Decoded<Subject> {
    let is_group: i64 = row.try_get("is_group")?;
    let id = uuid(row, "id")?;
    Ok(match is_group {
        0 => Subject::Person(PersonId::from_uuid(id)),
        _ => Subject::Group(GroupId::from_uuid(id)),
    })
}
