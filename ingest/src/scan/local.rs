//! Files of this machine: a file, a folder, what a pattern matches, or what was seen to change.

use footnote_core::clock::Timestamp;
use footnote_core::document::Source;
use footnote_core::job::{Failure, FailureCode, Place};
use footnote_core::{Error, Result};
use ignore::WalkBuilder;
use std::fs::Metadata;
use std::path::{Component, Path};
use std::time::UNIX_EPOCH;
use tokio::sync::mpsc;

use super::pattern::{Patterns, expand, is_glob};
use super::{Found, Missing, PAGE_ITEMS, Page, Through, Unlisted, stopped};

/// Gathers what is found into pages.
pub(super) struct Pages {
    to_reader: mpsc::Sender<Result<Page>>,
    page: Vec<Found>,
}

impl Pages {
    pub(super) fn new(to_reader: mpsc::Sender<Result<Page>>) -> Self {
        Self { to_reader, page: Vec::new() }
    }

    fn found(&mut self, found: Found) -> Result<()> {
        self.page.push(found);
        if self.page.len() < PAGE_ITEMS { Ok(()) } else { self.flush() }
    }

    fn unlisted(&self, root: &Path, uri: String, failure: Failure) -> Result<()> {
        let root = name_of(root);
        self.send(Page::Unlisted(Unlisted { root, uri, failure }))
    }

    fn through(&mut self, root: &Path, missing: Missing) -> Result<()> {
        self.flush()?;
        self.send(Page::Through(Through { root: name_of(root), missing, cursor: None }))
    }

    fn flush(&mut self) -> Result<()> {
        if self.page.is_empty() {
            return Ok(());
        }
        let page = std::mem::take(&mut self.page);
        self.send(Page::Found(page))
    }

    fn send(&self, page: Page) -> Result<()> {
        self.to_reader.blocking_send(Ok(page)).map_err(|_closed| stopped())
    }
}

/// Lists a file, a folder, or what a glob pattern matches.
///
/// # Errors
/// `NotFound` when a path does not exist or a pattern matches nothing, `Invalid` for a pattern
/// that cannot be read, `Cancelled` when nobody listens any more.
pub(super) fn list(path: &Path, patterns: &Patterns, mut pages: Pages) -> Result<()> {
    match path.try_exists() {
        Ok(true) => list_existing(path, patterns, &mut pages)?,
        Ok(false) if is_glob(path) => {
            for found in expand(path)? {
                list_existing(&found, patterns, &mut pages)?;
            }
        }
        Ok(false) => {
            return Err(Error::not_found(format!("there is no {}", path.display())).hint(
                "Give a file, a folder, a glob in quotes such as 'docs/**/*.md', or - for stdin.",
            ));
        }
        Err(error) => {
            return Err(Error::not_found(format!("cannot find {}", path.display())).because(error));
        }
    }
    pages.flush()
}

/// Lists a folder or a file that exists.
fn list_existing(path: &Path, patterns: &Patterns, pages: &mut Pages) -> Result<()> {
    let full = path.canonicalize().map_err(|error| {
        Error::not_found(format!("cannot open {}", path.display())).because(error)
    })?;
    if full.is_dir() {
        walk(&full, &full, patterns, pages)?;
        return pages.through(&full, Missing::LookedFor);
    }
    let (Some(root), Some(name)) = (full.parent(), full.file_name()) else {
        return Err(Error::invalid(format!("{} is not a file", path.display())));
    };
    match full.metadata() {
        Ok(metadata) => pages.found(file(root, &full, &metadata)),
        Err(error) => pages.unlisted(root, name.to_string_lossy().into_owned(), failure_of(&error)),
    }
}

/// Lists what is at paths below a folder that were seen to change.
pub(super) fn list_changed(
    root: &Path,
    paths: &[std::path::PathBuf],
    patterns: &Patterns,
    mut pages: Pages,
) -> Result<()> {
    let mut vanished = Vec::new();
    for path in paths.iter().filter(|path| is_meant(root, path)) {
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => walk(root, path, patterns, &mut pages)?,
            Ok(_) => take(root, path, patterns, &mut pages)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                vanished.push(uri_below(root, path));
            }
            Err(error) => {
                pages.unlisted(root, uri_below(root, path), failure_of(&error))?;
            }
        }
    }
    pages.through(root, Missing::GoneBelow(vanished))
}

