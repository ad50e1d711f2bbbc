//! Says what is there: every document with its text and chunks, what is found, and whether catalog
//! and index agree.

use footnote::auth;
use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::corpus::Corpus as _;
use footnote_core::model::Purpose;
use footnote_core::query::{Passage, SearchRequest};
use footnote_store::{DocumentFilter, DocumentSummary, FaultyOriginal, OriginalCheck};

use super::super::content::number_in;
use super::super::said::{Look, Said, Seen, SeenDocument, say};
use super::Program;

/// How many documents are searched for in one look.
const SEARCHED_DOCUMENTS: usize = 8;

/// How many documents are read from the catalog at once.
const PAGE: usize = 500;

/// What is asked first, as a person would.
const FIRST_QUESTION: &str = "which office answers questions about the document";

impl Program {
    /// Looks at everything and says it.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be read at all.
    pub(super) async fn look(&self, look: &Look) -> Result<()> {
        self.search_first().await?;
        say(&Said::Searched)?;
        let documents = self.documents().await?;
        let mut seen = Seen { faults: self.lost(&documents).await?, ..Seen::default() };
        for document in &documents {
            seen.documents.push(self.seen(document).await?);
        }
        for dead in &look.dead {
            if !self.found(dead).await?.is_empty() {
                seen.faults.push(format!("`{dead}` is found although its document is gone"));
            }
        }
        seen.faults.extend(self.disagreements().await?);
        if look.checks_file {
            seen.faults.extend(self.store.integrity().await?.problems);
            seen.faults.extend(self.faulty_originals().await?);
        }
        seen.n_unfinished_jobs = self.store.queue_depth(&everything()?).await?.n_jobs;
        self.store.close().await?;
        say(&Said::Seen(seen))
    }

    /// Asks what a person might ask.
    pub(super) async fn search_first(&self) -> Result<()> {
        let question = vec![FIRST_QUESTION.to_owned()];
        let dense = self.embedder.embed(question, Purpose::Query).await?.pop();
        let lexical = Some(FIRST_QUESTION.to_owned());
        let request = SearchRequest { dense, lexical, limit: 10, ..SearchRequest::default() };
        self.store.search(&everything()?, &request).await?;
        Ok(())
    }

    async fn documents(&self) -> Result<Vec<DocumentSummary>> {
        let (mut documents, mut after) = (Vec::new(), None);
        loop {
            let filter = DocumentFilter { after, limit: PAGE, ..DocumentFilter::default() };
            let page = self.store.documents(&everything()?, filter).await?;
            documents.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(documents);
            }
        }
    }

    /// Returns what is wrong with originals, those of old versions included.
    async fn faulty_originals(&self) -> Result<Vec<String>> {
        let faulty = self.store.check_originals(OriginalCheck::Bytes).await?.faulty;
        let told = |original: &FaultyOriginal| {
            format!("an original of {} is {:?}", original.uri, original.fault)
        };
        Ok(faulty.iter().map(told).collect())
    }

    /// Compares a document with what its number says it must be.
    async fn seen(&self, document: &DocumentSummary) -> Result<SeenDocument> {
        let scope = everything()?;
        let text = self.store.document_text(&scope, document.id, None).await?.text;
        let number = number_in(&text);
        let mut faults = Vec::new();
        if let Some(number) = number {
            let expected = self.content.text(number);
            let original = self.store.original(&scope, document.id, None).await?;
            if text != expected {
                faults.push(format!("partial: {} bytes of {}", text.len(), expected.len()));
            }
            let bytes = self.store.read_blob(&original.content).await.ok();
            if bytes.as_deref() != Some(expected.as_bytes()) {
                faults.push("its original is not what was taken in".to_owned());
            }
            let (_, chunks) = self.store.document_chunks(&scope, document.id, None).await?;
            faults.extend(self.chunk_faults(number, &text, &chunks));
            if chunks.len() != document.n_chunks as usize {
                faults.push(format!("{} chunks of {}", chunks.len(), document.n_chunks));
            }
        }
        Ok(SeenDocument { uri: document.uri.clone(), number, faults })
    }

    /// Returns what is wrong with the chunks of a text: each must be the stretch of text that it
    /// says, and together they must hold every mark once.
    fn chunk_faults(&self, number: u64, text: &str, chunks: &[Passage]) -> Vec<String> {
        let mut faults = Vec::new();
        for (ordinal, chunk) in (0..).zip(chunks) {
            if chunk.ordinal != ordinal || text.get(chunk.span.bytes()) != Some(&*chunk.text) {
                faults.push(format!("chunk {} is not the text at its place", chunk.ordinal));
            }
        }
        for mark in self.content.marks(number) {
            let n_times: usize = chunks.iter().map(|chunk| chunk.text.matches(&mark).count()).sum();
            if n_times != 1 {
                faults.push(format!("partial or doubled: `{mark}` is there {n_times} times"));
            }
        }
        faults
    }

    /// Returns which of some documents are not found by the word that they alone have.
    async fn lost(&self, documents: &[DocumentSummary]) -> Result<Vec<String>> {
        let mut lost = Vec::new();
        let skipped = documents.len().saturating_sub(SEARCHED_DOCUMENTS) / 2;
        for document in documents.iter().skip(skipped).take(SEARCHED_DOCUMENTS) {
            let text = self.store.document_text(&everything()?, document.id, None).await?.text;
            let Some(number) = number_in(&text) else { continue };
            let found = self.found(&self.content.canary(number)).await?;
            if !found.contains(&document.uri) {
                lost.push(format!("{} is there and is not found", document.uri));
            }
        }
        Ok(lost)
    }

    /// Returns the documents in which a word is found.
    async fn found(&self, word: &str) -> Result<Vec<String>> {
        let lexical = Some(word.to_owned());
        let request = SearchRequest { lexical, limit: 10, ..SearchRequest::default() };
        let hits = self.store.search(&everything()?, &request).await?.lexical;
        let says_so = hits.into_iter().filter(|hit| hit.passage.text.contains(word));
        Ok(says_so.map(|hit| hit.passage.document.uri).collect())
    }

    /// Compares the index with the catalog; after a start there is nothing left to repair.
    async fn disagreements(&self) -> Result<Option<String>> {
        let report = self.store.reconcile().await?;
        let agree = report.n_mended == 0 && report.n_orphans == 0;
        Ok((!agree).then(|| format!("index and catalog differ: {report:?}")))
    }
}

/// Returns a scope over everything.
fn everything() -> Result<Scope> {
    auth::scope(&auth::command_line(), &[])
}
