//! Free generation: every sentence is judged before it is shown.

use footnote_core::answer::{AnswerEvent, AnswerMode, Notice, SupportState};
use footnote_core::config::AnswerConfig;

use crate::answering::handbook;
use crate::fakes::{ScriptedGenerator, answerer, ask, configured, question, shown};

const QUESTION: &str = "How many days of paid leave does an employee receive?";

#[tokio::test]
async fn unsupported_sentences_are_marked_and_carry_no_footnote() {
    let script = "Full-time employees receive 28 days of paid leave [7]. Elephants like the Moon.";
    let answerer = answerer(handbook(), Some(ScriptedGenerator::saying(script)));
    let (answer, events) = ask(&answerer, &question(QUESTION, AnswerMode::Generate)).await.unwrap();
    assert_eq!(
        answer.text,
        "Full-time employees receive 28 days of paid leave.[^1] Elephants like the Moon."
    );
    let states: Vec<_> = answer.sentences.iter().map(|sentence| sentence.support.state).collect();
    assert_eq!(states, [SupportState::Partial, SupportState::Unsupported]);
    assert!(answer.sentences[1].citations.is_empty());
    assert!(events.iter().any(|event| matches!(event, AnswerEvent::Notice(Notice::LowSupport))));
    assert_eq!(shown(&events), answer.text);
}

#[tokio::test]
async fn a_full_context_is_told_and_holds_the_best_passage() {
    let generator = ScriptedGenerator::saying("The canteen opens at noon.");
    let config = AnswerConfig { context_tokens: 14, ..AnswerConfig::default() };
    let answerer = configured(handbook(), Some(generator.clone()), config);
    let (_, events) = ask(&answerer, &question(QUESTION, AnswerMode::Generate)).await.unwrap();
    assert!(
        events.iter().any(|event| matches!(event, AnswerEvent::Notice(Notice::ContextTruncated)))
    );
    let asked = generator.asked.lock().unwrap();
    let user = &asked[0].messages.last().unwrap().content;
    assert!(user.contains("[1] Every full-time employee receives 28 days of paid leave per year."));
    assert!(!user.contains("manager"));
}

#[tokio::test]
async fn the_prompt_numbers_its_sources() {
    let generator = ScriptedGenerator::saying("The canteen opens at noon.");
    let answerer = answerer(handbook(), Some(generator.clone()));
    ask(&answerer, &question("When does the canteen open?", AnswerMode::Generate)).await.unwrap();
    let asked = generator.asked.lock().unwrap();
    insta::assert_snapshot!(asked[0].messages.last().unwrap().content, @r"
    Sources:
    [1] The canteen opens at noon. It serves soup on Fridays.

    Answer the question in one to three short sentences, with the words, numbers and names of the sources. End each sentence with the number of its source, like [1]. Write no links.

    Question: When does the canteen open?
    ");
}
