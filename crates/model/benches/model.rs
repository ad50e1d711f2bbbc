//! How fast installed models embed and write; `FOOTNOTE_TEST_MODELS` names their folder.
#![expect(clippy::expect_used, reason = "a bench that cannot run should say so at once")]

use divan::Bencher;
use divan::counter::ItemsCount;
use footnote_core::chat::{Message, Piece, Prompt, Role, Sampling};
use footnote_core::config::ModelsConfig;
use footnote_core::model::{Embedder, Generator, Purpose};
use footnote_model::catalog::Catalog;
use footnote_model::{InstalledModel, Models, Network, load_embedder, load_generator};
use futures_util::StreamExt as _;
use std::sync::Arc;
use tokio::runtime::Runtime;

const VARIABLE: &str = "FOOTNOTE_TEST_MODELS";

const SENTENCE: &str = "The pump must be switched off before the filter is changed in spring. ";

fn main() {
    match (find("all-minilm-l6-v2"), find("smollm2-135m-instruct")) {
        (Some(_), Some(_)) => divan::main(),
        _ => eprintln!("NOT RUN: {VARIABLE} does not name a folder with both default models"),
    }
}

#[expect(clippy::disallowed_methods, reason = "benches are configured by the environment")]
fn find(name: &str) -> Option<InstalledModel> {
    let folder = std::env::var(VARIABLE).ok()?;
    let catalog = Catalog::builtin().ok()?;
    Models::open(folder, catalog, Network::from_env(Vec::new())).ok()?.get(name).ok()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

fn embedder(threads: usize) -> Arc<dyn Embedder> {
    let model = find("all-minilm-l6-v2").expect("checked in main");
    let config = ModelsConfig { threads, ..ModelsConfig::default() };
    load_embedder(&model, &config).expect("a whole model")
}

fn generator() -> Arc<dyn Generator> {
    let model = find("smollm2-135m-instruct").expect("checked in main");
    load_generator(&model, &ModelsConfig::default()).expect("a whole model")
}

/// Tokens per second of texts between 15 and 240 tokens, with 1 and 2 threads.
#[divan::bench(args = [1, 2], sample_count = 20)]
fn embed_passages(bencher: Bencher<'_, '_>, threads: usize) {
    let (runtime, embedder) = (runtime(), embedder(threads));
    let texts: Vec<String> = (0..64).map(|n| SENTENCE.repeat(1 + n * 5 % 16)).collect();
    let n_tokens: usize =
        texts.iter().map(|text| embedder.token_starts(text).expect("tokens").len() + 2).sum();
    bencher.counter(ItemsCount::new(n_tokens)).bench_local(|| {
        runtime.block_on(embedder.embed(texts.clone(), Purpose::Passage)).expect("vectors")
    });
}

#[divan::bench(sample_count = 100)]
fn embed_a_query(bencher: Bencher<'_, '_>) {
    let (runtime, embedder) = (runtime(), embedder(1));
    let query = || vec!["how many days of leave do I have per year?".to_owned()];
    bencher.bench_local(|| {
        runtime.block_on(embedder.embed(query(), Purpose::Query)).expect("a vector")
    });
}

/// Megabytes of text per second that are tokenized.
#[divan::bench(sample_count = 10)]
fn token_starts(bencher: Bencher<'_, '_>) {
    let embedder = embedder(1);
    let text = SENTENCE.repeat(4000);
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench_local(|| embedder.token_starts(&text).expect("tokens"));
}

/// Tokens per second that are read before the first word of an answer.
#[divan::bench(sample_count = 5)]
fn read_a_prompt(bencher: Bencher<'_, '_>) {
    let (runtime, generator) = (runtime(), generator());
    let text = SENTENCE.repeat(16);
    let n_tokens = generator.count_tokens(&text).expect("tokens");
    bencher
        .counter(ItemsCount::new(n_tokens))
        .bench_local(|| runtime.block_on(write(&generator, &text, 1)));
}

/// Tokens per second that are written.
#[divan::bench(sample_count = 5)]
fn write_an_answer(bencher: Bencher<'_, '_>) {
    let (runtime, generator) = (runtime(), generator());
    bencher
        .counter(ItemsCount::new(32_usize))
        .bench_local(|| runtime.block_on(write(&generator, "Tell a long story.", 32)));
}

async fn write(generator: &Arc<dyn Generator>, question: &str, max_tokens: usize) -> Vec<Piece> {
    let message = Message { role: Role::User, content: question.to_owned() };
    let prompt = Prompt { messages: vec![message], max_tokens, sampling: Sampling::Greedy };
    let pieces = generator.generate(prompt).await.expect("an answer");
    pieces.map(|piece| piece.expect("a piece")).collect().await
}
