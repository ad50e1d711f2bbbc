//! The figures: retrieval, containment, refusal, citations, latency.

use serde::Serialize;
use std::collections::{HashMap, HashSet};

use super::gold::{bare, is_by_document, is_gold, units};
use super::{EvalQuestion, FoundPassage, GivenAnswer, Outcomes};
use crate::language::is_east_asian;

/// How deep a search is graded.
const DEPTH: usize = 10;

/// How many passages must hold an answer string for it to count as retrieved.
const ANSWER_DEPTH: usize = 5;

/// A reference longer than this, in letters and digits, is compared by words alone: no answer
/// contains it word for word.
const SHORT_ANSWER_CHARS: usize = 80;

/// The retrieval figures of one question, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct RetrievalScores {
    /// The share of the needed gold that came first.
    #[serde(rename = "recall@1")]
    pub recall_at_1: f64,
    /// The share of the needed gold among the first five.
    #[serde(rename = "recall@5")]
    pub recall_at_5: f64,
    /// The share of the needed gold among the first ten.
    #[serde(rename = "recall@10")]
    pub recall_at_10: f64,
    /// One over the rank of the first gold.
    #[serde(rename = "mrr@10")]
    pub mrr_at_10: f64,
    /// The gain of the gold, discounted by rank, over the best possible.
    #[serde(rename = "ndcg@10")]
    pub ndcg_at_10: f64,
    /// Whether a gold document came first.
    #[serde(rename = "doc@1")]
    pub doc_at_1: f64,
    /// Whether a gold document is among the first five.
    #[serde(rename = "doc@5")]
    pub doc_at_5: f64,
    /// Whether an acceptable answer stands in the first five passages; `None` where that says
    /// nothing.
    #[serde(rename = "ans@5", skip_serializing_if = "Option::is_none")]
    pub ans_at_5: Option<f64>,
}

/// The figures of one answer; `None` where a figure does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct AnswerScores {
    /// Whether the answer contains an acceptable short answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
    /// The best overlap of words with an acceptable answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f1: Option<f64>,
    /// The share of citations that stand in gold or hold an acceptable answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation_precision: Option<f64>,
    /// The share of sentences that a citation supports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_sentences: Option<f64>,
}

/// The figures of a set: means over the questions that each applies to.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Report {
    /// How many questions were asked.
    pub n_questions: usize,
    /// How many of them have gold to be found.
    pub n_graded: usize,
    /// Every mean by its name, as the contract has it.
    pub figures: Vec<(String, f64)>,
}

impl Report {
    /// Returns a figure by its name, e.g. `recall@5`.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// Grades a search, best passage first, for a question with gold.
#[must_use]
pub fn score_search(question: &EvalQuestion, found: &[FoundPassage]) -> RetrievalScores {
    let found = graded(question, found);
    let units = units(question);
    let gains = gains(question, &found, &units);
    let n_units = as_f64(units.len().max(1));
    let recall = |k: usize| (gains.iter().take(k).sum::<f64>() / n_units).min(1.0);
    let discount = |place: usize| as_f64(place + 2).log2();
    let ideal: f64 = (0..units.len().min(DEPTH)).map(|place| 1.0 / discount(place)).sum();
    let gained: f64 = gains.iter().enumerate().map(|(place, gain)| gain / discount(place)).sum();
    let first = gains.iter().position(|gain| *gain > 0.0);
    let has_doc = |k: usize| {
        f64::from(found.iter().take(k).any(|passage| question.gold_docs.contains(&passage.doc)))
    };
    RetrievalScores {
        recall_at_1: recall(1),
        recall_at_5: recall(5),
        recall_at_10: recall(10),
        mrr_at_10: first.map_or(0.0, |place| 1.0 / as_f64(place + 1)),
        ndcg_at_10: if ideal > 0.0 { (gained / ideal).min(1.0) } else { 0.0 },
        doc_at_1: has_doc(1),
        doc_at_5: has_doc(5),
        ans_at_5: answer_found(question, &found),
    }
}

/// Folds repeated documents where the gold is a whole document.
fn graded<'f>(question: &EvalQuestion, found: &'f [FoundPassage]) -> Vec<&'f FoundPassage> {
    let mut seen: HashSet<&str> = HashSet::new();
    let is_folded = is_by_document(question);
    found.iter().filter(|passage| !is_folded || seen.insert(&passage.doc)).collect()
}

