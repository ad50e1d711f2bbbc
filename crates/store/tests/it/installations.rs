//! Installations on one Qdrant server: each has indexes of its own, and an alias for each says to
//! others which one serves.

use footnote_core::config::StoreConfig;
use footnote_core::index::Index as _;
use footnote_store::{Migration, Store, StoreOptions};
use qdrant_client::qdrant::{CountPointsBuilder, CreateAlias};
use std::collections::BTreeMap;
use std::path::Path;

use crate::fixture::{DIMENSION, document_id, options, owner, put, texts};
use crate::qdrant_host::Host;
use crate::transfer::{backup, run};

/// A data directory whose index is on a server.
fn on(host: &Host, data_dir: &Path) -> StoreOptions {
    let (index, index_key) = (host.url.clone(), host.key.clone());
    let config = StoreConfig { index, index_key, ..StoreConfig::default() };
    StoreOptions { config, ..options(data_dir) }
}

/// Returns the aliases with the collections that they name.
async fn aliases(host: &Host) -> BTreeMap<String, String> {
    let listed = host.client().list_aliases().await.unwrap().aliases;
    listed.into_iter().map(|alias| (alias.alias_name, alias.collection_name)).collect()
}

async fn count(host: &Host, name: &str) -> u64 {
    let request = CountPointsBuilder::new(name).exact(true);
    host.client().count(request).await.unwrap().result.unwrap().count
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_names_the_index_that_serves() {
    let host = Host::own().await;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(on(&host, folder.path())).await.unwrap();
    let first = aliases(&host).await;
    let (alias, collection) = first.iter().next().unwrap();
    assert!(first.len() == 1 && collection.starts_with(&format!("{alias}_")), "{first:?}");

    let c = store.ensure_collection("c").await.unwrap();
    put(&store, c, "a", &["penguins", "walruses"]).await;
    assert_eq!(count(&host, alias).await, 2);
    store.reindex(&|_, _| ()).await.unwrap();
    let second = aliases(&host).await;
    assert_eq!(second.keys().collect::<Vec<_>>(), [alias]);
    assert_ne!(second[alias], *collection);
    assert_eq!(count(&host, alias).await, 2);

    // Somebody has made a mess of it meanwhile.
    store.close().await.unwrap();
    drop(store);
    let other = host.server().open(1, DIMENSION).await.unwrap();
    assert_eq!(other.count().await.unwrap(), 0);
    let misled = CreateAlias {
        alias_name: alias.clone(),
        collection_name: format!("footnote_{}_1", host.options().installation),
    };
    host.client().create_alias(misled).await.unwrap();
    assert_eq!(count(&host, alias).await, 0);
    let store = Store::open(on(&host, folder.path())).await.unwrap();
    assert_eq!(aliases(&host).await, second);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_an_installation_have_indexes_of_their_own() {
    let host = Host::own().await;
    let [first, restored, migrated] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let store = Store::open(on(&host, first.path())).await.unwrap();
    let c = store.ensure_collection("c").await.unwrap();
    put(&store, c, "a", &["penguins"]).await;
    put(&store, c, "b", &["penguins too"]).await;
    store.reindex(&|_, _| ()).await.unwrap();
    let (archive, _) = backup(&store, first.path()).await;
    store.close().await.unwrap();
    drop(store);

    let [from, to_restored, to_migrated] =
        [&first, &restored, &migrated].map(|folder| on(&host, folder.path()));
    run(|watch| Store::restore(&archive, &to_restored, watch)).await.unwrap();
    let migration = Migration { from: from.clone(), to: to_migrated.clone() };
    run(|watch| Store::migrate(&migration, watch)).await.unwrap();
    let aliases = aliases(&host).await;
    assert_eq!(aliases.len(), 3, "{aliases:?}");

    for copy in [to_restored, to_migrated] {
        let copy = Store::open(copy).await.unwrap();
        copy.remove_document(document_id(c, "a")).await.unwrap();
        copy.reindex(&|_, _| ()).await.unwrap();
        assert_eq!(texts(&copy, &owner(), "penguins").await, ["penguins too"]);
        copy.close().await.unwrap();
    }
    let store = Store::open(from).await.unwrap();
    assert_eq!(texts(&store, &owner(), "penguins").await.len(), 2);
    let report = store.compare().await.unwrap();
    assert_eq!((report.n_points, report.n_mended, report.n_orphans), (2, 0, 0));
    store.close().await.unwrap();
}
