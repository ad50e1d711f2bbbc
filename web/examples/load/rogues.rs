//! Clients that vanish, never read, or never finish what they send.

use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::http::Client;
use crate::tally::Tally;
use crate::world::World;

/// When the connections are cut that never finish their headers: what the program does by default,
/// with room for a busy machine.
const HALF_OPEN: Duration = Duration::from_secs(13);

/// When those are answered that send their JSON too slowly, likewise.
const SLOW_BODY: Duration = Duration::from_secs(25);

/// How many send their JSON too slowly.
const SLOW_BODIES: usize = 20;

/// How long one that never reads keeps its connection.
const NEVER_READS: Duration = Duration::from_secs(45);

/// How long one waits before it comes again.
const PAUSE: Duration = Duration::from_secs(3);

/// How a client leaves.
#[derive(Clone, Copy)]
enum Vanish {
    Closes,
    BreaksOff,
    NeverReads,
}

/// Lets them all come until it is time to stop.
pub(crate) fn come(
    tasks: &mut JoinSet<()>,
    world: &Arc<World>,
    tally: &Tally,
    (n_half_open, until): (usize, Instant),
) {
    for how in [Vanish::Closes, Vanish::BreaksOff, Vanish::NeverReads] {
        let client = world.rogue.clone();
        tasks.spawn(async move {
            while Instant::now() < until {
                // Whether it is turned away or cut off is all the same to it.
                vanish(&client, how, until).await.ok();
                sleep(PAUSE).await;
            }
        });
    }
    let third = until.saturating_duration_since(Instant::now()) / 3;
    for _ in 0..n_half_open {
        let (client, tally) = (world.rogue.clone(), tally.clone());
        tasks.spawn(async move {
            sleep(third).await;
            half_open(&client, &tally).await;
        });
    }
    for _ in 0..SLOW_BODIES {
        let (client, tally) = (world.rogue.clone(), tally.clone());
        tasks.spawn(async move {
            sleep(third).await;
            slow_body(&client, &tally).await;
        });
    }
}

/// Asks for a long answer and leaves in the middle of it.
async fn vanish(client: &Client, how: Vanish, until: Instant) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    if matches!(how, Vanish::NeverReads) {
        socket.set_recv_buffer_size(4096)?;
    }
    let mut stream = socket.connect(client.address).await?;
    let body = json!({"question": "How long does the library office keep lost property?",
                      "mode": "generate"})
    .to_string();
    let length = body.len().to_string();
    let headers = [
        ("Accept", "text/event-stream"),
        ("Content-Type", "application/json"),
        ("Content-Length", length.as_str()),
    ];
    let request = client.head("POST", "/api/v1/answers", &headers) + &body;
    stream.write_all(request.as_bytes()).await?;
    match how {
        Vanish::Closes => stream.read_u8().await.map(drop),
        Vanish::BreaksOff => {
            stream.read_u8().await?;
            stream.set_zero_linger()
        }
        Vanish::NeverReads => {
            sleep(NEVER_READS.min(until.saturating_duration_since(Instant::now()))).await;
            Ok(())
        }
    }
}

/// Begins a request, never finishes its headers, and notes when it is cut off.
async fn half_open(client: &Client, tally: &Tally) {
    let started = Instant::now();
    let held = async {
        let mut stream = TcpStream::connect(client.address).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await?;
        stream.read_to_end(&mut Vec::new()).await
    };
    match timeout(HALF_OPEN, held).await {
        Ok(_cut) => tally.took("half-open headers cut", started.elapsed()),
        Err(_elapsed) => tally.failed("half-open headers", "are still open"),
    }
}

/// Sends JSON a byte a second, and notes when it is answered.
async fn slow_body(client: &Client, tally: &Tally) {
    let started = Instant::now();
    let headers = [("Content-Type", "application/json"), ("Content-Length", "1000")];
    let head = client.head("POST", "/api/v1/search", &headers);
    let sent = async {
        let mut stream = TcpStream::connect(client.address).await?;
        stream.write_all(head.as_bytes()).await?;
        let mut answer = [0; 12];
        loop {
            let read = timeout(Duration::from_secs(1), stream.read(&mut answer)).await;
            match read {
                Ok(n_bytes) => return n_bytes.map(|n_bytes| answer[..n_bytes].to_vec()),
                Err(_elapsed) => stream.write_all(b" ").await?,
            }
        }
    };
    match timeout(SLOW_BODY, sent).await {
        Ok(Ok(answer)) if answer == b"HTTP/1.1 408" || answer == b"HTTP/1.1 429" => {
            tally.took("slow bodies answered", started.elapsed());
        }
        Ok(Ok(answer)) => tally.failed("slow bodies", &String::from_utf8_lossy(&answer)),
        Ok(Err(_cut_off)) => tally.took("slow bodies cut", started.elapsed()),
        Err(_elapsed) => tally.failed("slow bodies", "are still open"),
    }
}