/// Returns what each of the first ten passages adds: every unit is credited once.
fn gains(question: &EvalQuestion, found: &[&FoundPassage], units: &[Vec<usize>]) -> Vec<f64> {
    let is_folded = is_by_document(question);
    let mut done: HashSet<usize> = HashSet::new();
    let mut gains = Vec::new();
    for passage in found.iter().take(DEPTH) {
        let hit =
            |unit: &&usize| units[**unit].iter().any(|place| is_gold(question, *place, passage));
        let open: Vec<usize> = (0..units.len()).filter(|unit| !done.contains(unit)).collect();
        let new: Vec<usize> = open.iter().filter(hit).copied().collect();
        gains.push(as_f64(if is_folded { new.len().min(1) } else { new.len() }));
        done.extend(new);
    }
    gains
}

/// Tells whether an acceptable answer stands in the first passages.
fn answer_found(question: &EvalQuestion, found: &[&FoundPassage]) -> Option<f64> {
    let applies = !question.answers.is_empty()
        && !question.gold_text.is_empty()
        && question.kind != "multi-turn";
    let answers: Vec<String> = bare_answers(question);
    applies.then(|| {
        let mut texts = found.iter().take(ANSWER_DEPTH).map(|passage| bare(&passage.text));
        f64::from(texts.any(|text| answers.iter().any(|answer| text.contains(answer))))
    })
}

fn bare_answers(question: &EvalQuestion) -> Vec<String> {
    question.answers.iter().map(|answer| bare(answer)).filter(|answer| !answer.is_empty()).collect()
}

/// Grades an answer. A refusal of an answerable question contains nothing.
#[must_use]
pub fn score_answer(question: &EvalQuestion, answer: &GivenAnswer) -> AnswerScores {
    let text = if answer.is_refusal { "" } else { answer.text.as_str() };
    let answers = bare_answers(question);
    let is_short = answers.iter().any(|answer| answer.chars().count() <= SHORT_ANSWER_CHARS);
    let said = bare(text);
    let contains = answers.iter().any(|answer| said.contains(answer));
    let f1 = question.answers.iter().map(|reference| token_f1(text, reference)).reduce(f64::max);
    AnswerScores {
        containment: (question.answerable && is_short).then_some(f64::from(contains)),
        f1: f1.filter(|_| question.answerable),
        citation_precision: citation_precision(question, answer, &answers),
        supported_sentences: ratio(answer.n_supported, answer.n_sentences),
    }
}

/// Returns the share of citations that stand in gold or hold an acceptable answer.
fn citation_precision(
    question: &EvalQuestion,
    answer: &GivenAnswer,
    answers: &[String],
) -> Option<f64> {
    if !question.answerable || question.gold_docs.is_empty() {
        return None;
    }
    let is_good = |cited: &&FoundPassage| {
        let text = bare(&cited.text);
        (0..question.gold_docs.len()).any(|place| is_gold(question, place, cited))
            || answers.iter().any(|answer| text.contains(answer))
    };
    ratio(answer.cited.iter().filter(is_good).count(), answer.cited.len())
}

/// Returns the harmonic mean of precision and recall of words; single characters in scripts
/// without spaces.
fn token_f1(text: &str, reference: &str) -> f64 {
    let (said, wanted) = (tokens(text), tokens(reference));
    let mut left: HashMap<&str, usize> = HashMap::new();
    for token in &wanted {
        *left.entry(token).or_default() += 1;
    }
    let mut n_common = 0;
    for token in &said {
        if let Some(n) = left.get_mut(token.as_str()).filter(|n| **n > 0) {
            *n -= 1;
            n_common += 1;
        }
    }
    if n_common == 0 {
        return 0.0;
    }
    let (precision, recall) =
        (as_f64(n_common) / as_f64(said.len()), as_f64(n_common) / as_f64(wanted.len()));
    2.0 * precision * recall / (precision + recall)
}

/// Cuts a text into lower-case words less the articles.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    for c in text.to_lowercase().chars() {
        if is_east_asian(c) {
            tokens.extend([c.to_string(), String::new()]);
        } else if !c.is_alphanumeric() {
            tokens.push(String::new());
        } else if let Some(last) = tokens.last_mut() {
            last.push(c);
        }
    }
    tokens.retain(|token| !matches!(token.as_str(), "" | "a" | "an" | "the"));
    tokens
}

