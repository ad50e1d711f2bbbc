//! The description of the API is the API: nothing is described that is not served, nothing served
//! that is not described.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::{code, program, stdout};
use crate::client::Request;
use crate::happenings::read_until;
use crate::server::Server;

/// The files whose routes are not of the described API: the page and the description itself.
const NOT_DESCRIBED: [&str; 2] = ["page.rs", "document.rs"];

fn document() -> Value {
    serde_json::to_value(footnote::openapi::document()).unwrap()
}

/// Returns the Rust files of a folder below `src`.
fn sources(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_and_the_program_give_the_same_document() {
    let server = Server::start().await;
    let answer = server.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let dir = tempfile::tempdir().unwrap();
    let written = program(dir.path()).arg("openapi").output().unwrap();
    assert_eq!(code(&written), 0);
    let written: Value = serde_json::from_str(&stdout(&written)).unwrap();
    assert_eq!(answer.json(), written);
    assert!(written["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_that_is_described_is_served() {
    let server = Server::start().await;
    for (path, item) in document()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let path = path.replace("{id}", "00000000-0000-0000-0000-000000000000");
            if path == "/api/v1/events" {
                // It goes on for as long as somebody listens.
                let mut stream = Request::new("GET", &path).start(server.address).await;
                assert!(read_until(&mut stream, "retry:").await.starts_with("HTTP/1.1 200"));
                continue;
            }
            let answer = Request::new(&method.to_uppercase(), &path).send(server.address).await;
            assert_ne!(answer.status, 405, "{method} {path}");
            let text = answer.text();
            assert!(!text.contains("there is nothing at"), "{method} {path}: {text}");
        }
    }
}

#[test]
fn every_route_is_entered_with_its_description() {
    let mut files = sources("routes");
    files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/routes.rs"));
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let above_tests = text.split("#[cfg(test)]").next().unwrap();
        let is_bare = above_tests.contains(".route(");
        assert!(!is_bare || NOT_DESCRIBED.contains(&name), "use `routes!` in {name}");
    }
}

#[test]
fn every_type_of_the_wire_is_described() {
    let document = document();
    let known: BTreeSet<&String> =
        document["components"]["schemas"].as_object().unwrap().keys().collect();
    for file in sources("wire") {
        let text = fs::read_to_string(&file).unwrap();
        for name in described_types(&text) {
            // The items of a list are described in the list.
            let is_used = known.contains(&name) || known.contains(&format!("List_{name}"));
            assert!(is_used, "{name} of {} is part of no operation", file.display());
        }
    }
}

/// Returns the names under which the types of a file are described.
fn described_types(text: &str) -> Vec<String> {
    let described = text.split("ToSchema)]\n").skip(1);
    let name = |rest: &str| {
        let head = rest.split(['{', '(']).next()?;
        if let Some((_, renamed)) = rest[..rest.find("pub ")?].split_once("schema(as = ") {
            return renamed.split(')').next().map(str::to_owned);
        }
        let name =
            head.rsplit_once("struct ").or_else(|| rest.split('{').next()?.rsplit_once("enum "))?;
        Some(name.1.trim().to_owned())
    };
    described.filter_map(name).collect()
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            references.extend(own.map(str::to_owned));
            fields.values().for_each(|field| collect(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_code_stands_in_the_documentation_with_its_status_and_meaning() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.md");
    let api = fs::read_to_string(path).unwrap();
    for code in footnote::error::Code::ALL {
        let (status, meaning) = (code.status().as_u16(), code.meaning());
        let row = format!("| `{}` | {status} | {meaning} |", code.as_str());
        assert!(api.contains(&row), "docs/api.md lacks this row:\n{row}");
    }
}
