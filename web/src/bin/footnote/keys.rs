//! `footnote keys`: what programs sign in with, on behalf of somebody.

use console::style;
use std::collections::BTreeSet;

use footnote::app;
use footnote::auth::{self, Deed, Requester, WantedKey};
use footnote::wire::key::Key;
use footnote_core::Result;
use footnote_core::access::KeyScope;
use footnote_core::id::{CollectionId, KeyId};
use footnote_store::Store;

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{Output, columns};
use crate::users;

/// What the process does, for others that want the data directory.
const PURPOSE: &str = "footnote keys";

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the keys of somebody
    List {
        /// What they sign in with
        login: String,
    },
    /// Make a key; it is shown this once
    Create {
        /// What it is called
        name: String,
        /// On whose behalf it is used: the login of somebody
        #[arg(long, value_name = "LOGIN")]
        user: String,
        /// What it may be used for
        #[arg(long = "scope", value_enum, value_name = "USE", default_values = ["read", "ask"])]
        scopes: Vec<Use>,
        /// A collection that it reaches, by name or id; all when none is named
        #[arg(short, long = "collection", value_name = "COLLECTION")]
        collections: Vec<String>,
        /// After how many days it ends; never without
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
    },
    /// End a key of somebody
    Revoke {
        /// The id of the key
        id: KeyId,
        /// Whose it is: their login
        #[arg(long, value_name = "LOGIN")]
        user: String,
    },
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Use {
    /// Lists, searches and reads
    Read,
    /// Asks questions, and reads
    Ask,
    /// Adds, replaces and removes documents, and reads
    Ingest,
    /// Does everything that its person may
    Admin,
}

impl From<Use> for KeyScope {
    fn from(named: Use) -> Self {
        match named {
            Use::Read => Self::Read,
            Use::Ask => Self::Ask,
            Use::Ingest => Self::Ingest,
            Use::Admin => Self::Admin,
        }
    }
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let store = context.look(PURPOSE).await?;
    match command {
        Command::List { login } => {
            let person = users::find(&store, &login).await?;
            let keys: Vec<Key> = store.keys(person.id).await?.into_iter().map(Key::from).collect();
            context.output().list(&keys, table)?;
        }
        Command::Create { name, user, scopes, collections, days } => {
            let scopes = scopes.into_iter().map(KeyScope::from).collect();
            let collections = named(&store, &collections).await?;
            let person = users::find(&store, &user).await?;
            let (name, expires) = (auth::key_name(&name)?, days.map(auth::key_end).transpose()?);
            let key = WantedKey { name, scopes, collections, expires };
            let made = key.make(&store, &Requester::command_line(), person.id).await?;
            context.output().one(&made, |made| format!("{}\n", made.key))?;
        }
        Command::Revoke { id, user } => {
            let person = users::find(&store, &user).await?;
            store.end_key(person.id, id).await?;
            let owner = Requester::command_line();
            owner.did(&store, Deed::EndKey, Some(id.to_string())).await?;
            Output::line(format!("{} {id}", style("Ended").green().bold()))?;
        }
    }
    store.close().await?;
    Ok(Outcome::Done)
}

/// Returns the collections of some names; `None` for none.
async fn named(store: &Store, names: &[String]) -> Result<Option<BTreeSet<CollectionId>>> {
    let mut found = BTreeSet::new();
    for name in names {
        found.insert(app::collection(store, &auth::command_line(), name).await?);
    }
    Ok((!found.is_empty()).then_some(found))
}

fn table(keys: &[Key]) -> String {
    if keys.is_empty() {
        return "No keys. Make one with `footnote keys create NAME --user LOGIN`.\n".to_owned();
    }
    let mut rows = vec![["NAME", "USE", "ID"].map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(keys.iter().map(|key| {
        let uses: Vec<String> =
            key.scopes.iter().map(|scope| format!("{scope:?}").to_lowercase()).collect();
        vec![key.name.clone(), uses.join(","), style(key.id).dim().to_string()]
    }));
    columns(&rows)
}
