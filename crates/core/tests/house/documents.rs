//! What is written for people is true: links lead somewhere, every code is explained.

use footnote_core::ErrorKind;
use footnote_core::job::FailureCode;
use std::path::Path;

use crate::tree::{File, check, documents, read, root, text_files};

/// Every kind of error with its name in the documentation of the API.
const KINDS: [ErrorKind; 6] = [
    ErrorKind::NotFound,
    ErrorKind::Invalid,
    ErrorKind::Conflict,
    ErrorKind::Unavailable,
    ErrorKind::Cancelled,
    ErrorKind::Internal,
];

/// Does not compile when a kind is added: then extend [`KINDS`] and `docs/api.md`.
fn is_listed(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::NotFound
        | ErrorKind::Invalid
        | ErrorKind::Conflict
        | ErrorKind::Unavailable
        | ErrorKind::Cancelled
        | ErrorKind::Internal => KINDS.contains(&kind),
    }
}

#[test]
fn every_kind_of_error_is_explained() {
    assert!(KINDS.into_iter().all(is_listed));
    let api = read("docs/api.md");
    let names = KINDS.iter().map(|kind| format!("`{kind:?}`"));
    let faults: Vec<_> = names.filter(|name| !api.contains(name)).collect();
    check("Explain the kind in the table of errors of docs/api.md.", &faults);
}

#[test]
fn every_failure_code_is_explained() {
    let api = read("docs/api.md");
    let codes = FailureCode::ALL.iter().map(|code| format!("| `{code}` |"));
    let faults: Vec<_> = codes.filter(|row| !api.contains(row)).collect();
    check("Add a row for the code to the failure codes of docs/api.md.", &faults);
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for document in documents() {
        let folder = root().join(&document.path);
        let folder = folder.parent().unwrap_or(Path::new("."));
        for target in links(&document.text) {
            if !folder.join(target).exists() {
                faults.push(format!("{}: {target}", document.path));
            }
        }
    }
    check("Correct the link, or write the file.", &faults);
}

/// Returns the targets of Markdown links into the repository, without fragments.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    local.filter_map(|target| target.split('#').next()).collect()
}

#[test]
fn files_named_in_the_architecture_exist() {
    let text = read("docs/ARCHITECTURE.md");
    let quoted = text.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|name| is_path(name));
    let faults: Vec<_> =
        paths.filter(|path| !root().join(path).exists()).map(str::to_owned).collect();
    check("docs/ARCHITECTURE.md names a file that is gone: describe the tree as it is.", &faults);
}

/// Tells whether a name in backticks is a path from the root.
fn is_path(name: &str) -> bool {
    const TOPS: [&str; 7] =
        ["crates/", "ingest/", "web/", "migrations/", "docs/", "scripts/", ".github/"];
    TOPS.iter().any(|top| name.starts_with(top)) && !name.contains(['*', ' ', '<', '{'])
}

#[test]
fn the_changelog_knows_the_version() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let version = manifest["workspace"]["package"]["version"].as_str().unwrap_or_default();
    let heading = format!("## [{version}]");
    assert!(read("CHANGELOG.md").contains(&heading), "CHANGELOG.md needs a section {heading}");
}

#[test]
fn no_file_names_the_machine_of_a_developer() {
    // In pieces, so that this file does not find itself.
    let homes = ["/ho me/", "/Us ers/", "/ro ot/", r"C:\Us ers\"].map(|home| home.replace(' ', ""));
    let names_one = |file: &File| homes.iter().any(|home| file.above_tests().contains(home));
    let files = text_files();
    let naming = files.iter().filter(|file| !file.is_test() && names_one(file));
    let faults: Vec<_> = naming.map(|file| file.path.clone()).collect();
    check("A path of somebody's machine helps nobody else: make it relative.", &faults);
}
