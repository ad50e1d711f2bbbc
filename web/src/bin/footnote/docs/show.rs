//! `footnote docs show`: what is known of a document, and what was read from it.

use console::style;

use footnote::auth;
use footnote::wire::block::Contents;
use footnote::wire::document::{Document, WholeDocument};
use footnote_core::id::DocumentId;
use footnote_core::{ErrorKind, Result};
use footnote_store::{Store, VersionRef};

use crate::blocks::kinds;
use crate::output::{Output, bytes, columns};

/// Shows a document: for people in short, for programs with its text and its blocks.
pub(super) async fn show(store: &Store, id: DocumentId, output: Output) -> Result<()> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    let summary = store.document(&scope, id).await?;
    let version = Some(VersionRef::Content(summary.content));
    let contents = match store.document_parsed(&scope, id, version).await {
        Ok(found) => Some(Contents::from(found.parsed)),
        // A first version cannot be read before it can be found.
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    output.one(&WholeDocument { document: summary.into(), contents }, card)
}

/// Writes what is known of a document.
pub(crate) fn facts_card(document: &Document) -> String {
    let rows: Vec<_> = facts(document).into_iter().map(|(name, value)| row(name, value)).collect();
    columns(&rows)
}

fn row(name: &str, value: String) -> Vec<String> {
    vec![style(name).dim().to_string(), value]
}

fn card(whole: &WholeDocument) -> String {
    let WholeDocument { document, contents } = whole;
    let mut rows: Vec<_> =
        facts(document).into_iter().map(|(name, value)| row(name, value)).collect();
    rows.extend(document.pages.map(|pages| row("pages", pages.to_string())));
    rows.extend(contents.iter().map(|contents| row("characters", contents.characters.to_string())));
    rows.extend(contents.iter().map(|contents| row("blocks", kinds(contents))));
    rows.extend(document.notes.iter().map(|note| row("note", note.clone())));
    columns(&rows)
}

fn facts(document: &Document) -> [(&'static str, String); 9] {
    [
        ("title", document.title.clone()),
        ("uri", document.uri.clone()),
        ("source", document.source.clone()),
        ("id", document.id.to_string()),
        ("version", document.version.clone()),
        ("type", document.media_type.clone()),
        ("size", bytes(document.size_bytes)),
        ("chunks", document.chunks.to_string()),
        ("state", document.state.as_str().to_owned()),
    ]
}
