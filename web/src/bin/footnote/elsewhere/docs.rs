//! `footnote docs` of a server.

use console::style;
use hyper::Method;

use footnote::wire::document::{Chunks, Document, Text};
use footnote::wire::escaped;
use footnote::wire::version::Version;
use footnote_core::id::DocumentId;
use footnote_core::{Error, Result};

use crate::client::Server;
use crate::confirm::Confirm;
use crate::context::Context;
use crate::docs::{Command, Wanted, chunk_texts, show, table, versions, warn_if_changed};
use crate::exit::Outcome;
use crate::output::Output;

/// Does what the command says.
pub(super) async fn run(command: Command, server: &Server, context: &Context) -> Result<Outcome> {
    let output = context.output();
    match command {
        Command::List { collection } => {
            let of = collection.map(|name| format!("?collection={}", escaped(&name)));
            let path = format!("/api/v1/documents{}", of.unwrap_or_default());
            output.list(&server.list::<Document>(&path, usize::MAX).await?, table)?;
        }
        Command::Show { id } => {
            let document: Document = server.get(&path(id, "")).await?;
            output.one(&document, show::facts_card)?;
        }
        Command::Text { id, version } => {
            let text: Text = server.get(&path(id, &query("/text", &version)?)).await?;
            warn_if_changed(&text.standing);
            output.one(&text, |text| text.text.clone())?;
        }
        Command::Chunks { id, version } => {
            let Chunks { list, standing } =
                server.get(&path(id, &query("/chunks", &version)?)).await?;
            warn_if_changed(&standing);
            output.list(&list.data, chunk_texts)?;
        }
        Command::Versions { id } => {
            let all = server.list::<Version>(&path(id, "/versions"), usize::MAX).await?;
            output.list(&all, versions::table)?;
        }
        Command::Duplicates { .. } => return Err(not_there("lists duplicates as text")),
        Command::Rm { purge: true, .. } => return Err(not_there("purges at once")),
        Command::Rm { ids, confirm, .. } => remove(server, &ids, confirm).await?,
    }
    Ok(Outcome::Done)
}

async fn remove(server: &Server, ids: &[DocumentId], confirm: Confirm) -> Result<()> {
    let mut documents = Vec::with_capacity(ids.len());
    for id in ids {
        documents.push(server.get::<Document>(&path(*id, "")).await?);
    }
    let names: Vec<&str> = documents.iter().map(|document| document.uri.as_str()).collect();
    confirm.ask(&format!("Remove {}?", names.join(", ")))?;
    for document in &documents {
        server.order(Method::DELETE, &path(document.id, "")).await?;
        Output::line(format!("{} {}", style("Removed").green().bold(), document.uri))?;
    }
    Ok(())
}

fn path(id: DocumentId, rest: &str) -> String {
    format!("/api/v1/documents/{id}{rest}")
}

/// Names the version that is wanted.
fn query(path: &str, wanted: &Wanted) -> Result<String> {
    match wanted.content()? {
        Some(version) => Ok(format!("{path}?version={version}")),
        None => Ok(path.to_owned()),
    }
}

fn not_there(what: &str) -> Error {
    Error::invalid(format!("no server {what}"))
        .hint("Leave --server out, and run it where the data directory is.")
}
