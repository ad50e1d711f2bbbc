//! What pages said when they were opened last: their tags, and where their links lead. So a page
//! that did not change is not sent again to be told where it leads.

use footnote_core::clock::Timestamp;
use footnote_core::id::ContentHash;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs;
use url::Url;

/// The folder in the cache.
const FOLDER: &str = "web";

/// What a page said when it was opened last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// What changes when the page does, where its server says such a thing.
    pub(super) tag: Option<String>,
    /// When it was last changed, where it says.
    pub(super) modified: Option<Timestamp>,
    /// Where it came from, after redirects.
    pub(super) url: Url,
    /// Where its links lead, as far as they may be followed.
    pub(super) targets: Vec<Url>,
}

/// What the pages below a root said.
///
/// It lies in the cache folder and is no more than a saving: without it, pages are sent again.
#[derive(Debug)]
pub(super) struct Memory {
    path: PathBuf,
    before: HashMap<String, Page>,
    now: HashMap<String, Page>,
}

/// How it is written: every address once.
#[derive(Default, Serialize, Deserialize)]
struct Written {
    places: Vec<String>,
    pages: Vec<WrittenPage>,
}

#[derive(Serialize, Deserialize)]
struct WrittenPage {
    asked: usize,
    tag: Option<String>,
    modified: Option<Timestamp>,
    url: usize,
    targets: Vec<usize>,
}

impl Memory {
    /// Reads what is remembered of a root; what cannot be read is forgotten.
    pub(super) async fn open(cache: &Path, root: &str) -> Self {
        let name = ContentHash::of(root.as_bytes()).to_string();
        let name = name.trim_start_matches("sha256:");
        let path = cache.join(FOLDER).join(format!("{name}.json"));
        let written = fs::read(&path).await.ok();
        let written: Option<Written> =
            written.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let before = written.unwrap_or_default().into_pages();
        Self { path, before, now: HashMap::new() }
    }

    /// Returns what a page said the last time.
    pub(super) fn of(&self, asked: &Url) -> Option<&Page> {
        self.before.get(asked.as_str())
    }

    /// Returns the tag that a page had the last time.
    pub(super) fn tag(&self, asked: &Url) -> Option<String> {
        self.of(asked)?.tag.clone()
    }

    /// Remembers what a page says now, if there is a tag by which to ask whether it still does.
    pub(super) fn keep(&mut self, asked: &Url, page: &Page) {
        if page.tag.is_some() {
            self.now.insert(asked.to_string(), page.clone());
        }
    }

    /// Writes down what was said now.
    ///
    /// # Errors
    /// The cache folder cannot be written.
    pub(super) async fn save(&self) -> io::Result<()> {
        if self.now == self.before {
            return Ok(());
        }
        let Some(folder) = self.path.parent() else { return Ok(()) };
        fs::create_dir_all(folder).await?;
        let unfinished = self.path.with_extension("new");
        fs::write(&unfinished, serde_json::to_vec(&Written::of(&self.now))?).await?;
        fs::rename(&unfinished, &self.path).await
    }
}

impl Written {
    fn of(pages: &HashMap<String, Page>) -> Self {
        let mut written = Self::default();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for (asked, page) in pages {
            let mut number = |place| {
                *numbers.entry(place).or_insert_with(|| {
                    written.places.push(str::to_owned(place));
                    written.places.len() - 1
                })
            };
            let (asked, url) = (number(asked), number(page.url.as_str()));
            let targets = page.targets.iter().map(|target| number(target.as_str())).collect();
            let (tag, modified) = (page.tag.clone(), page.modified);
            written.pages.push(WrittenPage { asked, tag, modified, url, targets });
        }
        written
    }

    fn into_pages(self) -> HashMap<String, Page> {
        let place = |number: usize| self.places.get(number);
        let address = |number: usize| Url::parse(place(number)?).ok();
        let page = |written: WrittenPage| {
            let WrittenPage { asked, tag, modified, url, targets } = written;
            let targets = targets.into_iter().map(address).collect::<Option<_>>()?;
            Some((place(asked)?.clone(), Page { tag, modified, url: address(url)?, targets }))
        };
        self.pages.into_iter().filter_map(page).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test]
    async fn what_pages_said_is_remembered_and_what_is_gone_forgotten() {
        let cache = tempfile::tempdir().unwrap();
        let root = "https://a.example/";
        let mut memory = Memory::open(cache.path(), root).await;
        assert!(memory.of(&url(root)).is_none());
        let page = Page {
            tag: Some("\"1\"".to_owned()),
            modified: Some(Timestamp(5)),
            url: url("https://a.example/index"),
            targets: vec![url("https://a.example/b"), url("https://a.example/index")],
        };
        memory.keep(&url(root), &page);
        memory.keep(&url("https://a.example/b"), &Page { tag: None, ..page.clone() });
        memory.save().await.unwrap();
        let memory = Memory::open(cache.path(), root).await;
        assert_eq!(memory.of(&url(root)), Some(&page));
        assert!(memory.of(&url("https://a.example/b")).is_none(), "it has no tag");
        memory.save().await.unwrap();
        assert!(Memory::open(cache.path(), root).await.of(&url(root)).is_none());
    }

    #[tokio::test]
    async fn a_damaged_file_is_forgotten() {
        let cache = tempfile::tempdir().unwrap();
        let memory = Memory::open(cache.path(), "https://a.example/").await;
        std::fs::create_dir_all(memory.path.parent().unwrap()).unwrap();
        std::fs::write(&memory.path, r#"{"places": [], "pages": [{"asked": 7}]}"#).unwrap();
        assert!(Memory::open(cache.path(), "https://a.example/").await.before.is_empty());
    }
}
