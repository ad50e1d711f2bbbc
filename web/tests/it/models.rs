//! Models that say what a test wants.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::chat::{Piece, Prompt};
use footnote_core::model::{Generator, Language};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// What a model says.
pub(crate) type Said = BoxStream<'static, Result<Piece>>;

/// A model that says what it is made to say; it counts the streams that are open.
pub(crate) struct Speaker {
    name: &'static str,
    say: fn() -> Said,
    pub(crate) n_open: Arc<AtomicUsize>,
}

/// Counts a stream for as long as it is alive.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Speaker {
    pub(crate) fn new(name: &'static str, say: fn() -> Said) -> Self {
        Self { name, say, n_open: Arc::default() }
    }

    /// A model that never comes to an end.
    pub(crate) fn endless() -> Self {
        Self::new("endless", || {
            let words = stream::unfold((), |()| async {
                sleep(Duration::from_millis(10)).await;
                Some((Ok(Piece::Text("word ".to_owned())), ()))
            });
            words.boxed()
        })
    }
}

#[async_trait]
impl Generator for Speaker {
    fn name(&self) -> &str {
        self.name
    }

    fn reads(&self, _language: Language) -> bool {
        true
    }

    fn context_tokens(&self) -> usize {
        4096
    }

    fn count_tokens(&self, text: &str) -> Result<usize> {
        Ok(text.split_whitespace().count())
    }

    async fn generate(&self, _prompt: Prompt) -> Result<Said> {
        self.n_open.fetch_add(1, Ordering::SeqCst);
        let open = Open(Arc::clone(&self.n_open));
        let said = (self.say)().inspect(move |_piece| {
            // It lives as long as the stream that owns this closure.
            let _alive = &open;
        });
        Ok(said.boxed())
    }
}
