//! Works through the steps and says of each when it begins and when the library has returned.

use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use footnote_core::id::{CollectionId, DocumentId};
use footnote_core::job::ItemState;
use footnote_core::{Error, ErrorKind, Result};
use footnote_ingest::{Event, Input, Progress, Request};
use footnote_store::{Original, Which};

use super::super::plan::is_of_folder;
use super::super::said::{Said, Step, say};
use super::{COLLECTION, Program};

/// What stands in for the source root of documents that were sent.
const UPLOAD_ROOT: &str = "upload";

impl Program {
    /// Takes the steps one after the other. What was interrupted before goes on beside them.
    ///
    /// # Errors
    /// `Unavailable` when the parent is gone or the store cannot be used.
    pub(super) async fn work(&mut self, steps: &[Step]) -> Result<()> {
        say(&Said::Begun)?;
        for (n, step) in steps.iter().enumerate() {
            say(&Said::Trying { step: n })?;
            match self.take(step).await {
                Ok(()) => say(&Said::Done { step: n })?,
                Err(error) => say(&Said::Failed { step: n, why: error.chain() })?,
            }
        }
        self.store.close().await
    }

    async fn take(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Ingest => self.ingest(Input::Path(self.documents.clone())).await,
            Step::Upload { uri, number } => {
                let bytes = self.content.text(*number).into_bytes();
                let original = Original::Bytes(bytes.into());
                let input = self.ingestor.intake().keep(UPLOAD_ROOT, uri, original).await?;
                self.ingest(input).await
            }
            Step::Remove { uri } => self.remove(uri).await,
            Step::Purge { uri } => self.purge(uri).await,
            Step::Vacuum => self.store.vacuum().await.map(|_report| ()),
            Step::Reindex => self.store.reindex(&|_, _| ()).await.map(|_report| ()),
            Step::Model(step) => self.take_model_step(*step).await,
            Step::Copy(_) => Err(Error::invalid("a copy is made by a child of its own")),
            Step::Search => self.search_first().await,
            Step::Finish => self.ingestor.drain(CancellationToken::new()).await,
        }
    }

    async fn ingest(&self, input: Input) -> Result<()> {
        let request = Request {
            collection: COLLECTION.to_owned(),
            inputs: vec![input],
            ..Request::default()
        };
        self.ingestor.run(request, Arc::new(Aloud), CancellationToken::new()).await?;
        Ok(())
    }

    /// Removes a document. One that is not there stays so.
    async fn remove(&self, uri: &str) -> Result<()> {
        match self.store.remove_document(self.document(uri)?).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    /// Removes a document for good.
    async fn purge(&self, uri: &str) -> Result<()> {
        self.remove(uri).await?;
        let report = self.store.purge(Which::Documents(vec![self.document(uri)?])).await?;
        if report.n_waiting == 0 {
            return Ok(());
        }
        Err(Error::conflict(format!("{} versions are removed and not gone", report.n_waiting)))
    }

    fn document(&self, uri: &str) -> Result<DocumentId> {
        let folder = self.documents.to_str();
        let folder = folder.ok_or_else(|| Error::invalid("the folder is not written in UTF-8"))?;
        let root = if is_of_folder(uri) { folder } else { UPLOAD_ROOT };
        Ok(DocumentId::derive(CollectionId::named(COLLECTION), root, uri))
    }
}

/// Says when a document has come to its end.
struct Aloud;

impl Progress for Aloud {
    fn event(&self, event: &Event) {
        let Event::Item { uri, state, failure, .. } = event else { return };
        let has_ended = matches!(
            state,
            ItemState::Ready | ItemState::Unchanged | ItemState::Removed | ItemState::Failed
        );
        if has_ended {
            let why = failure.as_ref().map(ToString::to_string);
            // Without a parent the child is about to end anyway.
            say(&Said::Item { uri: uri.clone(), state: *state, why }).ok();
        }
    }
}
