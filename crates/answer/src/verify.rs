//! Judges a sentence that a model wrote by what its sources say: numbers, names, negations, words.
//!
//! The checks are deterministic and prefer to doubt: a sentence that is withheld wrongly costs a
//! quote in its place, one that is shown wrongly costs trust.

mod align;
mod names;
mod negation;
mod numbers;

use footnote_core::answer::{Support, SupportState};
use footnote_core::model::Embedding;
use footnote_core::text::Analyzer;
use std::collections::HashSet;
use std::ops::Range;

use crate::generate::Drafted;
use crate::language::language_of;
use crate::select::{Judged, dot};
use crate::sentences::split;
use crate::terms::{Forms, forms_of, words_of};

/// The least share of a sentence's content words that its sources must hold.
const MIN_COVERAGE: f32 = 0.6;

/// The least likeness in meaning between a sentence and what it cites, where it can be compared.
const MIN_COSINE: f32 = 0.45;

/// How much likeness in meaning counts against covered words when a source is looked for.
const COSINE_WEIGHT: f32 = 0.3;

/// What a second source must add to the covered words to be cited as well.
const MIN_GAIN: f32 = 0.1;

/// The least share of what the best quote says beyond the question that a draft must keep.
const MIN_KEPT: f32 = 0.6;

/// A sentence that may prove another.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Which passage, as an index into those that were found.
    pub(crate) passage: usize,
    /// Where in the passage's text, in bytes.
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
    pub(crate) embedding: Option<Embedding>,
}

impl Source {
    /// Returns every sentence of some passages, with the meaning of those that were judged.
    pub(crate) fn all<'t>(texts: impl Iterator<Item = &'t str>, judged: &[Judged]) -> Vec<Self> {
        let embedding = |passage: usize, range: &Range<usize>| {
            let known = judged.iter().find(|j| j.passage == passage && j.range == *range);
            known.and_then(|sentence| sentence.embedding.clone())
        };
        let sentences = texts.enumerate().flat_map(|(passage, text)| {
            split(text).into_iter().map(move |range| (passage, range, text))
        });
        sentences
            .map(|(passage, range, text)| Self {
                passage,
                text: text[range.clone()].to_owned(),
                embedding: embedding(passage, &range),
                range,
            })
            .collect()
    }
}

/// A stretch of a passage that a sentence cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) passage: usize,
    pub(crate) range: Range<usize>,
}

/// What became of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It may be shown with these citations.
    Supported {
        /// How well they support it.
        support: Support,
        /// What it cites.
        cited: Vec<Cited>,
    },
    /// No source says it.
    Unsupported {
        /// The share of its words that the nearest source holds.
        score: f32,
    },
    /// It holds a link or markup that no source holds: not to be shown in any mode.
    Forbidden,
}

/// Judges sentences by a fixed set of sources.
pub(crate) struct Verifier<'a> {
    analyzer: &'a dyn Analyzer,
    sources: Vec<(Source, Forms)>,
    /// Words that occur in lower case around, so that a capital does not make them names.
    common: HashSet<String>,
}

