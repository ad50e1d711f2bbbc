//! The way to the collector: the guarded client, allowed to speak to that host alone.

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;

use footnote_core::{Error, Result};
use footnote_ingest::outbound::{Ask, Outbound};

/// A collector. One that is away costs a warning, when it goes and not each time.
pub(super) struct Collector {
    outbound: Arc<Outbound>,
    runtime: Handle,
    is_away: AtomicBool,
}

impl Collector {
    /// Makes the way to the collector at a URL; requests run on the present runtime.
    ///
    /// # Errors
    /// `Invalid` for what is no address of a server.
    pub(super) fn at(url: &str, limit: Duration) -> Result<Self> {
        let outbound = Arc::new(Outbound::only_to(url, limit)?);
        let runtime = Handle::try_current()
            .map_err(|error| Error::internal("traces need a runtime").because(error))?;
        Ok(Self { outbound, runtime, is_away: AtomicBool::new(false) })
    }

    /// Sends spans and returns the status and the body of the answer.
    async fn send(&self, ask: Ask) -> std::result::Result<(u16, Vec<u8>), HttpError> {
        let outbound = Arc::clone(&self.outbound);
        // The exporter has a thread without a runtime.
        let sending = self.runtime.spawn(async move {
            let answer = outbound.send(ask).await?;
            let status = answer.status();
            answer.bytes(outbound.max_answer_bytes()).await.map(|body| (status, body))
        });
        Ok(sending.await??)
    }

    /// Notes whether the collector takes what it is sent.
    fn note(&self, sent: &std::result::Result<(u16, Vec<u8>), HttpError>) {
        let is_away = !matches!(sent, Ok((200..300, _)));
        if self.is_away.swap(is_away, Ordering::Relaxed) == is_away {
            return;
        }
        match sent {
            Ok((200..300, _)) => tracing::info!("the collector takes traces again"),
            Ok((status, _)) => tracing::warn!(status, "the collector refuses traces"),
            Err(error) => {
                tracing::warn!(error, "the collector of traces is away; they are dropped");
            }
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(
        &self,
        request: Request<Bytes>,
    ) -> std::result::Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let ask = Ask::post(&parts.uri.to_string(), parts.headers, body.to_vec())?;
        let sent = self.send(ask).await;
        self.note(&sent);
        let (status, body) = sent?;
        Ok(Response::builder().status(status).body(body.into())?)
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}
