//! A web server on the loopback that answers as a test wants and remembers what it was asked.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// After how many bytes of the body the connection is cut.
    pub(crate) cut_after: Option<usize>,
}

/// The server; its thread ends with the process.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Response {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

impl Server {
    /// Starts a server that answers the n-th request, counted from 0, with what `answer` returns.
    pub(crate) fn start(answer: impl Fn(usize, &Request) -> Response + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = read(&stream) else { continue };
                let n = seen.lock().unwrap().len();
                seen.lock().unwrap().push(request.clone());
                write(stream, &answer(n, &request));
            }
        });
        Self { address, requests }
    }

    /// Returns what was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(n, v)| (n.to_owned(), v.to_owned())))
        .collect();
    Some(Request { path, headers })
}

/// Writes an answer; the other side may hang up before its end.
fn write(mut stream: TcpStream, response: &Response) {
    let Response { status, headers, body, cut_after } = response;
    let mut head =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        head += &[*name, ": ", value, "\r\n"].concat();
    }
    let sent = &body[..cut_after.unwrap_or(body.len())];
    let parts = [head.as_bytes(), b"\r\n", sent];
    if parts.iter().all(|part| stream.write_all(part).is_ok()) {
        stream.flush().unwrap_or_default();
    }
}
