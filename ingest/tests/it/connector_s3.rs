//! A bucket, against a small server on loopback that speaks as much S3 as is needed.
//!
//! It pages, encodes keys, and refuses requests that are not signed with the right key; that
//! signatures themselves are right is tested with the examples that Amazon publishes.

use crate::connector_setup::{
    Answer, Asked, Collected, MAX_BYTES, answer, connect, fetch, list, serve,
};
use footnote_core::job::FailureCode;
use footnote_ingest::connector::{Connector, Coverage, Fetched, RemoteOptions};
use footnote_ingest::outbound::{BucketAccess, Secret, Secrets};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How many keys a page of the server's listing has.
const PAGE_KEYS: usize = 2;

/// The objects of the bucket.
type Bucket = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Answers a request to the bucket.
fn respond(bucket: &Bucket, request: &Asked) -> Answer {
    let authorization = request.headers().get("authorization");
    let is_signed = authorization.is_some_and(|value| {
        let value = value.to_str().unwrap();
        value.starts_with("AWS4-HMAC-SHA256 Credential=AK/") && value.contains("/eu-west-1/s3/")
    });
    if !is_signed {
        return answer(403, &[], "");
    }
    let url = Url::parse(&format!("http://server{}", request.uri())).unwrap();
    let objects = bucket.lock().unwrap();
    let path = percent_decode(url.path());
    let Some(key) = path.strip_prefix("/contracts/") else {
        return answer(404, &[], "");
    };
    if key.is_empty() {
        return answer(200, &[], listing(&objects, &url));
    }
    let Some(bytes) = objects.get(key) else { return answer(404, &[], "") };
    let tag = tag(bytes);
    let known = request.headers().get("if-none-match");
    if known.is_some_and(|known| known == tag.as_str()) {
        return answer(304, &[], "");
    }
    answer(200, &[("etag", &tag)], bytes.clone())
}

/// Writes a page of the listing.
fn listing(objects: &BTreeMap<String, Vec<u8>>, url: &Url) -> String {
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let after = query.get("continuation-token").cloned().unwrap_or_default();
    let mut matching =
        objects.iter().filter(|(key, _)| key.starts_with(&query["prefix"]) && **key > after);
    let page: Vec<_> = matching.by_ref().take(PAGE_KEYS).collect();
    let mut xml = String::from("<ListBucketResult><EncodingType>url</EncodingType>");
    if matching.next().is_some() {
        let token = page.last().unwrap().0.replace('&', "&amp;");
        write!(xml, "<NextContinuationToken>{token}</NextContinuationToken>").unwrap();
        xml.push_str("<IsTruncated>true</IsTruncated>");
    }
    for (key, bytes) in page {
        let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let (tag, size) = (tag(bytes).replace('"', "&quot;"), bytes.len());
        write!(
            xml,
            "<Contents><Key>{key}</Key><ETag>{tag}</ETag><Size>{size}</Size>\
             <LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>"
        )
        .unwrap();
    }
    xml + "</ListBucketResult>"
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}-{}\"", bytes.len(), bytes.iter().map(|&b| u64::from(b)).sum::<u64>())
}

fn percent_decode(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
}

/// Serves a bucket with objects.
async fn bucket(objects: &[(&str, &str)]) -> (String, Bucket) {
    let objects = objects.iter().map(|(key, text)| ((*key).to_owned(), text.as_bytes().to_vec()));
    let bucket: Bucket = Arc::new(Mutex::new(objects.collect()));
    let objects_served = Arc::clone(&bucket);
    let server = serve(move |asked: Asked| {
        let answer = respond(&objects_served, &asked);
        async { answer }
    })
    .await;
    (server, bucket)
}

fn s3(address: &str, server: String, secrets: Secrets) -> Box<dyn Connector> {
    let options = RemoteOptions { endpoint: Some(server), ..RemoteOptions::default() };
    connect(address, options, secrets, std::path::Path::new("unused"))
}

fn secrets() -> Secrets {
    let keys = BucketAccess {
        access_key: "AK".to_owned(),
        secret_key: Secret::new("hunter2"),
        session_token: None,
        endpoint: None,
        region: Some("eu-west-1".to_owned()),
    };
    Secrets::default().with_bucket("contracts", keys)
}

#[tokio::test]
async fn every_key_below_the_prefix_is_listed_whatever_it_is_called() {
    let (server, objects) = bucket(&[
        ("2025/old.md", "old"),
        ("2026/", ""),
        ("2026//twice.md", "twice"),
        ("2026/a b+c&d=ü.txt", "strange"),
        ("2026/hr/leave.md", "Twenty-eight days."),
        ("2026/hr/..%2Fpets.md", "Dogs."),
        ("2026/../up.md", "Nowhere."),
    ])
    .await;
    let connector = s3("s3://contracts/2026/", server, secrets());
    let (listed, found) = list(connector.as_ref(), None).await;
    assert_eq!(listed.coverage, Coverage::Whole);
    assert_eq!(found.uris(), ["a b+c&d=ü.txt", "hr/..%2Fpets.md", "hr/leave.md", "twice.md"]);
    for (uri, text) in
        [("a b+c&d=ü.txt", "strange"), ("twice.md", "twice"), ("hr/..%2Fpets.md", "Dogs.")]
    {
        let content = fetch(connector.as_ref(), &found.entry(uri)).await;
        assert_eq!(content.bytes, text.as_bytes(), "{uri}");
    }
    assert_eq!(found.unlisted[0].0, "2026/../up.md");
    assert_eq!(found.unlisted[0].1.code, FailureCode::Unsupported);
    let entry = found.entry("hr/leave.md");
    assert_eq!(entry.size_bytes, Some(18));
    let unchanged = connector.fetch(&entry, entry.tag.as_deref(), MAX_BYTES).await.unwrap();
    assert_eq!(unchanged, Fetched::Unchanged);
    objects.lock().unwrap().remove("2026/hr/leave.md");
    let failure = connector.fetch(&entry, None, MAX_BYTES).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Gone);
}

#[tokio::test]
async fn without_the_keys_the_error_says_where_to_put_them() {
    let (server, _) = bucket(&[("a.md", "a")]).await;
    let connector = s3("s3://contracts", server, Secrets::default());
    let cancel = CancellationToken::new();
    let error = connector.list(None, &mut Collected::default(), &cancel).await.unwrap_err();
    assert!(error.advice().unwrap().contains("outbound.credentials"), "{:?}", error.advice());
}
