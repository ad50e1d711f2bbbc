//! Whoever the answer is shown to: events go out through here, and their leaving is noticed here.

use footnote_core::answer::AnswerEvent;
use footnote_core::{Error, Result};
use futures_util::future::{Either, select};
use std::future::Future;
use std::pin::pin;
use std::time::Instant;
use tokio::sync::mpsc::Sender;

/// The receiving end of an answer, with the time since the question came.
pub(crate) struct Audience<'a> {
    events: &'a Sender<AnswerEvent>,
    start: Instant,
    first_text_ms: Option<u64>,
}

impl<'a> Audience<'a> {
    /// Starts the clock.
    pub(crate) fn new(events: &'a Sender<AnswerEvent>) -> Self {
        Self { events, start: Instant::now(), first_text_ms: None }
    }

    /// Sends an event, waiting while the receiver is slow.
    ///
    /// # Errors
    /// `Cancelled` when the receiver is gone.
    pub(crate) async fn tell(&mut self, event: AnswerEvent) -> Result<()> {
        if matches!(event, AnswerEvent::Text(_)) && self.first_text_ms.is_none() {
            self.first_text_ms = Some(self.elapsed_ms());
        }
        self.events.send(event).await.map_err(|_| gone())
    }

    /// Waits for some work, but no longer than the receiver does.
    ///
    /// # Errors
    /// `Cancelled` when the receiver leaves first; the work is dropped, which stops it.
    pub(crate) async fn attend<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        match select(pin!(work), pin!(self.events.closed())).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(((), _)) => Err(gone()),
        }
    }

    /// Returns the milliseconds since the question came.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        millis(self.start)
    }

    /// Returns when the first text was shown, in milliseconds; 0 when none was.
    pub(crate) fn first_text_ms(&self) -> u64 {
        self.first_text_ms.unwrap_or(0)
    }
}

/// Returns the whole milliseconds since a moment.
pub(crate) fn millis(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn gone() -> Error {
    Error::cancelled("nobody waits for the answer any more")
}
