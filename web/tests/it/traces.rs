//! What a collector of traces gets: the tree of one question and of one document, and no word of
//! either.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;

use footnote::traces::Traces;
use footnote_core::config::TelemetryConfig;

use crate::cli::{code, stderr};
use crate::client::{Request, Response};
use crate::real_models::{Journey, terminate};
use crate::server::LEAVE;

/// The trace and the span of whoever asks.
const CALLER: [&str; 2] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];

/// A collector that keeps what it is sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Vec<u8>>>>);

impl Collector {
    /// Serves on a free port and returns its address.
    fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/v1/traces", post(keep)).with_state(self.clone());
        // On a thread of its own: a test that waits for the program serves nobody.
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), routes)
                    .await
                    .unwrap();
            });
        });
        format!("http://{address}")
    }

    fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap().iter().flat_map(|request| spans(request)).collect()
    }
}

async fn keep(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    collector.0.lock().unwrap().push(body.to_vec());
}

/// A span, as it was sent.
#[derive(Debug)]
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
    attributes: BTreeMap<String, String>,
}

/// A value of a protobuf message.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Reads the fields of a protobuf message.
fn fields(mut rest: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let key = varint(&mut rest);
        let value = match key & 7 {
            0 => Value::Number(varint(&mut rest)),
            1 => Value::Bytes(rest.split_off(..8).unwrap()),
            2 => {
                let length = usize::try_from(varint(&mut rest)).unwrap();
                Value::Bytes(rest.split_off(..length).unwrap())
            }
            5 => Value::Bytes(rest.split_off(..4).unwrap()),
            other => panic!("no field has the type {other}"),
        };
        fields.push((key >> 3, value));
    }
    fields
}

fn varint(rest: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *rest.split_off_first().unwrap();
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return number;
        }
    }
    panic!("a number is too long");
}

/// Returns the messages in a field of a message.
fn inner(message: &[u8], field: u64) -> Vec<&[u8]> {
    let found = fields(message).into_iter().filter_map(|(number, value)| match value {
        Value::Bytes(bytes) if number == field => Some(bytes),
        Value::Bytes(_) | Value::Number(_) => None,
    });
    found.collect()
}

fn text(message: &[u8], field: u64) -> String {
    inner(message, field)
        .first()
        .map(|bytes| String::from_utf8_lossy(bytes).into())
        .unwrap_or_default()
}

fn hex(message: &[u8], field: u64) -> String {
    let bytes = inner(message, field).first().copied().unwrap_or_default();
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Reads the spans of a request: resources hold scopes, and these spans.
fn spans(request: &[u8]) -> Vec<Span> {
    let scopes = inner(request, 1).into_iter().flat_map(|resource| inner(resource, 2));
    scopes.flat_map(|scope| inner(scope, 2)).map(span).collect()
}

fn span(message: &[u8]) -> Span {
    let attributes = inner(message, 9).into_iter().map(|attribute| {
        let value = inner(attribute, 2).first().copied().unwrap_or_default();
        let value = fields(value).into_iter().next().map(|(_, value)| match value {
            Value::Number(number) => number.to_string(),
            Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        });
        (text(attribute, 1), value.unwrap_or_default())
    });
    Span {
        trace: hex(message, 1),
        id: hex(message, 2),
        parent: hex(message, 4),
        name: text(message, 5),
        attributes: attributes.collect(),
    }
}

/// Returns the one span of a name below a parent.
fn below<'a>(spans: &'a [Span], parent: &str, name: &str) -> &'a Span {
    let found: Vec<&Span> =
        spans.iter().filter(|span| span.parent == parent && span.name == name).collect();
    assert_eq!(found.len(), 1, "{name} below {parent} in {spans:#?}");
    found[0]
}

/// A server of the program with the real models; it tells a collector what it does.
///
/// A process of its own: one that has two subscribers takes the spans of one to the other.
#[cfg(unix)]
struct Telling {
    /// Holds the folder of the server.
    _journey: Journey,
    server: Child,
    address: SocketAddr,
}

