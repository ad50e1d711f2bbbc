//! `footnote docs rm`: removes documents, at once or for good.

use console::style;

use footnote::auth::{Deed, Requester};
use footnote::wire::document::Document;
use footnote_core::Result;
use footnote_core::id::DocumentId;
use footnote_store::{Store, Which};

use crate::confirm::Confirm;
use crate::context::Context;
use crate::output::Output;
use crate::vacuum;

/// Removes documents; their bytes go at the next vacuum.
pub(super) async fn remove(store: &Store, documents: &[Document], confirm: Confirm) -> Result<()> {
    confirm.ask(&format!("Remove {}?", names(documents)))?;
    store.remove_documents(&ids(documents)).await?;
    note(store, documents).await?;
    for document in documents {
        Output::line(format!("{} {}", style("Removed").green().bold(), document.uri))?;
    }
    Ok(())
}

/// Removes documents with everything they left behind, and says what that was.
pub(super) async fn purge(
    store: &Store,
    documents: &[Document],
    confirm: Confirm,
    context: &Context,
) -> Result<()> {
    confirm.ask(&format!("Remove {} for good?", names(documents)))?;
    store.remove_documents(&ids(documents)).await?;
    note(store, documents).await?;
    let purged = vacuum::purge(store, Which::Documents(ids(documents)), context).await?;
    context.output().one(&purged, vacuum::text)
}

/// Writes into the audit log what was removed.
async fn note(store: &Store, documents: &[Document]) -> Result<()> {
    let owner = Requester::command_line();
    for document in documents {
        owner.did(store, Deed::RemoveDocument, Some(document.id.to_string())).await?;
    }
    Ok(())
}

fn names(documents: &[Document]) -> String {
    let names: Vec<&str> = documents.iter().map(|document| document.uri.as_str()).collect();
    names.join(", ")
}

fn ids(documents: &[Document]) -> Vec<DocumentId> {
    documents.iter().map(|document| document.id).collect()
}
