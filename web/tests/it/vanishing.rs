//! Clients that vanish or never read hold no model, no memory and no place.

use footnote_core::chat::Piece;
use footnote_core::config::Config;
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::answers::until;
use crate::models::Speaker;
use crate::server::Server;

/// How soon a model stops after its reader has vanished, on a machine that has time for it.
const SOON: Duration = Duration::from_millis(100);

/// How often that is tried: a machine that is busy elsewhere adds to it, and nothing takes away.
const N_TRIES: usize = 10;

/// A model that writes much and never ends.
fn verbose() -> Speaker {
    Speaker::new("verbose", || {
        let sentences = stream::unfold(0, |n| async move {
            sleep(Duration::from_millis(2)).await;
            let sentence = format!("Elephants number {n} like {}. ", "m".repeat(16 << 10));
            Some((Ok(Piece::Text(sentence)), n + 1))
        });
        sentences.boxed()
    })
}

/// Sends a question whose answer is streamed; the caller reads, or does not.
async fn ask(address: SocketAddr, receive_bytes: Option<u32>) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    if let Some(n_bytes) = receive_bytes {
        socket.set_recv_buffer_size(n_bytes).unwrap();
    }
    let mut stream = socket.connect(address).await.unwrap();
    let body = json!({"question": "How many days of paid annual leave does an employee get?",
                      "collections": ["handbook"], "mode": "generate"})
    .to_string();
    let head = format!(
        "POST /api/v1/answers HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    stream
}

/// Lets a reader vanish until the model stopped soon.
async fn stops_soon(vanish: impl Fn(TcpStream)) {
    let mut times = Vec::new();
    for _ in 0..N_TRIES {
        let time = vanished(&vanish).await;
        if time < SOON {
            return;
        }
        times.push(time);
    }
    panic!("the model went on for {times:?}");
}

/// Asks a model that never ends, lets a reader vanish, and returns how long the model went on.
async fn vanished(vanish: impl FnOnce(TcpStream)) -> Duration {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    let mut stream = ask(server.address, None).await;
    stream.read_u8().await.unwrap();
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    let started = Instant::now();
    vanish(stream);
    while n_open.load(Ordering::SeqCst) != 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "the model goes on");
        sleep(Duration::from_millis(1)).await;
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_closes_or_breaks_off_stops_the_model_at_once() {
    let close = drop;
    stops_soon(close).await;
    let break_off = |stream: TcpStream| {
        stream.set_zero_linger().unwrap();
        drop(stream);
    };
    stops_soon(break_off).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_never_reads_is_cut_and_its_model_stops() {
    let model = verbose();
    let n_open = Arc::clone(&model.n_open);
    let mut config = Config::default();
    config.server.stall_seconds = 1;
    let server = Server::with(config, Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    let mut stream = ask(server.address, Some(4096)).await;
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    until(|| n_open.load(Ordering::SeqCst) == 0).await;
    // What had arrived before may be read, and then the stream breaks off: it has no last piece.
    let mut rest = Vec::new();
    let read = timeout(Duration::from_mins(2), stream.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "the connection is still open");
    assert!(!rest.ends_with(b"0\r\n\r\n"), "the stream ended as if it were whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_asked_nothing_makes_way_for_who_asks() {
    let mut config = Config::default();
    config.server.max_connections = 4;
    config.server.header_seconds = 600;
    let server = Server::with(config, None).await;
    let mut dawdling = Vec::new();
    for _ in 0..12 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.unwrap();
        dawdling.push(stream);
    }
    let started = Instant::now();
    for _ in 0..8 {
        assert_eq!(server.get("/livez").await.status, 204);
    }
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}