/// Lists the files of a folder. What cannot be opened is listed as such; the rest goes on.
///
/// Hidden files are left out and links are not followed out of curiosity: a link to a file is
/// read, a link to a folder is not walked, so that no folder is walked for ever.
fn walk(root: &Path, folder: &Path, patterns: &Patterns, pages: &mut Pages) -> Result<()> {
    let walker = WalkBuilder::new(folder)
        .standard_filters(false)
        .hidden(true)
        .sort_by_file_path(Ord::cmp)
        .build();
    for entry in walker {
        match entry {
            Ok(entry) => take(root, entry.path(), patterns, pages)?,
            Err(error) => {
                let (uri, failure) = unlisted(root, &error);
                pages.unlisted(root, uri, failure)?;
            }
        }
    }
    Ok(())
}

/// Takes one path if it is a wanted file.
fn take(root: &Path, path: &Path, patterns: &Patterns, pages: &mut Pages) -> Result<()> {
    let uri = uri_below(root, path);
    if uri.is_empty() || !patterns.admit(&uri) {
        return Ok(());
    }
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => pages.found(file(root, path, &metadata)),
        Ok(_) => Ok(()),
        Err(error) => pages.unlisted(root, uri, failure_of(&error)),
    }
}

/// Tells whether a path is in a folder, and neither hidden nor in something that is.
fn is_meant(root: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return false };
    below.components().all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        Component::CurDir => true,
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => false,
    })
}

/// Says which entry could not be opened and why.
fn unlisted(root: &Path, error: &ignore::Error) -> (String, Failure) {
    let uri = path_of(error).map_or_else(|| ".".to_owned(), |path| uri_below(root, path));
    let failure = error.io_error().map_or_else(
        || Failure::new(FailureCode::Unreadable, format!("It cannot be listed: {error}.")),
        failure_of,
    );
    (uri, failure)
}

/// Returns the path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

/// Describes a file below a root.
fn file(root: &Path, path: &Path, metadata: &Metadata) -> Found {
    Found {
        source: Source { root: name_of(root), uri: uri_below(root, path) },
        place: Place::File { path: path.to_owned() },
        size_bytes: metadata.len(),
        modified: modified(metadata),
        tag: None,
    }
}

/// Returns the name of a root.
fn name_of(root: &Path) -> String {
    root.to_string_lossy().into_owned()
}

/// Returns the path below a root with `/` on every system.
fn uri_below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> =
        below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// Returns when a file was last changed.
pub(crate) fn modified(metadata: &Metadata) -> Option<Timestamp> {
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
            Failure::new(FailureCode::DiskFull, "The disk is full. Make room; it is tried again.")
        }
        _ => Failure::new(FailureCode::Unreadable, format!("The file cannot be read: {error}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(path: &Path) -> Result<Vec<String>> {
        let (to_reader, mut pages) = mpsc::channel(16);
        let patterns = Patterns::new(&[], &["**/*.log".to_owned()])?;
        list(path, &patterns, Pages::new(to_reader))?;
        Ok(uris(&mut pages))
    }

    fn uris(pages: &mut mpsc::Receiver<Result<Page>>) -> Vec<String> {
        let mut uris = Vec::new();
        while let Ok(page) = pages.try_recv() {
            match page.unwrap() {
                Page::Found(found) => uris.extend(found.into_iter().map(|found| found.source.uri)),
                Page::Through(Through { missing: Missing::GoneBelow(gone), .. }) => {
                    uris.extend(gone.into_iter().map(|uri| format!("-{uri}")));
                }
                Page::Unlisted(_) | Page::Through(_) => {}
            }
        }
        uris
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("hr")).unwrap();
        for name in ["hr/leave.md", "hr/a.log", ".hidden"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        dir
    }

    #[test]
    fn a_folder_is_listed_below_itself_and_a_file_below_its_folder() {
        let dir = folder();
        assert_eq!(listed(dir.path()).unwrap(), ["hr/leave.md"]);
        assert_eq!(listed(&dir.path().join("hr/leave.md")).unwrap(), ["leave.md"]);
        assert_eq!(listed(&dir.path().join("*/*.md")).unwrap(), ["leave.md"]);
    }

    #[test]
    fn what_changed_is_listed_below_its_folder_and_what_vanished_is_said() {
        let dir = folder();
        let root = dir.path().canonicalize().unwrap();
        let paths = ["hr", "gone.md", ".hidden", "../x.md"].map(|name| root.join(name));
        let (to_reader, mut pages) = mpsc::channel(16);
        let patterns = Patterns::new(&[], &[]).unwrap();
        list_changed(&root, &paths, &patterns, Pages::new(to_reader)).unwrap();
        assert_eq!(uris(&mut pages), ["hr/a.log", "hr/leave.md", "-gone.md"]);
    }

    #[test]
    fn a_path_that_does_not_exist_is_said_so() {
        let error = listed(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(error.kind(), footnote_core::ErrorKind::NotFound);
    }
}
