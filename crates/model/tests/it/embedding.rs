//! The embedder against the reference, and the promises of its trait.

use footnote_core::config::ModelsConfig;
use footnote_core::model::{Embedder, Embedding, Language, Purpose};
use footnote_model::load_embedder;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Instant;

use crate::real_models;

/// The reference vectors of `reference.py`, as little-endian floats.
const VECTORS: &[u8] = include_bytes!("../fixtures/vectors.f32");

/// A sentence of the fixture.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sentence {
    Plain(String),
    Repeated { repeat: String, times: usize },
}

fn sentences() -> Vec<String> {
    let sentences: Vec<Sentence> =
        serde_json::from_str(include_str!("../fixtures/sentences.json")).unwrap();
    let text = |sentence| match sentence {
        Sentence::Plain(text) => text,
        Sentence::Repeated { repeat, times } => repeat.repeat(times),
    };
    sentences.into_iter().map(text).collect()
}

fn reference() -> Vec<Vec<f32>> {
    let (values, _) = VECTORS.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    values.chunks(384).map(<[f32]>::to_vec).collect()
}

fn embedder() -> Option<Arc<dyn Embedder>> {
    let model = real_models::find("all-minilm-l6-v2")?;
    Some(load_embedder(&model, &ModelsConfig { threads: 2, ..ModelsConfig::default() }).unwrap())
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn vectors_agree_with_the_reference() {
    let Some(embedder) = embedder() else { return };
    let found = embedder.embed(sentences(), Purpose::Passage).await.unwrap();
    assert_eq!(found.len(), reference().len());
    let distance = |(Embedding(found), right): (&Embedding, &Vec<f32>)| 1.0 - cosine(found, right);
    let distances: Vec<f32> = found.iter().zip(&reference()).map(distance).collect();
    println!("distances to the reference: {distances:?}");
    assert!(distances.iter().all(|distance| distance.abs() < 1e-5), "{distances:?}");
}

#[tokio::test]
async fn a_text_has_the_same_vector_alone_and_in_company() {
    let Some(embedder) = embedder() else { return };
    let together = embedder.embed(sentences(), Purpose::Passage).await.unwrap();
    for (text, Embedding(together)) in sentences().into_iter().zip(together) {
        let alone = embedder.embed(vec![text], Purpose::Query).await.unwrap();
        assert_eq!(alone.len(), 1);
        assert_eq!(together.len(), embedder.dimension());
        assert!((cosine(&alone[0].0, &together) - 1.0).abs() < 1e-5);
        assert!((cosine(&together, &together) - 1.0).abs() < 1e-5);
    }
}

#[tokio::test]
async fn no_texts_have_no_vectors() {
    let Some(embedder) = embedder() else { return };
    assert!(embedder.embed(Vec::new(), Purpose::Query).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_query_does_not_wait_for_all_passages() {
    let Some(embedder) = embedder() else { return };
    let passages = vec!["The pump must be switched off. ".repeat(30); 256];
    let busy = tokio::spawn({
        let embedder = embedder.clone();
        async move { embedder.embed(passages, Purpose::Passage).await.unwrap() }
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    embedder.embed(vec!["a question".into()], Purpose::Query).await.unwrap();
    assert!(!busy.is_finished());
    assert_eq!(busy.await.unwrap().len(), 256);
}

#[test]
fn token_starts_are_bytes_of_the_whole_text() {
    let Some(embedder) = embedder() else { return };
    let text = "Überstraße 年假 unbelievable.";
    let starts = embedder.token_starts(text).unwrap();
    assert!(starts.iter().all(|start| text.is_char_boundary(*start)));
    let begins = |word: &str| starts.contains(&text.find(word).unwrap());
    assert!(["Über", "年", "假", "unbelievable", "."].iter().all(|word| begins(word)));
    assert!(starts.is_sorted());
}

#[test]
fn a_long_text_is_tokenized_whole_and_soon() {
    let Some(embedder) = embedder() else { return };
    let text = "The pump must be switched off before the filter is changed.\n".repeat(17_000);
    let began = Instant::now();
    let starts = embedder.token_starts(&text).unwrap();
    println!("{} bytes, {} tokens: {:?}", text.len(), starts.len(), began.elapsed());
    assert_eq!(starts.len(), 12 * 17_000);
    assert_eq!(starts.last(), Some(&(text.len() - 2)));
    let one_line = "word".repeat(20_000);
    assert_eq!(embedder.token_starts(&one_line).unwrap().first(), Some(&0));
}

#[test]
fn the_card_says_what_the_model_reads() {
    let Some(embedder) = embedder() else { return };
    assert!(embedder.reads(Language::English) && !embedder.reads(Language::Chinese));
    assert_eq!((embedder.dimension(), embedder.max_tokens()), (384, 256));
    assert_eq!(embedder.fingerprint().to_string().len(), 64);
}
