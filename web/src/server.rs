//! The accept loop: connections with a cap, a limit on slow headers, and an end within seconds.
//!
//! `axum::serve` installs no timer, so a client that never finishes its headers would hold its
//! connection for ever; that is why the loop is our own.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use footnote_core::config::ServerConfig;
use footnote_core::{Error, Result};

use crate::auth;

/// How long open connections may go on after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait after the system refused a connection, e.g. for want of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Binds the address of the configuration, on which only this machine can reach the server.
///
/// # Errors
/// `Invalid` for an address that is none or not loopback, `Conflict` when it is taken,
/// `Unavailable` when the system refuses it.
pub async fn bind(config: &ServerConfig) -> Result<TcpListener> {
    let address = config.bind.as_str();
    let resolved = tokio::net::lookup_host(address).await.ok().and_then(|mut found| found.next());
    let Some(resolved) = resolved else {
        return Err(Error::invalid(format!("`{address}` is not an address to listen on"))
            .hint("Use an address and a port, such as 127.0.0.1:8620."));
    };
    auth::check_bind(resolved, config.behind_loopback)?;
    TcpListener::bind(resolved).await.map_err(|error| cannot_listen(resolved, error))
}

/// Serves connections until the token is cancelled, then lets those that are open finish, but
/// not for longer than a few seconds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &ServerConfig,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(config.max_connections.max(1)));
    let header_timeout = Duration::from_secs(config.header_seconds.max(1));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots) => accepted,
            () = stop.cancelled() => break,
        };
        let Some((stream, slot)) = accepted else { continue };
        let connection = connection(stream, router.clone(), header_timeout, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(slot);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let finished = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!(
            connection.count = connections.len(),
            "closing connections that did not end"
        );
    }
}

/// Waits for a free slot and a client.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _address)) => Some((stream, slot)),
        Err(error) => {
            tracing::warn!(%error, "cannot accept a connection");
            sleep(PAUSE).await;
            None
        }
    }
}

/// Serves one connection until it ends, or finishes its request once the server stops.
async fn connection(
    stream: TcpStream,
    router: Router,
    header_timeout: Duration,
    stop: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot send small packets at once");
    }
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Says why an address cannot be listened on.
fn cannot_listen(address: SocketAddr, error: std::io::Error) -> Error {
    let message = format!("cannot listen on {address}");
    if error.kind() == std::io::ErrorKind::AddrInUse {
        return Error::conflict(message)
            .hint("Another program listens there; choose another port with --bind.")
            .because(error);
    }
    Error::unavailable(message).because(error)
}
