//! The `OpenAPI` document of the HTTP API, put together from the routes themselves.

pub(crate) mod domain;
mod problems;
mod security;

use utoipa::OpenApi as _;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::{OpenApi, RefOr};

use crate::error::ApiError;
use crate::routes;
use crate::wire::event::Event;
use crate::wire::happening::Happening;
use crate::wire::job::JobProgress;

/// What is said of the whole API.
const DESCRIPTION: &str = "\
Answers questions over documents, with a footnote for every sentence.

Offsets count Unicode scalar values in the extracted text of a document version, ends exclusive. \
Times are milliseconds since 1970 in UTC. Lists are pages: the next one is asked for with \
`?cursor=<next_cursor>`. Unknown fields are to be ignored. Failed requests have a problem document \
(RFC 9457) with one of the documented codes; every response carries `x-request-id`.";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Footnote", description = DESCRIPTION),
    components(schemas(ApiError, Event, Happening, JobProgress)),
    tags(
        (name = "answers", description = "Questions, and what is answered with which citations"),
        (name = "search", description = "Passages, without an answer"),
        (name = "collections", description = "What documents are kept in"),
        (name = "documents", description = "What is stored: text, blocks, chunks, versions, originals"),
        (name = "jobs", description = "What was ingested when, and what became of every item"),
        (name = "people", description = "Who signs in, with which keys, and who may see what"),
        (name = "evals", description = "How well questions with known answers are answered"),
        (name = "models", description = "The models that are known here"),
        (name = "operations", description = "For whoever runs the server")
    )
)]
struct Base;

/// Returns what is said of the API as a whole, without any route.
pub(crate) fn base() -> OpenApi {
    Base::openapi()
}

/// Returns the document: every route with what it takes, returns, and may fail with.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = routes::described(0).into_openapi();
    problems::add(&mut document);
    security::add(&mut document);
    close(&mut document, "Filter");
    document
}

/// Says of an object that it has no fields but those that are described: others are refused.
fn close(document: &mut OpenApi, name: &str) {
    let schemas = document.components.as_mut().map(|components| &mut components.schemas);
    if let Some(RefOr::T(Schema::Object(object))) = schemas.and_then(|all| all.get_mut(name)) {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

#[cfg(test)]
mod tests {
    use super::{document, problems};
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_an_id_of_its_own_a_summary_and_a_tag() {
        let document = serde_json::to_value(document()).unwrap();
        let mut ids = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(ids.insert(id.to_owned()), "{id} is taken twice");
                assert!(operation["summary"].is_string(), "{method} {path}");
                assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{method} {path}");
            }
        }
        for (id, _codes) in problems::FURTHER {
            assert!(ids.contains(id), "no operation is called {id}");
        }
    }
}
