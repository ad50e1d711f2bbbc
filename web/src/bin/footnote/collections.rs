//! `footnote collections`: lists, makes and removes collections.

use console::style;

use footnote::app;
use footnote::auth::{self, Deed, Requester};
use footnote::wire::collection::Collection;
use footnote_core::Result;
use footnote_store::{Store, Which};

use crate::confirm::Confirm;
use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{Output, columns};
use crate::vacuum;

/// What the process does, for others that want the data directory.
const PURPOSE: &str = "footnote collections";

/// What to do with collections.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the collections
    List,
    /// Make a collection
    Create {
        /// Its name
        name: String,
    },
    /// Remove a collection and every document in it
    Rm {
        /// Its name or id
        name: String,
        /// Remove the bytes, text, vectors and traces of its documents too, for good
        #[arg(long)]
        purge: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let store = match &command {
        Command::Rm { .. } => context.removing(PURPOSE).await?,
        Command::List | Command::Create { .. } => context.look(PURPOSE).await?,
    };
    match command {
        Command::List => context.output().list(&list(&store, None).await?, table)?,
        Command::Create { name } => {
            let id = store.ensure_collection(&name).await?;
            let made = list(&store, Some(id)).await?;
            context.output().list(&made, table)?;
        }
        Command::Rm { name, purge, confirm } => {
            let id = app::collection(&store, &auth::command_line(), &name).await?;
            let documents =
                list(&store, Some(id)).await?.first().map_or(0, |known| known.documents);
            confirm.ask(&format!("Remove `{name}` and its {documents} documents?"))?;
            store.remove_collection(id).await?;
            let owner = Requester::command_line();
            owner.did(&store, Deed::RemoveCollection, Some(id.to_string())).await?;
            if purge {
                let purged = vacuum::purge(&store, Which::Collection(id), &context).await?;
                context.output().one(&purged, vacuum::text)?;
            } else {
                Output::line(format!("{} {name}", style("Removed").green().bold()))?;
            }
        }
    }
    store.close().await?;
    Ok(Outcome::Done)
}

/// Lists every collection, or one.
async fn list(
    store: &Store,
    only: Option<footnote_core::id::CollectionId>,
) -> Result<Vec<Collection>> {
    let owner = auth::command_line();
    let found = store.collections(&auth::scope(&owner, only.as_slice())?).await?;
    let shown = found.into_iter().map(|collection| Collection::new(collection, owner.rights()));
    Ok(shown.collect())
}

pub(crate) fn table(collections: &[Collection]) -> String {
    if collections.is_empty() {
        return "No collections yet. Make one with `footnote ingest FOLDER -c NAME`.\n".to_owned();
    }
    let mut rows = vec![
        ["NAME", "DOCUMENTS", "CHUNKS", "ID"].map(|head| style(head).dim().to_string()).to_vec(),
    ];
    rows.extend(collections.iter().map(|collection| {
        vec![
            collection.name.clone(),
            collection.documents.to_string(),
            collection.chunks.to_string(),
            style(collection.id).dim().to_string(),
        ]
    }));
    columns(&rows)
}
