//! Deleted is deleted, whatever happened before: random histories against a model in memory.
//!
//! `FOOTNOTE_DELETING_STEPS` and `FOOTNOTE_DELETING_SEED` make the walk longer or another one.

use footnote_core::corpus::Corpus as _;
use footnote_core::id::{CollectionId, VersionId};
use footnote_core::query::SearchRequest;
use footnote_store::{DocumentFilter, VersionRef, Which};
use std::collections::{BTreeMap, BTreeSet};

use crate::canary::{Canary, files_with_any};
use crate::fixture::{Home, document_id, embed, owner, put};

const COLLECTIONS: [&str; 2] = ["one", "two"];
const URIS: u64 = 8;

/// What a document is known to hold.
#[derive(Debug, Clone)]
struct Held {
    canary: String,
    version: VersionId,
}

/// Random numbers from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// A store and what it should hold.
struct Walk {
    home: Home,
    collections: Vec<CollectionId>,
    live: BTreeMap<(usize, String), Held>,
    /// The canaries of each live document, those of its superseded versions included.
    kept: BTreeMap<(usize, String), BTreeSet<String>>,
    /// Canaries that stood in documents which were removed, and stand in none that lives.
    dead: BTreeMap<String, (CollectionId, String, VersionId)>,
    /// Those of the dead that were not looked for in the files yet.
    unseen: BTreeSet<String>,
    n_canaries: u64,
}

impl Walk {
    async fn begin() -> Self {
        let home = Home::new().await;
        let mut collections = Vec::new();
        for name in COLLECTIONS {
            collections.push(home.store.ensure_collection(name).await.unwrap());
        }
        let (live, kept, dead) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let unseen = BTreeSet::new();
        Self { home, collections, live, kept, dead, unseen, n_canaries: 0 }
    }

    fn place(dice: &mut Dice) -> (usize, String) {
        let n = dice.roll(COLLECTIONS.len() as u64);
        (usize::try_from(n).unwrap(), format!("doc-{}", dice.roll(URIS)))
    }

    /// Stores a text at a place: a new one, or one that another document holds already.
    async fn store(&mut self, place: (usize, String), canary: String) {
        let collection = self.collections[place.0];
        let text = format!("The {canary} sings at dawn.");
        let version = put(&self.home.store, collection, &place.1, &[&text, "Common words."]).await;
        self.dead.remove(&canary);
        self.kept.entry(place.clone()).or_default().insert(canary.clone());
        self.live.insert(place, Held { canary, version });
    }

    async fn remove(&mut self, place: &(usize, String)) {
        let Some(held) = self.live.remove(place) else { return };
        let collection = self.collections[place.0];
        let id = document_id(collection, &place.1);
        self.home.store.remove_document(id).await.unwrap();
        for canary in self.kept.remove(place).unwrap_or_default() {
            if !self.kept.values().any(|kept| kept.contains(&canary)) {
                self.unseen.insert(canary.clone());
                self.dead.insert(canary, (collection, place.1.clone(), held.version));
            }
        }
    }

    async fn step(&mut self, dice: &mut Dice) {
        let place = Self::place(dice);
        match dice.roll(10) {
            0..=4 => {
                self.n_canaries += 1;
                let canary = format!("canary{}x", self.n_canaries);
                self.store(place, canary).await;
            }
            5 => {
                let shared = self.live.values().next().map(|held| held.canary.clone());
                if let Some(canary) = shared {
                    self.store(place, canary).await;
                }
            }
            6 => {
                let to = Self::place(dice);
                if let Some(held) = self.live.get(&place).cloned() {
                    self.store(to.clone(), held.canary).await;
                    if to != place {
                        self.remove(&place).await;
                    }
                }
            }
            7..=8 => self.remove(&place).await,
            _ => {
                let purged = self.home.store.purge(Which::Everything).await.unwrap();
                assert_eq!(purged.n_waiting, 0);
                let unseen = std::mem::take(&mut self.unseen);
                self.check_files(
                    unseen.into_iter().filter(|canary| self.dead.contains_key(canary)),
                );
            }
        }
    }

    /// Every dead canary is out of reach, whichever way it is asked for.
    async fn check(&self) {
        let store = &self.home.store;
        let page = DocumentFilter { limit: 1000, ..DocumentFilter::default() };
        let listed = store.documents(&owner(), page).await.unwrap().items;
        let listed: BTreeSet<_> =
            listed.into_iter().map(|document| (document.collection, document.uri)).collect();
        let known: BTreeSet<_> =
            self.live.keys().map(|(c, uri)| (self.collections[*c], uri.clone())).collect();
        assert_eq!(listed, known);
        for (canary, (collection, uri, version)) in self.dead.iter().rev().take(20) {
            self.check_search(canary).await;
            let id = document_id(*collection, uri);
            let by_id = Some(VersionRef::Id(*version));
            let text = store.document_text(&owner(), id, by_id).await;
            assert!(text.is_err_and(|error| error.message() == "no such document"));
            let chunks = store.document_chunks(&owner(), id, by_id).await;
            assert!(chunks.is_err(), "{canary}");
        }
        for held in self.live.values() {
            let found = self.found(&held.canary).await;
            assert!(found.iter().any(|text| text.contains(&held.canary)), "{}", held.canary);
        }
    }

    async fn check_search(&self, canary: &str) {
        let found = self.found(canary).await;
        assert!(!found.iter().any(|text| text.contains(canary)), "{canary} in {found:?}");
    }

    /// Returns the texts that a search finds by words and by meaning.
    async fn found(&self, canary: &str) -> Vec<String> {
        let text = format!("The {canary} sings at dawn.");
        let request = SearchRequest {
            dense: Some(embed(&text)),
            lexical: Some(canary.to_owned()),
            limit: 50,
            ..SearchRequest::default()
        };
        let found = self.home.store.search(&owner(), &request).await.unwrap();
        let all = found.dense.into_iter().chain(found.lexical);
        all.map(|candidate| candidate.passage.text).collect()
    }

    /// None of some dead canaries stands in any file.
    fn check_files(&self, dead: impl Iterator<Item = String>) {
        let dead: Vec<Canary> = dead.map(|word| Canary { word }).collect();
        assert_eq!(files_with_any(self.home.folder.path(), &dead), [""; 0], "{dead:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_document_is_found_by_nothing_and_nowhere() {
    let n_steps = number("FOOTNOTE_DELETING_STEPS", 40);
    let seed = number("FOOTNOTE_DELETING_SEED", 1);
    println!("{n_steps} steps from seed {seed}");
    let mut dice = Dice(seed);
    let mut walk = Walk::begin().await;
    for _step in 0..n_steps {
        walk.step(&mut dice).await;
        walk.check().await;
    }
    walk.home.store.vacuum().await.unwrap();
    walk.check_files(walk.dead.keys().cloned());
    assert!(walk.home.store.integrity().await.unwrap().problems.is_empty());
    let report = walk.home.store.reconcile().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
}

#[expect(clippy::disallowed_methods, reason = "how long a test runs is said by its environment")]
fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}
