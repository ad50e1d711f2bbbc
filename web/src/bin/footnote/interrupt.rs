//! Ctrl-C and SIGTERM: the first asks to stop, the second ends the program at once.

use tokio_util::sync::CancellationToken;

use footnote_core::{Error, Result};

use crate::exit::INTERRUPTED;

/// Returns a token that is cancelled by the first signal.
///
/// # Errors
/// `Internal` when the system gives no signals.
pub(crate) fn watch() -> Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut signals = Signals::new()
        .map_err(|error| Error::internal("cannot listen for signals").because(error))?;
    let cancel = token.clone();
    tokio::spawn(async move {
        signals.next().await;
        cancel.cancel();
        signals.next().await;
        end_at_once();
    });
    Ok(token)
}

/// Ends the program without waiting for anything.
#[expect(clippy::exit, reason = "the person asked twice")]
fn end_at_once() {
    std::process::exit(i32::from(INTERRUPTED));
}

/// What the system sends to stop a program.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What the system sends to stop a program.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