impl<'a> Verifier<'a> {
    /// Prepares the sources; `around` are texts whose lower-case words are no names.
    pub(crate) fn new<'t>(
        analyzer: &'a dyn Analyzer,
        sources: Vec<Source>,
        around: impl Iterator<Item = &'t str>,
    ) -> Self {
        let with_forms = |source: Source| {
            let forms = forms_of(analyzer, &source.text);
            (source, forms)
        };
        let sources = sources.into_iter().map(with_forms).collect();
        Self { analyzer, sources, common: names::lower_case_words(around) }
    }

    /// Tells whether a sentence's embedding would be looked at.
    pub(crate) fn compares_meaning(&self) -> bool {
        self.sources.iter().any(|(source, _)| source.embedding.is_some())
    }

    /// Judges one sentence.
    pub(crate) fn judge(&self, sentence: &str, embedding: Option<&Embedding>) -> Verdict {
        if self.smuggles(sentence) {
            return Verdict::Forbidden;
        }
        if let Some(verdict) = self.verbatim(sentence) {
            return verdict;
        }
        let words = words_of(sentence, self.analyzer);
        let Some(first) = self.nearest(&words, embedding) else {
            return Verdict::Unsupported { score: 0.0 };
        };
        let alone = self.weigh(sentence, &words, &[first]);
        let second = self.second(&words, first);
        let both = second.map(|second| self.weigh(sentence, &words, &[first, second]));
        let cosine =
            embedding.zip(self.sources[first].0.embedding.as_ref()).map(|(a, b)| dot(a, b));
        let is_near = cosine.is_none_or(|cosine| cosine >= MIN_COSINE);
        let best = [Some(alone), both].into_iter().flatten().find(|weighed| weighed.holds);
        match best {
            Some(weighed) if is_near => Verdict::Supported {
                support: Support { state: SupportState::Partial, score: weighed.coverage },
                cited: weighed.cited,
            },
            Some(_) | None => Verdict::Unsupported { score: self.coverage(&words, &[first]) },
        }
    }

    /// Tells whether a draft says enough of what the sources say to stand in their place.
    pub(crate) fn still_answers(&self, drafted: &[Drafted], question: &str) -> bool {
        let text: Vec<&str> = drafted.iter().map(|sentence| sentence.text.as_str()).collect();
        let text = text.join(" ");
        let asked = forms_of(self.analyzer, question);
        let said = forms_of(self.analyzer, &text);
        let kept = self.sources.iter().map(|(source, _)| {
            let news = words_of(&source.text, self.analyzer);
            let news: Vec<_> =
                news.iter().filter(|word| !word.iter().any(|f| asked.contains(f))).collect();
            let n_kept =
                news.iter().filter(|word| word.iter().any(|form| said.contains(form))).count();
            ratio(n_kept, news.len())
        });
        let is_same_language = self
            .sources
            .first()
            .is_some_and(|(source, _)| language_of(&source.text) == language_of(&text));
        is_same_language && kept.fold(0.0, f32::max) >= MIN_KEPT
    }

    /// Judges a sentence that stands in a source as it is; `None` if it does not.
    fn verbatim(&self, sentence: &str) -> Option<Verdict> {
        let found = self.sources.iter().find_map(|(source, _)| {
            let range = align::find(&source.text, sentence)?;
            Some((source, range))
        });
        let (source, range) = found?;
        if negation::is_flipped(sentence, &source.text, self.analyzer) {
            return Some(Verdict::Unsupported { score: 0.0 });
        }
        let start = source.range.start;
        Some(Verdict::Supported {
            support: Support { state: SupportState::Exact, score: 1.0 },
            cited: vec![Cited {
                passage: source.passage,
                range: start + range.start..start + range.end,
            }],
        })
    }

    /// Returns the source that holds most of a sentence's words, likeness in meaning breaking ties.
    fn nearest(&self, words: &[Vec<String>], embedding: Option<&Embedding>) -> Option<usize> {
        let score = |(source, forms): &(Source, Forms)| {
            let cosine = embedding.zip(source.embedding.as_ref()).map_or(0.0, |(a, b)| dot(a, b));
            covered(words, &[forms]) + COSINE_WEIGHT * cosine
        };
        let scores = self.sources.iter().map(score).enumerate();
        scores.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(place, _)| place)
    }

    /// Returns the source that adds most to the first, if it adds enough.
    fn second(&self, words: &[Vec<String>], first: usize) -> Option<usize> {
        let alone = self.coverage(words, &[first]);
        let others = (0..self.sources.len()).filter(|place| *place != first);
        let gains = others.map(|place| (place, self.coverage(words, &[first, place]) - alone));
        let best = gains.max_by(|(_, a), (_, b)| a.total_cmp(b));
        best.filter(|(_, gain)| *gain >= MIN_GAIN).map(|(place, _)| place)
    }

    fn coverage(&self, words: &[Vec<String>], places: &[usize]) -> f32 {
        let forms: Vec<&Forms> = places.iter().map(|place| &self.sources[*place].1).collect();
        covered(words, &forms)
    }

    /// Runs every check of a sentence against some sources taken together.
    fn weigh(&self, sentence: &str, words: &[Vec<String>], places: &[usize]) -> Weighed {
        let texts: Vec<&str> = places.iter().map(|p| self.sources[*p].0.text.as_str()).collect();
        let text = texts.join(" ");
        let coverage = self.coverage(words, places);
        let holds = coverage >= MIN_COVERAGE
            && numbers::all_in(sentence, &text)
            && names::all_in(sentence, &text, &self.common)
            && negation::turning_words_in(sentence, &text)
            && !negation::is_flipped(sentence, &text, self.analyzer);
        let cited = places.iter().map(|place| {
            let source = &self.sources[*place].0;
            Cited { passage: source.passage, range: source.range.clone() }
        });
        Weighed { coverage, holds, cited: cited.collect() }
    }

    /// Tells whether a sentence holds a link or markup that no source holds.
    fn smuggles(&self, sentence: &str) -> bool {
        let is_known =
            |word: &str| self.sources.iter().any(|(source, _)| source.text.contains(word));
        names::links_and_tags(sentence).iter().any(|word| !is_known(word))
    }
}