/// Returns the means over a set.
#[must_use]
pub fn report(questions: &[EvalQuestion], outcomes: &Outcomes) -> Report {
    let mut means = Means::default();
    let (mut with_answer, mut without_answer) = (Vec::new(), Vec::new());
    let mut n_graded = 0;
    for question in questions {
        let outcome = outcomes.get(&question.id);
        let found = outcome.map_or(&[][..], |outcome| &outcome.found);
        let top = found.first().map_or(0.0, |passage| f64::from(passage.score));
        if question.answerable {
            with_answer.push(top);
        } else {
            without_answer.push(top);
        }
        if question.answerable && !question.gold_docs.is_empty() {
            n_graded += 1;
            means.add_search(&score_search(question, found));
        }
        if let Some(answer) = outcome.and_then(|outcome| outcome.answer.as_ref()) {
            means.add_answer(question, answer);
        }
    }
    let mut figures = means.finish();
    figures.extend(auroc(&with_answer, &without_answer).map(|value| ("auroc".to_owned(), value)));
    figures.extend(latencies(outcomes));
    Report { n_questions: questions.len(), n_graded, figures }
}

/// Sums and counts by name, in the order of first use.
#[derive(Debug, Default)]
struct Means {
    sums: Vec<(&'static str, f64, usize)>,
}

impl Means {
    fn add(&mut self, name: &'static str, value: Option<f64>) {
        let Some(value) = value else { return };
        match self.sums.iter_mut().find(|(known, _, _)| *known == name) {
            Some((_, sum, n)) => (*sum, *n) = (*sum + value, *n + 1),
            None => self.sums.push((name, value, 1)),
        }
    }

    fn add_search(&mut self, scores: &RetrievalScores) {
        self.add("recall@1", Some(scores.recall_at_1));
        self.add("recall@5", Some(scores.recall_at_5));
        self.add("recall@10", Some(scores.recall_at_10));
        self.add("mrr@10", Some(scores.mrr_at_10));
        self.add("ndcg@10", Some(scores.ndcg_at_10));
        self.add("doc@1", Some(scores.doc_at_1));
        self.add("doc@5", Some(scores.doc_at_5));
        self.add("ans@5", scores.ans_at_5);
    }

    fn add_answer(&mut self, question: &EvalQuestion, answer: &GivenAnswer) {
        let scores = score_answer(question, answer);
        self.add("containment", scores.containment);
        self.add("f1", scores.f1);
        self.add("citation_precision", scores.citation_precision);
        self.add("supported_sentences", scores.supported_sentences);
        let is_right = f64::from(!question.answerable);
        self.add("refusal_precision", answer.is_refusal.then_some(is_right));
        let is_refusal = f64::from(answer.is_refusal);
        self.add("refusal_recall", (!question.answerable).then_some(is_refusal));
        self.add("answered", question.answerable.then_some(1.0 - is_refusal));
    }

    fn finish(self) -> Vec<(String, f64)> {
        self.sums.into_iter().map(|(name, sum, n)| (name.to_owned(), sum / as_f64(n))).collect()
    }
}

/// Returns how well a score tells answerable from unanswerable: 0.5 is not at all. `None` where
/// one kind is missing.
#[must_use]
pub fn auroc(with_answer: &[f64], without_answer: &[f64]) -> Option<f64> {
    if with_answer.is_empty() || without_answer.is_empty() {
        return None;
    }
    let wins = |a: f64, b: f64| if a > b { 1.0 } else { f64::from(a.total_cmp(&b).is_eq()) / 2.0 };
    let sum: f64 =
        with_answer.iter().flat_map(|a| without_answer.iter().map(|b| wins(*a, *b))).sum();
    Some(sum / (as_f64(with_answer.len()) * as_f64(without_answer.len())))
}

/// Returns the median and the 95th percentile of the latencies.
fn latencies(outcomes: &Outcomes) -> Vec<(String, f64)> {
    let mut ms: Vec<f64> = outcomes.values().map(|outcome| outcome.latency_ms).collect();
    ms.sort_by(f64::total_cmp);
    let at = |percent: usize| ms.get((ms.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    let named = [("latency_p50_ms", at(50)), ("latency_p95_ms", at(95))];
    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Returns a part of a whole; `None` where there is no whole.
fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| as_f64(part) / as_f64(whole))
}

#[expect(clippy::cast_precision_loss, reason = "counts of questions and words, far below 2^52")]
fn as_f64(n: usize) -> f64 {
    n as f64
}
