//! The embedder on a tiny BERT that the test makes, against candle's own implementation.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use footnote_core::config::ModelsConfig;
use footnote_core::model::{Embedding, Purpose};
use footnote_model::catalog::{Catalog, Role};
use footnote_model::{InstalledModel, Models, Network, Silent, load_embedder, load_generator};
use std::collections::HashMap;
use std::path::Path;
use tempfile::TempDir;

const WORDS: [&str; 8] = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "leave", "days", "ten", "of"];

const CONFIG: &str = r#"{"model_type": "bert", "hidden_act": "gelu", "hidden_size": 24,
    "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 3,
    "max_position_embeddings": 16, "vocab_size": 8, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.0, "initializer_range": 0.02,
    "pad_token_id": 0}"#;

/// Numbers between -1 and 1 that look random and are always the same.
pub(crate) fn noise(n_values: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
    };
    std::iter::repeat_with(next).take(n_values).collect()
}

fn weights() -> HashMap<String, Tensor> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![8, 24]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![16, 24]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, 24]),
    ];
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for n in 0..2 {
        let layer = format!("encoder.layer.{n}");
        for (name, out, inner) in [
            ("attention.self.query", 24, 24),
            ("attention.self.key", 24, 24),
            ("attention.self.value", 24, 24),
            ("attention.output.dense", 24, 24),
            ("intermediate.dense", 40, 24),
            ("output.dense", 24, 40),
        ] {
            shapes.push((format!("{layer}.{name}.weight"), vec![out, inner]));
            shapes.push((format!("{layer}.{name}.bias"), vec![out]));
        }
        norms.extend(
            ["attention.output.LayerNorm", "output.LayerNorm"]
                .map(|name| format!("{layer}.{name}")),
        );
    }
    for norm in norms {
        shapes.push((format!("{norm}.weight"), vec![24]));
        shapes.push((format!("{norm}.bias"), vec![24]));
    }
    let tensor = |(seed, (name, shape)): (u32, (String, Vec<usize>))| {
        let values = noise(shape.iter().product(), seed);
        (name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap())
    };
    (1..).zip(shapes).map(tensor).collect()
}

fn tokenizer() -> String {
    let words: Vec<String> =
        WORDS.iter().enumerate().map(|(id, word)| format!("\"{word}\": {id}")).collect();
    format!(
        r#"{{"version": "1.0", "truncation": {{"max_length": 3, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}},
        "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {{"type": "Whitespace"}},
        "post_processor": {{"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}},
        "decoder": null,
        "model": {{"type": "WordLevel", "vocab": {{{}}}, "unk_token": "[UNK]"}}}}"#,
        words.join(", ")
    )
}

fn write_model(folder: &Path) {
    std::fs::create_dir_all(folder.join("1_Pooling")).unwrap();
    std::fs::write(folder.join("config.json"), CONFIG).unwrap();
    std::fs::write(folder.join("tokenizer.json"), tokenizer()).unwrap();
    let note = r#"{"pooling_mode_mean_tokens": true}"#;
    std::fs::write(folder.join("1_Pooling/config.json"), note).unwrap();
    candle_core::safetensors::save(&weights(), folder.join("model.safetensors")).unwrap();
}

/// Embeds one text given as tokens with candle.
fn reference(tokens: &[u32]) -> Vec<f32> {
    let config: Config = serde_json::from_str(CONFIG).unwrap();
    let weights = VarBuilder::from_tensors(weights(), DType::F32, &Device::Cpu);
    let bert = BertModel::load(weights, &config).unwrap();
    let ids = Tensor::new(tokens, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
    let hidden = bert.forward(&ids, &ids.zeros_like().unwrap(), None).unwrap();
    let mean = hidden.mean(1).unwrap().squeeze(0).unwrap().to_vec1::<f32>().unwrap();
    let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt();
    mean.iter().map(|value| value / length).collect()
}

fn installed(folder: &TempDir) -> InstalledModel {
    let from = folder.path().join("from");
    write_model(&from);
    let network = Network::from_env(Vec::new());
    let models =
        Models::open(folder.path().join("models"), Catalog::builtin().unwrap(), network).unwrap();
    models.add(&from, "tiny-bert", Some(Role::Embedder), &Silent).unwrap()
}

#[tokio::test]
async fn an_added_bert_embeds_as_candle_does_however_texts_are_batched() {
    let folder = TempDir::new().unwrap();
    let model = installed(&folder);
    let config = ModelsConfig { threads: 2, batch_tokens: 12, ..ModelsConfig::default() };
    let embedder = load_embedder(&model, &config).unwrap();
    let texts: [(&str, &[u32]); 5] = [
        ("ten days of leave", &[1, 6, 5, 7, 4, 2]),
        ("", &[1, 2]),
        ("leave", &[1, 4, 2]),
        ("of days ? of leave", &[1, 7, 5, 3, 7, 4, 2]),
        ("days days", &[1, 5, 5, 2]),
    ];
    let found = embedder
        .embed(texts.iter().map(|(text, _)| (*text).to_owned()).collect(), Purpose::Passage)
        .await
        .unwrap();
    for (Embedding(found), (text, tokens)) in found.iter().zip(texts) {
        for (found, right) in found.iter().zip(reference(tokens)) {
            assert!((found - right).abs() < 1e-5, "{text:?}: {found}, not {right}");
        }
    }
}

#[tokio::test]
async fn a_text_longer_than_the_model_is_cut_where_the_model_ends_and_not_earlier() {
    let folder = TempDir::new().unwrap();
    let embedder = load_embedder(&installed(&folder), &ModelsConfig::default()).unwrap();
    assert_eq!(embedder.max_tokens(), 16);
    let embed = |text: String| embedder.embed(vec![text], Purpose::Query);
    let cut = embed("days ".repeat(14)).await.unwrap();
    assert_eq!(embed("days ".repeat(40)).await.unwrap(), cut);
    assert_ne!(embed("days ".repeat(13)).await.unwrap(), cut);
    assert_eq!(embedder.token_starts(&"days ".repeat(40)).unwrap().len(), 40);
}

#[test]
fn the_fingerprint_is_that_of_the_weights_and_of_what_is_made_of_them() {
    let folder = TempDir::new().unwrap();
    let mut model = installed(&folder);
    let fingerprint = |model: &InstalledModel| {
        load_embedder(model, &ModelsConfig::default()).unwrap().fingerprint().clone()
    };
    let first = fingerprint(&model);
    assert_eq!(fingerprint(&model), first);
    model.card.query_prefix = "query: ".to_owned();
    assert_ne!(fingerprint(&model), first);
}

#[test]
fn a_model_is_not_used_for_what_it_is_not_made_for() {
    let folder = TempDir::new().unwrap();
    let error = load_generator(&installed(&folder), &ModelsConfig::default()).err().unwrap();
    assert_eq!(error.message(), "tiny-bert is not a model that writes");
}

#[test]
fn weights_that_do_not_fit_the_configuration_are_refused() {
    let folder = TempDir::new().unwrap();
    let model = installed(&folder);
    let wrong = CONFIG.replace("\"intermediate_size\": 40", "\"intermediate_size\": 48");
    std::fs::write(model.dir.join("config.json"), wrong).unwrap();
    let error = load_embedder(&model, &ModelsConfig::default()).err().unwrap();
    assert!(error.message().contains("intermediate.dense.weight"), "{error}");
}
