//! `footnote docs versions`: which versions of a document are kept, and when each served.

use console::style;

use footnote::auth;
use footnote::wire::version::{Served, Version};
use footnote_core::Result;
use footnote_core::id::DocumentId;
use footnote_store::{Store, VersionState};

use crate::output::{Output, bytes, columns};

/// Lists the versions of a document, the live one first.
pub(super) async fn list(store: &Store, id: DocumentId, output: Output) -> Result<()> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    let versions = store.versions(&scope, id).await?;
    let versions: Vec<Version> = versions.into_iter().map(Version::from).collect();
    output.list(&versions, table)
}

/// Writes versions as a table.
pub(crate) fn table(versions: &[Version]) -> String {
    let heads = ["STATE", "SERVED", "CHUNKS", "SIZE", "VERSION"];
    let mut rows = vec![heads.map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(versions.iter().map(|version| {
        let served: Vec<String> = version.served.iter().map(period).collect();
        vec![
            state(version.state).to_owned(),
            served.join(", "),
            version.chunks.to_string(),
            bytes(version.size_bytes),
            style(&version.version).dim().to_string(),
        ]
    }));
    columns(&rows)
}

fn state(state: VersionState) -> &'static str {
    match state {
        VersionState::Live => "live",
        VersionState::Superseded => "superseded",
    }
}

fn period(served: &Served) -> String {
    match served.until_ms {
        Some(until) => format!("{} – {until}", served.from_ms),
        None => format!("since {}", served.from_ms),
    }
}
