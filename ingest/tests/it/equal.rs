//! Equal bytes are read once and equal texts embedded once, however many documents own them.

use footnote_core::id::{CollectionId, DocumentId};
use footnote_ingest::Request;
use footnote_store::{Original, Which};
use tokio_util::sync::CancellationToken;

use crate::setup::{Bench, long_text};

#[tokio::test]
async fn fifty_uploads_of_one_file_at_once_are_embedded_once() {
    let bench = Bench::new().await;
    let text = long_text(8, "meadow");
    let mut jobs = Vec::new();
    for n in 0..50 {
        jobs.push(bench.upload(&format!("copy{n:02}.txt"), text.as_bytes(), 0).await);
    }
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let mut n_chunks = 0;
    for job in jobs {
        let report = bench.ended(job).await;
        assert_eq!((report.counts.ready, report.counts.failed), (1, 0), "{:?}", report.failed);
        n_chunks = report.counts.chunks;
    }
    assert_eq!(bench.embedder.n_texts() as u64, n_chunks, "one set of embeddings");
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn an_upload_is_not_lost_to_a_purge_of_the_same_bytes() {
    let bench = Bench::new().await;
    let bytes = b"The lighthouse keeper naps.";
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let job = bench.upload("first.txt", bytes, 0).await;
    bench.ended(job).await;

    let original = Original::Bytes(bytes.as_slice().into());
    let input = bench.intake().keep("upload", "second.txt", original).await.unwrap();
    let first = DocumentId::derive(CollectionId::named("default"), "upload", "first.txt");
    bench.store.remove_document(first).await.unwrap();
    let purged = bench.store.purge(Which::Documents(vec![first])).await.unwrap();
    assert_eq!(purged.n_originals, 1, "no job names them yet");
    let request =
        Request { collection: "default".to_owned(), inputs: vec![input], ..Request::default() };
    let job = bench.intake().enqueue(&request).await.unwrap();
    let report = bench.ended(job).await;
    assert_eq!((report.counts.ready, report.counts.failed), (1, 0), "{:?}", report.failed);
    assert_eq!(bench.find("lighthouse").await, ["second.txt"]);
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn a_moved_file_is_neither_read_nor_embedded_again() {
    let bench = Bench::new().await;
    bench.write_old("old/place.txt", "The windmill turns at noon.");
    bench.write_old("stays.txt", "The harbour is calm.");
    bench.run().await;
    let n_texts = bench.embedder.n_texts();
    std::fs::create_dir(bench.path("new")).unwrap();
    std::fs::rename(bench.path("old/place.txt"), bench.path("new/home.txt")).unwrap();
    let report = bench.run().await;
    assert_eq!((report.counts.ready, report.counts.removed, report.counts.unchanged), (1, 1, 1));
    assert_eq!(bench.embedder.n_texts(), n_texts);
    assert_eq!(bench.find("windmill").await, ["new/home.txt"]);
}

#[tokio::test]
async fn equal_bytes_under_another_extension_are_read_as_that_format() {
    let bench = Bench::new().await;
    bench.write("a.md", "# Rules\n\nDogs may come.");
    bench.run().await;
    bench.write("b.txt", "# Rules\n\nDogs may come.");
    bench.run().await;
    let text = |uri: &str| {
        let id = DocumentId::derive(
            CollectionId::named("default"),
            &bench.documents.path().canonicalize().unwrap().to_string_lossy(),
            uri,
        );
        let store = std::sync::Arc::clone(&bench.store);
        async move { store.document(&crate::setup::everything(), id).await.unwrap().media_type }
    };
    assert_eq!(
        (text("a.md").await, text("b.txt").await),
        ("text/markdown".into(), "text/plain".into())
    );
}
