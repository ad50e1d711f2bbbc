//! The documents whose chunks are being embedded: which texts come next, and who needed them.

use footnote_core::id::{ContentHash, JobId};
use footnote_core::model::Fingerprint;
use std::collections::{HashMap, HashSet};

use super::read::Prepared;

/// A text that is to be embedded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its hash.
    pub(super) hash: ContentHash,
    /// The text.
    pub(super) text: String,
}

/// Documents that wait for vectors, oldest first.
#[derive(Default)]
pub(super) struct Pool {
    documents: Vec<Waiting>,
    space: Option<Fingerprint>,
}

/// A document and the texts that it waits for, by the hash, each once.
struct Waiting {
    document: Prepared,
    missing: HashMap<ContentHash, usize>,
    is_known: bool,
}

impl Pool {
    /// Adds a document. It waits for all of its texts until it is known which have vectors.
    pub(super) fn add(&mut self, document: Prepared) {
        let missing = missing_of(&document);
        self.documents.push(Waiting { document, missing, is_known: false });
    }

    /// Returns how many documents wait.
    pub(super) fn len(&self) -> usize {
        self.documents.len()
    }

    /// Tells whether no document waits.
    pub(super) fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Returns the texts of which it is not known whether they have vectors of a model, each once.
    /// When it is another model than before, nothing is known any more.
    pub(super) fn unknown_texts(&mut self, space: &Fingerprint) -> Vec<ContentHash> {
        if self.space.as_ref() != Some(space) {
            self.space = Some(space.clone());
            for waiting in &mut self.documents {
                waiting.missing = missing_of(&waiting.document);
                waiting.is_known = false;
            }
        }
        let unknown = self.documents.iter().filter(|waiting| !waiting.is_known);
        let texts: HashSet<ContentHash> =
            unknown.flat_map(|waiting| waiting.missing.keys().copied()).collect();
        texts.into_iter().collect()
    }

    /// Takes note of which of the unknown texts have vectors.
    pub(super) fn know(&mut self, there: &HashSet<ContentHash>) {
        for waiting in self.documents.iter_mut().filter(|waiting| !waiting.is_known) {
            waiting.missing.retain(|hash, _| !there.contains(hash));
            waiting.is_known = true;
        }
    }

    /// Takes out the documents of which it is not known what they wait for.
    pub(super) fn take_unknown(&mut self) -> Vec<Prepared> {
        self.take_if(|waiting| !waiting.is_known)
    }

    /// Returns texts to embed next, each once, of like length beside each other.
    ///
    /// Half are of the document that waits longest, so that a long one comes to its end; the rest
    /// are of those that need least, so that a short one is not behind it.
    pub(super) fn next_group(&self, n_texts: usize) -> Vec<Wanted> {
        let mut by_need: Vec<&Waiting> = self.documents.iter().collect();
        by_need.sort_by_key(|waiting| waiting.missing.len());
        let mut chosen = HashMap::new();
        if let Some(oldest) = self.documents.first() {
            choose(oldest, n_texts / 2, &mut chosen);
        }
        for waiting in by_need {
            choose(waiting, n_texts, &mut chosen);
        }
        let mut group: Vec<Wanted> =
            chosen.into_iter().map(|(hash, text)| Wanted { hash, text }).collect();
        group.sort_by_key(|wanted| wanted.text.len());
        group
    }

    /// Waits until nobody needs some texts any more, because every document that waits for one of
    /// them is no longer this worker's.
    pub(super) async fn abandoned(&self, hashes: &[ContentHash]) {
        for waiting in &self.documents {
            if hashes.iter().any(|hash| waiting.missing.contains_key(hash)) {
                waiting.document.flight.stopped().await;
            }
        }
    }

    /// Tells whether any document still waits for a text.
    pub(super) fn wants(&self, hash: &ContentHash) -> bool {
        self.documents.iter().any(|waiting| waiting.missing.contains_key(hash))
    }

    /// Counts the chunks that stand for some texts, by job.
    pub(super) fn chunks_by_job(&self, hashes: &[ContentHash]) -> HashMap<JobId, u64> {
        let mut n_chunks = HashMap::new();
        for waiting in &self.documents {
            let n_met = hashes.iter().filter(|hash| waiting.missing.contains_key(hash)).count();
            *n_chunks.entry(waiting.document.flight.item.lease.job).or_default() += n_met as u64;
        }
        n_chunks
    }

    /// Notes that texts have vectors now.
    pub(super) fn embedded(&mut self, hashes: &[ContentHash]) {
        for waiting in &mut self.documents {
            let n_before = waiting.missing.len();
            for hash in hashes {
                waiting.missing.remove(hash);
            }
            let n_done = n_before - waiting.missing.len();
            waiting.document.flight.advance(n_done as u64);
        }
    }

    /// Takes out the documents that wait for nothing more.
    pub(super) fn take_complete(&mut self) -> Vec<Prepared> {
        self.take_if(|waiting| waiting.missing.is_empty())
    }

    /// Takes out the documents that are no longer this worker's.
    pub(super) fn take_stopped(&mut self) -> Vec<Prepared> {
        self.take_if(|waiting| waiting.document.flight.is_stopped())
    }

    /// Takes out the documents that wait for one of some texts.
    pub(super) fn take_waiting_for(&mut self, hashes: &[ContentHash]) -> Vec<Prepared> {
        self.take_if(|waiting| hashes.iter().any(|hash| waiting.missing.contains_key(hash)))
    }

    /// Takes out every document.
    pub(super) fn take_all(&mut self) -> Vec<Prepared> {
        self.take_if(|_| true)
    }

    fn take_if(&mut self, is_meant: impl Fn(&Waiting) -> bool) -> Vec<Prepared> {
        let taken = self.documents.extract_if(.., |waiting| is_meant(waiting));
        taken.map(|waiting| waiting.document).collect()
    }
}

/// Returns the texts of a document, each once.
fn missing_of(document: &Prepared) -> HashMap<ContentHash, usize> {
    let chunks = document.reading.chunks.iter().enumerate();
    chunks.map(|(index, chunk)| (chunk.embedded, index)).collect()
}

/// Chooses texts of a document until so many are chosen.
fn choose(waiting: &Waiting, n_texts: usize, chosen: &mut HashMap<ContentHash, String>) {
    let reading = &waiting.document.reading;
    for (hash, index) in &waiting.missing {
        if n_texts <= chosen.len() {
            return;
        }
        if let Some(chunk) = reading.chunks.get(*index) {
            chosen.entry(*hash).or_insert_with(|| reading.embedded_text(chunk));
        }
    }
}
