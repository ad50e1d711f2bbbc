//! Whether the originals of documents are kept, and are what their hashes say.

use footnote_core::Result;
use footnote_core::id::ContentHash;

use super::Store;
use crate::catalog::originals::OwnedOriginal;

/// How many originals are asked for at once.
const PAGE: usize = 500;

/// How closely originals are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginalCheck {
    /// Whether they are there and as large as they should be.
    Sizes,
    /// All of their bytes.
    Bytes,
}

/// What is wrong with an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginalFault {
    /// It is not there.
    Missing,
    /// It is not what its hash says, or cannot be read.
    Damaged,
}

/// An original with which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultyOriginal {
    /// The hash of its bytes as they should be.
    pub content: ContentHash,
    /// The uri of a document that it is the original of.
    pub uri: String,
    /// What is wrong.
    pub fault: OriginalFault,
}

/// What a check of the originals has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginalsReport {
    /// How many different ones documents and their old versions have.
    pub n_originals: u64,
    /// Those with which something is wrong.
    pub faulty: Vec<FaultyOriginal>,
}

impl Store {
    /// Checks the originals of documents and of their old versions. Text, quotations and vectors do
    /// not depend on them: they are there to be opened and downloaded.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn check_originals(&self, check: OriginalCheck) -> Result<OriginalsReport> {
        let (mut report, mut after) = (OriginalsReport::default(), None);
        loop {
            let page = self.catalog.owned_originals(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(report) };
            after = Some(last.content);
            report.n_originals += page.len() as u64;
            for original in page {
                if let Some(fault) = self.fault_of(&original, check).await? {
                    let OwnedOriginal { content, uri, .. } = original;
                    report.faulty.push(FaultyOriginal { content, uri, fault });
                }
            }
        }
    }

    async fn fault_of(
        &self,
        original: &OwnedOriginal,
        check: OriginalCheck,
    ) -> Result<Option<OriginalFault>> {
        let Some(reader) = self.blobs.open(&original.content).await? else {
            return Ok(Some(OriginalFault::Missing));
        };
        let is_sound = reader.size_bytes() == original.size_bytes
            && match check {
                OriginalCheck::Sizes => true,
                OriginalCheck::Bytes => match reader.hash().await {
                    Ok(found) => found == original.content,
                    Err(error) => {
                        tracing::warn!(error = error.chain(), "an original cannot be read");
                        false
                    }
                },
            };
        Ok((!is_sound).then_some(OriginalFault::Damaged))
    }
}
