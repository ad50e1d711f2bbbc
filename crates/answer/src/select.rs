//! Chooses the sentences that answer best, out of the passages that were found.

use footnote_core::Result;
use footnote_core::answer::RetrievedPassage;
use footnote_core::model::{Embedder, Embedding, Purpose};
use footnote_core::text::Analyzer;
use std::ops::Range;

use crate::gate::Evidence;
use crate::sentences::split;
use crate::terms::{Forms, QuestionTerms, forms_of};

/// How many sentences are embedded at most: the rest is judged by words alone. Embedding is what
/// choosing costs, and the answer is hardly ever in a sentence that shares nothing.
const MAX_EMBEDDED: usize = 24;

/// How much the place of a sentence's passage counts, against 1 for meaning and 1 for words.
const PASSAGE_WEIGHT: f32 = 0.3;

/// How much shared pairs of Han characters count where only words can be compared.
const PAIR_WEIGHT: f32 = 0.5;

/// What a sentence with a figure gains when the question asks for one.
const FIGURE_BONUS: f32 = 0.1;

/// What a sentence that itself asks loses.
const QUESTION_PENALTY: f32 = 0.2;

/// What a sentence too short to say much loses: a heading, a cell.
const SHORT_PENALTY: f32 = 0.1;

/// What a line loses that only names what follows: a heading, the head of a table.
const HEADING_PENALTY: f32 = 0.35;

/// A line that names what follows is no wider than this, in characters of width 1.
const HEADING_WIDTH: usize = 60;

/// What a sentence loses that says nothing but the question.
const ECHO_PENALTY: f32 = 0.3;

/// Shorter sentences than this, in characters of width 1, are short.
const SHORT_WIDTH: usize = 25;

/// How far behind the best a further sentence may be, as a share of the best one's score.
const FURTHER_SHARE: f32 = 0.72;

/// A further sentence that shares more than this of its words with a chosen one adds nothing.
const REPEATED_SHARE: f32 = 0.85;

/// A sentence of a passage, judged.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Which passage, as an index into those that were found.
    pub(crate) passage: usize,
    /// Where in the passage's text, in bytes.
    pub(crate) range: Range<usize>,
    /// How well it answers; comparable within one question.
    pub(crate) score: f32,
    /// What it means, where the embedder reads it.
    pub(crate) embedding: Option<Embedding>,
    forms: Forms,
    cosine: Option<f32>,
}

/// The sentences that were chosen and what speaks for them.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    /// The best sentences in the order of their documents' places among the passages.
    pub(crate) sentences: Vec<Judged>,
    /// What the gate decides by.
    pub(crate) evidence: Evidence,
}

/// What choosing works with.
pub(crate) struct Selector<'a> {
    pub(crate) analyzer: &'a dyn Analyzer,
    pub(crate) embedder: &'a dyn Embedder,
    /// The question's vector; `None` where the embedder does not read its language.
    pub(crate) question: Option<&'a Embedding>,
    /// How many sentences are chosen at most.
    pub(crate) n_sentences: usize,
}

impl Selector<'_> {
    /// Chooses the best sentences for a question.
    pub(crate) async fn choose(
        &self,
        question: &str,
        passages: &[RetrievedPassage],
    ) -> Result<Choice> {
        let terms = QuestionTerms::of(question, self.analyzer);
        let mut judged = self.by_words(&terms, question, passages);
        let Some(best_by_words) = judged.first() else { return Ok(Choice::default()) };
        let best_by_words = best_by_words.score;
        if let Some(vector) = self.question {
            judged.truncate(MAX_EMBEDDED);
            self.add_meaning(vector, &mut judged, passages).await?;
        }
        tracing::debug!(sentence.count = judged.len(), best_by_words, "judged sentences");
        let evidence = self.evidence(&terms, &judged, passages);
        Ok(Choice { sentences: self.pick(judged), evidence })
    }

    /// Judges every sentence by its words, best first.
    fn by_words(
        &self,
        terms: &QuestionTerms,
        question: &str,
        passages: &[RetrievedPassage],
    ) -> Vec<Judged> {
        let mut judged: Vec<Judged> = Vec::new();
        for (place, found) in passages.iter().enumerate() {
            let text = &found.passage.text;
            judged.extend(split(text).into_iter().map(|range| Judged {
                passage: place,
                forms: forms_of(self.analyzer, &text[range.clone()]),
                range,
                score: 0.0,
                embedding: None,
                cosine: None,
            }));
        }
        let forms: Vec<&Forms> = judged.iter().map(|sentence| &sentence.forms).collect();
        let rarities = terms.rarities(&forms);
        let wants_figure = asks_for_figure(question);
        for sentence in &mut judged {
            let found = &passages[sentence.passage];
            let text = &found.passage.text[sentence.range.clone()];
            sentence.score = terms.coverage(&sentence.forms, &rarities)
                + PASSAGE_WEIGHT * prior(found, passages)
                + manner(text, question, wants_figure);
            if self.question.is_none() {
                sentence.score += PAIR_WEIGHT * terms.pair_coverage(text).unwrap_or(0.0);
            }
        }
        judged.sort_by(|a, b| b.score.total_cmp(&a.score));
        judged
    }

    /// Adds to each score how near the sentence is to the question in meaning.
    async fn add_meaning(
        &self,
        question: &Embedding,
        judged: &mut [Judged],
        passages: &[RetrievedPassage],
    ) -> Result<()> {
        let text_of = |sentence: &Judged| {
            passages[sentence.passage].passage.text[sentence.range.clone()].to_owned()
        };
        let texts: Vec<String> = judged.iter().map(text_of).collect();
        let embeddings = self.embedder.embed(texts, Purpose::Query).await?;
        for (sentence, embedding) in judged.iter_mut().zip(embeddings) {
            let cosine = dot(question, &embedding);
            sentence.score += cosine;
            sentence.cosine = Some(cosine);
            sentence.embedding = Some(embedding);
        }
        judged.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(())
    }

    /// Gathers what speaks for the best sentence answering.
    fn evidence(
        &self,
        terms: &QuestionTerms,
        judged: &[Judged],
        passages: &[RetrievedPassage],
    ) -> Evidence {
        let Some(best) = judged.first() else { return Evidence::default() };
        let text = &passages[best.passage].passage.text;
        let cosines = judged.iter().filter_map(|sentence| sentence.cosine);
        let dense = passages.iter().filter_map(|found| found.dense.map(|ranked| ranked.score));
        let passage_words = terms.plain_coverage(&forms_of(self.analyzer, text));
        Evidence {
            sentence_cosine: cosines.max_by(f32::total_cmp),
            passage_cosine: dense.max_by(f32::total_cmp),
            sentence_words: terms.plain_coverage(&best.forms),
            passage_words,
            passage_pairs: terms.pair_coverage(text).unwrap_or(passage_words),
            names: terms.name_coverage(text),
            ..Evidence::default()
        }
    }

    /// Picks the best sentence and those near it that add something, in reading order.
    fn pick(&self, judged: Vec<Judged>) -> Vec<Judged> {
        let mut picked: Vec<Judged> = Vec::new();
        let best = judged.first().map_or(0.0, |sentence| sentence.score);
        for sentence in judged {
            let adds = picked.iter().all(|chosen| !repeats(&sentence, chosen));
            if picked.len() < self.n_sentences && sentence.score >= FURTHER_SHARE * best && adds {
                picked.push(sentence);
            }
        }
        picked.sort_by_key(|sentence| (sentence.passage, sentence.range.start));
        picked
    }
}

