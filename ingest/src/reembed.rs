//! The seam to jobs that embed documents again, for another space.

mod change;

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::job::{ItemOutcome, TakenItem, TakenJob};

pub use change::{ModelChange, ModelLoader, enqueue};

/// Lists and works on jobs that embed documents again.
///
/// Every implementation promises: what it has begun may be dropped at any moment and done again.
#[async_trait]
pub trait Reembed: Send + Sync {
    /// Adds the items of a job to it and ends its listing.
    ///
    /// # Errors
    /// `Conflict` when the job was cancelled or its lease was lost; anything else ends the job
    /// with that reason.
    async fn list(&self, job: &TakenJob) -> Result<()>;

    /// Does what one item asks for, and tells how many texts more are embedded.
    ///
    /// # Errors
    /// Why it failed; it is tried again if that may pass.
    async fn item(
        &self,
        item: &TakenItem,
        advance: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<ItemOutcome>;
}
