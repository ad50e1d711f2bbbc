//! Documents that say the same: with equal bytes, or with almost the same words.

use footnote_core::access::Scope;
use footnote_core::id::VersionId;
use footnote_core::sketch::{Sketch, Sketcher};
use footnote_core::{Error, Result};
use std::collections::HashMap;
use tokio::task::spawn_blocking;

use super::Store;
use crate::catalog::duplicates::DuplicateDocument;

/// From which share of common pieces of text on two documents are near duplicates.
const NEAR: f32 = 0.85;

/// With how many others that share its band a version is compared at most. A band that more share
/// holds little but the words of a template, and another band brings true duplicates together.
const COMPARED: usize = 64;

/// Documents that say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateGroup {
    /// Whether all of them have the same original bytes.
    pub is_exact: bool,
    /// Which share of its text the least similar of them has in common with the first, as far as
    /// sketches tell; 1 for equal bytes.
    pub resemblance: f32,
    /// The documents, the oldest first.
    pub documents: Vec<DuplicateDocument>,
}

/// The documents that say the same.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DuplicateReport {
    /// The groups, by the uri of their first document.
    pub groups: Vec<DuplicateGroup>,
    /// How many documents were compared by their bytes alone, because they were stored by a
    /// release that made no sketches and have not got theirs since.
    pub n_without_sketch: u64,
}

/// How many documents are sketched in one round of tending: the rest of it must not wait long.
const SKETCHED_AT_ONCE: usize = 32;

/// Which documents that a release without sketches has stored are sketched next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToSketch {
    /// Those whose version comes after one, or the first ones.
    After(Option<VersionId>),
    /// None: all have one.
    Nothing,
}

impl Store {
    /// Says what sketches a text. What a release without sketches has stored is sketched with it
    /// while the store is [tended](Self::tend). The first to say so counts.
    pub fn sketch_with(&self, sketcher: Sketcher) {
        self.sketcher.get_or_init(|| sketcher);
    }

    /// Sketches some documents that have no sketch, and returns which come next.
    pub(super) async fn sketch_some(&self, next: ToSketch) -> Result<ToSketch> {
        let (Some(sketcher), ToSketch::After(after)) = (self.sketcher.get().copied(), next) else {
            return Ok(next);
        };
        let versions = self.catalog.without_sketch(after, SKETCHED_AT_ONCE).await?;
        for version in &versions {
            let text = self.catalog.text(*version).await?;
            let made = spawn_blocking(move || sketcher(&text)).await;
            let sketch = made
                .map_err(|error| Error::internal("a document was not sketched").because(error))?;
            if let Some(sketch) = sketch {
                self.catalog.put_sketch(*version, &sketch).await?;
            }
        }
        Ok(versions.last().map_or(ToSketch::Nothing, |last| ToSketch::After(Some(*last))))
    }

    /// Finds the documents in the scope that say the same as another one.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn duplicates(&self, scope: &Scope) -> Result<DuplicateReport> {
        let equal = self.catalog.equal_versions(scope).await?;
        let by_band = self.catalog.versions_by_band(scope).await?;
        let compared: Vec<VersionId> = by_band.iter().chain(&equal).flatten().copied().collect();
        let sketches = self.catalog.sketches(&compared).await?;
        let mut groups = Groups::default();
        for versions in &equal {
            versions.windows(2).for_each(|pair| groups.join(pair[0], pair[1]));
        }
        for versions in &by_band {
            join_similar(&mut groups, versions, &sketches);
        }
        let members = groups.members();
        let documents = self.catalog.duplicate_documents(scope, &groups.all()).await?;
        let mut by_group: HashMap<VersionId, Vec<DuplicateDocument>> = HashMap::new();
        for document in documents {
            if let Some(group) = members.get(&document.version) {
                by_group.entry(*group).or_default().push(document);
            }
        }
        let mut groups: Vec<DuplicateGroup> =
            by_group.into_values().filter_map(|group| described(group, &sketches)).collect();
        groups.sort_by(|a, b| first_uri(a).cmp(first_uri(b)));
        Ok(DuplicateReport {
            groups,
            n_without_sketch: self.catalog.n_without_sketch(scope).await?,
        })
    }
}

