//! Compares the embedder with candle's own BERT: tokens per second of processor time, one thread.
//!
//! `cargo run --example embedding_speed -- FOLDER`, with the folder of installed models and
//! `CANDLE_NUM_THREADS=1 RAYON_NUM_THREADS=1`, so that candle uses one thread as well.
#![expect(clippy::print_stdout, reason = "it is a program that prints what it measured")]

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use footnote_core::config::ModelsConfig;
use footnote_core::model::Purpose;
use footnote_model::catalog::Catalog;
use footnote_model::{InstalledModel, Models, Network, load_embedder};
use std::time::Instant;
use tokenizers::Tokenizer;

type Anything<T> = Result<T, Box<dyn std::error::Error>>;

/// How many texts are embedded together by candle, sorted by their number of tokens.
const CANDLE_BATCH: usize = 16;

fn main() -> Anything<()> {
    let folder = std::env::args().nth(1).ok_or("usage: embedding_speed FOLDER")?;
    let models = Models::open(folder, Catalog::builtin()?, Network::from_env(Vec::new()))?;
    let model = models.get("all-minilm-l6-v2")?;
    let texts = texts();
    let mut tokenizer =
        Tokenizer::from_file(model.dir.join("tokenizer.json")).map_err(|e| e.to_string())?;
    tokenizer.with_truncation(None).map_err(|e| e.to_string())?.with_padding(None);
    let tokens: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| tokenizer.encode_fast(text.as_str(), true).map(|e| e.get_ids().to_vec()))
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    let n_tokens: usize = tokens.iter().map(|tokens| tokens.len().min(256)).sum();
    println!("{} texts, {n_tokens} tokens", texts.len());

    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let config = ModelsConfig { threads: 1, ..ModelsConfig::default() };
    let embedder = load_embedder(&model, &config)?;
    let candle = CandleBert::load(&model)?;
    for _ in 0..3 {
        let ours = speed(n_tokens, || {
            runtime.block_on(embedder.embed(texts.clone(), Purpose::Passage)).map(drop)?;
            Ok(())
        })?;
        let theirs = speed(n_tokens, || candle.embed(&tokens))?;
        println!("ours {ours:.0}, candle {theirs:.0} tokens per CPU-second: {:.2}x", ours / theirs);
    }
    let began = (Instant::now(), cpu_seconds()?);
    for _ in 0..200 {
        let query = vec!["how many days of leave do I have per year?".to_owned()];
        runtime.block_on(embedder.embed(query, Purpose::Query))?;
    }
    let cpu = (cpu_seconds()? - began.1) / 200.0;
    println!("a query: {:.2?} ({:.2} ms of processor time)", began.0.elapsed() / 200, cpu * 1e3);
    Ok(())
}

/// Texts of different lengths, 20 to about 250 tokens.
fn texts() -> Vec<String> {
    let sentence = "The pump must be switched off before the filter is changed in spring. ";
    (0..96).map(|n| sentence.repeat(1 + n * 5 % 17)).collect()
}

fn speed(n_tokens: usize, run: impl Fn() -> Anything<()>) -> Anything<f64> {
    run()?;
    let (began, mut n_runs) = (cpu_seconds()?, 0.0);
    while cpu_seconds()? - began < 3.0 {
        run()?;
        n_runs += 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand tokens")]
    let n_tokens = n_tokens as f64;
    Ok(n_tokens * n_runs / (cpu_seconds()? - began))
}

/// Returns the processor time of this process.
fn cpu_seconds() -> Anything<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(')').ok_or("no such field")?;
    let ticks = |n: usize| -> Anything<f64> {
        Ok(after_name.split_whitespace().nth(n).ok_or("no such field")?.parse::<f64>()?)
    };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

/// BERT as candle has it, with padded batches of like length and mean pooling.
struct CandleBert(BertModel);

impl CandleBert {
    #[expect(unsafe_code, reason = "candle maps the weights")]
    fn load(model: &InstalledModel) -> Anything<Self> {
        let config: Config =
            serde_json::from_slice(&std::fs::read(model.dir.join("config.json"))?)?;
        let paths = [model.dir.join("model.safetensors")];
        // SAFETY: nothing changes the file while this program runs.
        let weights =
            unsafe { VarBuilder::from_mmaped_safetensors(&paths, DType::F32, &Device::Cpu)? };
        Ok(Self(BertModel::load(weights, &config)?))
    }

    fn embed(&self, tokens: &[Vec<u32>]) -> Anything<()> {
        let mut sorted: Vec<&[u32]> = tokens.iter().map(|t| &t[..t.len().min(256)]).collect();
        sorted.sort_by_key(|tokens| tokens.len());
        for batch in sorted.chunks(CANDLE_BATCH) {
            let width = batch.iter().map(|tokens| tokens.len()).max().unwrap_or(0);
            let ids: Vec<Vec<u32>> = batch.iter().map(|tokens| padded(tokens, width)).collect();
            let ones = vec![1; width];
            let mask: Vec<Vec<u32>> =
                batch.iter().map(|tokens| padded(&ones[..tokens.len()], width)).collect();
            let (ids, mask) = (Tensor::new(ids, &Device::Cpu)?, Tensor::new(mask, &Device::Cpu)?);
            let hidden = self.0.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
            let weights = mask.to_dtype(DType::F32)?.unsqueeze(2)?;
            let sums = hidden.broadcast_mul(&weights)?.sum(1)?;
            let length = sums.sqr()?.sum_keepdim(1)?.sqrt()?;
            sums.broadcast_div(&length)?.to_vec2::<f32>()?;
        }
        Ok(())
    }
}

fn padded(row: &[u32], width: usize) -> Vec<u32> {
    row.iter().copied().chain(std::iter::repeat(0)).take(width).collect()
}
