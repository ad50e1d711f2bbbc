//! What must be there: for every document what was acknowledged, and what was on its way when the
//! program was killed.

use std::collections::{BTreeMap, BTreeSet};

use super::content::Content;
use super::plan::is_of_folder;
use super::said::{Look, Seen};

/// What a document is: the number of its content, or not there.
pub(super) type State = Option<u64>;

/// What each document may be. One that was acknowledged may be one thing only.
#[derive(Debug, Default)]
pub(super) struct Expected {
    documents: BTreeMap<String, BTreeSet<State>>,
    /// What this child has begun and not acknowledged.
    begun: BTreeMap<String, BTreeSet<State>>,
    /// Whether jobs of children before were interrupted that go on by themselves.
    has_unfinished_jobs: bool,
    /// What those jobs may still make of documents.
    pending: BTreeMap<String, BTreeSet<State>>,
    /// Every content that each document ever had for certain.
    ever: BTreeMap<String, BTreeSet<u64>>,
    /// The contents that were purged: no byte of them may be left.
    purged: BTreeSet<u64>,
}

impl Expected {
    /// Notes that a document may become something from now on.
    pub(super) fn may_be(&mut self, uri: &str, state: State) {
        let absent = || BTreeSet::from([None]);
        self.documents.entry(uri.to_owned()).or_insert_with(absent).insert(state);
        self.begun.entry(uri.to_owned()).or_default().insert(state);
    }

    /// Notes that a document was acknowledged to be something. A job that was interrupted before
    /// may still bring the folder in step; what was sent later is not replaced by what was sent
    /// before.
    pub(super) fn is(&mut self, uri: &str, state: State) {
        let mut states = BTreeSet::from([state]);
        if is_of_folder(uri) {
            states.extend(self.pending.get(uri).into_iter().flatten());
        } else {
            self.pending.remove(uri);
        }
        self.documents.insert(uri.to_owned(), states);
        self.ever.entry(uri.to_owned()).or_default().extend(state);
        self.begun.remove(uri);
    }

    /// Notes that everything that a document ever said was acknowledged to be purged.
    pub(super) fn is_purged(&mut self, uri: &str) {
        self.is(uri, None);
        self.purged.extend(self.ever.remove(uri).unwrap_or_default());
    }

    /// Notes that jobs that were interrupted go on. One that was not listed yet lists the folder as
    /// it is now.
    pub(super) fn go_on(&mut self, folder: &BTreeMap<String, u64>) {
        if !self.has_unfinished_jobs {
            return;
        }
        for (uri, number) in folder {
            self.pending.entry(uri.clone()).or_default().insert(Some(*number));
        }
        let of_folder = self.documents.keys().filter(|uri| is_of_folder(uri));
        for uri in of_folder.filter(|uri| !folder.contains_key(*uri)) {
            self.pending.entry(uri.clone()).or_default().insert(None);
        }
        for (uri, states) in &self.pending {
            let known = self.documents.entry(uri.clone()).or_insert_with(|| BTreeSet::from([None]));
            known.extend(states);
        }
    }

    /// Returns every document that is or was.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }

    /// Returns the contents that were purged.
    pub(super) fn purged(&self) -> &BTreeSet<u64> {
        &self.purged
    }

    /// Returns contents that no document may have any more, newest first.
    pub(super) fn dead(&self, limit: usize) -> Vec<u64> {
        let alive: BTreeSet<u64> = self.documents.values().flatten().copied().flatten().collect();
        let ever = self.ever.values().flatten().chain(&self.purged);
        let dead: BTreeSet<u64> = ever.filter(|number| !alive.contains(number)).copied().collect();
        dead.into_iter().rev().take(limit).collect()
    }

    /// Compares what is there with what must be; returns what is wrong.
    pub(super) fn violations(&self, seen: &Seen) -> Vec<String> {
        let mut wrong = seen.faults.clone();
        let mut found: BTreeMap<&str, Vec<State>> = BTreeMap::new();
        for document in &seen.documents {
            found.entry(&document.uri).or_default().push(document.number);
            let faults = document.faults.iter();
            wrong.extend(faults.map(|fault| format!("{}: {fault}", document.uri)));
        }
        for (uri, states) in &found {
            if 1 < states.len() {
                wrong.push(format!("{uri}: doubled, it is there {} times", states.len()));
            }
            if !self.documents.contains_key(*uri) {
                wrong.push(format!("{uri}: nobody put it there"));
            }
        }
        for (uri, allowed) in &self.documents {
            let states = found.get(&**uri).map_or(&[None][..], Vec::as_slice);
            let strange = states.iter().find(|state| !allowed.contains(state));
            wrong.extend(strange.map(|state| format!("{uri}: {}", differs(*state, allowed))));
        }
        wrong
    }

