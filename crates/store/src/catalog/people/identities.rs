//! Who people are at a provider where they sign in, and the memberships that follow it.

use footnote_core::id::{GroupId, PersonId};
use footnote_core::{Error, Result};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use std::collections::BTreeSet;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{key, number, uuid};
use super::{Decoded, NewPerson, PERSON, Person, add_person, no_such_person, person};

/// Who somebody is at a provider. Neither of the two ever changes; a login or an address may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The address of the provider.
    pub issuer: String,
    /// What the provider calls them.
    pub subject: String,
}

impl Catalog {
    /// Returns who somebody at a provider is here, and remembers that they come.
    pub(crate) async fn person_of(&self, identity: &Identity) -> Result<Option<Person>> {
        let failed = || cannot("look up who signs in at the provider");
        let noted =
            sqlx::query("UPDATE identity SET used_ms = $3 WHERE issuer = $1 AND subject = $2")
                .bind(&identity.issuer)
                .bind(&identity.subject)
                .bind(self.now_ms())
                .execute(&self.writer)
                .await
                .map_err(failed())?;
        if noted.rows_affected() == 0 {
            return Ok(None);
        }
        let statement = format!(
            "SELECT {PERSON} FROM identity i JOIN person p ON p.id = i.person_id
             WHERE i.issuer = $1 AND i.subject = $2"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(&identity.issuer)
            .bind(&identity.subject)
            .try_map(|row| person(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(failed())
    }

    /// Adds somebody who signs in at a provider.
    pub(crate) async fn create_person_of(
        &self,
        new: &NewPerson,
        identity: &Identity,
    ) -> Result<PersonId> {
        let failed = || cannot("add the person");
        let mut transaction = self.begin().await.map_err(failed())?;
        let id = add_person(&mut *transaction, new, self.now_ms()).await?;
        self.insert_identity(&mut transaction, identity, id).await?;
        transaction.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Lets somebody who is known sign in at a provider, too.
    pub(crate) async fn link_identity(&self, identity: &Identity, id: PersonId) -> Result<()> {
        let failed = || cannot("link the person to the provider");
        let mut transaction = self.begin().await.map_err(failed())?;
        // Two identities that are linked to one person at once wait for one another here.
        let statement = format!("SELECT id FROM person WHERE id = $1{}", self.locking());
        let found = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        if found.is_none() {
            return Err(no_such_person());
        }
        let other = sqlx::query("SELECT 1 FROM identity WHERE person_id = $1 AND issuer = $2")
            .bind(key(id.as_uuid()))
            .bind(&identity.issuer)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        if other.is_some() {
            return Err(Error::conflict("the person is somebody else at the provider"));
        }
        self.insert_identity(&mut transaction, identity, id).await?;
        transaction.commit().await.map_err(failed())
    }

    async fn insert_identity(
        &self,
        connection: &mut AnyConnection,
        identity: &Identity,
        id: PersonId,
    ) -> Result<()> {
        let written = sqlx::query(
            "INSERT INTO identity (issuer, subject, person_id, created_ms, used_ms)
             VALUES ($1, $2, $3, $4, $4) ON CONFLICT (issuer, subject) DO NOTHING",
        )
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .execute(connection)
        .await
        .map_err(cannot("keep who the person is at the provider"))?;
        if written.rows_affected() == 1 {
            return Ok(());
        }
        Err(Error::conflict("whoever signs in at the provider is somebody here already"))
    }

    /// Puts somebody into the groups of some names and takes them out of the others, as far as
    /// nobody put them there by hand. Returns the groups that changed.
    pub(crate) async fn follow_groups(
        &self,
        id: PersonId,
        names: &BTreeSet<String>,
    ) -> Result<Vec<GroupId>> {
        let failed = || cannot("follow the groups of the person");
        let mut transaction = self.begin().await.map_err(failed())?;
        let groups = standing(&mut transaction, id).await.map_err(failed())?;
        let mut changed = Vec::new();
        for group in groups {
            let statement = match (names.contains(&group.name), group.is_followed) {
                (true, None) => {
                    "INSERT INTO membership (group_id, person_id, is_followed) VALUES ($1, $2, 1)
                     ON CONFLICT DO NOTHING"
                }
                (false, Some(true)) => {
                    "DELETE FROM membership
                     WHERE group_id = $1 AND person_id = $2 AND is_followed = 1"
                }
                (true, Some(_)) | (false, Some(false) | None) => continue,
            };
            let written = sqlx::query(statement)
                .bind(key(group.id.as_uuid()))
                .bind(key(id.as_uuid()))
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
            changed.extend((written.rows_affected() == 1).then_some(group.id));
        }
        transaction.commit().await.map_err(failed())?;
        Ok(changed)
    }
}

/// A group as somebody stands to it.
struct Standing {
    id: GroupId,
    name: String,
    /// Whether a membership of theirs follows the provider; `None` where they have none.
    is_followed: Option<bool>,
}

/// Returns every group with how somebody stands to it, in one order for all who write.
async fn standing(connection: &mut AnyConnection, id: PersonId) -> Decoded<Vec<Standing>> {
    sqlx::query(
        "SELECT g.id, g.name, coalesce(m.is_followed, 2) AS is_followed FROM person_group g
         LEFT JOIN membership m ON m.group_id = g.id AND m.person_id = $1 ORDER BY g.id",
    )
    .bind(key(id.as_uuid()))
    .try_map(|row: AnyRow| {
        let is_followed = match number::<u8>(&row, "is_followed")? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        };
        let id = GroupId::from_uuid(uuid(&row, "id")?);
        Ok(Standing { id, name: row.try_get("name")?, is_followed })
    })
    .fetch_all(connection)
    .await
}
