//! Glob patterns: which paths are wanted, and patterns given as inputs.

use footnote_core::{Error, Result};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::path::{Path, PathBuf};

/// Which paths below a root are wanted.
#[derive(Debug)]
pub(super) struct Patterns {
    include: GlobSet,
    exclude: GlobSet,
}

impl Patterns {
    /// Reads patterns. A pattern without `/` matches names at any depth.
    ///
    /// # Errors
    /// `Invalid` for a pattern that cannot be read.
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        Ok(Self { include: set(include)?, exclude: set(exclude)? })
    }

    /// Tells whether a path is wanted.
    #[must_use]
    pub(super) fn admit(&self, uri: &str) -> bool {
        (self.include.is_empty() || self.include.is_match(uri)) && !self.exclude.is_match(uri)
    }
}

/// Reads a list of patterns.
fn set(patterns: &[String]) -> Result<GlobSet> {
    let unreadable = |pattern: &str, error: globset::Error| {
        Error::invalid(format!("`{pattern}` is not a glob pattern")).because(error)
    };
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let anywhere =
            if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        builder.add(Glob::new(&anywhere).map_err(|error| unreadable(pattern, error))?);
    }
    builder.build().map_err(|error| unreadable(&patterns.join(" "), error))
}

/// Tells whether a path is written as a pattern.
pub(super) fn is_glob(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// Returns what a pattern matches, in order of path.
///
/// # Errors
/// `Invalid` for a pattern that cannot be read, `NotFound` when nothing matches.
pub(super) fn expand(pattern: &Path) -> Result<Vec<PathBuf>> {
    let text = pattern.to_string_lossy();
    let paths = glob::glob(&text).map_err(|error| {
        Error::invalid(format!("`{text}` is not a glob pattern")).because(error)
    })?;
    let found: Vec<PathBuf> = paths.filter_map(std::result::Result::ok).collect();
    if found.is_empty() {
        return Err(Error::not_found(format!("nothing matches `{text}`")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_matches_at_any_depth_and_exclusion_wins() {
        let patterns = Patterns::new(&["*.md".to_owned()], &["drafts/**".to_owned()]).unwrap();
        assert!(patterns.admit("a.md"));
        assert!(patterns.admit("deep/er/a.md"));
        assert!(!patterns.admit("a.txt"));
        assert!(!patterns.admit("drafts/a.md"));
        assert!(Patterns::new(&["[".to_owned()], &[]).is_err());
    }
}
