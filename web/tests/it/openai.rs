//! OpenAI's API as its clients speak it: models, completions whole and in chunks, embeddings.

use footnote_core::config::Config;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::io::AsyncReadExt as _;

use crate::answers::until;
use crate::client::Request;
use crate::models::Speaker;
use crate::server::Server;

const QUESTION: &str = "How many days of paid annual leave does a full-time employee get?";

/// Asks a question in the way of OpenAI's clients, with further fields.
fn asking(question: &str, further: &Value) -> Value {
    let mut body = json!({"model": "footnote:handbook",
                          "messages": [{"role": "user", "content": question}]});
    for (name, value) in further.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn complete(server: &Server, body: &Value) -> Value {
    let completed = server.post("/v1/chat/completions", body).await;
    assert_eq!(completed.status, 200, "{}", completed.text());
    completed.json()
}

/// Sends a request that is refused, and returns its status and its error.
async fn refused(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let response = server.post(path, body).await;
    assert_eq!(response.header("content-type"), Some("application/json"));
    (response.status, response.json()["error"].clone())
}

/// Reads the chunks of a stream, which must end as OpenAI's do.
fn chunks(text: &str) -> Vec<Value> {
    let lines = text.split("\n\n").filter(|event| !event.is_empty());
    let mut data: Vec<&str> = lines.map(|event| event.strip_prefix("data: ").unwrap()).collect();
    assert_eq!(data.pop(), Some("[DONE]"));
    data.into_iter().map(|chunk| serde_json::from_str(chunk).unwrap()).collect()
}

/// Returns what all chunks say together.
fn content(chunks: &[Value]) -> String {
    let deltas = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
    deltas.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_are_the_collections_and_what_embeds() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let models = server.get("/v1/models").await.json();
    let ids: Vec<_> = models["data"].as_array().unwrap().iter().map(|model| &model["id"]).collect();
    assert_eq!(ids, ["footnote", "footnote:handbook", "fake"]);
    let one = server.get("/v1/models/footnote:handbook").await;
    assert_eq!((one.status, one.json()["object"].clone()), (200, json!("model")));
    let none = server.get("/v1/models/gpt-5").await;
    assert_eq!((none.status, &none.json()["error"]["code"]), (404, &json!("model_not_found")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_cites_in_the_text_beside_it_and_in_our_own_object() {
    let server = Server::start().await;
    let id = server.with_leave_policy().await;
    let whole = complete(&server, &asking(QUESTION, &json!({}))).await;
    let message = &whole["choices"][0]["message"];
    let content: Vec<char> = message["content"].as_str().unwrap().chars().collect();
    let text: String = content.iter().collect();
    assert!(text.contains("28 days"), "{whole}");
    assert!(text.contains("\n\n[^1]: [Leave policy](http://"), "{text}");
    let annotation = &message["annotations"][0];
    assert_eq!(annotation["type"], "url_citation");
    let at = |name| usize::try_from(annotation["url_citation"][name].as_u64().unwrap()).unwrap();
    let marker: String = content[at("start_index")..at("end_index")].iter().collect();
    assert_eq!(marker, "[^1]");
    let url = annotation["url_citation"]["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", server.address)).unwrap();
    let opened = server.get(path).await;
    let reader = format!("../#documents/{id}?");
    assert_eq!(opened.status, 303);
    assert!(opened.header("location").unwrap().starts_with(&reader), "{opened:?}");
    assert_eq!(whole["choices"][0]["finish_reason"], "stop");
    assert_eq!(whole["footnote"]["finish_reason"], "stop");
    assert_eq!(whole["footnote"]["citations"][0]["document"]["id"], *id);
    assert_eq!(whole["footnote"]["sentences"][0]["citations"], json!([1]));
    let stored = server.get(&format!("/api/v1/answers/{}", whole["id"].as_str().unwrap())).await;
    assert_eq!(stored.json()["text"], whole["footnote"]["text"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_with_the_role_and_says_the_same_as_the_whole() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let body =
        asking(QUESTION, &json!({"stream": true, "stream_options": {"include_usage": true}}));
    let streamed = server.post("/v1/chat/completions", &body).await;
    assert_eq!(streamed.header("content-type"), Some("text/event-stream"));
    let chunks = chunks(&streamed.text());
    assert_eq!(chunks[0]["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
    assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
    let whole = complete(&server, &asking(QUESTION, &json!({}))).await;
    let message = &whole["choices"][0]["message"];
    let same_but_ids = |text: &str| text.split("cite=").next().unwrap().to_owned();
    assert_eq!(same_but_ids(&content(&chunks)), same_but_ids(message["content"].as_str().unwrap()));
    let [.., notes, last, usage] = chunks.as_slice() else { panic!("too few chunks") };
    assert_eq!(notes["choices"][0]["delta"]["annotations"].as_array().unwrap().len(), 1);
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(last["footnote"]["citations"][0]["n"], 1);
    assert_eq!((&usage["choices"], &usage["usage"]["total_tokens"]), (&json!([]), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_documents_do_not_say_is_said_and_ends_as_any_answer() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let whole = complete(&server, &asking("Which planet has the most moons?", &json!({}))).await;
    let choice = &whole["choices"][0];
    assert_eq!(choice["message"]["content"], "The documents do not answer this question.");
    assert_eq!(
        (&choice["finish_reason"], &choice["message"]["annotations"]),
        (&json!("stop"), &json!([]))
    );
    assert_eq!(whole["footnote"]["finish_reason"], "no_answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_stands_on_the_turns_before() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let first = complete(&server, &asking(QUESTION, &json!({}))).await;
    let messages = json!([{"role": "user", "content": QUESTION},
                          first["choices"][0]["message"],
                          {"role": "user", "content": "When do they lapse?"}]);
    let second = complete(&server, &asking("", &json!({"messages": messages}))).await;
    let standalone = second["footnote"]["standalone_question"].as_str().unwrap();
    assert!(
        standalone.contains("leave") && standalone.ends_with("When do they lapse?"),
        "{second}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_names_the_collection_and_an_unknown_one_is_not_found() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    server.post("/api/v1/collections", &json!({"name": "empty"})).await;
    let ask = |collection: &str| {
        let body = asking(QUESTION, &json!({"model": "footnote"}));
        let request = Request::new("POST", "/v1/chat/completions").json(&body);
        request.header("x-footnote-collection", collection)
    };
    let asked = ask("empty").send(server.address).await.json();
    assert_eq!(asked["footnote"]["finish_reason"], "no_answer");
    let asked = ask("handbook").send(server.address).await.json();
    assert_eq!(asked["footnote"]["finish_reason"], "stop");
    let unknown = ask("nothing").send(server.address).await;
    assert_eq!((unknown.status, &unknown.json()["error"]["code"]), (404, &json!("not_found")));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_the_envelope_of_openai_and_name_the_field() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let chat = "/v1/chat/completions";
    for (further, param, code) in [
        (json!({"n": 2}), "n", "unsupported_parameter"),
        (json!({"tools": [{"type": "function"}]}), "tools", "unsupported_parameter"),
        (json!({"messages": []}), "messages", "validation_failed"),
        (json!({"messages": [{"role": "user", "content": " "}]}), "messages", "validation_failed"),
        (json!({"footnote": {"as_of": "soon"}}), "footnote.as_of", "validation_failed"),
    ] {
        let (status, error) = refused(&server, chat, &asking(QUESTION, &further)).await;
        assert_eq!((status, &error["param"], &error["code"]), (400, &json!(param), &json!(code)));
        assert_eq!(error["type"], "invalid_request_error");
    }
    for model in ["gpt-5", "footnote:nothing"] {
        let (status, error) =
            refused(&server, chat, &asking(QUESTION, &json!({"model": model}))).await;
        assert_eq!((status, &error["code"]), (404, &json!("model_not_found")), "{model}");
    }
    let (status, error) = refused(&server, "/v1/no/such/thing", &json!({})).await;
    assert_eq!((status, &error["code"]), (404, &json!("not_found")));
    let (status, error) = refused(&server, chat, &json!({"model": "footnote"})).await;
    assert_eq!((status, &error["code"]), (400, &json!("validation_failed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_its_chunks_stops_the_model() {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    for streams in [true, false] {
        let body = asking(QUESTION, &json!({"stream": streams, "footnote": {"mode": "generate"}}));
        let request = Request::new("POST", "/v1/chat/completions").json(&body);
        let mut stream = request.start(server.address).await;
        until(|| n_open.load(Ordering::SeqCst) == 1).await;
        if streams {
            stream.read_u8().await.unwrap();
        }
        drop(stream);
        until(|| n_open.load(Ordering::SeqCst) == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_embedded_as_numbers_or_base64() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let path = "/v1/embeddings";
    let body = json!({"model": "fake", "input": ["annual leave", "moons"], "dimensions": 256});
    let embedded = server.post(path, &body).await.json();
    assert_eq!((&embedded["object"], &embedded["data"][1]["index"]), (&json!("list"), &json!(1)));
    let vector = embedded["data"][0]["embedding"].as_array().unwrap();
    assert_eq!(vector.len(), 256);
    assert!(embedded["usage"]["prompt_tokens"].as_u64().unwrap() > 0);
    let body = json!({"model": "fake", "input": "annual leave", "encoding_format": "base64"});
    let packed = server.post(path, &body).await.json();
    let packed = packed["data"][0]["embedding"].as_str().unwrap();
    assert_eq!(packed.len(), (256_usize * 4).div_ceil(3) * 4);

    for (further, param, status) in [
        (json!({"dimensions": 64}), "dimensions", 400),
        (json!({"input": [[1, 2]]}), "input", 400),
        (json!({"model": "footnote"}), "model", 404),
    ] {
        let mut body = body.clone();
        body.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        let (got, error) = refused(&server, path, &body).await;
        assert_eq!((got, &error["param"]), (status, &json!(param)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_says_the_same_as_a_completion_whole_and_as_events() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let asked =
        |stream: bool| json!({"model": "footnote:handbook", "input": QUESTION, "stream": stream});
    let whole = server.post("/v1/responses", &asked(false)).await;
    assert_eq!(whole.status, 200, "{}", whole.text());
    let whole = whole.json();
    assert_eq!((&whole["object"], &whole["status"]), (&json!("response"), &json!("completed")));
    let text = whole["output"][0]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(
        text.contains("28 days") && text.contains("\n\n[^1]: [Leave policy](http://"),
        "{text}"
    );
    let cited = &whole["output"][0]["content"][0]["annotations"][0];
    assert_eq!((&cited["type"], &cited["title"]), (&json!("url_citation"), &json!("Leave policy")));
    assert_eq!(whole["footnote"]["citations"][0]["n"], 1);

    let streamed = server.post("/v1/responses", &asked(true)).await;
    let events: Vec<Value> = streamed
        .text()
        .split("\n\n")
        .filter_map(|event| serde_json::from_str(event.split_once("data: ")?.1).ok())
        .collect();
    let names: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(names[0], "response.created");
    assert_eq!(names.last(), Some(&"response.completed"));
    for (n, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], n);
    }
    let deltas = events.iter().filter(|event| event["type"] == "response.output_text.delta");
    let said: String = deltas.map(|event| event["delta"].as_str().unwrap()).collect();
    let same_but_ids = |text: &str| text.split("cite=").next().unwrap().to_owned();
    assert_eq!(same_but_ids(&said), same_but_ids(&text));
    let last = &events.last().unwrap()["response"]["output"][0]["content"][0];
    assert_eq!(last["text"], said);
    assert!(names.contains(&"response.output_text.annotation.added"), "{names:?}");
    let tools = json!({"model": "footnote", "input": "Why?", "tools": [{"type": "web_search"}]});
    let (status, error) = refused(&server, "/v1/responses", &tools).await;
    assert_eq!((status, &error["param"]), (400, &json!("tools")));
}
