//! Links to passages, and lists of documents, over HTTP.

use serde_json::json;

use crate::server::Server;

/// A sample document that knows pages.
const ONBOARDING: &[u8] = include_bytes!("../../../docs/samples/handbook/onboarding.pdf");

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_citation_leads_to_its_words_and_to_their_place_on_the_page() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "handbook"})).await;
    let uploaded = server.upload("handbook", "onboarding.pdf", ONBOARDING).await.json();
    server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    let document = uploaded["document"]["id"].as_str().unwrap();
    let asked = json!({"question": "What happens on the first day?", "mode": "quote"});
    let answer = server.post("/api/v1/answers?wait=true", &asked).await.json();
    let citation = &answer["citations"][0];
    let rects = citation["locations"][0]["rects"].as_array().unwrap();
    assert!(!rects.is_empty(), "{citation}");

    let (start, end) = (&citation["source_range"]["start"], &citation["source_range"]["end"]);
    let version = citation["document"]["version"].as_str().unwrap();
    let path = format!("/api/v1/documents/{document}/passage?start={start}&end={end}");
    let passage = server.get(&format!("{path}&version={version}")).await.json();
    assert_eq!(passage["text"], citation["cited_text"]);
    assert_eq!(passage["range"], citation["source_range"]);
    assert_eq!(passage["locations"], citation["locations"]);
    assert_eq!((&passage["version"], &passage["state"]), (&json!(version), &json!("live")));
    assert_eq!(server.get(&path).await.json(), passage, "the live version where none is named");

    for wrong in ["start=4&end=4", "start=5&end=4", "start=0&end=20001", "start=0&end=19999", ""] {
        let path = format!("/api/v1/documents/{document}/passage?{wrong}");
        assert_eq!(server.get(&path).await.status, 422, "{wrong}");
    }
    let gone = format!("{path}&version=sha256:{}", "0".repeat(64));
    assert_eq!(server.get(&gone).await.status, 404);
    server.delete(&format!("/api/v1/documents/{document}")).await;
    assert_eq!(server.get(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_in_the_order_that_is_asked_for() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    for (name, text) in
        [("b.md", "# Zebra"), ("a.txt", "Words of a longer text"), ("c.md", "# Ant")]
    {
        let uploaded = server.upload("c", name, text.as_bytes()).await.json();
        server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    }
    let listed = async |query: &str| {
        let list = server.get(&format!("/api/v1/documents?collection=c&{query}")).await.json();
        let uris = list["data"].as_array().unwrap().iter().map(|one| one["uri"].clone());
        (uris.collect::<Vec<_>>(), list["next_cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(listed("").await.0, ["a.txt", "b.md", "c.md"]);
    assert_eq!(listed("sort=-created").await.0, ["c.md", "a.txt", "b.md"]);
    assert_eq!(listed("q=zeb").await.0, ["b.md"]);
    assert_eq!(listed("type=text/markdown&sort=title").await.0, ["c.md", "b.md"]);
    let (first, cursor) = listed("sort=-size&limit=2").await;
    assert_eq!(first, ["a.txt", "b.md"]);
    let (second, end) = listed(&format!("sort=-size&limit=2&cursor={}", cursor.unwrap())).await;
    assert_eq!((second, end), (vec![json!("c.md")], None));
    let refused = server.get("/api/v1/documents?sort=colour").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("size"), "{}", refused.text());
}
