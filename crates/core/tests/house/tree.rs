//! Reading the checkout: members, manifests, source files.

use std::fs;
use std::path::{Path, PathBuf};
use toml::Table;

/// Folders that hold what tools made.
const MADE_BY_TOOLS: [&str; 4] = [".git", "target", "node_modules", "dist"];

/// A text file of the repository.
pub(crate) struct File {
    /// The path below the root, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl File {
    /// Returns the text above the unit tests at the bottom of a Rust file.
    pub(crate) fn above_tests(&self) -> &str {
        let end = self.text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        &self.text[..end]
    }

    /// Tells whether the file is test, bench or example code as a whole.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.contains("/benches/")
            || self.path.contains("/examples/")
            || self.path.ends_with("/tests.rs")
    }
}

/// A package of the workspace.
pub(crate) struct Member {
    /// Its folder below the root.
    pub(crate) folder: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: Table,
}

impl Member {
    /// Returns the name of the package.
    pub(crate) fn name(&self) -> &str {
        self.manifest["package"]["name"].as_str().expect("a package has a name")
    }

    /// Returns the names of everything it depends on, for building, running and testing.
    pub(crate) fn dependencies(&self) -> Vec<&str> {
        ["dependencies", "dev-dependencies", "build-dependencies"]
            .iter()
            .filter_map(|kind| self.manifest.get(*kind)?.as_table())
            .flat_map(|table| table.keys().map(String::as_str))
            .collect()
    }
}

/// Returns the root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads a file that must exist.
pub(crate) fn read(path: &str) -> String {
    let full = root().join(path);
    fs::read_to_string(&full).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// Returns every package of the workspace.
pub(crate) fn members() -> Vec<Member> {
    let workspace: Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let patterns = workspace["workspace"]["members"].as_array().expect("members are a list");
    let folders = patterns.iter().filter_map(|pattern| pattern.as_str()).flat_map(expand);
    folders.map(read_member).collect()
}

/// Turns `crates/*` into the folders that it means.
fn expand(pattern: &str) -> Vec<String> {
    let Some(parent) = pattern.strip_suffix("/*") else { return vec![pattern.to_owned()] };
    let children = children(&root().join(parent));
    let packages = children.into_iter().filter(|child| child.join("Cargo.toml").is_file());
    packages.map(|child| relative(&child)).collect()
}

fn read_member(folder: String) -> Member {
    let manifest = read(&format!("{folder}/Cargo.toml")).parse().expect("Cargo.toml is TOML");
    Member { folder, manifest }
}

/// Returns every Rust file of every package.
pub(crate) fn rust_files() -> Vec<File> {
    let folders = members().into_iter().map(|member| root().join(member.folder));
    let files = folders.flat_map(|folder| texts_below(&folder));
    files.filter(|file| has_extension(&file.path, "rs")).collect()
}

/// Returns every text file of the repository.
pub(crate) fn text_files() -> Vec<File> {
    texts_below(&root())
}

/// Returns the Markdown files that people read: those at the root and in `docs/`.
pub(crate) fn documents() -> Vec<File> {
    let is_document = |path: &str| {
        let in_docs = path.strip_prefix("docs/").is_some_and(|rest| !rest.contains('/'));
        has_extension(path, "md") && (in_docs || !path.contains('/'))
    };
    text_files().into_iter().filter(|file| is_document(&file.path)).collect()
}

/// Tells whether a path ends with an extension.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

/// Reads every UTF-8 file below a folder, in order of their paths.
fn texts_below(folder: &Path) -> Vec<File> {
    let mut files = Vec::new();
    for path in children(folder) {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !MADE_BY_TOOLS.contains(&name) {
                files.extend(texts_below(&path));
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push(File { path: relative(&path), text });
        }
    }
    files
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Returns a path below the root, with `/` on every system.
fn relative(path: &Path) -> String {
    let below = path.strip_prefix(root()).expect("the path lies below the root");
    below.to_string_lossy().replace('\\', "/")
}

/// Fails with one line per fault, after what the rule is and how to keep it.
pub(crate) fn check(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}\n  {}\n", faults.join("\n  "));
}
