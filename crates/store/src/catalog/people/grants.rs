//! Grants: who has which role on what.

use footnote_core::access::{Grant, Granted, Subject};
use footnote_core::id::{CollectionId, DocumentId, GroupId, PersonId};
use footnote_core::{Error, Result};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::super::Catalog;
use super::super::documents::no_such_document;
use super::super::failure::cannot;
use super::super::rows::{key, to_word, uuid_or_none, word};
use super::Decoded;
use super::groups::{is_there, no_such};

/// The columns of a [`Grant`].
const GRANT: &str =
    "SELECT person_id, group_id, collection_id, document_id, role FROM access_grant";

impl Catalog {
    /// Gives somebody a role on something, in place of the one that they had on it.
    pub(crate) async fn put_grant(&self, grant: &Grant) -> Result<()> {
        let failed = || cannot("grant the role");
        let (person, group) = match grant.subject {
            Subject::Person(id) => (Some(key(id.as_uuid())), None),
            Subject::Group(id) => (None, Some(key(id.as_uuid()))),
        };
        let (collection, document) = match grant.on {
            Granted::Collection(id) => (Some(key(id.as_uuid())), None),
            Granted::Document(id) => (None, Some(key(id.as_uuid()))),
        };
        let mut transaction = self.begin().await.map_err(failed())?;
        if !is_there(&mut transaction, grant.subject).await.map_err(failed())? {
            return Err(no_such(grant.subject));
        }
        self.hold_granted(&mut transaction, grant.on).await?;
        sqlx::query(
            "INSERT INTO access_grant (id, person_id, group_id, collection_id, document_id, role,
                                       created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET role = excluded.role",
        )
        .bind(key(grant.id().as_uuid()))
        .bind(person)
        .bind(group)
        .bind(collection)
        .bind(document)
        .bind(to_word(&grant.role).map_err(failed())?)
        .bind(self.now_ms())
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Takes the role away that somebody has on something; again changes nothing.
    pub(crate) async fn remove_grant(&self, subject: Subject, on: Granted) -> Result<()> {
        sqlx::query("DELETE FROM access_grant WHERE id = $1")
            .bind(key(Grant::id_of(subject, on).as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("take the role away"))?;
        Ok(())
    }

    /// Returns who has a role on something itself.
    pub(crate) async fn grants_on(&self, on: Granted) -> Result<Vec<Grant>> {
        let column = match on {
            Granted::Collection(_) => "collection_id",
            Granted::Document(_) => "document_id",
        };
        sqlx::query(sqlx::AssertSqlSafe(format!("{GRANT} WHERE {column} = $1 ORDER BY id")))
            .bind(key(on.as_uuid()))
            .try_map(|row| grant(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list who has a role"))
    }

    /// Returns what somebody has a role on themselves, not by a group.
    pub(crate) async fn grants_of(&self, subject: Subject) -> Result<Vec<Grant>> {
        let column = match subject {
            Subject::Person(_) => "person_id",
            Subject::Group(_) => "group_id",
        };
        sqlx::query(sqlx::AssertSqlSafe(format!("{GRANT} WHERE {column} = $1 ORDER BY id")))
            .bind(key(subject.as_uuid()))
            .try_map(|row| grant(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the roles"))
    }

    /// Makes sure that something is there, and that nobody removes it until the transaction ends:
    /// what is removed takes its grants along.
    async fn hold_granted(&self, connection: &mut AnyConnection, on: Granted) -> Result<()> {
        let (table, missing) = match on {
            Granted::Collection(_) => ("collection", Error::not_found("no such collection")),
            Granted::Document(_) => ("document", no_such_document()),
        };
        let statement =
            format!("SELECT 1 FROM {table} WHERE id = $1 AND removed_ms IS NULL{}", self.sharing());
        let found = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(on.as_uuid()))
            .fetch_optional(connection)
            .await
            .map_err(cannot("look up what the role is on"))?;
        found.map(|_row| ()).ok_or(missing)
    }
}

/// Forgets who had a role on a document that is removed: whatever comes back in its place is
/// granted anew.
pub(in super::super) async fn forget_grants_on_document(
    connection: &mut AnyConnection,
    document: DocumentId,
) -> Decoded<()> {
    sqlx::query("DELETE FROM access_grant WHERE document_id = $1")
        .bind(key(document.as_uuid()))
        .execute(connection)
        .await
        .map(|_done| ())
}

/// Forgets who had a role on a collection that is removed, and on the documents in it.
pub(in super::super) async fn forget_grants_on_collection(
    connection: &mut AnyConnection,
    collection: CollectionId,
) -> Decoded<()> {
    sqlx::query(
        "DELETE FROM access_grant WHERE collection_id = $1
           OR document_id IN (SELECT id FROM document WHERE collection_id = $1)",
    )
    .bind(key(collection.as_uuid()))
    .execute(connection)
    .await
    .map(|_done| ())
}

fn grant(row: &AnyRow) -> Decoded<Grant> {
    let person = uuid_or_none(row, "person_id")?.map(PersonId::from_uuid).map(Subject::Person);
    let group = uuid_or_none(row, "group_id")?.map(GroupId::from_uuid).map(Subject::Group);
    let collection =
        uuid_or_none(row, "collection_id")?.map(CollectionId::from_uuid).map(Granted::Collection);
    let document =
        uuid_or_none(row, "document_id")?.map(DocumentId::from_uuid).map(Granted::Document);
    let (Some(subject), Some(on)) = (person.or(group), collection.or(document)) else {
        return Err(sqlx::Error::RowNotFound);
    };
    Ok(Grant { subject, role: word(row, "role")?, on })
}
