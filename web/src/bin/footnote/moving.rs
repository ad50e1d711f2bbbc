//! What backup, restore, export and migration share: how they are watched, and what they report.

use console::style;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use footnote_core::clock::{Clock as _, SystemClock};
use footnote_core::{Error, Result};
use footnote_store::{ArchiveFile, TransferReport, Watch};

use crate::context::Context;
use crate::exit::Outcome;
use crate::interrupt;
use crate::output::{Output, bytes, columns};
use crate::progress::TransferProgress;

/// Where an archive is written.
#[derive(Debug, clap::Args)]
pub(crate) struct Destination {
    /// A file, a folder that gets a file named after the moment, or `-` for standard output
    #[arg(value_name = "FILE|DIR|-")]
    to: PathBuf,
    /// Write over a file that exists
    #[arg(long)]
    force: bool,
}

impl Destination {
    /// Returns what to write to.
    ///
    /// # Errors
    /// `Conflict` when there is a file already and nobody said to write over it.
    pub(crate) fn archive(&self) -> Result<ArchiveFile> {
        let moment = SystemClock.now().to_string().replace([':', '-'], "");
        let archive = ArchiveFile::of(&self.to, &moment);
        match &archive {
            ArchiveFile::Path(path) if path.exists() && !self.force => {
                Err(Error::conflict(format!("{} exists already", path.display()))
                    .hint("Name another file, or add --force to write over it."))
            }
            ArchiveFile::Path(_) | ArchiveFile::Pipe => Ok(archive),
        }
    }
}

/// What was moved.
#[derive(Debug, Serialize)]
pub(crate) struct Moved {
    #[serde(skip)]
    what: &'static str,
    archive: Option<String>,
    archive_bytes: Option<u64>,
    created_ms: Option<i64>,
    collections: u64,
    documents: u64,
    versions: u64,
    chunks: u64,
    vectors: u64,
    rows: u64,
    originals: u64,
    originals_bytes: u64,
    missing: Vec<String>,
    seconds: f64,
}

impl Moved {
    /// Describes what was moved, by a word for what was done.
    pub(crate) fn new(
        what: &'static str,
        report: &TransferReport,
        archive: Option<&ArchiveFile>,
        since: Instant,
    ) -> Self {
        let archive = archive.map(|archive| match archive {
            ArchiveFile::Path(path) => path.display().to_string(),
            ArchiveFile::Pipe => "-".to_owned(),
        });
        Self {
            what,
            archive,
            archive_bytes: report.archive_bytes,
            created_ms: report.created.map(|created| created.0),
            collections: report.n_collections,
            documents: report.n_documents,
            versions: report.n_versions,
            chunks: report.n_chunks,
            vectors: report.n_embeddings,
            rows: report.n_rows,
            originals: report.n_originals,
            originals_bytes: report.originals_bytes,
            missing: report.missing.iter().map(ToString::to_string).collect(),
            seconds: since.elapsed().as_secs_f64(),
        }
    }

    /// Writes the report; to standard error when the archive went to standard output.
    pub(crate) fn report(&self, context: &Context, to: Option<&ArchiveFile>) -> Result<()> {
        if to == Some(&ArchiveFile::Pipe) {
            context.progress().say(self.text().trim_end());
            return Ok(());
        }
        context.output().one(self, Self::text)
    }

    /// Tells whether everything that should have been there was.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.missing.is_empty() { Outcome::Done } else { Outcome::SomeFailed }
    }

    fn text(&self) -> String {
        let head = style(self.what).green().bold();
        let archive = self.archive.as_ref().map(|path| format!(" {path}")).unwrap_or_default();
        let size = self.archive_bytes.map(|n| format!(" ({})", bytes(n))).unwrap_or_default();
        let row = |n: u64, one: &str| {
            vec![n.to_string(), if n == 1 { one.to_owned() } else { format!("{one}s") }]
        };
        let mut rows = [
            row(self.collections, "collection"),
            row(self.documents, "document"),
            row(self.versions, "version"),
            row(self.chunks, "chunk"),
            row(self.vectors, "vector"),
            row(self.originals, "original"),
        ];
        if let [.., originals] = rows.as_mut_slice() {
            originals.push(bytes(self.originals_bytes));
        }
        let mut text =
            format!("{head}{archive}{size} in {:.1} s\n{}", self.seconds, columns(&rows));
        for missing in &self.missing {
            let label = style("missing:").yellow().bold();
            text.push_str(&columns(&[vec![label.to_string(), format!("the original {missing}")]]));
        }
        text
    }
}

/// Runs a transfer: shows how it advances, and stops it at the first signal.
///
/// # Errors
/// Whatever the transfer returns.
pub(crate) async fn watched<T>(
    context: &Context,
    transfer: impl AsyncFnOnce(Watch<'_>) -> Result<T>,
) -> Result<T> {
    let cancel = interrupt::watch()?;
    let progress = TransferProgress::new(context.progress());
    let tell = |step| progress.tell(step);
    let outcome = transfer(Watch { progress: &tell, cancel: &cancel }).await;
    progress.finish();
    outcome
}

/// Reads what an archive is called.
pub(crate) fn source(typed: &Path) -> ArchiveFile {
    if typed == Path::new("-") { ArchiveFile::Pipe } else { ArchiveFile::Path(typed.to_owned()) }
}

/// Refuses to fill a terminal with bytes.
///
/// # Errors
/// `Invalid` when standard output is one and an archive is to be written to it.
pub(crate) fn refuse_terminal(to: &ArchiveFile) -> Result<()> {
    if *to == ArchiveFile::Pipe && Output::is_terminal() {
        return Err(Error::invalid("an archive is not for the terminal")
            .hint("Send it on: `footnote backup - | ssh host 'cat > all.footnote'`."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_and_changes_the_outcome() {
        let report = TransferReport { n_documents: 3, ..TransferReport::default() };
        let moved = Moved::new("Backed up", &report, None, Instant::now());
        assert!(matches!(moved.outcome(), Outcome::Done));
        let missing = vec![footnote_core::id::ContentHash::of(b"x")];
        let report = TransferReport { missing, ..report };
        let moved = Moved::new("Backed up", &report, None, Instant::now());
        assert!(matches!(moved.outcome(), Outcome::SomeFailed));
        let text = console::strip_ansi_codes(&moved.text()).into_owned();
        assert!(text.contains("3  documents") && text.contains("missing:  the original sha256:"));
    }
}
