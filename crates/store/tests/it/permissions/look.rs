//! What somebody sees by every kind of read, compared with what they may see.

use footnote_core::access::{
    Action, Administer, Authorized, Permission, Principal, Read, Scope, Target, Write,
};
use footnote_core::corpus::Corpus as _;
use footnote_core::document::Span;
use footnote_core::id::{ChunkId, CollectionId, ContentHash, DocumentId, PersonId, VersionId};
use footnote_core::job::JobFilter;
use footnote_core::query::{Candidate, SearchRequest};
use footnote_core::{Error, ErrorKind, Result};
use footnote_store::{DocumentFilter, VersionRef};
use std::collections::BTreeSet;
use std::fmt::Debug;

use super::chance::Chance;
use super::model::Document;
use super::world::World;
use crate::fixture::{embed, owner};

/// How many documents somebody looks at one by one.
const N_LOOKED_AT: usize = 4;

/// Somebody who looks at some collections.
pub(super) struct Look<'a> {
    world: &'a World<'a>,
    person: PersonId,
    principal: Principal,
}

impl<'a> Look<'a> {
    pub(super) async fn of(world: &'a World<'a>, person: PersonId) -> Self {
        let rights = world.store.rights_of(person).await.unwrap();
        Self { world, person, principal: Principal::person(person, "somebody", rights) }
    }

    /// Looks at everything that can be looked at; returns how many looks that were.
    pub(super) async fn everything(&self, chance: &mut Chance) -> u64 {
        let collections = &self.world.model.collections;
        let wanted: Vec<CollectionId> = match chance.below(3) {
            0 => vec![*chance.one_of(collections)],
            _ => Vec::new(),
        };
        let Some(scope) = self.scope(&wanted) else { return 1 };
        self.lists(&scope, &wanted).await;
        self.found(&scope, &wanted).await;
        let mut n_looks = 7;
        for _ in 0..N_LOOKED_AT {
            let document = chance.one_of(&self.world.model.documents);
            let may = self.readable(&wanted).any(|readable| readable.id == document.id);
            n_looks += self.document(&scope, document, may).await;
            n_looks += self.authorized(document).await;
        }
        n_looks
    }

    fn readable(&self, wanted: &[CollectionId]) -> impl Iterator<Item = &Document> {
        self.world.readable(self.person, wanted)
    }

    fn may_all_of(&self, action: Action, collection: CollectionId) -> bool {
        self.world.model.may(self.person, action, collection)
    }

