//! A model that takes too long is stopped, and what can be shown is shown.

use footnote_core::answer::{AnswerEvent, AnswerMode, FinishReason, Notice};
use footnote_core::config::AnswerConfig;

use crate::answering::handbook;
use crate::fakes::{ScriptedGenerator, ask, configured, question};

const QUESTION: &str = "How many days of paid leave does an employee receive?";

/// Asks a model that hangs after a script, and returns the answer's text, why it ended and who
/// wrote it.
async fn late(script: &str, mode: AnswerMode) -> (String, FinishReason, AnswerMode) {
    let config = AnswerConfig { max_seconds: 1, ..AnswerConfig::default() };
    let answerer = configured(handbook(), Some(ScriptedGenerator::hanging_after(script)), config);
    let (answer, events) = ask(&answerer, &question(QUESTION, mode)).await.unwrap();
    let notices = events.iter().filter_map(|event| match event {
        AnswerEvent::Notice(notice) => Some(*notice),
        _ => None,
    });
    assert_eq!(notices.collect::<Vec<_>>(), [Notice::TimeLimit]);
    assert_eq!(answer.model.is_some(), answer.mode == AnswerMode::Generate);
    (answer.text, answer.finish_reason, answer.mode)
}

#[tokio::test]
async fn a_draft_that_is_not_finished_gives_way_to_the_quotes() {
    let script = "Full-time employees receive 28 days of paid leave per year. And then";
    let (text, reason, mode) = late(script, AnswerMode::Auto).await;
    assert!(text.starts_with("Every full-time employee receives 28 days"), "{text}");
    assert_eq!((reason, mode), (FinishReason::Stop, AnswerMode::Quote));
}

#[tokio::test]
async fn what_was_written_freely_stays_without_its_last_half_sentence() {
    let script = "Full-time employees receive 28 days of paid leave per year. And then";
    let (text, reason, mode) = late(script, AnswerMode::Generate).await;
    assert_eq!(text, "Full-time employees receive 28 days of paid leave per year.[^1]");
    assert_eq!((reason, mode), (FinishReason::Length, AnswerMode::Generate));
    let (text, reason, mode) = late("", AnswerMode::Generate).await;
    assert!(text.starts_with("Every full-time employee receives 28 days"), "{text}");
    assert_eq!((reason, mode), (FinishReason::Stop, AnswerMode::Quote));
}
