//! What is written into the audit log: who did what to what, from where. No text of documents.

use footnote_core::Result;
use footnote_core::id::PersonId;
use footnote_store::{NewAudit, Store};
use std::net::IpAddr;

use super::Requester;

/// What was done, as the audit log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The first admin was made.
    SetUp,
    /// Somebody signed in.
    SignIn,
    /// Somebody tried to, with a wrong password.
    SignInFailed,
    /// Somebody signed out.
    SignOut,
    /// A session was ended from elsewhere.
    EndSession,
    /// Somebody got another password.
    ChangePassword,
    /// Somebody was added.
    AddPerson,
    /// Somebody who was known signed in at the provider for the first time.
    LinkPerson,
    /// Somebody's name or role was changed.
    ChangePerson,
    /// Somebody may not sign in any more.
    DisablePerson,
    /// Somebody may sign in again.
    EnablePerson,
    /// A group was made, renamed or removed.
    ChangeGroup,
    /// Who is in a group was changed.
    ChangeMembers,
    /// A key was made.
    MakeKey,
    /// A key was ended.
    EndKey,
    /// Somebody got a role on something.
    Grant,
    /// Somebody lost a role on something.
    Revoke,
    /// A collection was made.
    MakeCollection,
    /// The description of a collection was changed.
    ChangeCollection,
    /// Everybody got to read a collection.
    Publish,
    /// Only those with a role got to read a collection.
    Unpublish,
    /// A collection was removed.
    RemoveCollection,
    /// A document is read again.
    ReadAgain,
    /// A document was removed.
    RemoveDocument,
    /// An original was downloaded.
    Download,
    /// A set of questions was made, changed or removed.
    ChangeDataset,
    /// Something was set while the server runs.
    ChangeSettings,
    /// A model was installed.
    InstallModel,
    /// Documents were written into a bundle.
    Export,
    /// Everything was written into a backup.
    BackUp,
    /// The audit log was exported.
    ExportAudit,
}

impl Deed {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "setup",
            Self::SignIn => "session.open",
            Self::SignInFailed => "session.refuse",
            Self::SignOut => "session.close",
            Self::EndSession => "session.end",
            Self::ChangePassword => "person.password",
            Self::AddPerson => "person.add",
            Self::LinkPerson => "person.link",
            Self::ChangePerson => "person.change",
            Self::DisablePerson => "person.disable",
            Self::EnablePerson => "person.enable",
            Self::ChangeGroup => "group.change",
            Self::ChangeMembers => "group.members",
            Self::MakeKey => "key.make",
            Self::EndKey => "key.end",
            Self::Grant => "grant.put",
            Self::Revoke => "grant.remove",
            Self::MakeCollection => "collection.make",
            Self::ChangeCollection => "collection.change",
            Self::Publish => "collection.publish",
            Self::Unpublish => "collection.unpublish",
            Self::RemoveCollection => "collection.remove",
            Self::ReadAgain => "document.reingest",
            Self::RemoveDocument => "document.remove",
            Self::Download => "document.download",
            Self::ChangeDataset => "dataset.change",
            Self::ChangeSettings => "settings.change",
            Self::InstallModel => "model.install",
            Self::Export => "document.export",
            Self::BackUp => "backup.make",
            Self::ExportAudit => "audit.export",
        }
    }
}

impl Requester {
    /// Writes down what they did to something.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn did(&self, store: &Store, deed: Deed, target: Option<String>) -> Result<()> {
        let person = self.person();
        let actor = self.principal().name().to_owned();
        note(
            store,
            NewAudit {
                person,
                actor,
                action: deed.as_str().to_owned(),
                target,
                origin: origin(self.address()),
            },
        )
        .await
    }
}

/// Writes down that somebody tried to sign in as somebody, or as nobody who is known.
///
/// # Errors
/// `Unavailable` when the catalog cannot be written.
pub(crate) async fn refused(
    store: &Store,
    whose: Option<PersonId>,
    address: Option<IpAddr>,
) -> Result<()> {
    let action = Deed::SignInFailed.as_str().to_owned();
    let actor = "nobody".to_owned();
    let target = whose.map(|id| id.to_string());
    note(store, NewAudit { person: None, actor, action, target, origin: origin(address) }).await
}

async fn note(store: &Store, entry: NewAudit) -> Result<()> {
    store.append_audit(&entry).await.map(drop)
}

fn origin(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| address.to_string())
}
