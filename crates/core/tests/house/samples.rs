//! The sample documents and the evaluation set over them fit each other.

use serde_json::Value;
use std::collections::BTreeSet;

use crate::tree::{check, read, root};

const SET: &str = "docs/evaluation/samples";

fn questions() -> Vec<Value> {
    let lines = read(&format!("{SET}/questions.jsonl"));
    lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn strings<'a>(question: &'a Value, field: &str) -> Vec<&'a str> {
    question[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn every_question_has_an_id_of_its_own() {
    let questions = questions();
    let ids: BTreeSet<_> =
        questions.iter().filter_map(|question| question["id"].as_str()).collect();
    assert_eq!(ids.len(), questions.len());
}

#[test]
fn questions_with_an_answer_name_a_document_and_the_others_none() {
    for question in questions() {
        let answerable = question["answerable"].as_bool().expect("answerable is true or false");
        assert_eq!(!strings(&question, "answers").is_empty(), answerable, "{question}");
        assert_eq!(!strings(&question, "gold_docs").is_empty(), answerable, "{question}");
    }
}

#[test]
fn both_languages_have_questions_with_and_without_an_answer() {
    for lang in ["en", "zh"] {
        for answerable in [true, false] {
            let fits =
                |question: &Value| question["lang"] == lang && question["answerable"] == answerable;
            assert!(questions().iter().any(fits), "{lang}, answerable: {answerable}");
        }
    }
}

#[test]
fn gold_passages_stand_in_their_documents() {
    let mut faults = Vec::new();
    for question in questions() {
        let texts = strings(&question, "gold_text");
        for (idx, document) in strings(&question, "gold_docs").into_iter().enumerate() {
            let path = root().join(SET).join("corpus").join(document);
            let Ok(bytes) = std::fs::read(&path) else {
                faults.push(format!("{document} is missing"));
                continue;
            };
            // PDF pages and other encodings than UTF-8 are read by the parsers' own tests.
            let Ok(text) = String::from_utf8(bytes) else { continue };
            if texts.get(idx).is_some_and(|gold| !words(&text).contains(&words(gold))) {
                faults.push(format!("{document} no longer says: {}", texts[idx]));
            }
        }
    }
    check("Bring docs/samples and the evaluation set together again.", &faults);
}

/// Joins the words by single spaces, because a passage may cross lines.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
