//! What lies inside a document that was read: which of it is read after it, and which limit keeps
//! the rest out.

use footnote_core::document::ParsedDocument;
use footnote_core::id::DocumentId;
use footnote_core::job::{Failure, ItemOutcome, NewItem, TakenItem};

use super::Run;
use super::flight::Flight;
use super::read::file;
use crate::failing::failure_from;
use crate::inside::{self, KeptFile};
use crate::loading::Loaded;

/// What lies inside a document.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// What is read after it.
    pub(super) items: Vec<NewItem>,
    /// What is not, for the user.
    note: Option<String>,
}

impl Contents {
    /// Adds what is not read to the notes of the document.
    pub(super) fn noted(&self, parsed: &ParsedDocument) -> ParsedDocument {
        let mut parsed = parsed.clone();
        parsed.notes.extend(self.note.clone());
        parsed
    }
}

impl Run<'_> {
    /// Returns what of the files that lie in a document is to be read.
    pub(super) async fn contents(
        &self,
        item: &TakenItem,
        document: DocumentId,
        files: &[KeptFile],
    ) -> Result<Contents, Failure> {
        if files.is_empty() {
            return Ok(Contents::default());
        }
        let without =
            |limit| Contents { note: Some(inside::left_out(files, limit)), ..Contents::default() };
        if self.ingestor.config.max_nesting <= inside::depth(item) {
            return Ok(without("max_nesting"));
        }
        let n_beside = self.n_beside(item).await?;
        if self.ingestor.config.max_files < n_beside + files.len() {
            return Ok(without("max_files"));
        }
        Ok(Contents { items: inside::items(item, document, files), note: None })
    }

    /// Counts the files that the file holds in which an item lies.
    async fn n_beside(&self, item: &TakenItem) -> Result<usize, Failure> {
        if inside::depth(item) == 0 {
            return Ok(0);
        }
        let outermost = inside::outermost(&item.lease.uri);
        let counted = self.store().count_items_below(&item.lease, &format!("{outermost}!")).await;
        counted.map_err(|error| failure_from(&error))
    }

    /// Opens a document again that has not changed, for the files that were not read.
    pub(super) async fn open_again(
        &self,
        flight: &Flight,
        document: DocumentId,
        loaded: &Loaded,
    ) -> Result<ItemOutcome, Failure> {
        let item = &flight.item;
        let advance = || flight.advance(1);
        let files = self.ingestor.readings.open(&file(item, loaded), &advance).await?;
        let inside = self.contents(item, document, &files).await?.items;
        Ok(ItemOutcome::Opened { document, inside })
    }
}
