//! The generator on a tiny Llama that the test makes: conversion, streaming, limits.

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use footnote_core::ErrorKind;
use footnote_core::chat::{Message, Piece, Prompt, Role, Sampling, StopReason};
use footnote_core::config::ModelsConfig;
use footnote_model::catalog::Catalog;
use footnote_model::{InstalledModel, Models, Network, Silent, load_generator};
use futures_util::StreamExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

use crate::tiny_bert::noise;

/// The parts of UTF-8 of two Chinese characters among them, as byte-level tokens are written.
const TOKENS: [&str; 13] =
    ["<|im_start|>", "<|im_end|>", "a", "b", "ab", "Ġ", "Ċ", "å", "¹", "´", "s", "u", "e"];

const TEMPLATE: &str = "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}\
                        {% if add_generation_prompt %}<|im_start|>{% endif %}";

fn metadata() -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::String(text.to_owned());
    let kinds = (0..TOKENS.len()).map(|id| Value::I32(if id < 2 { 3 } else { 1 })).collect();
    vec![
        ("general.architecture", text("llama")),
        ("llama.attention.head_count", Value::U32(2)),
        ("llama.attention.head_count_kv", Value::U32(1)),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("llama.block_count", Value::U32(1)),
        ("llama.context_length", Value::U32(64)),
        ("llama.embedding_length", Value::U32(32)),
        ("llama.rope.dimension_count", Value::U32(16)),
        ("tokenizer.chat_template", text(TEMPLATE)),
        ("tokenizer.ggml.eos_token_id", Value::U32(1)),
        ("tokenizer.ggml.merges", Value::Array(vec![text("a b")])),
        ("tokenizer.ggml.model", text("gpt2")),
        ("tokenizer.ggml.pre", text("smollm")),
        ("tokenizer.ggml.token_type", Value::Array(kinds)),
        ("tokenizer.ggml.tokens", Value::Array(TOKENS.iter().map(|t| text(t)).collect())),
    ]
}

fn tensors() -> Vec<(String, QTensor)> {
    let quantized = |name: &str, shape: &[usize], form| {
        let values = noise(shape.iter().product(), u32::try_from(name.len()).unwrap());
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
        (name.to_owned(), QTensor::quantize(&tensor, form).unwrap())
    };
    let slow = |name: &str, shape: &[usize]| {
        quantized(&format!("blk.0.{name}.weight"), shape, GgmlDType::Q4_1)
    };
    let norm = |name: &str| quantized(name, &[32], GgmlDType::F32);
    vec![
        quantized("token_embd.weight", &[TOKENS.len(), 32], GgmlDType::Q8_0),
        norm("output_norm.weight"),
        norm("blk.0.attn_norm.weight"),
        norm("blk.0.ffn_norm.weight"),
        slow("attn_q", &[32, 32]),
        slow("attn_k", &[16, 32]),
        slow("attn_v", &[16, 32]),
        slow("attn_output", &[32, 32]),
        slow("ffn_gate", &[64, 32]),
        slow("ffn_up", &[64, 32]),
        slow("ffn_down", &[32, 64]),
    ]
}

fn write_model(path: &Path, metadata: &[(&str, Value)]) {
    let tensors = tensors();
    let tensors: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let metadata: Vec<_> = metadata.iter().map(|(key, value)| (*key, value)).collect();
    let mut file = std::fs::File::create(path).unwrap();
    gguf_file::write(&mut file, &metadata, &tensors).unwrap();
}

fn models(folder: &TempDir) -> (Models, PathBuf) {
    let path = folder.path().join("tiny.Q4_1.gguf");
    write_model(&path, &metadata());
    let network = Network::from_env(Vec::new());
    let dir = folder.path().join("models");
    (Models::open(dir, Catalog::builtin().unwrap(), network).unwrap(), path)
}

