//! `POST /v1/embeddings`: embeds texts with the model that embeds the documents.

use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use footnote_core::Error;
use footnote_core::model::{Embedder, Embedding, Purpose};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::models;
use crate::error::ApiError;
use crate::extract::Json;
use crate::state::AppState;

/// How many texts one request may have.
const MAX_TEXTS: usize = 2048;

/// How many texts are embedded before the client is looked at again: one that went away costs no
/// more.
const BATCH: usize = 16;

/// What is to be embedded.
#[derive(Debug, Deserialize)]
pub(super) struct EmbeddingRequest {
    model: String,
    input: Input,
    encoding_format: Option<Encoding>,
    dimensions: Option<usize>,
    input_type: Option<InputType>,
}

/// One text or many; whatever else is refused with a reason.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Many(Vec<String>),
    Other(IgnoredAny),
}

/// How a vector is written.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

/// What a text is embedded for; only some models make a difference.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum InputType {
    Query,
    #[default]
    #[serde(alias = "document")]
    Passage,
}

/// A list of embeddings, in the order of their texts.
#[derive(Debug, Serialize)]
pub(super) struct Embeddings {
    object: &'static str,
    data: Vec<Numbered>,
    model: String,
    usage: Read,
}

#[derive(Debug, Serialize)]
struct Numbered {
    object: &'static str,
    index: usize,
    embedding: Written,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Written {
    Numbers(Vec<f32>),
    Base64(String),
}

/// How many tokens were read.
#[derive(Debug, Serialize)]
struct Read {
    prompt_tokens: usize,
    total_tokens: usize,
}

/// Embeds one text or many.
pub(super) async fn embed(
    State(state): State<AppState>,
    Json(request): Json<EmbeddingRequest>,
) -> Result<axum::Json<Embeddings>, ApiError> {
    let (model, embedder) = (state.app.embedding_model(), state.app.embedder.get());
    if request.model != model {
        return Err(models::unknown(&request.model));
    }
    check_dimensions(request.dimensions, embedder.dimension())?;
    let texts = request.input.texts()?;
    let tokens = count_tokens(Arc::clone(&embedder), texts.clone()).await?;
    let purpose = request.input_type.unwrap_or_default().into();
    let vectors = in_batches(embedder.as_ref(), &texts, purpose).await?;
    let encoding = request.encoding_format.unwrap_or_default();
    let numbered = |(index, vector)| Numbered {
        object: "embedding",
        index,
        embedding: Written::new(vector, encoding),
    };
    Ok(axum::Json(Embeddings {
        object: "list",
        data: vectors.into_iter().enumerate().map(numbered).collect(),
        model,
        usage: Read { prompt_tokens: tokens, total_tokens: tokens },
    }))
}

impl Input {
    fn texts(self) -> Result<Vec<String>, ApiError> {
        let texts = match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
            Self::Other(_) => {
                let detail = "`input` is neither a text nor a list of texts; numbers of another \
                              model's tokens mean nothing here";
                return Err(ApiError::invalid(detail).at("input"));
            }
        };
        if texts.is_empty() || texts.iter().any(String::is_empty) {
            return Err(ApiError::invalid("`input` is empty").at("input"));
        }
        if MAX_TEXTS < texts.len() {
            let detail = format!("`input` has {} texts, {MAX_TEXTS} are allowed", texts.len());
            return Err(ApiError::invalid(detail).at("input"));
        }
        Ok(texts)
    }
}

impl From<InputType> for Purpose {
    fn from(input_type: InputType) -> Self {
        match input_type {
            InputType::Query => Self::Query,
            InputType::Passage => Self::Passage,
        }
    }
}

impl Written {
    fn new(Embedding(values): Embedding, encoding: Encoding) -> Self {
        match encoding {
            Encoding::Float => Self::Numbers(values),
            Encoding::Base64 => {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                Self::Base64(STANDARD.encode(bytes))
            }
        }
    }
}

/// Refuses any number of values but the model's own: a vector cut short would compare with nothing.
fn check_dimensions(wanted: Option<usize>, has: usize) -> Result<(), ApiError> {
    if wanted.is_none_or(|wanted| wanted == has) {
        return Ok(());
    }
    let detail = format!("the model's embeddings have {has} dimensions and cannot have others");
    Err(ApiError::invalid(detail).at("dimensions"))
}

async fn in_batches(
    embedder: &dyn Embedder,
    texts: &[String],
    purpose: Purpose,
) -> Result<Vec<Embedding>, ApiError> {
    let mut vectors = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        vectors.extend(embedder.embed(batch.to_vec(), purpose).await?);
    }
    Ok(vectors)
}

/// Counts what the model reads, on a thread where that may take its time.
async fn count_tokens(embedder: Arc<dyn Embedder>, texts: Vec<String>) -> Result<usize, ApiError> {
    let counting = tokio::task::spawn_blocking(move || {
        let max_tokens = embedder.max_tokens();
        texts.iter().try_fold(0, |sum, text| {
            Ok::<_, Error>(sum + embedder.token_starts(text)?.len().min(max_tokens))
        })
    });
    Ok(counting.await.map_err(|error| ApiError::internal(error.to_string()))??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn texts(input: Value) -> Result<Vec<String>, ApiError> {
        serde_json::from_value::<Input>(input).unwrap().texts()
    }

    #[test]
    fn a_text_or_a_list_of_texts_is_embedded_and_nothing_else() {
        assert_eq!(texts(json!("a")).unwrap(), ["a"]);
        assert_eq!(texts(json!(["a", "b"])).unwrap(), ["a", "b"]);
        for refused in [json!([1, 2]), json!([[1]]), json!([]), json!(""), json!(["a", ""])] {
            assert!(texts(refused.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn base64_holds_the_values_in_little_endian_order() {
        let Written::Base64(text) = Written::new(Embedding(vec![1.0, -0.5]), Encoding::Base64)
        else {
            panic!("not base64")
        };
        assert_eq!(text, "AACAPwAAAL8=");
    }
}
