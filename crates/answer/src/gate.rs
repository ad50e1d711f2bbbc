//! Decides whether the documents answer at all: how sure one may be that the best sentence does.

/// What speaks for the best sentence answering the question.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Evidence {
    /// The best sentence's cosine to the question, where the embedder reads the language.
    pub(crate) sentence_cosine: Option<f32>,
    /// The best passage's cosine to the question.
    pub(crate) passage_cosine: Option<f32>,
    /// The share of the question's words in the best sentence.
    pub(crate) sentence_words: f32,
    /// The share of the question's words in its passage.
    pub(crate) passage_words: f32,
    /// The share of the question's pairs of Han characters in its passage.
    pub(crate) passage_pairs: f32,
    /// The share of the question's names and numbers in its passage.
    pub(crate) names: f32,
    /// The best passage's score by words, as a share of the most that the question could score.
    pub(crate) word_score: f32,
    /// Whether earlier turns were folded into the question.
    pub(crate) is_folded: bool,
}

/// The weights of the logistic model where meaning can be compared.
///
/// Fitted on the answerable questions of three English sets against unanswerable ones on the same
/// topics (a third of the weight) and questions asked of another set's documents. Confidence 0.5
/// keeps nine in ten of the answerable and refuses 95 in 100 of the off-topic; it tells questions
/// about something close by but absent only a little better than chance.
struct MeaningWeights {
    sentence_cosine: f32,
    passage_cosine: f32,
    sentence_words: f32,
    passage_words: f32,
    bias: f32,
}

const MEANING: MeaningWeights = MeaningWeights {
    sentence_cosine: 4.43,
    passage_cosine: 4.54,
    sentence_words: 0.49,
    passage_words: 1.23,
    bias: -5.45,
};

/// The weights where only words can be compared, fitted on three Chinese sets in the same way.
struct WordWeights {
    word_score: f32,
    passage_pairs: f32,
    names: f32,
    bias: f32,
}

const WORDS: WordWeights =
    WordWeights { word_score: 2.42, passage_pairs: 1.8, names: 1.46, bias: -3.49 };

/// The most that a score by words counts: repeating the question's words adds no more.
const MAX_WORD_SCORE: f32 = 1.5;

/// What a question gains that earlier turns were folded into: its answer need not hold their words.
const FOLDED_GAIN: f32 = 0.6;

impl Evidence {
    /// Returns how sure one may be that the best sentence answers, from 0 to 1.
    pub(crate) fn confidence(&self) -> f32 {
        let sum = match self.sentence_cosine {
            Some(cosine) => self.by_meaning(cosine),
            None => self.by_words(),
        };
        let gain = if self.is_folded { FOLDED_GAIN } else { 0.0 };
        1.0 / (1.0 + (-sum - gain).exp())
    }

    fn by_meaning(&self, cosine: f32) -> f32 {
        MEANING.bias
            + MEANING.sentence_cosine * cosine
            + MEANING.passage_cosine * self.passage_cosine.unwrap_or(cosine)
            + MEANING.sentence_words * self.sentence_words
            + MEANING.passage_words * self.passage_words
    }

    fn by_words(&self) -> f32 {
        WORDS.bias
            + WORDS.word_score * self.word_score.clamp(0.0, MAX_WORD_SCORE)
            + WORDS.passage_pairs * self.passage_pairs
            + WORDS.names * self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_in_meaning_and_words_is_answered_and_far_is_not() {
        let near = Evidence {
            sentence_cosine: Some(0.7),
            passage_cosine: Some(0.6),
            sentence_words: 0.8,
            passage_words: 1.0,
            names: 1.0,
            ..Evidence::default()
        };
        let far = Evidence {
            sentence_cosine: Some(0.25),
            passage_cosine: Some(0.2),
            sentence_words: 0.2,
            passage_words: 0.3,
            ..Evidence::default()
        };
        assert!(near.confidence() > 0.8);
        assert!(far.confidence() < 0.1);
    }

    #[test]
    fn nothing_found_is_no_evidence() {
        assert!(Evidence::default().confidence() < 0.05);
    }
}
