//! Turns: questions with their answers.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, ConversationId, PersonId};

use crate::catalog::conversations::turns::{NewTurn, Turn, TurnEnd};
use crate::store::Store;

impl Store {
    /// Writes down a question of somebody, before it is answered.
    ///
    /// # Errors
    /// `NotFound` when they have no such conversation, or no such question in it to follow;
    /// `Invalid` for a question that follows another outside a conversation; `Conflict` when it is
    /// written down already.
    pub async fn begin_turn(&self, owner: Option<PersonId>, new: &NewTurn) -> Result<()> {
        self.catalog.begin_turn(owner, new).await
    }

    /// Writes down what came of a question, for good. Of an answer from a version that is gone by
    /// now nothing is kept: it is withdrawn at once.
    ///
    /// # Errors
    /// `NotFound` when they have no such question, `Conflict` when it has ended already.
    pub async fn end_turn(
        &self,
        owner: Option<PersonId>,
        id: AnswerId,
        end: &TurnEnd,
    ) -> Result<()> {
        self.catalog.end_turn(owner, id, end).await
    }

    /// Ends the questions that were asked before a moment and have no end, as interrupted: whoever
    /// answered them has died. A process that works alone gives the moment at which it began; where
    /// several do, one so long ago that nobody answers for as long. Returns how many.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn end_interrupted_turns(&self, begun_before: Timestamp) -> Result<u64> {
        self.catalog.end_interrupted_turns(begun_before).await
    }

    /// Forgets the answers outside conversations that were asked for before a moment, unless
    /// somebody has judged them. Returns how many.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn forget_single_answers(&self, asked_before: Timestamp) -> Result<u64> {
        self.catalog.forget_single_answers(asked_before).await
    }

    /// Returns a question of somebody with its answer, which is shown only while every version that
    /// it names is kept and may be read in the scope.
    ///
    /// # Errors
    /// `NotFound` when they have no such question.
    pub async fn turn(&self, owner: Option<PersonId>, scope: &Scope, id: AnswerId) -> Result<Turn> {
        self.catalog.turn(owner, scope, id).await
    }

    /// Returns questions of a conversation with their answers, the oldest first, those after one.
    /// Answers are shown as in [`turn`](Self::turn).
    ///
    /// # Errors
    /// `NotFound` when they have no such conversation.
    pub async fn turns(
        &self,
        whose: (Option<PersonId>, &Scope),
        conversation: ConversationId,
        after: Option<AnswerId>,
        limit: usize,
    ) -> Result<Vec<Turn>> {
        self.catalog.conversation(whose.0, conversation).await?;
        self.catalog.turns_of(whose, conversation, after, limit).await
    }

    /// Returns the last so many questions on the way from the first one to a question of somebody,
    /// that one last: what a question that follows it builds on. Answers are shown as in
    /// [`turn`](Self::turn).
    ///
    /// # Errors
    /// `NotFound` when they have no such question.
    pub async fn path_to_turn(
        &self,
        owner: Option<PersonId>,
        scope: &Scope,
        id: AnswerId,
        n_last: usize,
    ) -> Result<Vec<Turn>> {
        self.catalog.path_to_turn(owner, scope, id, n_last).await
    }
}
