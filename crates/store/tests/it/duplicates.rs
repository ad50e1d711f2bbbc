//! Documents that say the same are found, within the scope, and only live ones.

use footnote_core::access::Principal;
use footnote_core::id::{CollectionId, ContentHash};
use footnote_core::sketch::{Sketch, VALUES};
use footnote_store::Store;
use std::array;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use crate::fixture::{Home, document_id, in_every_home, owner, put_embeddings, version};

in_every_home![
    equal_and_near_documents_are_grouped,
    what_has_no_sketch_is_compared_by_its_bytes_and_counted,
    what_an_earlier_release_stored_is_sketched_while_the_store_is_tended,
];

/// Sketches a text by its words, one by one.
fn sketch(text: &str) -> Sketch {
    let hash = |salt: usize, word: &str| {
        let digest = ContentHash::of(format!("{salt} {word}").as_bytes());
        let bytes = digest.as_bytes();
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    };
    Sketch(array::from_fn::<u32, VALUES, _>(|salt| {
        text.split_whitespace().map(|word| hash(salt, word)).min().unwrap_or_default()
    }))
}

async fn put(store: &Store, c: CollectionId, uri: &str, text: &str) {
    let mut new = version(c, uri, &[text]);
    new.sketch = Some(sketch(text));
    put_embeddings(store, &new).await;
    store.put_version(new, None).await.unwrap();
}

fn words(range: std::ops::Range<u32>) -> String {
    let words: Vec<String> = range.map(|n| format!("word{n}")).collect();
    words.join(" ")
}

async fn equal_and_near_documents_are_grouped(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let other = store.ensure_collection("other").await.unwrap();
    put(store, c, "a", &words(0..400)).await;
    put(store, c, "a-near", &words(3..403)).await;
    put(store, c, "b", &words(1000..1200)).await;
    put(store, other, "b-again", &words(1000..1200)).await;
    put(store, c, "alone", &words(5000..5200)).await;
    put(store, c, "half", &words(100..500)).await;
    put(store, c, "was-equal", &words(5000..5200)).await;
    put(store, c, "was-equal", "something else").await;

    let report = store.duplicates(&owner()).await.unwrap();
    let told: Vec<_> = report
        .groups
        .iter()
        .map(|group| {
            let uris: Vec<&str> = group.documents.iter().map(|d| d.uri.as_str()).collect();
            (group.is_exact, uris)
        })
        .collect();
    assert_eq!(told, [(false, vec!["a", "a-near"]), (true, vec!["b", "b-again"])]);
    assert!((0.85..1.0).contains(&report.groups[0].resemblance));
    assert!((report.groups[1].resemblance - 1.0).abs() < f32::EPSILON);
    assert_eq!(report.n_without_sketch, 0);

    let reader = Principal::reader("r", [c]).scope(&[]).unwrap();
    let report = store.duplicates(&reader).await.unwrap();
    assert_eq!(report.groups.len(), 1, "the other one of `b` is hidden");
    store.remove_document(document_id(c, "a")).await.unwrap();
    assert!(store.duplicates(&reader).await.unwrap().groups.is_empty());
}

async fn what_an_earlier_release_stored_is_sketched_while_the_store_is_tended(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    // More than are sketched in one round, some without words.
    for n in 0..40 {
        let text = if n % 4 == 0 { "—".to_owned() } else { words(n * 1000..n * 1000 + 3) };
        crate::fixture::put(store, c, &format!("other-{n}"), &[&text]).await;
    }
    crate::fixture::put(store, c, "a", &[&words(0..400)]).await;
    crate::fixture::put(store, c, "a-near", &[&words(3..403)]).await;
    assert!(store.duplicates(&owner()).await.unwrap().n_without_sketch == 42);

    store.sketch_with(|text| text.contains("word").then(|| sketch(text)));
    let stop = CancellationToken::new();
    let wait = async {
        let until = Instant::now() + Duration::from_mins(2);
        while 10 < store.duplicates(&owner()).await.unwrap().n_without_sketch {
            assert!(Instant::now() < until, "they have no sketch");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.cancel();
    };
    tokio::join!(store.tend(&stop), wait);
    let report = store.duplicates(&owner()).await.unwrap();
    assert_eq!(report.n_without_sketch, 10, "those without words");
    let near = report.groups.iter().find(|group| !group.is_exact).unwrap();
    let uris: Vec<&str> = near.documents.iter().map(|d| d.uri.as_str()).collect();
    assert_eq!(uris, ["a", "a-near"]);
}

async fn what_has_no_sketch_is_compared_by_its_bytes_and_counted(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    for uri in ["a", "b"] {
        crate::fixture::put(store, c, uri, &["the same"]).await;
    }
    let report = store.duplicates(&owner()).await.unwrap();
    assert_eq!((report.groups.len(), report.n_without_sketch), (1, 2));
    assert!(report.groups[0].is_exact);
}
