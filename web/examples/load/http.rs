//! What the clients send and get; every request has a connection of its own.

use axum::body::{Body, Bytes, to_bytes};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderValue};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

use footnote_core::{Error, Result};

/// How long anything may take; what takes longer has failed.
const PATIENCE: Duration = Duration::from_mins(3);

/// The largest answer.
const MAX_BYTES: usize = 64 << 20;

/// Somebody who sends requests.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// The server.
    pub(crate) address: SocketAddr,
    /// What shows who they are.
    pub(crate) shows: Shows,
}

/// What somebody shows.
#[derive(Debug, Clone)]
pub(crate) enum Shows {
    /// Nothing.
    Nothing,
    /// The cookie of a session.
    Cookie(String),
    /// A key.
    Key(String),
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

impl Client {
    /// Sends a request without a body.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        self.whole(self.request("GET", path), Body::empty()).await
    }

    /// Sends JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        let request = self.request("POST", path).header(CONTENT_TYPE, "application/json");
        self.whole(request, Body::from(body.to_string())).await
    }

    /// Sends a file.
    pub(crate) async fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<Answer> {
        self.whole(self.request("POST", path), Body::from(bytes)).await
    }

    /// Sends JSON and returns the body as it comes, with the status.
    pub(crate) async fn stream(&self, path: &str, body: &Value) -> Result<(StatusCode, Body)> {
        let request = self.request("POST", path).header(CONTENT_TYPE, "application/json");
        let request = request.header(ACCEPT, "text/event-stream");
        let (status, _headers, body) = self.send(request, Body::from(body.to_string())).await?;
        Ok((status, body))
    }

    /// Returns the head of a request as text, for those who do not send all of it.
    pub(crate) fn head(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let mut lines = vec![format!("{method} {path} HTTP/1.1\r\nHost: {}", self.address)];
        if let Shows::Key(key) = &self.shows {
            lines.push(format!("Authorization: Bearer {key}"));
        }
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.join("\r\n") + "\r\n\r\n"
    }

    fn request(&self, method: &str, path: &str) -> hyper::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(HOST, self.address.to_string());
        match &self.shows {
            Shows::Nothing => request,
            Shows::Cookie(cookie) => request.header(COOKIE, cookie).header("x-footnote-request", 1),
            Shows::Key(key) => request.header(AUTHORIZATION, bearer(key)),
        }
    }

    async fn whole(&self, request: hyper::http::request::Builder, body: Body) -> Result<Answer> {
        let (status, headers, body) = self.send(request, body).await?;
        let body = timeout(PATIENCE, to_bytes(body, MAX_BYTES)).await.map_err(failed)?;
        Ok(Answer { status, headers, body: body.map_err(failed)? })
    }

    async fn send(
        &self,
        request: hyper::http::request::Builder,
        body: Body,
    ) -> Result<(StatusCode, HeaderMap, Body)> {
        let request = request.body(body).map_err(failed)?;
        let answered = timeout(PATIENCE, async {
            let stream = TcpStream::connect(self.address).await.map_err(failed)?;
            let (mut sender, connection) =
                http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
            tokio::spawn(connection);
            sender.send_request(request).await.map_err(failed)
        });
        let (parts, body) = answered.await.map_err(failed)??.into_parts();
        Ok((parts.status, parts.headers, Body::new(body)))
    }
}

impl Answer {
    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).map_err(failed)
    }

    /// Returns the answer if it has a status of success.
    pub(crate) fn succeeded(self) -> Result<Self> {
        if self.status.is_success() {
            return Ok(self);
        }
        let text = String::from_utf8_lossy(&self.body);
        Err(Error::unavailable(format!("{}: {text}", self.status)))
    }

    /// Returns the cookie that was set, as it is shown from then on.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.headers.get("set-cookie")?.to_str().ok()?;
        Some(set.split(';').next()?.to_owned())
    }
}

fn bearer(key: &str) -> HeaderValue {
    HeaderValue::try_from(format!("Bearer {key}")).unwrap_or(HeaderValue::from_static("Bearer"))
}

/// Says that a request failed below HTTP.
pub(crate) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::unavailable("a request broke off").because(error)
}
