//! Answers whose documents are gone are forgotten: their text was copied from what may no longer
//! be shown.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use footnote_core::Result;
use footnote_core::id::{AnswerId, ContentHash, DocumentId};
use footnote_store::Store;

use super::{AnswerLog, Answers};
use crate::auth::{self, Requester};
use crate::wire::document::DocumentLink;
use crate::wire::event::Event;

impl Answers {
    /// Returns the log of an answer of somebody, unless a version of a document that it names is
    /// gone or hidden from them by now: then it is forgotten.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn recall(
        &self,
        requester: &Requester,
        id: AnswerId,
    ) -> Result<Option<Arc<AnswerLog>>> {
        let found = self.find(id).filter(|log| log.owner == requester.person());
        let Some(log) = found else { return Ok(None) };
        let scope = requester.renewed(&self.store).await?.scope(&[])?;
        if self.store.are_kept(&scope, &log.named()).await? {
            return Ok(Some(log));
        }
        self.forget(&[id]);
        Ok(None)
    }

    /// Forgets every answer that names a version of a document that is gone.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn forget_gone(&self, store: &Store) -> Result<()> {
        let everything = auth::scope(&auth::command_line(), &[])?;
        let logs: Vec<Arc<AnswerLog>> = {
            let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.iter().cloned().collect()
        };
        let mut gone = Vec::new();
        for log in logs {
            if !store.are_kept(&everything, &log.named()).await? {
                gone.push(log.id());
            }
        }
        self.forget(&gone);
        Ok(())
    }

    fn forget(&self, ids: &[AnswerId]) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|log| !ids.contains(&log.id()));
    }
}

impl AnswerLog {
    /// Returns the versions of documents whose text or title the log shows.
    pub(super) fn named(&self) -> Vec<(DocumentId, ContentHash)> {
        versions(self.events.borrow().iter().map(Arc::as_ref))
    }
}

/// Returns the versions of documents that events name, each once.
pub(super) fn versions<'a>(
    events: impl IntoIterator<Item = &'a Event>,
) -> Vec<(DocumentId, ContentHash)> {
    let links = events.into_iter().flat_map(links);
    let named: HashSet<_> = links.filter_map(version).collect();
    named.into_iter().collect()
}

/// Returns the documents that an event names.
fn links(event: &Event) -> Vec<&DocumentLink> {
    match event {
        Event::Retrieved { sources } => sources.iter().map(|source| &source.document).collect(),
        Event::Cited(citation) => vec![&citation.document],
        Event::Completed(answer) => {
            let cited = answer.citations.iter().map(|citation| &citation.document);
            cited.chain(answer.sources.iter().map(|source| &source.document)).collect()
        }
        Event::Created { .. }
        | Event::Queued { .. }
        | Event::Text { .. }
        | Event::Notice { .. }
        | Event::Failed(_) => Vec::new(),
    }
}

fn version(link: &DocumentLink) -> Option<(DocumentId, ContentHash)> {
    Some((link.id, link.version.parse().ok()?))
}
