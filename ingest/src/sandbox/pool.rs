//! The children together: who is free reads the next document, and what one is lost with is left
//! out by the next.

use footnote_core::config::IngestConfig;
use footnote_core::document::ParsedDocument;
use footnote_core::job::{Failure, FailureCode};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout;

use super::limits::of_document;
use super::listener::ParseListener;
use super::ocr::Tesseract;
use super::parser::{Ending, Parser};
use super::protocol::Request;

/// How many documents one child reads before a fresh one takes over: bounds what leaks.
const DOCUMENTS_PER_CHILD: u32 = 500;

/// How many pages of one document children may be lost with: each costs reading the others again.
const MAX_LOST_PAGES: usize = 3;

/// How long Tesseract is taken to be missing once it was not found.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// How the program starts itself as a child.
#[derive(Debug, Clone)]
pub struct ParserCommand {
    /// The program.
    pub program: PathBuf,
    /// What comes before the memory limit, e.g. `parse-worker`.
    pub args: Vec<OsString>,
}

impl ParserCommand {
    /// Makes the command that starts the present program with `parse-worker`.
    ///
    /// # Errors
    /// `Unavailable` when the system does not tell where the program is.
    pub fn of_this_program() -> footnote_core::Result<Self> {
        let program = std::env::current_exe().map_err(|error| {
            footnote_core::Error::unavailable("cannot find this program's own file").because(error)
        })?;
        Ok(Self { program, args: vec!["parse-worker".into()] })
    }
}

/// What was found when Tesseract was looked for.
#[derive(Debug)]
struct Looked {
    found: Option<Tesseract>,
    at: Instant,
}

/// Children that parse.
#[derive(Debug)]
pub struct ParserPool {
    command: ParserCommand,
    config: IngestConfig,
    tesseract: tokio::sync::Mutex<Option<Looked>>,
    idle: Mutex<Vec<Parser>>,
}

impl ParserPool {
    /// Makes a pool without children; they start when they are needed.
    #[must_use]
    pub fn new(command: ParserCommand, config: &IngestConfig) -> Self {
        let config = config.clone();
        Self { command, config, tesseract: tokio::sync::Mutex::default(), idle: Mutex::default() }
    }

    /// Parses a document in a child. Files that lie inside it go to the listener.
    ///
    /// A page with which a child is lost is left out and noted, and the others are kept.
    ///
    /// # Errors
    /// The reason for which this document cannot be read; the next one is not affected.
    pub async fn parse(
        &self,
        name: &str,
        bytes: &[u8],
        listener: &dyn ParseListener,
    ) -> Result<ParsedDocument, Failure> {
        let request = Request {
            name: name.to_owned(),
            limits: of_document(&self.config),
            lost_pages: BTreeMap::new(),
            recognizer: self.tesseract().await,
        };
        let n_seconds = self.config.parse_total_seconds;
        let parsing = self.parse_around(request, bytes, listener);
        timeout(Duration::from_secs(n_seconds), parsing).await.unwrap_or_else(|_elapsed| {
            let detail = format!(
                "Reading it took longer than {n_seconds} s. Split it, or raise \
                 `ingest.parse_total_seconds`."
            );
            Err(Failure::new(FailureCode::Timeout, detail))
        })
    }

    /// Parses a document around the pages that children are lost with.
    async fn parse_around(
        &self,
        mut request: Request,
        bytes: &[u8],
        listener: &dyn ParseListener,
    ) -> Result<ParsedDocument, Failure> {
        let patience = Duration::from_secs(self.config.parse_seconds);
        let mut first_loss = None;
        loop {
            let parser = match self.take_idle() {
                Some(parser) => parser,
                None => Parser::start(&self.command, self.config.parse_memory_bytes)
                    .map_err(|error| cannot_start(&error))?,
            };
            match parser.read(&request, bytes, patience, listener).await {
                Ending::Answered(parser, answer) => {
                    self.put_back(*parser);
                    return answer.map_err(|failure| first_loss.unwrap_or(failure));
                }
                Ending::Lost { failure, page: Some(page) }
                    if request.lost_pages.len() < MAX_LOST_PAGES
                        && !request.lost_pages.contains_key(&page) =>
                {
                    request.lost_pages.insert(page, reason(&failure));
                    first_loss.get_or_insert(failure);
                }
                Ending::Lost { failure, .. } => return Err(failure),
            }
        }
    }

    /// Tells whether the letters in pictures are recognized.
    pub async fn has_ocr(&self) -> bool {
        self.tesseract().await.is_some()
    }

    /// Returns Tesseract where it is installed; while it is not, it is looked for again now and
    /// then, and not for every document.
    async fn tesseract(&self) -> Option<Tesseract> {
        let mut looked = self.tesseract.lock().await;
        if let Some(Looked { found, at }) = &*looked
            && (found.is_some() || at.elapsed() < LOOK_AGAIN)
        {
            return found.clone();
        }
        let found = Tesseract::find(&self.config).await.ok();
        *looked = Some(Looked { found: found.clone(), at: Instant::now() });
        found
    }

    /// Takes a child that waits.
    fn take_idle(&self) -> Option<Parser> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Lets a child wait for the next document, unless it has served long enough.
    fn put_back(&self, parser: Parser) {
        if parser.n_documents < DOCUMENTS_PER_CHILD {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(parser);
        }
    }
}

/// Returns the first sentence of a failure, without its full stop.
fn reason(failure: &Failure) -> String {
    let sentence = failure.detail.split(". ").next().unwrap_or_default();
    sentence.trim_end_matches('.').to_owned()
}

/// Says that no child can be started: a fault of the installation, not of the document.
fn cannot_start(error: &io::Error) -> Failure {
    Failure::new(
        FailureCode::Internal,
        format!("The process that reads documents cannot be started: {error}."),
    )
}
