//! A second process works beside the one that holds the index.

use footnote_core::ErrorKind;
use footnote_core::config::StoreConfig;
use footnote_core::corpus::Corpus as _;
use footnote_core::query::SearchRequest;
use footnote_store::{DocumentFilter, Store, StoreOptions};
use sqlx::any::install_default_drivers;
use sqlx::{Connection as _, Executor as _};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use crate::fixture::{
    Home, document_id, in_every_home, options, owner, put, search, texts, version,
};

in_every_home![
    another_process_lists_and_removes_and_the_holder_removes_the_points,
    another_process_cannot_search_or_store,
    tending_makes_durable_what_was_written,
];

async fn another_process_lists_and_removes_and_the_holder_removes_the_points(home: Home) {
    let collection = home.store.ensure_collection("c").await.unwrap();
    put(&home.store, collection, "a", &["penguins"]).await;
    put(&home.store, collection, "b", &["penguins too"]).await;
    let other = Store::open_shared(home.options()).await.unwrap();
    assert!(other.is_shared() && !home.store.is_shared());
    let page = other.documents(&owner(), DocumentFilter::default()).await.unwrap();
    assert_eq!(page.items.len(), 2);

    other.remove_document(document_id(collection, "a")).await.unwrap();
    assert_eq!(texts(&home.store, &owner(), "penguins").await, ["penguins too"], "gone at once");
    let stop = CancellationToken::new();
    let wait = async {
        let until = Instant::now() + Duration::from_mins(2);
        while 0 < search(&home.store, &owner(), "penguins").await.n_orphans {
            assert!(Instant::now() < until, "the points stay");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.cancel();
    };
    tokio::join!(home.store.tend(&stop), wait);
    other.close().await.unwrap();
    let report = home.store.reconcile().await.unwrap();
    assert_eq!((report.n_points, report.n_orphans, report.n_mended), (1, 0, 0));
}

async fn another_process_cannot_search_or_store(home: Home) {
    let collection = home.store.ensure_collection("c").await.unwrap();
    if !home.is_cluster() {
        home.store.describe("http://127.0.0.1:7878").unwrap();
    }
    let other = Store::open_shared(home.options()).await.unwrap();
    let request = SearchRequest { lexical: Some("x".to_owned()), limit: 1, ..Default::default() };
    let errors = [
        other.search(&owner(), &request).await.unwrap_err(),
        other.put_version(version(collection, "a", &["text"]), None).await.unwrap_err(),
        other.reconcile().await.unwrap_err(),
        other.roll_back().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let address = error.advice().unwrap().contains("http://127.0.0.1:7878");
        assert!(address != home.is_cluster(), "{error:?}");
    }
}

async fn tending_makes_durable_what_was_written(home: Home) {
    let config = StoreConfig { checkpoint_seconds: 1, ..home.config.clone() };
    let options = StoreOptions { config, ..home.options() };
    let home = home.try_reopen(options).await.unwrap();
    let collection = home.store.ensure_collection("c").await.unwrap();
    put(&home.store, collection, "a", &["penguins"]).await;
    assert_eq!(home.store.integrity().await.unwrap().n_outbox_rows, 1);
    if home.is_cluster() {
        // A server says by itself when it has written; the row stays until it surely has.
        return;
    }
    let stop = CancellationToken::new();
    let wait = async {
        let until = Instant::now() + Duration::from_mins(2);
        while 0 < home.store.integrity().await.unwrap().n_outbox_rows {
            assert!(Instant::now() < until, "the row stays");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.cancel();
    };
    tokio::join!(home.store.tend(&stop), wait);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_catalog_of_another_release_nothing_is_touched_and_the_user_is_told() {
    let home = Home::new().await;
    let catalog = home.folder.path().join("catalog.db");
    let folder = home.folder;
    home.store.close().await.unwrap();
    drop(home.store);
    install_default_drivers();
    let url = format!("sqlite://{}", catalog.display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let newest = "DELETE FROM _sqlx_migrations WHERE version > 1";
    connection.execute(newest).await.unwrap();
    connection.close().await.unwrap();

    let error = Store::open_shared(options(folder.path())).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("migration 1"), "{}", error.message());
    assert!(error.advice().unwrap().contains("Stop the process"));
    let empty = tempfile::tempdir().unwrap();
    let error = Store::open_shared(options(empty.path())).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(std::fs::read_dir(empty.path()).unwrap().next().is_none(), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_a_process_keeps_to_itself_is_not_worked_on_by_another() {
    let Some(home) = Home::on_postgres().await else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let beside = StoreOptions { data_dir: elsewhere.path().to_owned(), ..home.options() };
    let error = Store::open(beside).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.advice().unwrap().contains("`store.index`"));
    let collection = home.store.ensure_collection("c").await.unwrap();
    put(&home.store, collection, "a", &["penguins"]).await;

    let taking_over = StoreOptions { data_dir: elsewhere.path().to_owned(), ..home.options() };
    let home = home.try_reopen(taking_over).await.unwrap();
    assert_eq!(texts(&home.store, &owner(), "penguins").await, ["penguins"]);
    put(&home.store, collection, "a", &["penguins again"]).await;
    let home = home.reopen().await;
    let found = search(&home.store, &owner(), "penguins").await;
    assert_eq!((found.lexical.len(), found.n_orphans), (1, 0), "it caught up with the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_write_search_and_rebuild_together() {
    let Some(home) = Home::in_a_cluster().await else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let options = StoreOptions { data_dir: elsewhere.path().to_owned(), ..home.options() };
    let (first, second) = (&home.store, Store::open(options).await.unwrap());
    let collection = first.ensure_collection("c").await.unwrap();
    let write = async |store: &Store, numbers: std::ops::Range<usize>| {
        for n in numbers {
            put(store, collection, &format!("doc-{n}"), &[&format!("penguin {n}")]).await;
            put(store, collection, "of-both", &[&format!("walrus {n}")]).await;
        }
    };
    let rebuild = async {
        for _ in 0..3 {
            first.reindex(&|_, _| ()).await.unwrap();
        }
    };
    tokio::join!(write(first, 0..15), write(&second, 15..30), rebuild);

    put(&second, collection, "of-both", &["walrus of the second"]).await;
    for store in [first, &second] {
        let found = search(store, &owner(), "penguin").await;
        assert_eq!((found.lexical.len(), found.n_orphans), (10, 0));
        assert_eq!(texts(store, &owner(), "walrus").await, ["walrus of the second"]);
    }
    let report = second.reconcile().await.unwrap();
    assert_eq!((report.n_versions, report.n_points), (31, 31));
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
    second.close().await.unwrap();
}
