//! `footnote vacuum`: removes for good what was removed.

use console::style;

use footnote::wire::purge::Purged;
use footnote_core::Result;
use footnote_store::{Store, Which};

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{bytes, columns};
use crate::progress::{Style, Waiting};

/// Nothing to choose: what is kept is configured.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Removes for good what documents left behind that were removed. Where another process holds the
/// index, it must have forgotten them first, which is said, because it may take a while.
pub(crate) async fn purge(store: &Store, which: Which, context: &Context) -> Result<Purged> {
    let style = context.progress();
    let waiting = Waiting::new(style, "Removing for good…");
    if store.is_shared() && style == Style::Plain {
        style.say("waiting until the index has forgotten them, a minute at most");
    }
    let report = store.purge(which).await;
    waiting.finish();
    report.map(Purged::from)
}

/// Removes for good what was removed, and old versions beyond what is to be kept.
pub(crate) async fn run(_args: Args, context: Context) -> Result<Outcome> {
    let store = context.store("footnote vacuum").await?;
    let report = store.vacuum().await?;
    store.close().await?;
    context.output().one(&Purged::from(report), text)?;
    Ok(Outcome::Done)
}

/// Writes what was removed where.
pub(crate) fn text(purged: &Purged) -> String {
    let rows = [
        (purged.documents, "documents", "catalog: names and titles"),
        (purged.versions, "versions", "catalog: text and structure"),
        (purged.chunks, "chunks", "catalog and index: passages and headings"),
        (purged.embeddings, "vectors", "catalog"),
        (purged.originals, "originals", "files as they came"),
        (purged.answers, "answers", "conversations: text that quoted them"),
        (purged.job_items, "job items", "catalog: what was ingested when"),
        (purged.jobs, "jobs", "catalog: what was ingested when"),
        (purged.collections, "collections", "catalog"),
    ];
    let removed: Vec<Vec<String>> = rows
        .into_iter()
        .filter(|(n, _, _)| 0 < *n)
        .map(|(n, what, place)| {
            let place = style(place).dim().to_string();
            vec![n.to_string(), what.to_owned(), place]
        })
        .collect();
    let mut text = if removed.is_empty() {
        "Nothing was left to remove for good.\n".to_owned()
    } else {
        let head = style("Removed for good").green().bold();
        format!("{head}, {} freed\n{}", bytes(purged.freed_bytes), columns(&removed))
    };
    if 0 < purged.waiting {
        text.push_str(&waiting(purged.waiting));
    }
    text
}

fn waiting(n_versions: u64) -> String {
    let label = style("note:").yellow().bold();
    format!(
        "{label} {n_versions} versions go once the index has lost their points for good, in some \
         minutes: run `footnote vacuum` then\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_store::PurgeReport;

    #[test]
    fn only_what_was_removed_is_listed() {
        let report = PurgeReport { n_documents: 2, freed_bytes: 2048, ..PurgeReport::default() };
        let written = console::strip_ansi_codes(&text(&report.into())).into_owned();
        assert!(written.contains("2.00 KiB freed"), "{written}");
        assert!(written.contains("2  documents") && !written.contains("vectors"), "{written}");
        let nothing = text(&PurgeReport::default().into());
        assert_eq!(nothing, "Nothing was left to remove for good.\n");
    }
}
