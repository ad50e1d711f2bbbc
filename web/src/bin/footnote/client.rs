//! Asks the server that holds the data directory, where one does: what it has opened, others may
//! not open, and need not.

mod events;
mod mcp;
mod problem;

use axum::body::{Body, to_bytes};
use futures_util::Stream;
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

use footnote::app;
use footnote::auth;
use footnote::wire::answer::AnswerRequest;
use footnote::wire::event::Event;
use footnote::wire::search::{SearchRequest, SearchResponse};
use footnote_core::{Error, ErrorKind, Result};
use footnote_ingest::settings::Settings;
use footnote_store::holder;

use crate::context;
use problem::Problem;

/// How long a server on this machine may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer that is not a stream: a hundred passages, with room.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// The server that holds a data directory.
#[derive(Clone)]
pub(crate) struct Server {
    address: SocketAddr,
    /// Shows that whoever asks may read the data directory.
    credential: Option<HeaderValue>,
}

impl Server {
    /// Returns the server that holds a data directory; `None` when nobody does, or somebody who
    /// cannot be asked.
    pub(crate) fn holding(data_dir: &Path) -> Option<Self> {
        let address = holder(data_dir)?.address?;
        let address = on_loopback(address.strip_prefix("http://")?.parse().ok()?)?;
        let token = auth::local_token(data_dir);
        let credential =
            token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
        Some(Self { address, credential })
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
        let request = Request::post(path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, accept)
            .body(Body::from(body))
            .map_err(|error| Error::internal("cannot make the request").because(error))?;
        let response = self.send(request).await?;
        let (head, body) = (response.status(), Body::new(response.into_body()));
        if head.is_success() {
            return Ok(body);
        }
        Err(Problem::read(&whole(body).await?).map_or_else(
            |_unreadable| Error::unavailable(format!("the server answers {head}")),
            Problem::into_error,
        ))
    }

    async fn send(&self, mut request: Request<Body>) -> Result<hyper::Response<Incoming>> {
        if let Some(credential) = &self.credential {
            request.headers_mut().insert(AUTHORIZATION, credential.clone());
        }
        let connecting = timeout(CONNECT_TIMEOUT, TcpStream::connect(self.address)).await;
        let stream = connecting
            .map_err(|elapsed| self.is_silent().because(elapsed))?
            .map_err(|error| self.is_silent().because(error))?;
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
        Error::unavailable(format!(
            "the server that has the data directory does not answer at http://{}",
            self.address
        ))
        .hint("If it is just ending, try again; if not, stop it and see its log.")
    }
}

/// Passes on what a server answered. What it does not find it does not explain, for others may ask
/// it; whoever may read the data directory is told which collections there are.
///
/// # Errors
/// What the server answered, or which collection there is not.
pub(crate) async fn explained<T>(
    answered: Result<T>,
    settings: &Settings,
    collections: &[String],
) -> Result<T> {
    if answered.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        let store = context::shared(settings, "footnote").await?;
        for name in collections {
            app::collection(&store, &auth::command_line(), name).await?;
        }
        store.close().await?;
    }
    answered
}

/// Returns where a server of this machine is reached that listens at an address. One that listens
/// at a single address of the network is not asked: what is sent there could be read by others.
fn on_loopback(mut address: SocketAddr) -> Option<SocketAddr> {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address.ip().is_loopback().then_some(address)
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

#[cfg(test)]
mod tests {
    use super::on_loopback;

    #[test]
    fn only_this_machine_is_asked() {
        let at = |text: &str| on_loopback(text.parse().unwrap()).map(|found| found.to_string());
        assert_eq!(at("127.0.0.1:8620").as_deref(), Some("127.0.0.1:8620"));
        assert_eq!(at("0.0.0.0:1").as_deref(), Some("127.0.0.1:1"));
        assert_eq!(at("[::]:1").as_deref(), Some("[::1]:1"));
        assert_eq!(at("192.168.1.5:8620"), None);
    }
}
