//! Whatever a model writes, the markers shown are ours: each has a citation, numbered by first use.

use footnote_core::answer::{Answer, AnswerEvent, AnswerMode};
use proptest::prelude::*;

use crate::answering::handbook;
use crate::fakes::{ScriptedGenerator, answerer, ask, question, shown};

fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    let known = prop::sample::select(vec![
        "Every full-time employee receives 28 days of paid leave per year.",
        "Employees receive 28 days of leave each year.",
        "Requests go to the manager.",
        "The canteen opens at noon.",
        "Soup is served on Fridays.",
        "Elephants like the Moon.",
        "未使用的年假不得结转。",
        "[1]",
        "[^2]",
        "[99]",
        "[^",
        "[1, 2]",
        "【3】",
        "\n- ",
        "](",
        "[^1]: note",
    ]);
    prop::collection::vec(known, 0..12)
}

fn answer(script: &str) -> (Answer, Vec<AnswerEvent>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answerer = answerer(handbook(), Some(ScriptedGenerator::saying(script)));
    let asked = question("How many days of paid leave per year?", AnswerMode::Generate);
    runtime.block_on(ask(&answerer, &asked)).unwrap()
}

/// Returns the numbers of the markers in a text, in order.
fn markers(text: &str) -> Vec<u32> {
    let parts = text.split("[^").skip(1);
    parts.map(|part| part.split(']').next().unwrap().parse().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_marker_has_its_citation_and_numbers_follow_first_use(pieces in pieces()) {
        let (answer, events) = answer(&pieces.join(" "));
        let mut highest = 0;
        for n in markers(&answer.text) {
            prop_assert!(n <= highest + 1, "{}", answer.text);
            highest = highest.max(n);
        }
        let numbers: Vec<u32> = answer.citations.iter().map(|citation| citation.n).collect();
        prop_assert_eq!(numbers, (1..=highest).collect::<Vec<_>>());
        prop_assert_eq!(shown(&events), answer.text);
    }

    #[test]
    fn a_citation_comes_before_the_piece_that_holds_its_marker(pieces in pieces()) {
        let (_, events) = answer(&pieces.join(" "));
        let mut cited = Vec::new();
        for event in events {
            match event {
                AnswerEvent::Cited(citation) => cited.push(citation.n),
                AnswerEvent::Text(piece) => {
                    prop_assert!(markers(&piece).iter().all(|n| cited.contains(n)), "{}", piece);
                }
                AnswerEvent::Retrieved(_) | AnswerEvent::Notice(_) | AnswerEvent::Finished(_) => {}
            }
        }
    }

    #[test]
    fn sentences_stand_where_they_say(pieces in pieces()) {
        let (answer, _) = answer(&pieces.join(" "));
        for sentence in &answer.sentences {
            let text = &answer.text[sentence.range.clone()];
            prop_assert!(!text.contains("[^"), "{}", text);
            let after = &answer.text[sentence.range.end..];
            let markers = sentence.citations.iter().map(|n| format!("[^{n}]"));
            let expected: Vec<String> = markers.collect();
            prop_assert!(after.starts_with(&expected.concat()), "{}", answer.text);
        }
    }
}