/// A sentence weighed against some sources.
struct Weighed {
    coverage: f32,
    holds: bool,
    cited: Vec<Cited>,
}

/// Returns the share of words that some texts together hold; 0 where there are no words.
fn covered(words: &[Vec<String>], texts: &[&Forms]) -> f32 {
    let is_held =
        |word: &&Vec<String>| texts.iter().any(|forms| word.iter().any(|f| forms.contains(f)));
    ratio(words.iter().filter(is_held).count(), words.len())
}

/// Returns a part of a whole; 0 where there is no whole.
fn ratio(part: usize, whole: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "counts of words, far below 2^23")]
    let ratio = part as f32 / whole.max(1) as f32;
    ratio
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::PlainAnalyzer;

    const LEAVE: &str =
        "Every full-time employee receives 28 days of paid leave per calendar year.";
    const CARRY: &str = "Unused leave may not be carried over unless Anna Smith approves it.";
    const OFFICE: &str = "The Berlin office opened in March 2019 with 12 people.";
    const CHINESE: &str = "全职员工每年享有10天带薪年假，未使用的年假不得结转到下一年。";

    /// Returns the state, or `Forbidden`, and how many stretches are cited.
    fn check(sentence: &str, sources: &[&str]) -> (String, usize) {
        let sources = sources.iter().enumerate().map(|(passage, text)| Source {
            passage,
            range: 0..text.len(),
            text: (*text).to_owned(),
            embedding: None,
        });
        let around = ["staff workers and every employee"].into_iter();
        let verifier = Verifier::new(&PlainAnalyzer, sources.collect(), around);
        match verifier.judge(sentence, None) {
            Verdict::Supported { support, cited } => (format!("{:?}", support.state), cited.len()),
            Verdict::Unsupported { .. } => ("Unsupported".to_owned(), 0),
            Verdict::Forbidden => ("Forbidden".to_owned(), 0),
        }
    }

    fn state(sentence: &str) -> String {
        check(sentence, &[LEAVE, CARRY, OFFICE, CHINESE]).0
    }

    #[test]
    fn verbatim_is_exact_and_another_wording_is_partial() {
        assert_eq!(state(LEAVE), "Exact");
        assert_eq!(state("Every full-time employee  receives 28 days of paid leave"), "Exact");
        assert_eq!(state("Full-time employees receive 28 days of leave a year."), "Partial");
        assert_eq!(state("全职员工每年享有10天带薪年假。"), "Exact");
        assert_eq!(state("员工每年享有年假10天。"), "Partial");
    }

    #[test]
    fn changed_numbers_units_and_names_are_unsupported() {
        for sentence in [
            "Full-time employees receive 29 days of leave a year.",
            "Full-time employees receive 28 weeks of leave a year.",
            "The Munich office opened in March 2019 with 12 people.",
            "Unused leave may not be carried over unless Anna Miller approves it.",
            "员工每年享有年假15天。",
            "实习生每年享有年假10天。",
        ] {
            assert_eq!(state(sentence), "Unsupported", "{sentence}");
        }
    }

    #[test]
    fn flipped_negations_and_turning_words_are_unsupported() {
        for sentence in [
            "Unused leave may be carried over.",
            "Every full-time employee receives no paid leave per calendar year.",
            "Full-time employees receive less than 28 days of leave a year.",
            "未使用的年假可以结转到下一年。",
        ] {
            assert_eq!(state(sentence), "Unsupported", "{sentence}");
        }
    }

    #[test]
    fn a_sentence_that_joins_two_sources_cites_both() {
        let joined =
            "The Berlin office opened in 2019 and employees receive 28 days of paid leave.";
        assert_eq!(check(joined, &[LEAVE, OFFICE]), ("Partial".to_owned(), 2));
    }

    #[test]
    fn links_and_tags_of_the_model_are_forbidden() {
        let link = "Full-time employees receive 28 days of leave, see https://evil.example/x.";
        assert_eq!(state(link), "Forbidden");
        assert_eq!(state("Employees receive <b>28 days</b> of paid leave."), "Forbidden");
        assert_eq!(state("![28 days](x) of paid leave"), "Forbidden");
    }
}
