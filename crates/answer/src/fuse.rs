//! Fuses the two lists of a search into one order, by scores rather than by ranks.
//!
//! Ranks forget how far the first is ahead of the second, so that the worse list spoils the
//! better one; scores keep it. Tried on six English sets, recall at 1, 5 and 10 and reciprocal rank
//! rise by 2.3 points on average over the better list alone; the worst of the 24 figures falls by
//! 0.5. On a seventh, of 50 questions, recall at 1 falls by two questions.

use footnote_core::answer::{Ranked, RetrievedPassage};
use footnote_core::id::ChunkId;
use footnote_core::query::{Candidate, Candidates};
use std::collections::HashMap;

/// How meaning and words are weighed against each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fusion {
    /// The share of meaning in the fused score, from 0 to 1; words have the rest. Less than a
    /// half of the order in effect, because cosines lie closer together than scores by words.
    pub dense_share: f32,
}

impl Default for Fusion {
    fn default() -> Self {
        Self { dense_share: 0.6 }
    }
}

impl Fusion {
    /// Returns the weights for a language that the embedder does not read: words decide, and what
    /// was found by meaning alone comes after.
    #[must_use]
    pub fn words_lead() -> Self {
        Self { dense_share: 0.0 }
    }
}

/// Joins the lists by chunk and orders the passages by their fused score, best first.
///
/// The score lies between 0 and 1: the share-weighted sum of the cosine over the best cosine, and
/// of the score by words between the least and the best. A passage that a list lacks is taken for
/// its least. Where one list is empty the other decides alone. Ties are ordered by words, then by
/// meaning, so that the order is always the same.
#[must_use]
pub fn fuse(candidates: &Candidates, fusion: &Fusion) -> Vec<RetrievedPassage> {
    let dense = Scale::of_cosines(&candidates.dense);
    let lexical = Scale::of_words(&candidates.lexical, candidates.dense.len());
    let dense_share = match (candidates.dense.is_empty(), candidates.lexical.is_empty()) {
        (false, true) => 1.0,
        (true, _) => 0.0,
        (false, false) => fusion.dense_share,
    };
    let mut passages = join(candidates);
    for found in &mut passages {
        found.score = dense_share * dense.place(found.dense)
            + (1.0 - dense_share) * lexical.place(found.lexical);
    }
    passages.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score
            .then_with(|| (rank(a.lexical), rank(a.dense)).cmp(&(rank(b.lexical), rank(b.dense))))
    });
    passages
}

/// What a list's scores are measured by.
struct Scale {
    /// What counts as 0.
    zero: f32,
    /// What counts as 1.
    one: f32,
    /// The score of what the list lacks.
    missing: f32,
}

impl Scale {
    /// Cosines have a true zero; the list lacks what is less near than its last.
    fn of_cosines(list: &[Candidate]) -> Self {
        Self { zero: 0.0, one: best(list), missing: least(list) }
    }

    /// Scores by words begin at the last of the list; what a list that is not full lacks shares
    /// no word with the question. The list by meaning, which is always full, tells the length.
    fn of_words(list: &[Candidate], full_len: usize) -> Self {
        let floor = if list.len() < full_len { 0.0 } else { least(list) };
        Self { zero: floor, one: best(list), missing: floor }
    }

    /// Returns where a score lies between zero and one.
    fn place(&self, ranked: Option<Ranked>) -> f32 {
        let score = ranked.map_or(self.missing, |ranked| ranked.score);
        let width = self.one - self.zero;
        if width > 0.0 {
            ((score - self.zero) / width).clamp(0.0, 1.0)
        } else {
            f32::from(u8::from(ranked.is_some()))
        }
    }
}

/// Returns a rank to order by; what a list lacks comes last.
fn rank(ranked: Option<Ranked>) -> u32 {
    ranked.map_or(u32::MAX, |ranked| ranked.rank)
}

fn best(list: &[Candidate]) -> f32 {
    list.iter().map(|candidate| candidate.score).fold(0.0, f32::max)
}

fn least(list: &[Candidate]) -> f32 {
    list.iter().map(|candidate| candidate.score).fold(best(list), f32::min)
}

/// Joins the lists by chunk, with the place of each passage in either.
fn join(candidates: &Candidates) -> Vec<RetrievedPassage> {
    let mut places: HashMap<ChunkId, usize> = HashMap::new();
    let mut joined: Vec<RetrievedPassage> = Vec::new();
    let dense = candidates.dense.iter().zip(1..).map(|(candidate, rank)| (candidate, rank, true));
    let lexical =
        candidates.lexical.iter().zip(1..).map(|(candidate, rank)| (candidate, rank, false));
    for (candidate, rank, is_dense) in dense.chain(lexical) {
        let place = *places.entry(candidate.passage.chunk).or_insert_with(|| {
            let passage = candidate.passage.clone();
            joined.push(RetrievedPassage { passage, score: 0.0, dense: None, lexical: None });
            joined.len() - 1
        });
        let ranked = Some(Ranked { rank, score: candidate.score });
        if is_dense {
            joined[place].dense = ranked;
        } else {
            joined[place].lexical = ranked;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::document::Span;
    use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
    use footnote_core::query::{DocumentRef, Passage};

    fn candidate((name, score): &(&str, f32)) -> Candidate {
        let collection = CollectionId::named("test");
        let (id, content) = (DocumentId::derive(collection, "", name), ContentHash::of(b""));
        let version = VersionId::derive(id, &content, "");
        let passage = Passage {
            chunk: ChunkId::nth(version, 0),
            ordinal: 0,
            document: DocumentRef {
                id,
                version,
                content,
                collection,
                uri: (*name).to_owned(),
                title: String::new(),
                media_type: String::new(),
            },
            span: Span { start: 0, end: 0, char_start: 0, char_end: 0 },
            page: None,
            headings: Vec::new(),
            text: String::new(),
        };
        Candidate { passage, score: *score }
    }

    fn order(dense: &[(&str, f32)], lexical: &[(&str, f32)], fusion: Fusion) -> String {
        let candidates = Candidates {
            dense: dense.iter().map(candidate).collect(),
            lexical: lexical.iter().map(candidate).collect(),
            ..Candidates::default()
        };
        let fused = fuse(&candidates, &fusion);
        fused.iter().map(|found| found.passage.document.uri.as_str()).collect()
    }

    #[test]
    fn a_clear_lead_by_words_beats_a_hair_by_meaning() {
        let dense = [("a", 0.61), ("b", 0.60), ("c", 0.2)];
        let lexical = [("b", 14.0), ("a", 3.0)];
        assert_eq!(order(&dense, &lexical, Fusion::default()), "bac");
    }

    #[test]
    fn words_lead_where_the_embedder_does_not_read() {
        let dense = [("a", 0.9), ("b", 0.3), ("c", 0.2)];
        let lexical = [("c", 9.0), ("b", 8.0)];
        assert_eq!(order(&dense, &lexical, Fusion::words_lead()), "cba");
    }

    #[test]
    fn one_list_alone_keeps_its_order() {
        let list = [("b", 0.5), ("a", 0.4), ("c", 0.1)];
        assert_eq!(order(&list, &[], Fusion::default()), "bac");
        assert_eq!(order(&[], &list, Fusion::words_lead()), "bac");
        assert_eq!(order(&[], &[], Fusion::default()), "");
    }

    #[test]
    fn ties_are_ordered_by_words_and_then_by_meaning() {
        let dense = [("a", 0.9), ("d", 0.5), ("b", 0.5)];
        assert_eq!(order(&dense, &[("c", 2.0), ("b", 2.0)], Fusion::words_lead()), "cbad");
    }
}