/// Joins the versions that share a band and resemble each other.
fn join_similar(
    groups: &mut Groups,
    versions: &[VersionId],
    sketches: &HashMap<VersionId, Sketch>,
) {
    for (n_before, version) in versions.iter().enumerate() {
        let others = versions[..n_before].iter().rev().take(COMPARED);
        for other in others {
            let pair = sketches.get(version).zip(sketches.get(other));
            if !groups.are_joined(*version, *other)
                && pair.is_some_and(|(a, b)| NEAR <= a.resemblance(b))
            {
                groups.join(*version, *other);
            }
        }
    }
}

/// Describes a group; `None` when all but one of its documents are gone meanwhile.
fn described(
    documents: Vec<DuplicateDocument>,
    sketches: &HashMap<VersionId, Sketch>,
) -> Option<DuplicateGroup> {
    let first = documents.first().filter(|_| 1 < documents.len())?;
    let resemblance = |other: &DuplicateDocument| {
        let pair = sketches.get(&first.version).zip(sketches.get(&other.version));
        match pair {
            Some((a, b)) if first.content != other.content => a.resemblance(b),
            Some(_) | None => 1.0,
        }
    };
    Some(DuplicateGroup {
        is_exact: documents.iter().all(|other| other.content == first.content),
        resemblance: documents.iter().map(resemblance).fold(1.0, f32::min),
        documents,
    })
}

fn first_uri(group: &DuplicateGroup) -> &str {
    group.documents.first().map_or("", |document| document.uri.as_str())
}

/// Versions in groups that are joined pair by pair (union-find).
#[derive(Debug, Default)]
struct Groups {
    /// What a version was joined to; the one that leads a group stands for itself.
    joined_to: HashMap<VersionId, VersionId>,
}

impl Groups {
    fn join(&mut self, a: VersionId, b: VersionId) {
        let (a, b) = (self.leader(a), self.leader(b));
        self.joined_to.insert(a, b);
        self.joined_to.insert(b, b);
    }

    fn are_joined(&mut self, a: VersionId, b: VersionId) -> bool {
        self.leader(a) == self.leader(b)
    }

    /// Returns what leads the group of a version, and shortens the way there.
    fn leader(&mut self, version: VersionId) -> VersionId {
        let mut leader = version;
        while let Some(next) = self.joined_to.get(&leader).copied().filter(|next| *next != leader) {
            leader = next;
        }
        if self.joined_to.contains_key(&version) {
            self.joined_to.insert(version, leader);
        }
        leader
    }

    /// Returns every version that is joined to another.
    fn all(&self) -> Vec<VersionId> {
        self.joined_to.keys().copied().collect()
    }

    /// Returns every version that is joined to another, with what leads its group.
    fn members(&mut self) -> HashMap<VersionId, VersionId> {
        let all = self.all();
        all.into_iter().map(|version| (version, self.leader(version))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::id::{CollectionId, ContentHash, DocumentId};

    #[test]
    fn versions_that_are_joined_pair_by_pair_are_one_group() {
        let document = DocumentId::derive(CollectionId::named("c"), "", "");
        let version = |n: u8| VersionId::derive(document, &ContentHash::of(&[n]), "reading");
        let mut groups = Groups::default();
        for (a, b) in [(0, 1), (2, 3), (1, 2), (8, 9), (0, 3)] {
            groups.join(version(a), version(b));
        }
        assert!(groups.are_joined(version(0), version(3)));
        assert!(!groups.are_joined(version(0), version(9)));
        assert!(!groups.are_joined(version(4), version(5)));
        let members = groups.members();
        assert_eq!(members.len(), 6);
        assert_eq!(members[&version(0)], members[&version(3)]);
    }
}
