//! With which codes each operation may fail: added to the document in one place, because most
//! follow from what an operation takes.

use std::borrow::Cow;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{ApiError, Code, Problem};

/// The codes that do not follow from what an operation takes.
pub(super) const FURTHER: [(&str, &[Code]); 27] = [
    ("search", &[Code::NotFound]),
    (
        "create_answer",
        &[
            Code::NotFound,
            Code::Conflict,
            Code::Cancelled,
            Code::IdempotencyKeyReused,
            Code::QueueFull,
        ],
    ),
    ("change_collection", &[Code::PreconditionFailed]),
    ("create_dataset", &[Code::Conflict]),
    ("start_run", &[Code::NotFound, Code::QueueFull]),
    ("cancel_run", &[Code::Conflict]),
    ("compare_runs", &[Code::NotFound]),
    ("change_settings", &[Code::PreconditionFailed]),
    ("reingest_document", &[Code::ValidationFailed]),
    ("create_person", &[Code::Conflict]),
    ("create_group", &[Code::Conflict]),
    ("rename_group", &[Code::Conflict]),
    ("create_key", &[Code::NotFound, Code::Conflict]),
    ("show_answer", &[Code::NotFinished]),
    ("sign_in", &[Code::Unauthenticated, Code::Conflict, Code::RateLimited]),
    ("set_up", &[Code::NotFound, Code::Conflict, Code::Unauthenticated, Code::RateLimited]),
    ("change_password", &[Code::Conflict]),
    ("list_documents", &[Code::NotFound]),
    ("list_duplicates", &[Code::NotFound]),
    ("upload_document", &[Code::Conflict, Code::IdempotencyKeyReused, Code::QueueFull]),
    ("download_document", &[Code::RangeNotSatisfiable]),
    ("list_jobs", &[Code::NotFound]),
    ("cancel_job", &[Code::Conflict]),
    ("pause_job", &[Code::Conflict]),
    ("resume_job", &[Code::Conflict]),
    ("retry_job", &[Code::Conflict]),
    ("create_collection", &[Code::Conflict]),
];

/// Adds to every operation how it may fail.
pub(super) fn add(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let mut codes = codes(operation);
            codes.sort_by_key(|code| code.status());
            for same in codes.chunk_by(|a, b| a.status() == b.status()) {
                let Some(first) = same.first() else { continue };
                let status = first.status().as_str().to_owned();
                operation.responses.responses.entry(status).or_insert_with(|| problem(same).into());
            }
        }
    }
}

/// Returns the operations of a path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
    methods.into_iter().flatten()
}

/// Returns every code with which an operation may fail, each once.
fn codes(operation: &Operation) -> Vec<Code> {
    let mut codes = vec![Code::Forbidden, Code::Internal, Code::Unavailable];
    if operation.security.is_none() {
        codes.extend([Code::Unauthenticated, Code::SetupRequired, Code::RateLimited]);
    }
    if takes(operation, &ParameterIn::Path) {
        codes.push(Code::NotFound);
    }
    if let Some(body) = &operation.request_body {
        codes.extend([Code::Timeout, Code::FileTooLarge, Code::ValidationFailed]);
        codes.extend(is_json(body).then_some(Code::UnsupportedMediaType));
    } else if takes(operation, &ParameterIn::Query) {
        codes.push(Code::ValidationFailed);
    }
    let id = operation.operation_id.as_deref();
    let further = FURTHER.iter().filter(|(known, _)| id == Some(known));
    codes.extend(further.flat_map(|(_, further)| further.iter()));
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn takes(operation: &Operation, place: &ParameterIn) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(own) if own.parameter_in == *place))
}

fn is_json(body: &RefOr<RequestBody>) -> bool {
    matches!(body, RefOr::T(own) if own.content.contains_key("application/json"))
}

/// Describes the response of some codes with one status.
fn problem(codes: &[Code]) -> Response {
    let lines = codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.meaning()));
    ResponseBuilder::new()
        .description(lines.collect::<Vec<_>>().join("; "))
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .build()
}

impl PartialSchema for ApiError {
    fn schema() -> RefOr<Schema> {
        Problem::schema()
    }
}

impl ToSchema for ApiError {
    fn name() -> Cow<'static, str> {
        "Problem".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Problem::schemas(schemas);
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.map(Self::as_str)))
            .description(Some("Why a request failed, as a program reads it."))
            .build()
            .into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ProblemCode".into()
    }
}