    /// Takes what was seen for what is there from now on.
    pub(super) fn settle(&mut self, seen: &Seen) {
        let found: BTreeMap<&str, State> =
            seen.documents.iter().map(|document| (&*document.uri, document.number)).collect();
        for (uri, states) in &mut self.documents {
            let state = found.get(&**uri).copied().flatten();
            *states = BTreeSet::from([state]);
            self.ever.entry(uri.clone()).or_default().extend(state);
        }
        let begun = std::mem::take(&mut self.begun);
        self.has_unfinished_jobs = 0 < seen.n_unfinished_jobs;
        if self.has_unfinished_jobs {
            for (uri, states) in begun {
                self.pending.entry(uri).or_default().extend(states);
            }
        } else {
            self.pending.clear();
        }
    }

    /// Returns what the next look is to look for.
    pub(super) fn look(&self, content: Content, checks_file: bool) -> Look {
        let dead = self.dead(DEAD_PER_LOOK).into_iter();
        Look { dead: dead.map(|number| content.canary(number)).collect(), checks_file }
    }
}

/// How many dead contents are searched for in one look.
const DEAD_PER_LOOK: usize = 8;

/// Says how a document differs from what it may be.
fn differs(state: State, allowed: &BTreeSet<State>) -> String {
    let name = |state: &State| match state {
        Some(number) => format!("content {number}"),
        None => "not there".to_owned(),
    };
    let allowed: Vec<String> = allowed.iter().map(name).collect();
    let kind = if state.is_none() { "lost" } else { "not as acknowledged" };
    format!("{kind}: it is {}, but must be {}", name(&state), allowed.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::super::said::SeenDocument;
    use super::*;

    fn seen(documents: &[(&str, u64)]) -> Seen {
        let documents = documents.iter().map(|(uri, number)| SeenDocument {
            uri: (*uri).to_owned(),
            number: Some(*number),
            faults: Vec::new(),
        });
        Seen { documents: documents.collect(), ..Seen::default() }
    }

    #[test]
    fn what_was_acknowledged_must_be_there_once() {
        let mut expected = Expected::default();
        expected.may_be("a", Some(1));
        expected.is("a", Some(1));
        assert_eq!(expected.violations(&seen(&[("a", 1)])), [""; 0]);
        let lost = expected.violations(&seen(&[]));
        assert_eq!(lost, ["a: lost: it is not there, but must be content 1"]);
        assert!(expected.violations(&seen(&[("a", 1), ("a", 1)]))[0].contains("doubled"));
        assert!(expected.violations(&seen(&[("a", 1), ("b", 2)]))[0].contains("nobody"));
    }

    #[test]
    fn what_was_on_its_way_may_be_old_or_new() {
        let mut expected = Expected::default();
        expected.is("a", Some(1));
        expected.may_be("a", Some(2));
        for number in [1, 2] {
            assert_eq!(expected.violations(&seen(&[("a", number)])), [""; 0]);
        }
        assert_eq!(expected.violations(&seen(&[("a", 3)])).len(), 1);
        expected.settle(&seen(&[("a", 1)]));
        assert_eq!(expected.violations(&seen(&[("a", 2)])).len(), 1);
    }

    #[test]
    fn an_unfinished_job_may_go_on_after_the_next_start() {
        let mut expected = Expected::default();
        expected.may_be("a", Some(1));
        expected.settle(&Seen { n_unfinished_jobs: 1, ..seen(&[]) });
        assert_eq!(expected.violations(&seen(&[("a", 1)])).len(), 1);
        expected.go_on(&BTreeMap::new());
        assert_eq!(expected.violations(&seen(&[("a", 1)])), [""; 0]);
    }

    #[test]
    fn what_was_purged_is_dead_for_good() {
        let mut expected = Expected::default();
        for number in [1, 2] {
            expected.may_be("a", Some(number));
            expected.is("a", Some(number));
        }
        expected.is_purged("a");
        assert_eq!(expected.dead(9), [2, 1]);
        assert_eq!(expected.purged().len(), 2);
    }
}
