//! Measures searches and answers against a set of questions with known answers.
//!
//! What counts as found is defined once, in `eval/gold.rs`. Everything here is a pure function;
//! who asks the questions and reads the files is the program.

mod gold;
mod metrics;

use footnote_core::chat::Message;
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use metrics::{
    AnswerScores, Report, RetrievalScores, auroc, report, score_answer, score_search,
};

/// A question of a set, as a line of `questions.jsonl` has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct EvalQuestion {
    /// Its id in the set.
    pub id: String,
    /// The words.
    pub question: String,
    /// Acceptable answers: short strings, or long references, or none.
    #[serde(default)]
    pub answers: Vec<String>,
    /// The documents that answer, as paths below `corpus/`.
    #[serde(default)]
    pub gold_docs: Vec<String>,
    /// The passage that answers in each of them, where it is known.
    #[serde(default)]
    pub gold_text: Vec<String>,
    /// The page that answers in each of them, counted from 1, where it is known.
    #[serde(default)]
    pub gold_page: Vec<u32>,
    /// Groups of entries of `gold_docs` that are interchangeable; one of each is needed.
    #[serde(default)]
    pub gold_units: Option<Vec<Vec<usize>>>,
    /// Whether the documents answer it.
    pub answerable: bool,
    /// Its language: `en`, `zh`, `zh-Hant`.
    #[serde(default)]
    pub lang: String,
    /// What kind of question it is, in the set's own words.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Earlier turns, oldest first.
    #[serde(default)]
    pub history: Vec<Message>,
}

/// A passage that a search returned, as it is graded.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FoundPassage {
    /// The document, as a path below `corpus/`.
    pub doc: String,
    /// The passage's text.
    pub text: String,
    /// The first and the last page it stands on, where the format knows pages.
    #[serde(default)]
    pub pages: Option<(u32, u32)>,
    /// Its score.
    #[serde(default)]
    pub score: f32,
}

/// An answer as it is graded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GivenAnswer {
    /// Whether it says that the documents do not answer.
    pub is_refusal: bool,
    /// Its text without markers.
    pub text: String,
    /// What it cites: the document, the page and the cited text.
    pub cited: Vec<FoundPassage>,
    /// How many sentences it has.
    pub n_sentences: usize,
    /// How many of them a citation supports.
    pub n_supported: usize,
}

/// What became of one question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// What the search returned, best first.
    pub found: Vec<FoundPassage>,
    /// The answer, if one was asked for.
    pub answer: Option<GivenAnswer>,
    /// How long it took, in milliseconds.
    pub latency_ms: f64,
}

/// What became of every question, by id.
pub type Outcomes = HashMap<String, Outcome>;

/// Reads `questions.jsonl`; unknown fields and empty lines are passed over.
///
/// # Errors
/// `Invalid` with the number of the first line that cannot be read.
pub fn parse_questions(jsonl: &str) -> Result<Vec<EvalQuestion>> {
    let lines = jsonl.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(place, line)| {
            serde_json::from_str(line).map_err(|error| {
                Error::invalid(format!("cannot read question {} of the set", place + 1))
                    .because(error)
                    .hint("Each line of questions.jsonl is one JSON object; see the data format.")
            })
        })
        .collect()
}
