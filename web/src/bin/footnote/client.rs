//! Asks a server: the one that was named, or the one that holds the data directory, for what it has
//! opened, others may not open, and need not.

mod events;
mod mcp;
mod place;
mod problem;
mod things;

use axum::body::{Body, to_bytes};
use futures_util::Stream;
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;

use footnote::app;
use footnote::auth;
use footnote::wire::answer::AnswerRequest;
use footnote::wire::event::Event;
use footnote::wire::search::{SearchRequest, SearchResponse};
use footnote_core::{Error, ErrorKind, Result};
use footnote_ingest::settings::Settings;
use footnote_store::holder;

use crate::context;
use place::Place;
use problem::Problem;

pub(crate) use problem::Refusal;

/// The largest answer that is not a stream: a hundred passages, with room.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// A server.
#[derive(Clone)]
pub(crate) struct Server {
    place: Place,
    /// Shows who asks: that they may read the data directory, or a key.
    credential: Option<HeaderValue>,
    /// Whether it was found because it holds the data directory.
    is_holder: bool,
}

impl Server {
    /// Returns the server that holds a data directory; `None` when nobody does, or somebody who
    /// cannot be asked.
    pub(crate) fn holding(data_dir: &Path) -> Option<Self> {
        let address = holder(data_dir)?.address?;
        let place = Place::on_this_machine(&address)?;
        let credential = auth::local_token(data_dir).and_then(|token| bearer(&token));
        Some(Self { place, credential, is_holder: true })
    }

    /// Returns the server at an address, to which a key is shown.
    ///
    /// # Errors
    /// `Invalid` for what is no address of a server, and for a key that cannot be sent.
    pub(crate) fn at(url: &str, key: Option<&str>) -> Result<Self> {
        let place = Place::read(url)?;
        let shown = |key: &str| {
            bearer(key).ok_or_else(|| Error::invalid("the key has characters that no key has"))
        };
        let credential = key.filter(|key| !key.is_empty()).map(shown).transpose()?;
        Ok(Self { place, credential, is_holder: false })
    }

    /// Finds passages.
    ///
    /// # Errors
    /// What the server says, and `Unavailable` when it does not answer.
    pub(crate) async fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        let body = self.post("/api/v1/search", "application/json", request).await?;
        read(&whole(body).await?)
    }

    /// Asks a question; the answer comes as events, the whole of it last. Whoever drops them stops
    /// the answer.
    ///
    /// # Errors
    /// As [`search`](Self::search); so do the events.
    pub(crate) async fn ask(
        &self,
        request: &AnswerRequest,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let body = self.post("/api/v1/answers", "text/event-stream", request).await?;
        Ok(events::read(body))
    }

    /// Sends a request and returns the body of the response, if it is not a refusal.
    async fn post(&self, path: &str, accept: &str, request: &impl Serialize) -> Result<Body> {
        let body = serde_json::to_vec(request)
            .map_err(|error| Error::internal("cannot write the request").because(error))?;
        let request = Request::post(self.place.path(path))
            .header(HOST, self.place.host())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, accept)
            .body(Body::from(body))
            .map_err(|error| Error::internal("cannot make the request").because(error))?;
        self.taken(request).await
    }

    /// Sends a request and returns the body of the response, if it is not a refusal.
    async fn taken(&self, request: Request<Body>) -> Result<Body> {
        let response = self.send(request).await?;
        let (head, body) = (response.status(), Body::new(response.into_body()));
        if head.is_success() {
            return Ok(body);
        }
        Err(Problem::read(&whole(body).await?).map_or_else(
            |_unreadable| {
                Error::unavailable(format!("the server answers {head}"))
                    .hint("Is it a server of Footnote, and of this release?")
            },
            Problem::into_error,
        ))
    }

    async fn send(&self, mut request: Request<Body>) -> Result<hyper::Response<Incoming>> {
        if let Some(credential) = &self.credential {
            request.headers_mut().insert(AUTHORIZATION, credential.clone());
        }
        let connected = self.place.connect().await;
        let stream = connected.map_err(|error| self.is_silent().because(error))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| self.is_silent().because(error))?;
        // It carries the connection for as long as somebody reads the response.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection to the server broke off");
            }
        });
        sender.send_request(request).await.map_err(|error| self.is_silent().because(error))
    }

    fn is_silent(&self) -> Error {
        let url = self.place.url();
        if self.is_holder {
            return Error::unavailable(format!(
                "the server that has the data directory does not answer at {url}"
            ))
            .hint("If it is just ending, try again; if not, stop it and see its log.");
        }
        Error::unavailable(format!("no server answers at {url}"))
            .hint("Check the address, and that `footnote serve` runs there.")
    }
}

/// Shows a secret as a server expects it; `None` when it cannot be sent.
fn bearer(secret: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {secret}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Passes on what a server answered. What it does not find it does not explain, for others may ask
/// it; whoever may read the data directory that it holds is told which collections there are.
///
/// # Errors
/// What the server answered, or which collection there is not.
pub(crate) async fn explained<T>(
    answered: Result<T>,
    (server, settings): (&Server, &Settings),
    collections: &[String],
) -> Result<T> {
    if server.is_holder && answered.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound)
    {
        let store = context::shared(settings, "footnote").await?;
        for name in collections {
            app::collection(&store, &auth::command_line(), name).await?;
        }
        store.close().await?;
    }
    answered
}

/// Reads a body to its end.
async fn whole(body: Body) -> Result<Vec<u8>> {
    let bytes = to_bytes(body, MAX_ANSWER_BYTES).await.map_err(broken_off)?;
    Ok(bytes.into())
}

/// Reads what the server wrote.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        Error::unavailable("the server's answer cannot be read")
            .hint("Use the release of Footnote that the server is of.")
            .because(error)
    })
}

fn broken_off(error: axum::Error) -> Error {
    Error::unavailable("the server's answer broke off").because(error)
}
