//! The grader: the same numbers as the reference implementation gives on the same lists.

use footnote_answer::eval::{
    FoundPassage, GivenAnswer, Outcome, Outcomes, parse_questions, report, score_answer,
};

const QUESTIONS: &str = include_str!("../fixtures/questions.jsonl");
const RUN: &str = include_str!("../fixtures/run.jsonl");

/// What the reference implementation prints for the two fixtures, rounded to four places.
const REFERENCE: [(&str, f64); 9] = [
    ("recall@1", 0.3333),
    ("recall@5", 0.75),
    ("recall@10", 0.8333),
    ("mrr@10", 0.6667),
    ("ndcg@10", 0.668),
    ("doc@1", 0.6667),
    ("doc@5", 0.8333),
    ("ans@5", 0.6667),
    ("auroc", 0.8333),
];

/// Reads a run as the reference implementation reads it.
fn outcomes() -> Outcomes {
    let lines = RUN.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines
        .map(|line| {
            let found = line["results"].as_array().unwrap().iter().map(|result| FoundPassage {
                doc: result["doc"].as_str().unwrap().to_owned(),
                text: result["text"].as_str().unwrap().to_owned(),
                pages: pages(&result["page"]),
                #[expect(clippy::cast_possible_truncation, reason = "scores of a fixture")]
                score: result["score"].as_f64().unwrap() as f32,
            });
            let outcome = Outcome { found: found.collect(), latency_ms: 5.0, ..Outcome::default() };
            (line["id"].as_str().unwrap().to_owned(), outcome)
        })
        .collect()
}

/// Reads a page or a list of the first and the last one.
fn pages(page: &serde_json::Value) -> Option<(u32, u32)> {
    let number = |value: &serde_json::Value| value.as_u64().map(|n| u32::try_from(n).unwrap());
    number(page).map(|n| (n, n)).or_else(|| Some((number(&page[0])?, number(&page[1])?)))
}

#[test]
fn a_search_is_graded_as_the_reference_grades_it() {
    let questions = parse_questions(QUESTIONS).unwrap();
    let report = report(&questions, &outcomes());
    assert_eq!(report.n_graded, 6);
    for (name, expected) in REFERENCE {
        let figure = report.figure(name).unwrap();
        assert!((figure - expected).abs() < 0.00006, "{name}: {figure}, expected {expected}");
    }
}

#[test]
fn an_answer_is_graded_by_what_it_contains_and_cites() {
    let questions = parse_questions(QUESTIONS).unwrap();
    let question = questions.iter().find(|question| question.id == "passage").unwrap();
    let cited = |doc: &str, text: &str| FoundPassage {
        doc: doc.to_owned(),
        text: text.to_owned(),
        ..FoundPassage::default()
    };
    let answer = GivenAnswer {
        is_refusal: false,
        text: "They get twenty-eight days.".to_owned(),
        cited: vec![
            cited("leave.md", "Every full-time employee receives twenty-eight days of paid leave."),
            cited("canteen.md", "The canteen opens at noon."),
        ],
        n_sentences: 2,
        n_supported: 1,
    };
    let scores = score_answer(question, &answer);
    assert_eq!(scores.containment, Some(1.0));
    assert_eq!(scores.citation_precision, Some(0.5));
    assert_eq!(scores.supported_sentences, Some(0.5));
    assert!((scores.f1.unwrap() - 0.75).abs() < 1e-9, "{scores:?}");
    let refused = GivenAnswer { is_refusal: true, ..answer };
    assert_eq!(score_answer(question, &refused).containment, Some(0.0));
}

#[test]
fn refusals_are_counted_both_ways() {
    let questions = parse_questions(QUESTIONS).unwrap();
    let mut outcomes = outcomes();
    for (id, outcome) in &mut outcomes {
        let is_refusal = id == "absent" || id == "document";
        outcome.answer = Some(GivenAnswer { is_refusal, ..GivenAnswer::default() });
    }
    let report = report(&questions, &outcomes);
    assert_eq!(report.figure("refusal_precision"), Some(0.5));
    assert_eq!(report.figure("refusal_recall"), Some(1.0));
    assert_eq!(report.figure("latency_p95_ms"), Some(5.0));
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let error =
        parse_questions("{\"id\":\"a\",\"question\":\"?\",\"answerable\":true}\n{").unwrap_err();
    assert_eq!(error.message(), "cannot read question 2 of the set");
}
