//! The generator with real weights, and the promises of its trait.

use footnote_core::ErrorKind;
use footnote_core::chat::{Completion, Message, Piece, Prompt, Role, Sampling, StopReason};
use footnote_core::config::ModelsConfig;
use footnote_core::model::Generator;
use footnote_model::load_generator;
use futures_util::StreamExt as _;
use std::sync::Arc;

use crate::real_models;

fn generator() -> Option<Arc<dyn Generator>> {
    let model = real_models::find("smollm2-135m-instruct")?;
    Some(load_generator(&model, &ModelsConfig::default()).unwrap())
}

fn prompt(question: &str, max_tokens: usize, sampling: Sampling) -> Prompt {
    let message = |role, content: &str| Message { role, content: content.to_owned() };
    let messages = vec![message(Role::System, "Answer briefly."), message(Role::User, question)];
    Prompt { messages, max_tokens, sampling }
}

async fn write(generator: &Arc<dyn Generator>, prompt: Prompt) -> (String, Completion) {
    let mut pieces = generator.generate(prompt).await.unwrap();
    let mut text = String::new();
    while let Some(piece) = pieces.next().await {
        match piece.unwrap() {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Finished(end) => return (text, end),
        }
    }
    panic!("the stream ended without its last piece: {text}");
}

#[tokio::test]
async fn it_reads_an_answer_out_of_a_text_and_says_it_twice_in_the_same_words() {
    let Some(generator) = generator() else { return };
    let question = "Text: The office opens at nine.\nWhen does the office open?";
    let ask = || prompt(question, 32, Sampling::Greedy);
    let (cold, end) = write(&generator, ask()).await;
    let (warm, second) = write(&generator, ask()).await;
    println!("{cold:?}, {end:?}, then {second:?}");
    assert!(cold.contains("nine"), "{cold}");
    assert_eq!(cold, warm);
    assert_eq!(end.reason, StopReason::Stop);
    assert_eq!(end.prompt_tokens, second.prompt_tokens);
}

#[tokio::test]
async fn it_stops_at_the_limit() {
    let Some(generator) = generator() else { return };
    let (_, end) = write(&generator, prompt("Tell a long story.", 5, Sampling::Greedy)).await;
    assert_eq!((end.reason, end.completion_tokens), (StopReason::Length, 5));
}

#[tokio::test]
async fn chance_is_repeatable_with_the_same_seed() {
    let Some(generator) = generator() else { return };
    let ask = |seed| {
        let sampling = Sampling::Random { temperature: 1.0, top_p: 0.95, seed };
        prompt("Tell a story.", 16, sampling)
    };
    let (first, _) = write(&generator, ask(1)).await;
    assert_eq!(write(&generator, ask(1)).await.0, first);
    assert_ne!(write(&generator, ask(2)).await.0, first);
}

#[tokio::test]
async fn a_dropped_stream_frees_the_model() {
    let Some(generator) = generator() else { return };
    let mut pieces =
        generator.generate(prompt("Tell a story.", 2000, Sampling::Greedy)).await.unwrap();
    assert!(pieces.next().await.unwrap().is_ok());
    drop(pieces);
    let began = std::time::Instant::now();
    write(&generator, prompt("Hi", 1, Sampling::Greedy)).await;
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_does_not_fit_the_context_is_refused_with_the_figures() {
    let Some(generator) = generator() else { return };
    let long = prompt(&"word ".repeat(4090), 100, Sampling::Greedy);
    let error = generator.generate(long).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("4096"), "{}", error.message());
    assert_eq!(generator.context_tokens(), 4096);
}

#[test]
fn as_many_tokens_as_in_the_reference() {
    let Some(generator) = generator() else { return };
    // Counted with the tokenizer that transformers makes of the same file.
    let counts = [
        ("hello", 1),
        ("hello world 123", 6),
        ("  two  spaces\n\nnew", 7),
        ("年假", 5),
        ("naïve café", 3),
        ("<|im_start|>user\nHi<|im_end|>\n", 6),
        ("I'm 3.14 years", 8),
        ("x = {'a': [1,2]}  # ok", 13),
    ];
    for (text, n_tokens) in counts {
        assert_eq!(generator.count_tokens(text).unwrap(), n_tokens, "{text:?}");
    }
    assert_eq!(generator.name(), "smollm2-135m-instruct-q8_0");
}
