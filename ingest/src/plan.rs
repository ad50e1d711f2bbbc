//! What changed: the source against what the catalog knows.

use footnote_core::clock::Timestamp;
use footnote_core::id::ContentHash;
use footnote_store::KnownSource;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use crate::reader::Reader;
use crate::scan::{Found, Missing, Unlisted};

/// How long before it was read a file must have been changed for its time to prove anything: one
/// that changes twice within the clock's tick keeps its time.
const SETTLED_FOR: Duration = Duration::from_secs(2);

/// What a run would do; the outcome of a dry run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Paths that are not known.
    pub new: Vec<String>,
    /// Paths whose content changed.
    pub changed: Vec<String>,
    /// Paths whose content is there.
    pub unchanged: Vec<String>,
    /// Paths that are known and no longer exist.
    pub gone: Vec<String>,
    /// Paths that cannot be read.
    pub failed: Vec<Unlisted>,
}

/// What the catalog knows of one source root, and what of it was found again.
#[derive(Debug, Default)]
pub(crate) struct Known {
    by_uri: HashMap<String, KnownSource>,
    found: HashSet<String>,
}

impl Known {
    /// Takes what the catalog knows. What lies inside a document stays and goes with it.
    pub(crate) fn new(documents: Vec<KnownSource>) -> Self {
        let listed = documents.into_iter().filter(|document| document.container.is_none());
        let by_uri = listed.map(|document| (document.uri.clone(), document)).collect();
        Self { by_uri, found: HashSet::new() }
    }

    /// Notes that something was found, and returns what is known of it.
    pub(crate) fn note(&mut self, uri: &str) -> Option<&KnownSource> {
        self.found.insert(uri.to_owned());
        self.by_uri.get(uri)
    }

    /// Tells whether anything was found.
    pub(crate) fn is_empty_now(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the documents that are gone, by uri.
    pub(crate) fn gone(&self, root: &str, missing: &Missing) -> Vec<&KnownSource> {
        let is_gone = |known: &&KnownSource| match missing {
            Missing::Unknown => false,
            Missing::Gone => !self.found.contains(&known.uri),
            Missing::LookedFor => is_gone(Path::new(root), &known.uri),
            Missing::GoneBelow(uris) => {
                uris.iter().any(|uri| is_below(&known.uri, uri))
                    && is_gone(Path::new(root), &known.uri)
            }
        };
        let mut gone: Vec<_> = self.by_uri.values().filter(is_gone).collect();
        gone.sort_by(|a, b| a.uri.cmp(&b.uri));
        gone
    }
}

/// Tells whether the source says of a document what it said when the document was read: then it
/// need not be read.
pub(crate) fn is_untouched(found: &Found, known: &KnownSource, reader: Reader) -> bool {
    if !reader.has_read(&known.reading) || known.is_unfinished {
        return false;
    }
    match &found.tag {
        Some(_) => found.tag == known.tag,
        None => {
            found.modified.is_some()
                && found.modified == known.modified
                && known.size_bytes == Some(found.size_bytes)
        }
    }
}

/// Tells whether a document has the same content, read the same way.
pub(crate) fn is_same(known: &KnownSource, content: &ContentHash, reader: Reader) -> bool {
    known.content == *content && reader.has_read(&known.reading)
}

/// Returns the time of a file if it proves that the file is as it was read at a moment.
pub(crate) fn settled(modified: Option<Timestamp>, read: Timestamp) -> Option<Timestamp> {
    let settled_for = i64::try_from(SETTLED_FOR.as_millis()).unwrap_or(i64::MAX);
    modified.filter(|modified| modified.0.saturating_add(settled_for) <= read.0)
}

/// Tells whether the file of a uri surely no longer exists; a file that cannot be looked at stays.
pub(crate) fn is_gone(root: &Path, uri: &str) -> bool {
    matches!(root.join(uri).try_exists(), Ok(false))
}

/// Tells whether a uri is another, or in the folder of that name.
fn is_below(uri: &str, folder: &str) -> bool {
    uri.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::document::Source;
    use footnote_core::id::{CollectionId, DocumentId, VersionId};
    use footnote_core::job::Place;
    use footnote_document::READING;

    const READER: Reader = Reader { has_ocr: true };

    fn known(uri: &str) -> KnownSource {
        let id = DocumentId::derive(CollectionId::named("c"), "/docs", uri);
        let content = ContentHash::of(b"x");
        KnownSource {
            id,
            version: VersionId::derive(id, &content, READING),
            uri: uri.to_owned(),
            content,
            reading: READING.to_owned(),
            size_bytes: Some(1),
            modified: Some(Timestamp(5_000)),
            tag: None,
            container: None,
            is_unfinished: false,
        }
    }

    fn found(modified: i64, tag: Option<&str>) -> Found {
        Found {
            source: Source { root: "/docs".to_owned(), uri: "a.md".to_owned() },
            place: Place::File { path: "/docs/a.md".into() },
            size_bytes: 1,
            modified: Some(Timestamp(modified)),
            tag: tag.map(str::to_owned),
        }
    }

    #[test]
    fn only_the_same_size_and_a_settled_time_prove_that_nothing_changed() {
        assert!(is_untouched(&found(5_000, None), &known("a.md"), READER));
        assert!(!is_untouched(&found(5_001, None), &known("a.md"), READER));
        let unproven = KnownSource { modified: None, ..known("a.md") };
        assert!(!is_untouched(&found(5_000, None), &unproven, READER));
        let older = KnownSource { reading: "0".to_owned(), ..known("a.md") };
        assert!(!is_untouched(&found(5_000, None), &older, READER));
        assert_eq!(settled(Some(Timestamp(5_000)), Timestamp(6_999)), None);
        assert_eq!(settled(Some(Timestamp(5_000)), Timestamp(7_000)), Some(Timestamp(5_000)));
    }

    #[test]
    fn a_tag_decides_alone_where_there_is_one() {
        let known = KnownSource { tag: Some("v1".to_owned()), ..known("a.md") };
        assert!(is_untouched(&found(9_000, Some("v1")), &known, READER));
        assert!(!is_untouched(&found(5_000, Some("v2")), &known, READER));
    }

    #[test]
    fn what_a_listing_does_not_show_is_gone_only_if_it_was_whole() {
        let mut documents = Known::new(vec![known("a.md"), known("hr/b.md"), known("hr2.md")]);
        documents.note("a.md");
        let gone = |missing| -> Vec<&str> {
            documents.gone("/nowhere", &missing).iter().map(|known| known.uri.as_str()).collect()
        };
        assert_eq!(gone(Missing::Gone), ["hr/b.md", "hr2.md"]);
        assert_eq!(gone(Missing::GoneBelow(vec!["hr".to_owned()])), ["hr/b.md"]);
        assert!(gone(Missing::Unknown).is_empty());
    }
}