/// Returns how near a passage is to the best of its search, from 0 to 1.
fn prior(found: &RetrievedPassage, passages: &[RetrievedPassage]) -> f32 {
    let best = passages.first().map_or(0.0, |first| first.score);
    if best > 0.0 { (found.score / best).clamp(0.0, 1.0) } else { 0.0 }
}

/// Returns what the manner of a sentence gains or loses it, whatever it is about.
fn manner(text: &str, question: &str, wants_figure: bool) -> f32 {
    let mut gain = 0.0;
    if wants_figure && text.contains(char::is_numeric) {
        gain += FIGURE_BONUS;
    }
    if text.ends_with(['?', '？']) {
        gain -= QUESTION_PENALTY;
    }
    if reads_as_heading(text) {
        gain -= HEADING_PENALTY;
    } else if width(text) < SHORT_WIDTH {
        gain -= SHORT_PENALTY;
    }
    let bare = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    if bare(text) == bare(question) {
        gain -= ECHO_PENALTY;
    }
    gain
}

/// Tells whether a line only names what follows: short, without a figure, without an end.
fn reads_as_heading(text: &str) -> bool {
    width(text) <= HEADING_WIDTH
        && !text.contains(char::is_numeric)
        && !text.contains([':', '：', '|'])
        && text.ends_with(char::is_alphanumeric)
}

/// Returns the width of a text: a Han character says as much as two or three letters.
fn width(text: &str) -> usize {
    text.chars().map(|c| if crate::language::is_east_asian(c) { 3 } else { 1 }).sum()
}

/// Tells whether a question asks for a number, a date or an amount.
fn asks_for_figure(question: &str) -> bool {
    const ENGLISH: [&str; 16] = [
        "how many",
        "how much",
        "how long",
        "how old",
        "how far",
        "how tall",
        "how large",
        "how big",
        "how high",
        "when ",
        "what year",
        "what date",
        "what time",
        "what day",
        "what percent",
        "which year",
    ];
    const CHINESE: [&str; 13] = [
        "多少",
        "几",
        "幾",
        "哪一年",
        "哪年",
        "何时",
        "何時",
        "什么时候",
        "什麼時候",
        "哪天",
        "日期",
        "时间",
        "年份",
    ];
    let lower = question.to_lowercase();
    ENGLISH.iter().chain(&CHINESE).any(|asking| lower.contains(asking))
}

/// Tells whether a sentence says hardly more than another.
fn repeats(sentence: &Judged, other: &Judged) -> bool {
    let n_shared = sentence.forms.intersection(&other.forms).count();
    let n_smaller = sentence.forms.len().min(other.forms.len()).max(1);
    #[expect(clippy::cast_precision_loss, reason = "counts of words, far below 2^23")]
    let shared = n_shared as f32 / n_smaller as f32;
    shared > REPEATED_SHARE
}

/// Returns the cosine of two unit vectors.
pub(crate) fn dot(a: &Embedding, b: &Embedding) -> f32 {
    a.0.iter().zip(&b.0).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_names_what_follows_is_told_from_one_that_says_it() {
        for heading in ["Hotels", "Highest hotel rate per night", "保价与理赔"] {
            assert!(reads_as_heading(heading), "{heading}");
        }
        for statement in ["Ask the manager.", "Munich | 140 EUR", "Deposit: one month", "十天。"]
        {
            assert!(!reads_as_heading(statement), "{statement}");
        }
    }
}
