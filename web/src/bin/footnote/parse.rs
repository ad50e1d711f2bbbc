//! `footnote parse`: what would be kept of files, without keeping it.

mod account;

use console::{Term, style};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footnote::app::{self, Needs};
use footnote::wire::job::Failed;
use footnote::wire::preview::{ParsedFile, Shown};
use footnote_core::job::Failure;
use footnote_core::model::Embedder;
use footnote_core::{Error, Result};
use footnote_ingest::preview::{Preview, Previewed, Progress};
use footnote_ingest::sandbox::ParserCommand;

use crate::context::Context;
use crate::exit::Outcome;
use crate::options::Format;
use crate::output::Output;
use crate::progress::{Style, Waiting};
use crate::stdin;

const EXAMPLES: &str = "\
Examples:
  footnote parse leave.pdf              What is read of a file, block by block
  footnote parse leave.pdf --text       Its text alone, as citations would point into it
  footnote parse leave.pdf --chunks     What it would be cut into, and what is embedded with it
  footnote parse *.xlsx --format jsonl  For programs: a line for each file
  curl -s https://… | footnote parse - --name page.html

Nothing is stored, and no data directory is needed. Exit code 8 says that a file cannot be read.";

/// Which files, and what is shown of them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files; `-` reads one from standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the file from standard input is called
    #[arg(long, default_value = "stdin.txt", value_name = "NAME")]
    name: String,
    /// Write the text alone
    #[arg(long, conflicts_with = "chunks")]
    text: bool,
    /// Show what it would be cut into; needs the model that embeds
    #[arg(long)]
    chunks: bool,
}

/// Reads every file and shows what is in it.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let output = context.output();
    args.check(output.format())?;
    let reader = args.reader(&context).await?;
    let (mut all, mut has_failed) = (Vec::new(), false);
    for path in &args.files {
        let seen = reader.see(path).await?;
        has_failed |= matches!(seen, Shown::Failed(_));
        match output.format() {
            Format::Text => args.show(&seen)?,
            Format::Jsonl => output.one(&seen, |_| String::new())?,
            Format::Json => all.push(seen),
        }
    }
    match (output.format(), all.as_slice()) {
        (Format::Json, [one]) => output.one(one, |_| String::new())?,
        (Format::Json, several) => output.list(several, |_| String::new())?,
        (Format::Text | Format::Jsonl, _) => {}
    }
    Ok(if has_failed { Outcome::SomeFailed } else { Outcome::Done })
}

impl Args {
    /// Refuses what makes no sense before anything is read.
    fn check(&self, format: Format) -> Result<()> {
        if self.text && format != Format::Text {
            return Err(Error::invalid("--text writes no JSON")
                .hint("Leave it out: the JSON has the text as `text`."));
        }
        if 1 < self.files.iter().filter(|path| stdin::is_meant(path)).count() {
            return Err(Error::invalid("standard input can be read once"));
        }
        for path in self.files.iter().filter(|path| !stdin::is_meant(path)) {
            if path.is_dir() {
                return Err(Error::invalid(format!("{} is a folder", path.display()))
                    .hint("Name files, e.g. `footnote parse FOLDER/*.pdf`."));
            }
            if !path.exists() {
                return Err(Error::not_found(format!("there is no file {}", path.display())));
            }
        }
        Ok(())
    }

    /// Makes what reads the files, with the model that embeds where it is needed.
    async fn reader(&self, context: &Context) -> Result<Reader> {
        let settings = context.settings()?;
        let embedder = if self.chunks {
            Some(app::load(&settings, Needs::Embedder).await?.embedder)
        } else {
            None
        };
        Ok(Reader {
            preview: Preview::new(ParserCommand::of_this_program()?, &settings.config.ingest),
            embedder,
            stdin_name: self.name.clone(),
            style: context.progress(),
        })
    }

    /// Writes what was seen for people. Where the result is text to go on with, why there is none is
    /// said on standard error.
    fn show(&self, seen: &Shown) -> Result<()> {
        match seen {
            Shown::Read(file) if self.text => Output::raw(&file.parsed.contents.text),
            Shown::Read(file) => Output::raw(&account::of_file(file, self.chunks)),
            Shown::Failed(failed) if self.text => {
                let label = style("error:").for_stderr().red().bold();
                let Failed { source, code, detail } = failed;
                let line = format!("{label} {source}: {code}: {detail}");
                // Standard error may be closed; the exit code tells all the same.
                Term::stderr().write_line(&line).ok();
                Ok(())
            }
            Shown::Failed(failed) => Output::raw(&account::of_failure(failed)),
        }
    }
}

/// What reads files one after the other.
struct Reader {
    preview: Preview,
    embedder: Option<Arc<dyn Embedder>>,
    stdin_name: String,
    style: Style,
}

impl Reader {
    /// Reads a file, or finds out why it cannot be read.
    ///
    /// # Errors
    /// What has nothing to do with the file: standard input or the model cannot be used.
    async fn see(&self, path: &Path) -> Result<Shown> {
        let is_stdin = stdin::is_meant(path);
        let source = if is_stdin { self.stdin_name.clone() } else { path.display().to_string() };
        let name = Path::new(&source).file_name().unwrap_or_default().display();
        let waiting = Waiting::new(self.style, &format!("Reading {name}…"));
        let on_progress = |Progress { n_read, n_pages }| {
            waiting.say(format!("Reading {name}… {n_read} of {n_pages} pages"));
        };
        let read = if is_stdin {
            self.preview.bytes(&source, stdin::read().await?, &on_progress).await
        } else {
            self.preview.file(path, &on_progress).await
        };
        waiting.finish();
        match read {
            Ok(file) => Ok(Shown::Read(Box::new(self.described(source, file).await?))),
            Err(Failure { code, detail }) => Ok(Shown::Failed(Failed { source, code, detail })),
        }
    }

    async fn described(&self, source: String, file: Previewed) -> Result<ParsedFile> {
        let chunks = match &self.embedder {
            Some(embedder) => {
                Some(self.preview.chunks(file.parsed.clone(), Arc::clone(embedder)).await?)
            }
            None => None,
        };
        Ok(ParsedFile::new(source, file, chunks))
    }
}