    /// Returns the scope, if there is anything in what is wanted.
    fn scope(&self, wanted: &[CollectionId]) -> Option<Scope> {
        match self.principal.scope(wanted) {
            Ok(scope) => Some(scope),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotFound);
                let may = |id: &CollectionId| self.may_all_of(Action::Read, *id);
                let reads = self.readable(wanted).count();
                assert!(!wanted.iter().any(may) && reads == 0, "what may be read is hidden");
                None
            }
        }
    }

    /// Looks at what is listed.
    async fn lists(&self, scope: &Scope, wanted: &[CollectionId]) {
        let store = self.world.store;
        let filter = DocumentFilter { limit: 1_000, ..DocumentFilter::default() };
        let listed = store.documents(scope, filter).await.unwrap().items;
        let listed: BTreeSet<DocumentId> = listed.iter().map(|document| document.id).collect();
        let readable: BTreeSet<DocumentId> = self.readable(wanted).map(|d| d.id).collect();
        assert_eq!(listed, readable, "the documents that are listed");

        let collections = store.collections(scope).await.unwrap();
        let listed: Vec<_> = collections.iter().map(|c| (c.id, c.n_documents)).collect();
        let mut expected: Vec<_> = Vec::new();
        for id in &self.world.model.collections {
            let n = self.readable(wanted).filter(|document| document.collection == *id).count();
            let is_wanted = wanted.is_empty() || wanted.contains(id);
            if is_wanted && (0 < n || self.may_all_of(Action::Read, *id)) {
                expected.push((*id, n as u64));
            }
        }
        let public = collections.iter().filter(|c| c.is_public).map(|c| c.id);
        assert!(public.into_iter().all(|id| self.world.model.public.contains(&id)), "public");
        let names = collections.iter().map(|c| &c.name);
        assert!(names.is_sorted());
        assert_eq!(BTreeSet::from_iter(listed), expected.into_iter().collect(), "the collections");

        let groups = store.duplicates(scope).await.unwrap().groups;
        let alike = groups.iter().flat_map(|group| &group.documents);
        assert!(alike.into_iter().all(|found| readable.contains(&found.id)));
        for job in store.jobs(scope, &JobFilter::default(), 100).await.unwrap() {
            assert!(scope.allows_all_of(job.collection), "a job of what may not be read");
        }
        assert_eq!(store.sources(scope).await.unwrap().len(), 0);
    }

    /// Looks at what is found, now and as of a moment.
    async fn found(&self, scope: &Scope, wanted: &[CollectionId]) {
        let request = SearchRequest {
            dense: Some(embed("penguins")),
            lexical: Some("penguins".to_owned()),
            limit: 200,
            ..SearchRequest::default()
        };
        let found = self.world.store.search(scope, &request).await.unwrap();
        let live = self.readable(wanted).filter_map(|document| document.versions.last());
        let live: BTreeSet<&str> = live.map(|(_, canary)| &**canary).collect();
        let lists = [("words", &found.lexical), ("meaning", &found.dense)];
        for (what, list) in lists {
            let texts = list.iter().map(|candidate| &*candidate.passage.text);
            let canaries: BTreeSet<&str> = texts.filter_map(canary).collect();
            assert_eq!(canaries, live, "what is found by {what}");
        }
        let as_of = SearchRequest { as_of: Some(self.world.began), ..request };
        let past = self.world.store.search(scope, &as_of).await.unwrap();
        let kept = self.readable(wanted).flat_map(|document| &document.versions);
        let kept: BTreeSet<&str> = kept.map(|(_, canary)| &**canary).collect();
        let seen = |found: &Candidate| canary(&found.passage.text).is_none_or(|c| kept.contains(c));
        assert!(past.lexical.iter().chain(&past.dense).all(seen), "what is found of the past");
    }

    /// Looks at one document; returns how many looks that were.
    async fn document(&self, scope: &Scope, document: &Document, may: bool) -> u64 {
        let (store, id) = (self.world.store, document.id);
        let newest = document.versions.last().map_or("", |(_, canary)| canary);
        let mut looks = vec![
            seen(store.document(scope, id).await.map(|found| found.uri)),
            seen(store.document_text(scope, id, None).await.map(|found| found.text)),
            seen(store.document_parsed(scope, id, None).await.map(|found| found.parsed.text)),
            seen(store.document_chunks(scope, id, None).await),
            seen(store.original(scope, id, None).await.map(|found| found.uri)),
            seen(store.versions(scope, id).await.map(|found| found.len())),
        ];
        let oldest = document.versions.first().cloned().unwrap_or((nothing(), String::new()));
        let (version, canary) = oldest;
        let of_oldest = Some(VersionRef::Id(version));
        let text = store.document_text(scope, id, of_oldest).await.map(|found| found.text);
        if let Ok(text) = &text {
            assert!(text.contains(&canary));
        }
        looks.push(seen(text));
        let span = Span { start: 0, end: 8, char_start: 0, char_end: 8 };
        looks.push(seen(store.quote(scope, version, span).await));
        if let Ok((_, chunks)) = store.document_chunks(&owner(), id, None).await {
            looks.push(seen(store.neighbours(scope, &chunks[0]).await));
            let content = chunks[0].document.content;
            let is_kept = store.are_kept(scope, &[(id, content)]).await.unwrap();
            assert_eq!(is_kept, may, "an answer from {}", document.uri);
        }
        for look in &looks {
            assert_eq!(look.is_some(), may, "of {}: {look:?}", document.uri);
        }
        let text = looks[1].as_deref().unwrap_or(newest);
        assert!(text.contains(newest), "{text} without {newest}");
        looks.len() as u64 + 1
    }

    /// Looks at what an id of a request allows; returns how many looks that were.
    async fn authorized(&self, document: &Document) -> u64 {
        let mut targets: Vec<Target> = vec![document.id.into()];
        for (version, _) in &document.versions {
            targets.extend([Target::from(*version), ChunkId::nth(*version, 1).into()]);
        }
        for target in &targets {
            let may = |action| self.world.model.may_document(self.person, action, document);
            self.authorize::<Read>(*target, may(Action::Read)).await;
            self.authorize::<Write>(*target, may(Action::Write)).await;
            self.authorize::<Administer>(*target, may(Action::Administer)).await;
        }
        let collection = document.collection;
        let may = |action| self.may_all_of(action, collection);
        self.authorize::<Read>(collection.into(), may(Action::Read)).await;
        self.authorize::<Write>(collection.into(), may(Action::Write)).await;
        self.authorize::<Administer>(collection.into(), may(Action::Administer)).await;
        3 * (targets.len() as u64 + 1)
    }

    async fn authorize<A: Permission>(&self, target: Target, may: bool) {
        let outcome: Result<Authorized<Target, A>> =
            self.principal.authorize(self.world.store, target).await;
        match outcome {
            Ok(_authorized) => assert!(may, "{target:?} may not be touched"),
            Err(error) => {
                assert!(!may, "{target:?} may be touched");
                assert_eq!(error.kind(), ErrorKind::NotFound);
            }
        }
    }
}

/// Returns what was seen; `None` where it was said that there is nothing.
fn seen<T: Debug>(outcome: Result<T>) -> Option<String> {
    match outcome {
        Ok(seen) => Some(format!("{seen:?}")),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{}", error.chain());
            assert!(is_silent(&error), "{}", error.chain());
            None
        }
    }
}

fn is_silent(error: &Error) -> bool {
    canary(&error.chain()).is_none() && error.advice().is_none_or(|hint| canary(hint).is_none())
}

/// Returns the word of a text that stands in no other.
fn canary(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.starts_with("canary"))
}

/// Returns the id of a version that there is not.
fn nothing() -> VersionId {
    let document = DocumentId::derive(CollectionId::named("none"), "", "");
    VersionId::derive(document, &ContentHash::of(b""), "")
}
