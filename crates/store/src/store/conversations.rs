//! Conversations: what somebody has asked, and what was answered. What is somebody else's is
//! `NotFound`, as what does not exist; the owner `None` is the owner of the data directory.

mod feedback;
mod turns;

use footnote_core::id::{ConversationId, PersonId};
use footnote_core::{Error, Result};

use super::Store;
use crate::catalog::conversations::{Conversation, ConversationChange, ConversationFilter};

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 200;

impl Store {
    /// Begins a conversation of somebody.
    ///
    /// # Errors
    /// `Invalid` for a title that is empty or too long, `Unavailable` when the catalog cannot be
    /// written.
    pub async fn create_conversation(
        &self,
        owner: Option<PersonId>,
        title: &str,
    ) -> Result<Conversation> {
        self.catalog.create_conversation(owner, checked_title(title)?).await
    }

    /// Returns conversations of somebody, the one in which something was asked last first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn conversations(
        &self,
        owner: Option<PersonId>,
        filter: &ConversationFilter,
    ) -> Result<Vec<Conversation>> {
        self.catalog.conversations(owner, filter).await
    }

    /// Returns a conversation of somebody.
    ///
    /// # Errors
    /// `NotFound` when they have no such conversation.
    pub async fn conversation(
        &self,
        owner: Option<PersonId>,
        id: ConversationId,
    ) -> Result<Conversation> {
        self.catalog.conversation(owner, id).await
    }

    /// Changes a conversation of somebody, and returns what became of it. Its place in lists stays.
    ///
    /// # Errors
    /// `NotFound` when they have no such conversation, `Invalid` for a title that is empty or too
    /// long.
    pub async fn change_conversation(
        &self,
        owner: Option<PersonId>,
        id: ConversationId,
        change: &ConversationChange,
    ) -> Result<Conversation> {
        let title = change.title.as_deref().map(checked_title).transpose()?;
        let change = ConversationChange { title: title.map(str::to_owned), ..change.clone() };
        self.catalog.change_conversation(owner, id, &change).await
    }

    /// Removes a conversation of somebody with its questions, answers and feedback.
    ///
    /// # Errors
    /// `NotFound` when they have no such conversation.
    pub async fn remove_conversation(
        &self,
        owner: Option<PersonId>,
        id: ConversationId,
    ) -> Result<()> {
        self.catalog.remove_conversation(owner, id).await
    }
}

/// Checks the title of a conversation.
fn checked_title(title: &str) -> Result<&str> {
    let title = title.trim();
    if (1..=MAX_TITLE_CHARS).contains(&title.chars().count()) {
        return Ok(title);
    }
    Err(Error::invalid(format!("a conversation's title has 1 to {MAX_TITLE_CHARS} characters")))
}
