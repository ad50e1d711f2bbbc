//! Where the indexes are: each is a generation with a number of its own.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::index::Index;
use std::sync::Arc;

/// A place for indexes.
///
/// Every place promises: an index that was made under a number is opened under it again; removing
/// may be repeated.
#[async_trait]
pub(crate) trait Generations: Send + Sync {
    /// Tells whether other processes work on the same indexes.
    fn is_shared(&self) -> bool;

    /// Tells whether there is an index of a number whose points can be trusted.
    ///
    /// # Errors
    /// `Unavailable` when the place does not answer.
    async fn is_sound(&self, generation: i64) -> Result<bool>;

    /// Opens the index of a number, or makes it.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read or made.
    async fn open(&self, generation: i64, dimension: usize) -> Result<Arc<dyn Index>>;

    /// Lets whoever looks at the place from outside see which index serves.
    ///
    /// # Errors
    /// `Unavailable` when the place does not answer.
    async fn announce(&self, generation: i64) -> Result<()>;

    /// Removes the index of a number, if there is one.
    ///
    /// # Errors
    /// `Unavailable` when it stays.
    async fn remove(&self, generation: i64) -> Result<()>;

    /// Returns the number of every index.
    ///
    /// # Errors
    /// `Unavailable` when the place does not answer.
    async fn list(&self) -> Result<Vec<i64>>;
}
