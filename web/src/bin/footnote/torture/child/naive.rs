//! A writer as careless as many are: ids by chance, a write per chunk, and everything once more
//! after a restart. It is there so that the torture can be seen to catch it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use footnote_core::job::ItemState;
use footnote_core::{Error, Result};

use super::super::content::{Content, number_in};
use super::super::said::{Said, Seen, SeenDocument, Step, say};

/// Its only file.
const FILE: &str = "naive.jsonl";

/// How long it takes it to embed a chunk.
const EMBEDDING: Duration = Duration::from_millis(1);

/// One thing that it writes down.
#[derive(Debug, Serialize, Deserialize)]
enum Row {
    /// A document begins.
    Document { id: u64, uri: String },
    /// One of its chunks.
    Chunk { id: u64, text: String },
    /// The document is complete.
    Complete { id: u64 },
    /// The document is gone.
    Gone { id: u64 },
}

/// A document as its rows tell.
#[derive(Debug, Default)]
struct Copy {
    uri: String,
    text: String,
    is_complete: bool,
}

/// The careless writer.
pub(super) struct Writer {
    path: PathBuf,
    documents: PathBuf,
    content: Content,
}

impl Writer {
    /// Opens it in a data directory.
    ///
    /// # Errors
    /// `Unavailable` when the directory cannot be made.
    pub(super) fn open(data_dir: &Path, documents: &Path, content: Content) -> Result<Self> {
        std::fs::create_dir_all(data_dir).map_err(cannot)?;
        Ok(Self { path: data_dir.join(FILE), documents: documents.to_owned(), content })
    }

    /// Takes the steps that it knows.
    ///
    /// # Errors
    /// `Unavailable` when its file cannot be written.
    pub(super) fn work(&self, steps: &[Step]) -> Result<()> {
        say(&Said::Begun)?;
        for (n, step) in steps.iter().enumerate() {
            say(&Said::Trying { step: n })?;
            self.take(step)?;
            say(&Said::Done { step: n })?;
        }
        Ok(())
    }

    /// Says what is there.
    ///
    /// # Errors
    /// `Unavailable` when its file cannot be read.
    pub(super) fn look(&self) -> Result<()> {
        say(&Said::Searched)?;
        let copies = self.copies()?;
        let documents = copies.values().map(|copy| self.seen(copy)).collect();
        say(&Said::Seen(Seen { documents, ..Seen::default() }))
    }

    fn take(&self, step: &Step) -> Result<()> {
        match step {
            Step::Ingest => self.ingest(),
            Step::Upload { uri, number } => self.put(uri, &self.content.text(*number)),
            Step::Remove { uri } | Step::Purge { uri } => self.remove(uri),
            Step::Vacuum
            | Step::Reindex
            | Step::Model(_)
            | Step::Copy(_)
            | Step::Search
            | Step::Finish => Ok(()),
        }
    }

    fn ingest(&self) -> Result<()> {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(&self.documents).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let text = std::fs::read_to_string(entry.path()).map_err(cannot)?;
            files.insert(entry.file_name().to_string_lossy().into_owned(), text);
        }
        for (uri, text) in &files {
            self.put(uri, text)?;
            say(&Said::Item { uri: uri.clone(), state: ItemState::Ready, why: None })?;
        }
        let known = self.copies()?.into_values().map(|copy| copy.uri);
        let is_gone = |uri: &String| uri.starts_with("f-") && !files.contains_key(uri);
        for uri in known.filter(is_gone) {
            self.remove(&uri)?;
        }
        Ok(())
    }

    /// Writes a document chunk by chunk, unless it has it, and then forgets the one before.
    fn put(&self, uri: &str, text: &str) -> Result<()> {
        let before: Vec<(u64, Copy)> = self.copies_of(uri)?;
        if before.iter().any(|(_, copy)| copy.text == text) {
            return Ok(());
        }
        let id = RandomState::new().hash_one(uri);
        self.write(&Row::Document { id, uri: uri.to_owned() })?;
        for chunk in text.split_inclusive("\n\n") {
            thread::sleep(EMBEDDING);
            self.write(&Row::Chunk { id, text: chunk.to_owned() })?;
        }
        self.write(&Row::Complete { id })?;
        let complete = before.into_iter().filter(|(_, copy)| copy.is_complete);
        complete.map(|(id, _)| id).try_for_each(|id| self.write(&Row::Gone { id }))
    }

    fn remove(&self, uri: &str) -> Result<()> {
        self.copies_of(uri)?.into_iter().try_for_each(|(id, _)| self.write(&Row::Gone { id }))
    }

    fn write(&self, row: &Row) -> Result<()> {
        let mut line = serde_json::to_string(row)
            .map_err(|error| Error::internal("cannot write a row").because(error))?;
        line.push('\n');
        let mut file =
            OpenOptions::new().create(true).append(true).open(&self.path).map_err(cannot)?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(cannot)
    }

    fn copies_of(&self, uri: &str) -> Result<Vec<(u64, Copy)>> {
        Ok(self.copies()?.into_iter().filter(|(_, copy)| copy.uri == uri).collect())
    }

    fn copies(&self) -> Result<BTreeMap<u64, Copy>> {
        let mut copies: BTreeMap<u64, Copy> = BTreeMap::new();
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(copies),
            Err(error) => return Err(cannot(error)),
        };
        for line in BufReader::new(file).lines() {
            let Ok(row) = serde_json::from_str(&line.map_err(cannot)?) else { continue };
            match row {
                Row::Document { id, uri } => copies.entry(id).or_default().uri = uri,
                Row::Chunk { id, text } => copies.entry(id).or_default().text.push_str(&text),
                Row::Complete { id } => copies.entry(id).or_default().is_complete = true,
                Row::Gone { id } => drop(copies.remove(&id)),
            }
        }
        Ok(copies)
    }

    fn seen(&self, copy: &Copy) -> SeenDocument {
        let number = number_in(&copy.text);
        let is_whole = number.is_some_and(|number| self.content.text(number) == copy.text);
        let faults = if is_whole { Vec::new() } else { vec!["partial".to_owned()] };
        SeenDocument { uri: copy.uri.clone(), number, faults }
    }
}

fn cannot(error: io::Error) -> Error {
    Error::unavailable("the careless writer cannot use its file").because(error)
}
