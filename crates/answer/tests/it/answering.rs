//! Quotes, refusals, and what is refused before anything is searched.

use footnote_core::ErrorKind;
use footnote_core::answer::{AnswerEvent, AnswerMode, FinishReason, Question, SupportState};
use footnote_core::chat::{Message, Role};
use footnote_core::config::AnswerConfig;

use crate::fakes::{MemoryCorpus, answerer, ask, configured, question, scope, shown};

pub(crate) const LEAVE: &str = "Every full-time employee receives 28 days of paid leave per year. \
    Requests go to the manager. Unused leave may not be carried over.";
pub(crate) const CANTEEN: &str = "The canteen opens at noon. It serves soup on Fridays.";
const CHINESE_LEAVE: &str = "全职员工每年享有10天带薪年假。申请交给经理。未使用的年假不得结转。";

pub(crate) fn handbook() -> MemoryCorpus {
    MemoryCorpus::of(&[
        ("leave.md", LEAVE),
        ("canteen.md", CANTEEN),
        ("年假.md", CHINESE_LEAVE),
        ("travel.md", "Trains are booked through the portal. Receipts are kept for two years."),
    ])
}

#[tokio::test]
async fn the_best_sentence_is_quoted_with_its_footnote() {
    let answerer = answerer(handbook(), None);
    let asked = question("How many days of paid leave does an employee receive?", AnswerMode::Auto);
    let (answer, events) = ask(&answerer, &asked).await.unwrap();
    let first = "Every full-time employee receives 28 days of paid leave per year.";
    assert!(answer.text.starts_with(&format!("{first}[^1]")), "{}", answer.text);
    assert_eq!((answer.mode, answer.model), (AnswerMode::Quote, None));
    assert_eq!(answer.finish_reason, FinishReason::Stop);
    assert_eq!(answer.sentences[0].range, 0..first.len());
    assert_eq!(answer.sentences[0].support.state, SupportState::Exact);
    assert_eq!(answer.citations[0].cited_text, first);
    assert_eq!(answer.citations[0].document.uri, "leave.md");
    assert_eq!(shown(&events), answer.text);
    assert!(matches!(events.first(), Some(AnswerEvent::Retrieved(_))));
    assert!(matches!(events.last(), Some(AnswerEvent::Finished(_))));
}

#[tokio::test]
async fn a_chinese_question_is_answered_by_words_alone() {
    let answerer = answerer(handbook(), None);
    let asked = question("全职员工每年享有多少天带薪年假？", AnswerMode::Auto);
    let (answer, _) = ask(&answerer, &asked).await.unwrap();
    assert!(answer.text.starts_with("全职员工每年享有10天带薪年假。[^1]"), "{}", answer.text);
}

#[tokio::test]
async fn what_the_documents_do_not_say_is_not_answered() {
    let answerer = answerer(handbook(), None);
    let english = question("Who won the football world cup in 1998?", AnswerMode::Auto);
    let (answer, events) = ask(&answerer, &english).await.unwrap();
    assert_eq!(answer.finish_reason, FinishReason::NoAnswer);
    assert_eq!(answer.text, "The documents do not answer this question.");
    assert!(answer.sentences.is_empty() && answer.citations.is_empty());
    assert_eq!(shown(&events), answer.text);
    let chinese = question("谁获得了世界杯冠军？", AnswerMode::Quote);
    let (answer, _) = ask(&answerer, &chinese).await.unwrap();
    assert_eq!(answer.text, "文档中没有能回答这个问题的内容。");
}

#[tokio::test]
async fn a_stretch_that_changed_since_the_search_is_not_shown() {
    let mut corpus = handbook();
    let version = corpus.passages[0].document.version;
    corpus.changed.insert(version, LEAVE.replace("28", "10"));
    let answerer = answerer(corpus, None);
    let asked =
        question("How many days of paid leave does an employee receive?", AnswerMode::Quote);
    let (answer, _) = ask(&answerer, &asked).await.unwrap();
    assert!(!answer.text.contains("28 days"));
    assert!(answer.citations.iter().all(|citation| !citation.cited_text.contains("28")));
}

#[tokio::test]
async fn empty_and_endless_questions_are_refused_with_the_figures() {
    let config = AnswerConfig { max_question_chars: 10, ..AnswerConfig::default() };
    let answerer = configured(handbook(), None, config);
    let empty = ask(&answerer, &question(" ?! ", AnswerMode::Auto)).await.unwrap_err();
    assert_eq!((empty.kind(), empty.message()), (ErrorKind::Invalid, "the question is empty"));
    let long = ask(&answerer, &question("How many days?", AnswerMode::Auto)).await.unwrap_err();
    assert_eq!(long.message(), "the question has 14 characters, the longest allowed has 10");
}

#[tokio::test]
async fn nobody_listening_cancels_the_answer() {
    let answerer = answerer(handbook(), None);
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    drop(receiver);
    let asked = question("How many days of leave?", AnswerMode::Auto);
    let error = answerer.answer(&scope(), &asked, &sender).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[tokio::test]
async fn a_follow_up_is_searched_with_the_words_of_the_turn_before() {
    let answerer = answerer(handbook(), None);
    let said = |role, content: &str| Message { role, content: content.to_owned() };
    let asked = Question {
        history: vec![
            said(Role::User, "When does the canteen open?"),
            said(Role::Assistant, "It opens at noon."),
        ],
        ..question("Does it serve soup on Fridays?", AnswerMode::Quote)
    };
    let (answer, _) = ask(&answerer, &asked).await.unwrap();
    assert_eq!(answer.standalone_question, "canteen open Does it serve soup on Fridays?");
    assert!(answer.text.contains("It serves soup on Fridays."), "{}", answer.text);
}