#[cfg(unix)]
impl Telling {
    fn begin(endpoint: &str) -> Option<Self> {
        let journey = Journey::begin("traces")?;
        journey.write("leave.md", LEAVE.as_bytes());
        let (server, url) = journey.serve_with(&[("FOOTNOTE__TELEMETRY__OTLP_ENDPOINT", endpoint)]);
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        let taken = journey.program(&["ingest", "files", "-c", "handbook"]).output().unwrap();
        assert_eq!(code(&taken), 0, "{}", stderr(&taken));
        Some(Self { _journey: journey, server, address })
    }

    /// Asks within the caller's trace.
    async fn ask(&self) -> Response {
        let [trace, caller] = CALLER;
        let question = json!({"question": "How many days of paid annual leave are there?",
                              "collections": ["handbook"], "mode": "generate"});
        let asked = Request::new("POST", "/api/v1/answers?wait=true");
        let asked = asked.header("traceparent", &format!("00-{trace}-{caller}-01"));
        asked.json(&question).send(self.address).await
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_question_and_a_document_are_trees_of_spans_without_a_word_of_either() {
    let collector = Collector::default();
    let Some(telling) = Telling::begin(&collector.serve()) else { return };
    let answer = telling.ask().await.json();
    assert_eq!(answer["mode"], "generate", "{answer}");
    assert_eq!(code(&terminate(telling.server)), 0);

    let all = collector.spans();
    let [trace, caller] = CALLER;
    let request = below(&all, caller, "POST /api/v1/answers");
    assert_eq!(request.trace, trace);
    let expected = [
        ("http.request.method", "POST"),
        ("http.route", "/api/v1/answers"),
        ("http.response.status_code", "200"),
    ];
    for (name, value) in expected {
        assert_eq!(request.attributes[name], value, "{name}");
    }
    let spoken = below(&all, &request.id, "answer");
    assert_eq!(spoken.attributes["footnote.answer.finish_reason"], answer["finish_reason"]);
    let retrieve = below(&all, &spoken.id, "retrieve");
    for name in ["embed", "search"] {
        below(&all, &retrieve.id, name);
    }
    below(&all, &spoken.id, "rerank");
    let generate = below(&all, &spoken.id, "generate");
    assert_eq!(generate.attributes["gen_ai.request.model"], answer["model"]);
    assert_ne!(generate.attributes["gen_ai.usage.output_tokens"], "0");

    let ingest = below(&all, "", "ingest");
    for stage in ["parse", "embed", "index"] {
        below(&all, &ingest.id, stage);
    }
    let sent = collector.0.lock().unwrap().concat();
    let sent = String::from_utf8_lossy(&sent).to_lowercase();
    for word in ["annual", "employee", "leave", "28 days", "handbook", "doc_", "ans_"] {
        assert!(!sent.contains(word), "{word}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let Some(telling) = Telling::begin(&endpoint) else { return };
    assert_eq!(telling.ask().await.status, 200);
    let stopped = Instant::now();
    let ended = terminate(telling.server);
    assert_eq!(code(&ended), 0);
    assert!(stopped.elapsed() < Duration::from_mins(1), "{:?}", stopped.elapsed());
    let said = stderr(&ended);
    assert_eq!(said.matches("the collector of traces is away").count(), 1, "{said}");
}

#[tokio::test]
async fn traces_go_to_an_address_or_nowhere() {
    assert!(Traces::start(&TelemetryConfig::default()).unwrap().is_none());
    for (otlp_endpoint, sample_ratio) in [("collector:4318", 1.0), ("http://127.0.0.1:9", 1.5)] {
        let otlp_endpoint = otlp_endpoint.to_owned();
        let config = TelemetryConfig { otlp_endpoint, sample_ratio, ..TelemetryConfig::default() };
        assert!(Traces::start(&config).is_err(), "{config:?}");
    }
}
