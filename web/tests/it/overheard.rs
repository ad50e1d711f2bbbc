//! What is logged while a test listens: all that can be printed, by us and by everything that we
//! use.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock, Weak};
use tracing_subscriber::filter::{FilterExt as _, dynamic_filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use footnote_core::telemetry::without_texts;

/// Listens for words until it is dropped.
pub(crate) struct Ear {
    words: Vec<String>,
    n_lines: AtomicUsize,
    heard: Mutex<Vec<String>>,
}

impl Ear {
    /// Returns how many lines were logged, whatever they say.
    pub(crate) fn n_lines(&self) -> usize {
        self.n_lines.load(Ordering::Relaxed)
    }

    /// Returns the lines with one of the words in them.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hear(&self, line: &str) {
        self.n_lines.fetch_add(1, Ordering::Relaxed);
        if self.words.iter().any(|word| line.contains(word)) {
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
        }
    }
}

/// Everybody who listens.
static EARS: RwLock<Vec<Weak<Ear>>> = RwLock::new(Vec::new());

/// Prints for those who listen, from the first time that somebody does.
static MOUTH: LazyLock<()> = LazyLock::new(|| {
    let lines = tracing_subscriber::fmt::layer().json().with_writer(Mouth);
    let listens = dynamic_filter_fn(|_metadata, _ctx| 0 < N_LISTENING.load(Ordering::Relaxed));
    tracing_subscriber::registry().with(lines.with_filter(listens.and(without_texts()))).init();
});

/// How many listen.
static N_LISTENING: AtomicUsize = AtomicUsize::new(0);

impl Drop for Ear {
    fn drop(&mut self) {
        N_LISTENING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Begins to listen for words, at every level.
pub(crate) fn listen(words: &[&str]) -> Arc<Ear> {
    LazyLock::force(&MOUTH);
    N_LISTENING.fetch_add(1, Ordering::Relaxed);
    let words = words.iter().map(ToString::to_string).collect();
    let ear = Arc::new(Ear { words, n_lines: AtomicUsize::new(0), heard: Mutex::default() });
    EARS.write().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&ear));
    ear
}

/// Passes each line on to everybody who listens.
struct Mouth;

impl io::Write for Mouth {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        let ears = EARS.read().unwrap_or_else(PoisonError::into_inner);
        ears.iter().filter_map(Weak::upgrade).for_each(|ear| ear.hear(&line));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Mouth {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
