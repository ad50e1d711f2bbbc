//! Who hears what comes out of a document while it is read.

use async_trait::async_trait;
use footnote_core::document::Attachment;
use footnote_core::job::Failure;
use footnote_document::Progress;

/// Hears how far the reading of a document has come, and takes the files that lie inside it.
#[async_trait]
pub trait ParseListener: Send + Sync {
    /// Hears how many pages were read.
    fn on_progress(&self, progress: Progress);

    /// Takes a file that lies inside the document. They come one by one, so that not all of them
    /// are in memory.
    ///
    /// # Errors
    /// The reason for which it cannot be taken: the reading ends with it.
    async fn on_file(&self, file: Attachment) -> Result<(), Failure>;
}
