//! Walks a folder: every file that is not hidden, in order of path.

use ignore::WalkBuilder;
use std::path::Path;

use super::pattern::Patterns;
use super::{Listing, Unlisted, failure_of, file, uri_below};
use footnote_core::job::{Failure, FailureCode};

/// Lists the files of a folder. What cannot be opened is listed as such; the rest goes on.
///
/// Hidden files are left out and links are not followed out of curiosity: a link to a file is
/// read, a link to a folder is not walked, so that no folder is walked for ever.
pub(super) fn walk(root: &Path, patterns: &Patterns, listing: &mut Listing) {
    let walker = WalkBuilder::new(root)
        .standard_filters(false)
        .hidden(true)
        .sort_by_file_path(Ord::cmp)
        .build();
    for entry in walker {
        match entry {
            Ok(entry) => take(root, entry.path(), patterns, listing),
            Err(error) => listing.unlisted.push(unlisted(root, &error)),
        }
    }
}

/// Takes one entry of the walk if it is a wanted file.
fn take(root: &Path, path: &Path, patterns: &Patterns, listing: &mut Listing) {
    let uri = uri_below(root, path);
    if uri.is_empty() || !patterns.admit(&uri) {
        return;
    }
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => listing.items.push(file(root, path, &metadata)),
        Ok(_) => {}
        Err(error) => listing.unlisted.push(Unlisted { uri, failure: failure_of(&error) }),
    }
}

/// Says which entry could not be opened and why.
fn unlisted(root: &Path, error: &ignore::Error) -> Unlisted {
    let uri = path_of(error).map_or_else(|| ".".to_owned(), |path| uri_below(root, path));
    let failure = error.io_error().map_or_else(
        || Failure::new(FailureCode::Unreadable, format!("It cannot be listed: {error}.")),
        failure_of,
    );
    Unlisted { uri, failure }
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