fn installed(folder: &TempDir) -> InstalledModel {
    let (models, path) = models(folder);
    models.add(&path, "tiny", None, &Silent).unwrap()
}

fn prompt(content: &str, max_tokens: usize) -> Prompt {
    let message = |role, content: &str| Message { role, content: content.to_owned() };
    let messages = vec![message(Role::System, "use"), message(Role::User, content)];
    Prompt { messages, max_tokens, sampling: Sampling::Greedy }
}

async fn write(model: &InstalledModel, prompts: &[Prompt]) -> Vec<Vec<Piece>> {
    let generator = load_generator(model, &ModelsConfig::default()).unwrap();
    let mut answers = Vec::new();
    for prompt in prompts {
        let pieces = generator.generate(prompt.clone()).await.unwrap();
        answers.push(pieces.map(Result::unwrap).collect().await);
    }
    answers
}

#[test]
fn slow_weights_are_converted_once_to_the_same_bytes_and_the_original_stays() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (first, second) = (installed(&one), installed(&two));
    assert_eq!(first.display_name(), "tiny-q8_0");
    assert_eq!(first.files[0].name, "tiny.Q4_1.gguf");
    assert_eq!(first.converted, second.converted);
    let path = first.dir.join("tiny.Q8_0.gguf");
    let content = gguf_file::Content::read(&mut std::fs::File::open(path).unwrap()).unwrap();
    assert!(content.tensor_infos.values().all(|tensor| tensor.ggml_dtype != GgmlDType::Q4_1));
    assert_eq!(content.metadata.len(), metadata().len());
}

#[tokio::test]
async fn an_answer_is_the_same_whether_its_prefix_was_in_memory_or_not() {
    let folder = TempDir::new().unwrap();
    let model = installed(&folder);
    let prompts = [prompt("ab a", 9), prompt("b", 9), prompt("ab a", 9)];
    let answers = write(&model, &prompts).await;
    let text = |pieces: &[Piece]| -> Vec<Piece> {
        pieces.iter().filter(|piece| matches!(piece, Piece::Text(_))).cloned().collect()
    };
    assert_eq!(text(&answers[0]), text(&answers[2]));
    assert_eq!(text(&write(&model, &prompts[..1]).await[0]), text(&answers[0]));
    for pieces in answers {
        let Some(Piece::Finished(end)) = pieces.last() else { panic!("no end: {pieces:?}") };
        let is_whole = end.reason == StopReason::Stop || end.completion_tokens == 9;
        assert!(is_whole, "{end:?}");
    }
}

#[tokio::test]
async fn an_answer_of_no_tokens_is_empty_and_ends() {
    let folder = TempDir::new().unwrap();
    let answers = write(&installed(&folder), &[prompt("a", 0)]).await;
    let [Piece::Finished(end)] = answers[0].as_slice() else { panic!("{answers:?}") };
    assert_eq!((end.reason, end.completion_tokens), (StopReason::Length, 0));
    // Two messages of `<|im_start|>`, text and `<|im_end|>`, and the start of the answer.
    assert_eq!(end.prompt_tokens, 5 + 3 + 1);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_the_figures() {
    let folder = TempDir::new().unwrap();
    let generator = load_generator(&installed(&folder), &ModelsConfig::default()).unwrap();
    let error = generator.generate(prompt("a", 60)).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(
        error.message(),
        "a prompt of 9 tokens and an answer of 60 do not fit the 64 tokens that tiny-q8_0 reads"
    );
    assert_eq!((generator.name(), generator.context_tokens()), ("tiny-q8_0", 64));
}

#[test]
fn a_file_of_another_family_is_refused_when_it_is_added() {
    let folder = TempDir::new().unwrap();
    let (models, path) = models(&folder);
    let metadata: Vec<_> =
        metadata().into_iter().filter(|(key, _)| *key != "llama.context_length").collect();
    write_model(&path, &metadata);
    let error = models.add(&path, "other", None, &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
