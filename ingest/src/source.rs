//! What is there: the items of a request, listed without reading them.

pub mod folder;
pub mod pattern;

use footnote_core::clock::Timestamp;
use footnote_core::document::Source;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, Result};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use pattern::Patterns;

/// What is asked to be ingested.
#[derive(Debug, Clone)]
pub struct Request {
    /// The name of the collection that documents go to; made if it does not exist.
    pub collection: String,
    /// Where documents come from.
    pub inputs: Vec<Input>,
    /// Only paths that match one of these globs; empty means all.
    pub include: Vec<String>,
    /// No path that matches one of these globs.
    pub exclude: Vec<String>,
}

/// One place documents come from.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file, a folder, or a glob pattern.
    Path(PathBuf),
    /// Bytes that somebody sent.
    Bytes {
        /// What stands in for the source root, e.g. `stdin` or `upload`.
        root: String,
        /// The name, which also tells the format where the content does not.
        name: String,
        /// The content.
        bytes: Arc<[u8]>,
    },
}

/// One document that is there.
#[derive(Debug, Clone)]
pub struct SourceItem {
    /// Its root and the path below it.
    pub source: Source,
    /// Where its bytes are.
    pub content: Content,
    /// Its size when it was listed.
    pub size_bytes: u64,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}

/// Where the bytes of an item are.
#[derive(Debug, Clone)]
pub enum Content {
    /// In a file.
    File(PathBuf),
    /// At hand.
    Bytes(Arc<[u8]>),
}

/// An item that cannot even be listed.
#[derive(Debug, Clone)]
pub struct Unlisted {
    /// The path as far as it is known.
    pub uri: String,
    /// Why.
    pub failure: Failure,
}

/// Everything that a request names.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What is there, in order of path.
    pub items: Vec<SourceItem>,
    /// What could not be listed.
    pub unlisted: Vec<Unlisted>,
    /// The folders that were walked, whose vanished documents are to be removed.
    pub roots: Vec<PathBuf>,
}

/// Lists what a request names.
///
/// # Errors
/// `NotFound` when a path does not exist or a pattern matches nothing, `Invalid` for a pattern
/// that cannot be read.
pub fn list(request: &Request) -> Result<Listing> {
    let patterns = Patterns::new(&request.include, &request.exclude)?;
    let mut listing = Listing::default();
    for input in &request.inputs {
        match input {
            Input::Bytes { root, name, bytes } => listing.items.push(sent(root, name, bytes)),
            Input::Path(path) => list_path(path, &patterns, &mut listing)?,
        }
    }
    Ok(listing)
}

/// Makes an item of bytes that somebody sent.
fn sent(root: &str, name: &str, bytes: &Arc<[u8]>) -> SourceItem {
    SourceItem {
        source: Source { root: root.to_owned(), uri: name.to_owned() },
        content: Content::Bytes(Arc::clone(bytes)),
        size_bytes: bytes.len() as u64,
        modified: None,
    }
}

/// Lists a folder, a file, or what a glob pattern matches.
fn list_path(path: &Path, patterns: &Patterns, listing: &mut Listing) -> Result<()> {
    match path.symlink_metadata() {
        Ok(_) => list_existing(path, patterns, listing),
        Err(_) if pattern::is_glob(path) => {
            for found in pattern::expand(path)? {
                list_existing(&found, patterns, listing)?;
            }
            Ok(())
        }
        Err(error) => {
            Err(Error::not_found(format!("cannot find {}", path.display())).because(error).hint(
                "Give a file, a folder, a glob in quotes such as 'docs/**/*.md', or - for stdin.",
            ))
        }
    }
}

/// Lists a folder or a file that exists.
fn list_existing(path: &Path, patterns: &Patterns, listing: &mut Listing) -> Result<()> {
    let full = path.canonicalize().map_err(|error| {
        Error::not_found(format!("cannot open {}", path.display())).because(error)
    })?;
    if full.is_dir() {
        folder::walk(&full, patterns, listing);
        listing.roots.push(full);
        return Ok(());
    }
    let (Some(root), Some(name)) = (full.parent(), full.file_name()) else {
        return Err(Error::invalid(format!("{} is not a file", path.display())));
    };
    match full.metadata() {
        Ok(metadata) => listing.items.push(file(root, &full, &metadata)),
        Err(error) => listing.unlisted.push(Unlisted {
            uri: name.to_string_lossy().into_owned(),
            failure: failure_of(&error),
        }),
    }
    Ok(())
}

/// Makes an item of a file below a root.
pub(crate) fn file(root: &Path, path: &Path, metadata: &Metadata) -> SourceItem {
    SourceItem {
        source: Source { root: root.to_string_lossy().into_owned(), uri: uri_below(root, path) },
        content: Content::File(path.to_owned()),
        size_bytes: metadata.len(),
        modified: modified(metadata),
    }
}

/// Returns the path below a root with `/` on every system.
pub(crate) fn uri_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> =
        below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// Returns when a file was last changed.
fn modified(metadata: &Metadata) -> Option<Timestamp> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

/// Says why a file cannot be read.
pub(crate) fn failure_of(error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => Failure::new(
            FailureCode::Gone,
            "The file was no longer there when it was its turn. Ingest again if it came back.",
        ),
        ErrorKind::PermissionDenied => Failure::new(
            FailureCode::PermissionDenied,
            "This user may not read it. Change its permissions, or leave it out with --exclude.",
        ),
        ErrorKind::StorageFull => {
            Failure::new(FailureCode::DiskFull, "The disk is full. Make room and ingest again.")
        }
        _ => Failure::new(FailureCode::Unreadable, format!("The file cannot be read: {error}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &Path) -> Request {
        Request {
            collection: "c".to_owned(),
            inputs: vec![Input::Path(path.to_owned())],
            include: Vec::new(),
            exclude: vec!["**/*.log".to_owned()],
        }
    }

    #[test]
    fn a_folder_is_listed_below_itself_and_a_file_below_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("hr")).unwrap();
        std::fs::write(dir.path().join("hr/leave.md"), "x").unwrap();
        std::fs::write(dir.path().join("hr/a.log"), "x").unwrap();
        std::fs::write(dir.path().join(".hidden"), "x").unwrap();
        let uris = |listing: &Listing| -> Vec<String> {
            listing.items.iter().map(|item| item.source.uri.clone()).collect()
        };
        assert_eq!(uris(&list(&request(dir.path())).unwrap()), ["hr/leave.md"]);
        assert_eq!(uris(&list(&request(&dir.path().join("hr/leave.md"))).unwrap()), ["leave.md"]);
        assert_eq!(uris(&list(&request(&dir.path().join("*/*.md"))).unwrap()), ["leave.md"]);
    }

    #[test]
    fn a_path_that_does_not_exist_is_said_so() {
        let error = list(&request(Path::new("/nowhere/at/all"))).unwrap_err();
        assert_eq!(error.kind(), footnote_core::ErrorKind::NotFound);
    }
}
