//! Carries git's requests over the guarded client.

use footnote_core::Error;
use footnote_core::job::FailureCode;
use gix::error::ErrorExt as _;
use gix_transport::client::blocking_io::http::{GetResponse, Http, PostBodyDataKind, PostResponse};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::any::Any;
use std::io::{self, BufRead, Cursor, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use url::Url;

use crate::connector::status;
use crate::failing::failure_from;
use crate::outbound::{Answer, Ask, Outbound, OutboundError};

/// What went wrong, in the user's words, and what it means for a document.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) error: Error,
    pub(super) code: FailureCode,
}

impl From<OutboundError> for Trouble {
    fn from(error: OutboundError) -> Self {
        Self { code: error.code(), error: error.into() }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self { code: failure_from(&error).code, error }
    }
}

/// What went wrong below git.
#[derive(Debug, Clone, Default)]
pub(super) struct Problem(Arc<Mutex<Option<Trouble>>>);

impl Problem {
    /// Returns the first thing that went wrong.
    pub(super) fn take(&self) -> Option<Trouble> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps what went wrong, and returns what git is told of it.
    fn keep(&self, trouble: Trouble, kind: io::ErrorKind) -> io::Error {
        let told = io::Error::new(kind, trouble.error.to_string());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(trouble);
        told
    }
}

/// The client in the shape that git asks for. It blocks, so it must not run on a thread of the runtime.
pub(super) struct GuardedHttp {
    outbound: Arc<Outbound>,
    runtime: Handle,
    problem: Problem,
    redirected: Option<String>,
}

impl GuardedHttp {
    pub(super) fn new(outbound: Arc<Outbound>, runtime: Handle) -> Self {
        Self { outbound, runtime, problem: Problem::default(), redirected: None }
    }

    /// Returns where to look for what went wrong.
    pub(super) fn problem(&self) -> Problem {
        self.problem.clone()
    }

    /// Makes an exchange that was not begun yet.
    fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> io::Result<Exchange> {
        let url = Url::parse(url).map_err(io::Error::other)?;
        let mut ask = Ask::new(method, url);
        ask.headers = header_map(headers);
        Ok(Exchange {
            outbound: Arc::clone(&self.outbound),
            runtime: self.runtime.clone(),
            problem: self.problem.clone(),
            bytes_left: self.outbound.max_answer_bytes(),
            state: State::Waiting(Box::new(ask)),
        })
    }
}

impl Http for GuardedHttp {
    type Headers = Headers;
    type ResponseBody = Body;
    type PostBody = Upload;

    fn get(
        &mut self,
        url: &str,
        base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> gix::Result<GetResponse<Headers, Body>> {
        let raise = |error: io::Error| -> gix::Error { error.raise() };
        let mut exchange = self.exchange(Method::GET, url, headers).map_err(raise)?;
        let landed = exchange.begin().map_err(raise)?.url().to_string();
        // After a redirect, what follows goes where the first request ended.
        let tail = url.strip_prefix(base_url).unwrap_or_default();
        let base = landed.strip_suffix(tail).filter(|base| *base != base_url);
        self.redirected = base.map(str::to_owned);
        let shared = Shared::new(exchange);
        Ok(GetResponse { headers: Headers::new(&shared), body: Body::new(&shared) })
    }

    fn post(
        &mut self,
        url: &str,
        _base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _body: PostBodyDataKind,
    ) -> gix::Result<PostResponse<Headers, Body, Upload>> {
        let raise = |error: io::Error| -> gix::Error { error.raise() };
        // Sent when the answer is first looked at: by then git has written what it has to say.
        let shared = Shared::new(self.exchange(Method::POST, url, headers).map_err(raise)?);
        Ok(PostResponse {
            post_body: Upload(shared.clone()),
            headers: Headers::new(&shared),
            body: Body::new(&shared),
        })
    }

    fn configure(&mut self, _config: &dyn Any) -> gix::Result {
        Ok(())
    }

    fn redirected_base_url(&self) -> Option<String> {
        self.redirected.clone()
    }
}

/// Reads headers as git hands them over, `Name: value`.
fn header_map(lines: impl IntoIterator<Item = impl AsRef<str>>) -> HeaderMap {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value.trim()).ok()?))
    };
    lines.into_iter().filter_map(|line| header(line.as_ref())).collect()
}

/// One request and its answer.
struct Exchange {
    outbound: Arc<Outbound>,
    runtime: Handle,
    problem: Problem,
    bytes_left: u64,
    state: State,
}

