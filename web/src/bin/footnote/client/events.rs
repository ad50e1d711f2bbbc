//! Reads server-sent events: block by block, and those of an answer as far as somebody shows them.

use axum::body::{Body, BodyDataStream};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use footnote::wire::answer::Source;
use footnote::wire::event::Event;
use footnote_core::{Error, Result};

use super::problem::Problem;
use super::{broken_off, read as parse};

/// What stands between two events.
const GAP: &[u8] = b"\n\n";

/// Yields the events of a body; one that says that the answer failed is an error.
pub(super) fn read(body: Body) -> impl Stream<Item = Result<Event>> + use<> {
    stream::try_unfold(Blocks::of(body), async |mut blocks| {
        Ok(Some((shown(&mut blocks).await?, blocks)))
    })
}

/// Returns the next event that is shown.
async fn shown(blocks: &mut Blocks) -> Result<Event> {
    while let Some(block) = blocks.next().await? {
        if let Some(event) = event(&block)? {
            return Ok(event);
        }
    }
    Err(ended())
}

/// A body of which a part was read: blocks of lines with an empty line after each.
pub(super) struct Blocks {
    body: BodyDataStream,
    buffer: Vec<u8>,
}

impl Blocks {
    /// Starts to read a body.
    pub(super) fn of(body: Body) -> Self {
        Self { body: body.into_data_stream(), buffer: Vec::new() }
    }

    /// Returns the next whole block; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<String>> {
        loop {
            if let Some(end) = self.buffer.windows(GAP.len()).position(|part| part == GAP) {
                let rest = self.buffer.split_off(end + GAP.len());
                let block = std::mem::replace(&mut self.buffer, rest);
                return Ok(Some(String::from_utf8_lossy(&block).into_owned()));
            }
            match self.body.next().await {
                Some(piece) => self.buffer.extend_from_slice(&piece.map_err(broken_off)?),
                None => return Ok(None),
            }
        }
    }
}

/// Reads a block of lines; `None` for what is not shown: comments, and events of other names.
fn event(block: &str) -> Result<Option<Event>> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let (Some(name), Some(data)) = (field("event: "), field("data: ")) else { return Ok(None) };
    Ok(Some(match name {
        "answer.queued" => {
            let Queued { position } = data_of(data)?;
            Event::Queued { position }
        }
        "retrieval.completed" => {
            let Retrieved { sources } = data_of(data)?;
            Event::Retrieved { sources }
        }
        "text.delta" => {
            let Text { delta } = data_of(data)?;
            Event::Text { delta }
        }
        "answer.completed" => Event::Completed(data_of(data)?),
        "answer.failed" => return Err(Problem::read(data.as_bytes())?.into_error()),
        _ => return Ok(None),
    }))
}

fn data_of<T: DeserializeOwned>(data: &str) -> Result<T> {
    parse(data.as_bytes())
}

/// How many questions are first.
#[derive(Deserialize)]
struct Queued {
    position: usize,
}

/// What was found.
#[derive(Deserialize)]
struct Retrieved {
    sources: Vec<Source>,
}

/// What comes next.
#[derive(Deserialize)]
struct Text {
    delta: String,
}

/// Says that the last event is missing.
fn ended() -> Error {
    Error::unavailable("the server ended before the answer was complete")
        .hint("Ask again; without a server, the question is answered in this process.")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn events(pieces: &'static [&'static str]) -> Vec<Result<Event>> {
        let pieces = stream::iter(pieces.iter().map(|piece| Ok::<_, std::io::Error>(*piece)));
        let mut events = std::pin::pin!(read(Body::from_stream(pieces)));
        let mut all = Vec::new();
        while let Some(event) = events.next().await {
            all.push(event);
        }
        all
    }

    #[tokio::test]
    async fn events_are_read_however_they_are_cut() {
        let told = events(&[
            "retry: 1000\n\nid: 1\nevent: answer.cre",
            "ated\ndata: {}\n",
            "\nid: 2\nevent: text.delta\ndata: {\"delta\":\"28 ",
            "days\"}\n\n: keep-alive\n\n",
        ])
        .await;
        assert!(matches!(&told[0], Ok(Event::Text { delta }) if delta == "28 days"));
        let error = told[1].as_ref().unwrap_err();
        assert!(error.message().contains("before the answer was complete"), "{error}");
        assert_eq!(told.len(), 2);
    }

    #[tokio::test]
    async fn an_answer_that_failed_is_an_error() {
        let told =
            events(&["event: answer.failed\ndata: {\"status\":503,\"code\":\"queue-full\",\
                             \"detail\":\"too many\"}\n\n"])
            .await;
        assert_eq!(told[0].as_ref().unwrap_err().message(), "too many");
    }
}
