//! Tesseract, a program outside, recognizes the letters in pictures: found by the parent, started by
//! the child that has a page without text.

use footnote_core::config::IngestConfig;
use footnote_document::{Picture, RecognizedWord, Recognizer, words_from_tsv};
use serde::{Deserialize, Serialize};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How long Tesseract may take to say which languages it knows.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// How often the child looks whether Tesseract has ended, once its words are read.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What Tesseract writes about one page at most, in bytes.
const MAX_ANSWER_BYTES: u64 = 16 << 20;

/// Tesseract as it is installed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tesseract {
    program: PathBuf,
    languages: Vec<String>,
    page_seconds: u64,
}

/// Why the letters in pictures are not recognized.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WithoutOcr {
    /// The configuration says so.
    #[error("`ingest.ocr` is off")]
    Off,
    /// The program is not there or does not answer.
    #[error("{program} cannot be started: {reason}")]
    NotInstalled {
        /// What was to be started.
        program: String,
        /// What the system says.
        reason: String,
    },
    /// None of the languages is installed.
    #[error("Tesseract has none of the languages {wanted}, only {installed}")]
    NoLanguage {
        /// Those of the configuration.
        wanted: String,
        /// Those it has.
        installed: String,
    },
}

impl Tesseract {
    /// Finds Tesseract and those of the configured languages that it has.
    ///
    /// # Errors
    /// The reason for which nothing will be recognized.
    pub async fn find(config: &IngestConfig) -> Result<Self, WithoutOcr> {
        if !config.ocr {
            return Err(WithoutOcr::Off);
        }
        let program = &config.ocr_program;
        let installed = installed_languages(program).await.map_err(|error| {
            let program = program.display().to_string();
            WithoutOcr::NotInstalled { program, reason: error.to_string() }
        })?;
        let is_installed = |language: &&String| installed.contains(language);
        let languages: Vec<String> =
            config.ocr_languages.iter().filter(is_installed).cloned().collect();
        if languages.is_empty() {
            let (wanted, installed) = (config.ocr_languages.join(", "), installed.join(", "));
            return Err(WithoutOcr::NoLanguage { wanted, installed });
        }
        Ok(Self { program: program.clone(), languages, page_seconds: config.ocr_page_seconds })
    }

    /// Returns the languages that it will expect.
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// Starts it for one picture.
    fn start(&self, picture: &Picture) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(["stdin", "stdout", "-l"]).arg(self.languages.join("+"));
        if let Some(dots) = picture.dots_per_inch {
            command.args(["--dpi", &dots.to_string()]);
        }
        // The pages of other documents are recognized beside it.
        command.arg("tsv").env("OMP_THREAD_LIMIT", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    }

    /// Waits for the end of Tesseract, or ends it when its time is up.
    fn wait(&self, mut child: Child) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(self.page_seconds);
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("Tesseract failed ({status})")),
                Ok(None) if Instant::now() < deadline => thread::sleep(LOOK_EVERY),
                Ok(None) => {
                    let ended = child.kill().and_then(|()| child.wait());
                    drop(ended);
                    let n_seconds = self.page_seconds;
                    return Err(format!(
                        "Tesseract took longer than {n_seconds} s (`ingest.ocr_page_seconds`)"
                    ));
                }
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

impl Recognizer for Tesseract {
    fn recognize(&self, picture: &Picture) -> Result<Vec<RecognizedWord>, String> {
        let cannot = |error: io::Error| format!("Tesseract cannot be used: {error}");
        let mut child = self.start(picture).map_err(cannot)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("Tesseract has no pipes".to_owned());
        };
        thread::scope(|scope| {
            // It may end before it has read everything; its status tells.
            scope.spawn(|| send(picture, stdin).ok());
            let words = scope.spawn(|| {
                let mut table = String::new();
                stdout.take(MAX_ANSWER_BYTES).read_to_string(&mut table).map(|_| table)
            });
            self.wait(child)?;
            let table = words.join().map_err(|_panic| "reading its words failed".to_owned())?;
            Ok(words_from_tsv(&table.map_err(cannot)?))
        })
    }
}

/// Sends a picture as a portable grey map (netpbm, `P5`).
fn send(picture: &Picture, mut to: ChildStdin) -> io::Result<()> {
    write!(to, "P5\n{} {}\n255\n", picture.width, picture.height)?;
    to.write_all(&picture.pixels)
}

/// Returns the languages that a Tesseract has.
async fn installed_languages(program: &PathBuf) -> io::Result<Vec<String>> {
    let asked = tokio::process::Command::new(program)
        .arg("--list-langs")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(ANSWERS_WITHIN, asked).await??;
    if !output.status.success() {
        return Err(io::Error::other(output.status.to_string()));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    // The first line says where they are.
    Ok(said.lines().skip(1).map(|line| line.trim().to_owned()).collect())
}