/// How far an exchange is.
enum State {
    /// Not sent.
    Waiting(Box<Ask>),
    /// Being answered.
    Answered(Box<Answer>),
    /// Over, or failed.
    Over,
}

impl Exchange {
    /// Sends the request unless it was sent, and returns the answer.
    fn begin(&mut self) -> io::Result<&mut Answer> {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting(ask) => State::Answered(Box::new(self.send(*ask)?)),
            other => other,
        };
        match &mut self.state {
            State::Answered(answer) => Ok(answer),
            State::Waiting(_) | State::Over => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Sends a request and refuses every status but success.
    fn send(&self, ask: Ask) -> io::Result<Answer> {
        let place = ask.url.to_string();
        let answer = self.runtime.block_on(self.outbound.send(ask));
        let answer =
            answer.map_err(|error| self.problem.keep(error.into(), io::ErrorKind::Other))?;
        match answer.status() {
            200..=299 => Ok(answer),
            other => {
                let denied = matches!(other, 401 | 403);
                let kind =
                    if denied { io::ErrorKind::PermissionDenied } else { io::ErrorKind::Other };
                let (error, code) = (status::error(other, &place), status::code(other));
                Err(self.problem.keep(Trouble { error, code }, kind))
            }
        }
    }

    /// Returns the next piece of the answer; nothing at its end.
    fn piece(&mut self) -> io::Result<Vec<u8>> {
        let runtime = self.runtime.clone();
        let answer = self.begin()?;
        let read = runtime.block_on(answer.piece());
        let piece = read.map(|piece| piece.map_or_else(Vec::new, |piece| piece.as_ref().to_vec()));
        let max_bytes = self.outbound.max_answer_bytes();
        let counted =
            piece.and_then(|piece| match self.bytes_left.checked_sub(piece.len() as u64) {
                Some(left) => Ok((piece, left)),
                None => Err(OutboundError::TooLarge { max_bytes }),
            });
        let (piece, left) =
            counted.map_err(|error| self.problem.keep(error.into(), io::ErrorKind::Other))?;
        self.bytes_left = left;
        Ok(piece)
    }
}

/// An exchange that its parts hold together.
#[derive(Clone)]
struct Shared(Arc<Mutex<Exchange>>);

impl Shared {
    fn new(exchange: Exchange) -> Self {
        Self(Arc::new(Mutex::new(exchange)))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Exchange) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is sent with a request, collected.
pub(super) struct Upload(Shared);

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.with(|exchange| match &mut exchange.state {
            State::Waiting(ask) => {
                ask.body.extend_from_slice(bytes);
                Ok(bytes.len())
            }
            State::Answered(_) | State::Over => Err(io::ErrorKind::BrokenPipe.into()),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The headers of an answer, a line each.
pub(super) struct Headers {
    shared: Shared,
    text: Option<Cursor<Vec<u8>>>,
}

impl Headers {
    fn new(shared: &Shared) -> Self {
        Self { shared: shared.clone(), text: None }
    }

    /// Returns the text of the headers, for which the request is sent if it was not.
    fn text(&mut self) -> io::Result<&mut Cursor<Vec<u8>>> {
        if self.text.is_none() {
            let text = self.shared.with(|exchange| {
                let lines =
                    exchange.begin()?.headers().map(|(name, value)| format!("{name}: {value}\n"));
                Ok::<_, io::Error>(lines.collect::<String>())
            })?;
            self.text = Some(Cursor::new(text.into_bytes()));
        }
        self.text.as_mut().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Read for Headers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text()?.read(buffer)
    }
}

impl BufRead for Headers {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.text()?.fill_buf()
    }

    fn consume(&mut self, n_bytes: usize) {
        if let Some(text) = &mut self.text {
            text.consume(n_bytes);
        }
    }
}

/// The body of an answer.
pub(super) struct Body {
    shared: Shared,
    piece: Cursor<Vec<u8>>,
}

impl Body {
    fn new(shared: &Shared) -> Self {
        Self { shared: shared.clone(), piece: Cursor::default() }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.fill_buf()?.read(buffer)?;
        self.consume(n_bytes);
        Ok(n_bytes)
    }
}

impl BufRead for Body {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece.position() == self.piece.get_ref().len() as u64 {
            self.piece = Cursor::new(self.shared.with(Exchange::piece)?);
        }
        self.piece.fill_buf()
    }

    fn consume(&mut self, n_bytes: usize) {
        self.piece.consume(n_bytes);
    }
}
