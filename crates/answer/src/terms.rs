//! The words of a question that carry content, and how much of them a text covers.

use footnote_core::text::{Analysis, Analyzer};
use std::collections::HashSet;
use std::ops::Range;

use crate::language::is_han;

/// Words that ask rather than say what is asked about.
const ASKING_WORDS: [&str; 22] = [
    "what", "who", "whom", "whose", "when", "where", "which", "why", "how", "many", "much", "is",
    "are", "was", "were", "do", "does", "did", "can", "could", "name", "please",
];

/// The same in Chinese, both scripts, longest first.
const CHINESE_ASKING: [&str; 36] = [
    "为什么",
    "為什麼",
    "什么样",
    "什麼樣",
    "哪一年",
    "什么",
    "什麼",
    "哪里",
    "哪裡",
    "哪些",
    "哪个",
    "哪個",
    "哪年",
    "多少",
    "多长",
    "多大",
    "多久",
    "怎么",
    "怎麼",
    "怎样",
    "怎樣",
    "如何",
    "是否",
    "何时",
    "何時",
    "何处",
    "请问",
    "請問",
    "谁",
    "誰",
    "哪",
    "几",
    "幾",
    "吗",
    "呢",
    "嗎",
];

/// The forms that a text holds.
pub(crate) type Forms = HashSet<String>;

/// Returns every form of every term of a text.
pub(crate) fn forms_of(analyzer: &dyn Analyzer, text: &str) -> Forms {
    analyzer.terms(text, Analysis::Passage).into_iter().map(|term| term.form).collect()
}

/// What a question is about: its content words, its pairs of Han characters, its names and numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct QuestionTerms {
    /// Each word with the forms any of which stands for it.
    words: Vec<Vec<String>>,
    /// Every two Han characters that stand side by side, asking words left out.
    han_pairs: HashSet<[char; 2]>,
    /// Capitalised words and numbers, in lower case.
    names: Vec<String>,
}

impl QuestionTerms {
    /// Analyzes a question.
    pub(crate) fn of(question: &str, analyzer: &dyn Analyzer) -> Self {
        Self {
            words: content_words(question, analyzer),
            han_pairs: han_pairs(&without_asking(question)),
            names: names_of(question),
        }
    }

    /// Returns how rare each word is among some texts: what few of them hold tells them apart.
    pub(crate) fn rarities(&self, texts: &[&Forms]) -> Vec<f32> {
        #[expect(clippy::cast_precision_loss, reason = "counts of sentences, far below 2^23")]
        let rarity = |word: &Vec<String>| {
            let n_with = texts.iter().filter(|forms| holds(forms, word)).count() as f32;
            let n_without = texts.len() as f32 - n_with;
            (1.0 + (n_without + 0.5) / (n_with + 0.5)).ln()
        };
        self.words.iter().map(rarity).collect()
    }

    /// Returns the share of the words' weight that a text holds, from 0 to 1.
    pub(crate) fn coverage(&self, forms: &Forms, weights: &[f32]) -> f32 {
        let total: f32 = weights.iter().sum();
        let weighed = self.words.iter().zip(weights);
        let held: f32 = weighed.filter(|(word, _)| holds(forms, word)).map(|(_, w)| w).sum();
        if total > 0.0 { held / total } else { 0.0 }
    }

    /// Returns the share of the words that a text holds, each counting the same.
    pub(crate) fn plain_coverage(&self, forms: &Forms) -> f32 {
        self.coverage(forms, &vec![1.0; self.words.len()])
    }

    /// Returns the share of the pairs of Han characters that a text holds; `None` without any.
    pub(crate) fn pair_coverage(&self, text: &str) -> Option<f32> {
        let found = han_pairs(text);
        share(
            self.han_pairs.iter().filter(|pair| found.contains(*pair)).count(),
            self.han_pairs.len(),
        )
    }

    /// Returns the share of the names and numbers that a text holds; 1 without any.
    pub(crate) fn name_coverage(&self, text: &str) -> f32 {
        let text = text.to_lowercase();
        let n_found = self.names.iter().filter(|name| text.contains(name.as_str())).count();
        share(n_found, self.names.len()).unwrap_or(1.0)
    }
}

/// Returns a part of a whole; `None` when there is no whole.
fn share(part: usize, whole: usize) -> Option<f32> {
    #[expect(clippy::cast_precision_loss, reason = "counts of words, far below 2^23")]
    let share = part as f32 / whole as f32;
    (whole > 0).then_some(share)
}

fn holds(forms: &Forms, word: &[String]) -> bool {
    word.iter().any(|form| forms.contains(form))
}

/// Returns the content words of a question; all of its words if none carries content.
fn content_words(question: &str, analyzer: &dyn Analyzer) -> Vec<Vec<String>> {
    let words = by_place(question, analyzer, Analysis::Query);
    let carries = |forms: &Vec<String>| {
        !forms.iter().any(|form| analyzer.is_stop_word(form) || is_asking(form))
    };
    let content: Vec<_> = words.iter().filter(|forms| carries(forms)).cloned().collect();
    if content.is_empty() { words } else { content }
}

/// Returns the content words of a statement, each with its forms.
pub(crate) fn words_of(text: &str, analyzer: &dyn Analyzer) -> Vec<Vec<String>> {
    let mut words = by_place(text, analyzer, Analysis::Passage);
    words.retain(|forms| !forms.iter().any(|form| analyzer.is_stop_word(form)));
    words
}

/// Groups the terms of a text by place; equal groups count once.
fn by_place(text: &str, analyzer: &dyn Analyzer, analysis: Analysis) -> Vec<Vec<String>> {
    let mut places: Vec<(Range<usize>, Vec<String>)> = Vec::new();
    for term in analyzer.terms(text, analysis) {
        match places.iter_mut().find(|(range, _)| *range == term.range) {
            Some((_, forms)) => forms.push(term.form),
            None => places.push((term.range, vec![term.form])),
        }
    }
    let mut distinct: Vec<Vec<String>> = Vec::new();
    for (_, forms) in places {
        if !distinct.contains(&forms) {
            distinct.push(forms);
        }
    }
    distinct
}

/// Tells whether a word asks rather than says what is asked about.
pub(crate) fn is_asking(form: &str) -> bool {
    ASKING_WORDS.contains(&form) || CHINESE_ASKING.contains(&form)
}

/// Replaces what only asks in a Chinese question by spaces.
fn without_asking(question: &str) -> String {
    CHINESE_ASKING.iter().fold(question.to_owned(), |text, asking| text.replace(asking, " "))
}

/// Returns every two Han characters that stand side by side.
fn han_pairs(text: &str) -> HashSet<[char; 2]> {
    let next = text.chars().skip(1);
    text.chars().zip(next).filter(|(a, b)| is_han(*a) && is_han(*b)).map(|(a, b)| [a, b]).collect()
}

/// Returns the capitalised words after the first, and whatever holds a digit, in lower case.
fn names_of(question: &str) -> Vec<String> {
    let words = question.split(|c: char| !c.is_alphanumeric() || is_han(c));
    let words = words.filter(|word| !word.is_empty()).enumerate();
    words
        .filter(|(place, word)| {
            let is_name = *place > 0 && word.starts_with(char::is_uppercase);
            is_name || word.contains(|c: char| c.is_ascii_digit())
        })
        .map(|(_, word)| word.to_lowercase())
        .collect()
}
