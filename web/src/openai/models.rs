//! `/v1/models`: the names that can be asked, one for everything and one for each collection.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName};
use serde::Serialize;

use crate::auth::Requester;
use crate::error::{ApiError, Code};
use crate::state::AppState;

/// The model that answers from everything that may be read.
const EVERYTHING: &str = "footnote";

/// The header in which a client names collections that its model does not.
const COLLECTION: HeaderName = HeaderName::from_static("x-footnote-collection");

/// A list of models.
#[derive(Debug, Serialize)]
pub(super) struct Models {
    object: &'static str,
    data: Vec<Model>,
}

/// A model that can be asked.
#[derive(Debug, Serialize)]
pub(super) struct Model {
    id: String,
    object: &'static str,
    created: i64,
    owned_by: &'static str,
}

impl Model {
    fn new(id: String, created: i64) -> Self {
        Self { id, object: "model", created, owned_by: "footnote" }
    }
}

/// Lists the models: what answers from everything, from each collection, and what embeds.
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
) -> Result<axum::Json<Models>, ApiError> {
    Ok(axum::Json(Models { object: "list", data: all(&state, &requester).await? }))
}

/// Returns a model.
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Path(id): Path<String>,
) -> Result<axum::Json<Model>, ApiError> {
    let found = all(&state, &requester).await?.into_iter().find(|model| model.id == id);
    found.map(axum::Json).ok_or_else(|| unknown(&id))
}

async fn all(state: &AppState, requester: &Requester) -> Result<Vec<Model>, ApiError> {
    let scope = requester.scope(&[])?;
    let collections = state.app.store.collections(&scope).await?;
    let mut models = vec![Model::new(EVERYTHING.to_owned(), 0)];
    models.extend(collections.into_iter().map(|collection| {
        Model::new(format!("{EVERYTHING}:{}", collection.name), collection.created.0 / 1000)
    }));
    models.push(Model::new(state.app.embedding_model(), 0));
    Ok(models)
}

/// Returns the collections that a request asks, none for everything: the model names one, or a
/// header does.
///
/// # Errors
/// `model-not-found` for a model that answers nothing, `validation-failed` when both name one.
pub(super) fn collections(model: &str, headers: &HeaderMap) -> Result<Vec<String>, ApiError> {
    let mut named = Vec::new();
    for value in headers.get_all(COLLECTION) {
        let name = str::from_utf8(value.as_bytes());
        let name = name.map_err(|_unreadable| ApiError::invalid("the header is not UTF-8"))?;
        named.push(name.trim().to_owned());
    }
    let Some(rest) = model.strip_prefix(EVERYTHING) else { return Err(unknown(model)) };
    if rest.is_empty() {
        return Ok(named);
    }
    let Some(collection) = rest.strip_prefix([':', '/']) else { return Err(unknown(model)) };
    if named.is_empty() {
        return Ok(vec![collection.to_owned()]);
    }
    let detail = format!("the model and the header {COLLECTION} both name a collection");
    Err(ApiError::invalid(detail).at("model"))
}

/// Says in the words of the request that there is no such collection.
pub(super) fn explain(error: ApiError, model: &str) -> ApiError {
    if error.is_missing() && model != EVERYTHING { unknown(model) } else { error }
}

/// There is no such model, or whoever asks may not know of it.
pub(super) fn unknown(model: &str) -> ApiError {
    let detail =
        format!("there is no model `{model}`: `GET /v1/models` lists those that are there");
    ApiError::new(Code::ModelNotFound, detail).at("model")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_model_or_a_header_names_the_collection() {
        let (none, mut some) = (HeaderMap::new(), HeaderMap::new());
        some.append(COLLECTION, HeaderValue::from_bytes("客服".as_bytes()).unwrap());
        assert!(collections("footnote", &none).unwrap().is_empty());
        assert_eq!(collections("footnote:hand book", &none).unwrap(), ["hand book"]);
        assert_eq!(collections("footnote/handbook", &none).unwrap(), ["handbook"]);
        assert_eq!(collections("footnote", &some).unwrap(), ["客服"]);
        assert!(collections("footnote:handbook", &some).is_err());
        for unknown in ["gpt-5", "footnotes", "", "Footnote:x"] {
            assert!(collections(unknown, &none).is_err(), "{unknown}");
        }
    }
}
