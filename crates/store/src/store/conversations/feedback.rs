//! What people say about answers.

use footnote_core::id::{AnswerId, PersonId};
use footnote_core::{Error, Result};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::catalog::conversations::feedback::{Feedback, FeedbackEntry, FeedbackFilter};
use crate::store::Store;

/// The longest comment, in characters.
const MAX_COMMENT_CHARS: usize = 4_000;

/// How many entries are read at once for an export.
const ENTRIES_AT_ONCE: usize = 500;

impl Store {
    /// Writes down what somebody says about an answer to their question, in place of what they said
    /// before.
    ///
    /// # Errors
    /// `NotFound` when they have no such answer, `Invalid` for a comment that is too long.
    pub async fn put_feedback(
        &self,
        owner: Option<PersonId>,
        answer: AnswerId,
        feedback: &Feedback,
    ) -> Result<()> {
        if MAX_COMMENT_CHARS < feedback.comment.chars().count() {
            return Err(Error::invalid(format!(
                "a comment has at most {MAX_COMMENT_CHARS} characters"
            )));
        }
        self.catalog.put_feedback(owner, answer, feedback).await
    }

    /// Forgets what somebody said about an answer to their question; again changes nothing.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn remove_feedback(&self, owner: Option<PersonId>, answer: AnswerId) -> Result<()> {
        self.catalog.remove_feedback(owner, answer).await
    }

    /// Returns what somebody says about an answer to their question, if they do.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn feedback(
        &self,
        owner: Option<PersonId>,
        answer: AnswerId,
    ) -> Result<Option<Feedback>> {
        self.catalog.feedback(owner, answer).await
    }

    /// Returns a page of everybody's feedback, on the newest answers first. For admins.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn all_feedback(&self, filter: &FeedbackFilter) -> Result<Vec<FeedbackEntry>> {
        self.catalog.all_feedback(filter).await
    }

    /// Writes everybody's feedback, an entry a line as JSON, on the oldest answers first. Returns
    /// how many. For admins.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read or the export cannot be written.
    pub async fn export_feedback<W: AsyncWrite + Unpin + Send>(&self, to: &mut W) -> Result<u64> {
        let (mut after, mut n_entries) = (None, 0);
        loop {
            let page = self.catalog.feedback_after(after, ENTRIES_AT_ONCE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.answer);
            n_entries += page.len() as u64;
            for entry in &page {
                let mut line = serde_json::to_vec(entry).map_err(|error| {
                    Error::internal("cannot write feedback as JSON").because(error)
                })?;
                line.push(b'\n');
                to.write_all(&line).await.map_err(unwritten)?;
            }
        }
        to.flush().await.map_err(unwritten)?;
        Ok(n_entries)
    }
}

fn unwritten(error: std::io::Error) -> Error {
    Error::unavailable("cannot write the feedback out").because(error)
}
