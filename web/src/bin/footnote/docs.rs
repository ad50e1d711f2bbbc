//! `footnote docs`: looks at documents and removes them.

mod duplicates;
mod remove;
pub(crate) mod show;
pub(crate) mod versions;

use console::style;

use footnote::wire::document::{Chunk, Chunks, Document, Text};
use footnote::wire::version::VersionStanding;
use footnote::{app, auth};
use footnote_core::id::{ContentHash, DocumentId};
use footnote_core::{Error, Result};
use footnote_store::{DocumentFilter, Store, VersionRef};

use crate::as_of::AsOf;
use crate::confirm::Confirm;
use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{bytes, columns};

/// What the process does, for others that want the data directory.
const PURPOSE: &str = "footnote docs";

/// How many documents are read from the catalog at once.
const PAGE: usize = 500;

/// What to do with documents.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the documents
    List {
        /// Only those of this collection
        #[arg(short, long, value_name = "COLLECTION")]
        collection: Option<String>,
    },
    /// Show what is known of a document; with --format json its text and its blocks too
    Show {
        /// Its id
        id: DocumentId,
    },
    /// List the versions of a document that are kept, and when each served
    Versions {
        /// Its id
        id: DocumentId,
    },
    /// Write a document's text, as citations point into it
    Text {
        /// Its id
        id: DocumentId,
        #[command(flatten)]
        version: Wanted,
    },
    /// List the chunks that a document was cut into
    Chunks {
        /// Its id
        id: DocumentId,
        #[command(flatten)]
        version: Wanted,
    },
    /// List documents that say the same: with equal bytes, or with almost the same words
    Duplicates {
        /// Only those of this collection
        #[arg(short, long, value_name = "COLLECTION")]
        collection: Option<String>,
    },
    /// Remove documents; no answer cites them from then on
    Rm {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<DocumentId>,
        /// Remove their bytes, text, vectors and traces too, for good
        #[arg(long)]
        purge: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// Which version of a document is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Wanted {
    /// The hash of the version, as citations name it [default: the live one]
    #[arg(long, value_name = "HASH", conflicts_with = "as_of")]
    version: Option<ContentHash>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Wanted {
    /// Returns the hash of the version; `None` is the live one.
    ///
    /// # Errors
    /// `Invalid` for a moment: a server is asked by the hash.
    pub(crate) fn content(&self) -> Result<Option<ContentHash>> {
        match self.as_of.moment() {
            None => Ok(self.version),
            Some(_moment) => Err(Error::invalid("a server is asked for a version by its hash")
                .hint("List the versions with `footnote docs versions`.")),
        }
    }

    /// Returns the version as the store knows it.
    fn version(&self) -> Option<VersionRef> {
        self.version.map(VersionRef::Content).or_else(|| self.as_of.moment().map(VersionRef::AsOf))
    }
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let output = context.output();
    let store = match &command {
        Command::Rm { .. } => context.removing(PURPOSE).await?,
        _ => context.look(PURPOSE).await?,
    };
    match command {
        Command::List { collection } => {
            output.list(&list(&store, collection.as_deref()).await?, table)?;
        }
        Command::Show { id } => show::show(&store, id, output).await?,
        Command::Text { id, version } => {
            let scope = auth::scope(&auth::command_line(), &[])?;
            let text = Text::from(store.document_text(&scope, id, version.version()).await?);
            warn_if_changed(&text.standing);
            output.one(&text, |text| text.text.clone())?;
        }
        Command::Chunks { id, version } => {
            let scope = auth::scope(&auth::command_line(), &[])?;
            let found = store.document_chunks(&scope, id, version.version()).await?;
            let Chunks { list, standing } = found.into();
            warn_if_changed(&standing);
            output.list(&list.data, chunk_texts)?;
        }
        Command::Versions { id } => versions::list(&store, id, output).await?,
        Command::Duplicates { collection } => {
            duplicates::list(&store, collection.as_deref(), output).await?;
        }
        Command::Rm { ids, purge, confirm } => {
            let documents = all(&store, &ids).await?;
            if purge {
                remove::purge(&store, &documents, confirm, &context).await?;
            } else {
                remove::remove(&store, &documents, confirm).await?;
            }
        }
    }
    store.close().await?;
    Ok(Outcome::Done)
}

/// Lists every document, or those of a collection.
async fn list(store: &Store, collection: Option<&str>) -> Result<Vec<Document>> {
    let only = match collection {
        Some(name) => Some(app::collection(store, &auth::command_line(), name).await?),
        None => None,
    };
    let scope = auth::scope(&auth::command_line(), only.as_slice())?;
    let (mut documents, mut after) = (Vec::new(), None);
    loop {
        let filter =
            DocumentFilter { collection: only, after, limit: PAGE, ..DocumentFilter::default() };
        let page = store.documents(&scope, filter).await?;
        documents.extend(page.items.into_iter().map(Document::from));
        after = page.next;
        if after.is_none() {
            return Ok(documents);
        }
    }
}

async fn all(store: &Store, ids: &[DocumentId]) -> Result<Vec<Document>> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    let mut documents = Vec::with_capacity(ids.len());
    for id in ids {
        documents.push(store.document(&scope, *id).await?.into());
    }
    Ok(documents)
}

/// Says on standard error that a version is not what the document says today.
pub(crate) fn warn_if_changed(standing: &VersionStanding) {
    if let Some(since) = standing.changed_since_ms {
        let label = style("note:").for_stderr().yellow().bold();
        let note = format!("{label} the document changed on {since}; this is what it said before");
        // Standard error may be closed; the text is what was asked for.
        console::Term::stderr().write_line(&note).ok();
    }
}

pub(crate) fn table(documents: &[Document]) -> String {
    if documents.is_empty() {
        return "No documents yet. Add some with `footnote ingest FOLDER`.\n".to_owned();
    }
    let heads = ["URI", "TITLE", "CHUNKS", "SIZE", "STATE", "ID"];
    let mut rows = vec![heads.map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(documents.iter().map(|document| {
        vec![
            document.uri.clone(),
            document.title.chars().take(40).collect(),
            document.chunks.to_string(),
            bytes(document.size_bytes),
            document.state.as_str().to_owned(),
            style(document.id).dim().to_string(),
        ]
    }));
    columns(&rows)
}

pub(crate) fn chunk_texts(chunks: &[Chunk]) -> String {
    let text = |chunk: &Chunk| {
        let page = chunk.page.map(|page| format!(", p. {page}")).unwrap_or_default();
        let place = format!("{}..{}{page}", chunk.range.start, chunk.range.end);
        let head = style(format!("[{}] {place}  {}", chunk.ordinal, chunk.heading.join(" › ")));
        format!("{}\n{}\n\n", head.dim(), chunk.text)
    };
    chunks.iter().map(text).collect()
}
