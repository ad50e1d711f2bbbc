//! Runs the Qdrant server of the tests as a process of its own: `qdrant_wire FOLDER [PORT]`.
//!
//! It prints its address and serves what the folder holds until it is told to stop; killed, it
//! loses what was written in the last half second.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "it is a part of tests")]

#[path = "../tests/it/qdrant_server.rs"]
mod qdrant_server;

use std::path::Path;
use tokio::signal::unix::{SignalKind, signal};

use qdrant_server::WireServer;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, port @ ..] = arguments.as_slice() else {
        println!("usage: qdrant_wire FOLDER [PORT]");
        return;
    };
    let port = port.first().map_or(0, |port| port.parse().unwrap());
    let server = WireServer::start(Path::new(folder), port, "").await;
    println!("{}", server.url());
    let mut terminated = signal(SignalKind::terminate()).unwrap();
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.unwrap(),
        _ = terminated.recv() => {}
    }
    server.stop().await;
}
