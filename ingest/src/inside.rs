//! Files that lie inside others: kept one by one as their container is read, and put into the queue
//! behind it.

use async_trait::async_trait;
use footnote_core::document::Attachment;
use footnote_core::id::{ContentHash, DocumentId};
use footnote_core::job::{Failure, NewItem, Place, TakenItem};
use footnote_document::Progress;
use footnote_store::{Original, Store};
use std::sync::{Mutex, PoisonError};

use crate::failing::failure_from;
use crate::sandbox::ParseListener;

/// What stands between a file and a file inside it in a uri: `mail.eml!/report.pdf`.
const INSIDE: &str = "!/";

/// How many names of files a note lists.
const NAMES: usize = 20;

/// A file that lies inside another, kept by the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptFile {
    name: String,
    content: ContentHash,
    size_bytes: u64,
}

/// Keeps the files that come out of a document.
pub(crate) struct Keeper<'a> {
    store: &'a Store,
    advance: &'a (dyn Fn() + Sync),
    files: Mutex<Vec<KeptFile>>,
}

impl<'a> Keeper<'a> {
    /// Makes one that says whenever the reading has come further.
    pub(crate) fn new(store: &'a Store, advance: &'a (dyn Fn() + Sync)) -> Self {
        Self { store, advance, files: Mutex::default() }
    }

    /// Returns what was kept.
    pub(crate) fn into_files(self) -> Vec<KeptFile> {
        self.files.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ParseListener for Keeper<'_> {
    fn on_progress(&self, _progress: Progress) {
        (self.advance)();
    }

    async fn on_file(&self, file: Attachment) -> Result<(), Failure> {
        let size_bytes = file.bytes.len() as u64;
        let kept = self.store.keep_blob(Original::Bytes(file.bytes.into())).await;
        let content = kept.map_err(|error| failure_from(&error))?;
        let kept = KeptFile { name: file.name, content, size_bytes };
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
        (self.advance)();
        Ok(())
    }
}

/// How deep an item lies in other files.
pub(crate) fn depth(item: &TakenItem) -> u32 {
    match item.place {
        Place::Inside { depth, .. } => depth,
        Place::File { .. } | Place::Blob { .. } | Place::Remote { .. } | Place::Gone { .. } => 0,
    }
}

/// Returns the document in which that of an item lies.
pub(crate) fn container(item: &TakenItem) -> Option<DocumentId> {
    match item.place {
        Place::Inside { container, .. } => Some(container),
        Place::File { .. } | Place::Blob { .. } | Place::Remote { .. } | Place::Gone { .. } => None,
    }
}

/// Returns the uri of the file that was listed, in which a uri lies.
pub(crate) fn outermost(uri: &str) -> &str {
    uri.split_once(INSIDE).map_or(uri, |(outermost, _)| outermost)
}

/// Makes the items of the files that lie in a document.
pub(crate) fn items(item: &TakenItem, document: DocumentId, files: &[KeptFile]) -> Vec<NewItem> {
    let depth = depth(item) + 1;
    let of_file = |file: &KeptFile| NewItem {
        root: item.lease.root.clone(),
        uri: format!("{}{INSIDE}{}", item.lease.uri, file.name),
        place: Place::Inside { content: file.content, container: document, depth },
        size_bytes: file.size_bytes,
        modified: item.modified,
        tag: None,
    };
    files.iter().map(of_file).collect()
}

/// Says which files inside a document are not read, and which limit keeps them out.
pub(crate) fn left_out(files: &[KeptFile], limit: &str) -> String {
    let names: Vec<&str> = files.iter().take(NAMES).map(|file| file.name.as_str()).collect();
    let more = files.len() - names.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("Files inside it are not read (`ingest.{limit}`): {}{more}.", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_does_not_list_thousands_of_files() {
        let file = |n: usize| KeptFile {
            name: format!("{n}.txt"),
            content: ContentHash::of(b""),
            size_bytes: 0,
        };
        let files: Vec<KeptFile> = (0..3_000).map(file).collect();
        let note = left_out(&files, "max_files");
        assert!(note.ends_with("19.txt and 2980 more.") && note.contains("ingest.max_files"));
        assert!(left_out(&files[..1], "max_nesting").ends_with(": 0.txt."));
    }

    #[test]
    fn the_outermost_file_of_a_uri_was_listed() {
        assert_eq!(outermost("a/b.zip!/c.eml!/d.pdf"), "a/b.zip");
        assert_eq!(outermost("a/b!.zip"), "a/b!.zip");
    }
}
