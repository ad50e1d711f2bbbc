//! The default: the model words what was chosen, and is shown only if all of it is proven.

use footnote_core::answer::{AnswerEvent, AnswerMode, Notice, SupportState};

use crate::answering::handbook;
use crate::fakes::{ScriptedGenerator, answerer, ask, question, shown};

const QUESTION: &str = "How many days of paid leave does an employee receive?";

#[tokio::test]
async fn a_proven_draft_is_shown_with_the_models_name() {
    let generator = ScriptedGenerator::saying(
        "Full-time employees receive 28 days of paid leave per year [1].",
    );
    let answerer = answerer(handbook(), Some(generator));
    let (answer, events) = ask(&answerer, &question(QUESTION, AnswerMode::Auto)).await.unwrap();
    assert_eq!(answer.text, "Full-time employees receive 28 days of paid leave per year.[^1]");
    assert_eq!((answer.mode, answer.model.as_deref()), (AnswerMode::Generate, Some("scripted")));
    assert_eq!(answer.sentences[0].support.state, SupportState::Partial);
    assert_eq!(answer.usage.completion_tokens, 9);
    assert_eq!(shown(&events), answer.text);
}

#[tokio::test]
async fn a_draft_that_invents_is_withheld_and_the_quotes_stand() {
    let script = "Every full-time employee receives 82 days of paid leave per year.";
    let answerer = answerer(handbook(), Some(ScriptedGenerator::saying(script)));
    let (answer, events) = ask(&answerer, &question(QUESTION, AnswerMode::Auto)).await.unwrap();
    assert!(answer.text.contains("28 days"));
    assert_eq!((answer.mode, answer.model), (AnswerMode::Quote, None));
    assert!(!shown(&events).contains("82"));
    let notices = events.iter().filter(|event| matches!(event, AnswerEvent::Notice(_)));
    assert_eq!(notices.count(), 1);
    assert!(events.iter().any(|event| matches!(event, AnswerEvent::Notice(Notice::LowSupport))));
}

#[tokio::test]
async fn a_draft_that_says_too_little_or_in_another_language_is_passed_over_silently() {
    for script in ["", "Yes.", "I do not know.", "员工享有28天年假。"] {
        let answerer = answerer(handbook(), Some(ScriptedGenerator::saying(script)));
        let (answer, events) = ask(&answerer, &question(QUESTION, AnswerMode::Auto)).await.unwrap();
        assert_eq!(answer.mode, AnswerMode::Quote, "{script}");
        assert!(!events.iter().any(|event| matches!(event, AnswerEvent::Notice(_))), "{script}");
    }
}

#[tokio::test]
async fn a_model_that_does_not_read_the_language_is_not_asked() {
    let generator = ScriptedGenerator::saying("年假为28天。");
    let answerer = answerer(handbook(), Some(generator.clone()));
    let asked = question("员工有多少天年假？", AnswerMode::Auto);
    let (answer, _events) = ask(&answerer, &asked).await.unwrap();
    assert_eq!(answer.mode, AnswerMode::Quote);
    assert!(generator.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_model_sees_the_chosen_sentences_and_nothing_else() {
    let generator = ScriptedGenerator::saying("");
    let answerer = answerer(handbook(), Some(generator.clone()));
    ask(&answerer, &question(QUESTION, AnswerMode::Auto)).await.unwrap();
    let asked = generator.asked.lock().unwrap();
    let prompt: Vec<String> =
        asked[0].messages.iter().map(|m| format!("{:?}: {}", m.role, m.content)).collect();
    insta::assert_snapshot!(prompt.join("\n---\n"), @r"
    System: You shorten given sentences into an answer. You add nothing.
    ---
    User: Sentences:
    - Every full-time employee receives 28 days of paid leave per year.

    Question: How many days of paid leave does an employee receive?
    Answer in one short sentence, using only words from the sentences above.
    ");
}
