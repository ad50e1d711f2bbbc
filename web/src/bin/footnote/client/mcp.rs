//! Messages of the Model Context Protocol, over HTTP.

use axum::body::Body;
use futures_util::stream::{self, Stream};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::{Request, StatusCode};
use serde_json::Value;

use footnote_core::{Error, Result};

use super::events::Blocks;
use super::problem::Problem;
use super::{Server, read, whole};

/// The version of the protocol that a message is of.
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// What a message asks for, for those who pass it on.
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// What it asks it of.
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The field in which a message says which version it is of.
const VERSION_FIELD: &str = "io.modelcontextprotocol/protocolVersion";

/// What the server says to a message.
enum Replies {
    One(Option<Value>),
    Many(Blocks),
}

impl Server {
    /// Sends a message, and yields what the server says to it. Whoever drops that stops what was
    /// asked for. `version` is the one agreed on, for messages that name none.
    ///
    /// # Errors
    /// `Unavailable` when the server does not answer, or not in the protocol.
    pub(crate) async fn tell(
        &self,
        message: &Value,
        version: Option<&str>,
    ) -> Result<impl Stream<Item = Result<Value>> + use<>> {
        let response = self.send(self.message(message, version)?).await?;
        let status = response.status();
        let media_type = response.headers().get(CONTENT_TYPE);
        let streams =
            media_type.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let body = Body::new(response.into_body());
        let replies = if streams {
            Replies::Many(Blocks::of(body))
        } else {
            Replies::One(Some(reply(status, &whole(body).await?)?))
        };
        Ok(stream::try_unfold(replies, async |mut replies| {
            Ok(replies.next().await?.map(|reply| (reply, replies)))
        }))
    }

    fn message(&self, message: &Value, version: Option<&str>) -> Result<Request<Body>> {
        let mut request = Request::post(self.place.path("/mcp"))
            .header(HOST, self.place.host())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream")
            .body(Body::from(message.to_string()))
            .map_err(|error| Error::internal("cannot make the request").because(error))?;
        let params = &message["params"];
        let own_version = params["_meta"][VERSION_FIELD].as_str();
        let name = params["name"].as_str().or(params["uri"].as_str());
        let values = [
            (VERSION, own_version.or(version)),
            (METHOD, message["method"].as_str()),
            (NAME, name),
        ];
        for (header, value) in values {
            let value = value.and_then(|value| HeaderValue::from_str(value).ok());
            if let Some(value) = value {
                request.headers_mut().insert(header, value);
            }
        }
        Ok(request)
    }
}

/// Reads the one thing that the server says: a message of the protocol, or why there is none.
fn reply(status: StatusCode, body: &[u8]) -> Result<Value> {
    let said = read::<Value>(body).ok();
    if let Some(said) = said.filter(|said| said["jsonrpc"].is_string()) {
        return Ok(said);
    }
    Err(Problem::read(body).map_or_else(
        |_unreadable| Error::unavailable(format!("the server answers {status}")),
        Problem::into_error,
    ))
}

impl Replies {
    async fn next(&mut self) -> Result<Option<Value>> {
        let blocks = match self {
            Self::One(reply) => return Ok(reply.take()),
            Self::Many(blocks) => blocks,
        };
        while let Some(block) = blocks.next().await? {
            let data: Vec<&str> = block
                .lines()
                .filter_map(|line| line.strip_prefix("data:"))
                .map(str::trim)
                .collect();
            let data = data.concat();
            if !data.is_empty() {
                return read(data.as_bytes()).map(Some);
            }
        }
        Ok(None)
    }
}
