//! The accept loop: connections with a cap, limits on slow headers and on slow readers, and an end
//! within seconds.
//!
//! `axum::serve` installs no timer, so a client that never finishes its headers would hold its
//! connection for ever; that is why the loop is our own.

mod listening;
mod lobby;
mod patience;
mod socket;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use footnote_core::config::ServerConfig;

use crate::guard::Peer;
use lobby::{Guest, Lobby};
use patience::Patient;

pub use listening::{Listening, bind, check_certificate};

/// How long open connections may go on after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How much of a request or a response is kept for a connection.
const BUFFER_BYTES: usize = 64 << 10;

/// How long to wait after the system refused a connection, e.g. for want of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until the token is cancelled, then lets those that are open finish, but
/// not for longer than a few seconds.
pub async fn serve(
    listening: Listening,
    router: Router,
    config: &ServerConfig,
    stop: CancellationToken,
) {
    let Listening { listener, tls, .. } = listening;
    let door = Door {
        tls,
        router,
        header_timeout: Duration::from_secs(config.header_seconds.max(1)),
        stall_timeout: Duration::from_secs(config.stall_seconds.max(1)),
        stop: stop.clone(),
    };
    let slots = Arc::new(Semaphore::new(config.max_connections.max(1)));
    let lobby = Lobby::default();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots, &lobby) => accepted,
            () = stop.cancelled() => break,
        };
        let Some((stream, address, slot)) = accepted else { continue };
        let door = door.clone();
        let guest = lobby.enter();
        connections.spawn(async move {
            let dismissed = guest.dismissed.clone();
            dismissed.run_until_cancelled(door.open(stream, address, guest)).await;
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

/// Waits for a client and for a free slot, which whoever has dawdled longest gives up.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    lobby: &Lobby,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let (stream, address) = match listener.accept().await {
        Ok(accepted) => accepted,
        Err(error) => {
            tracing::warn!(%error, "cannot accept a connection");
            sleep(PAUSE).await;
            return None;
        }
    };
    if slots.available_permits() == 0 {
        lobby.dismiss_oldest();
    }
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    Some((stream, address, slot))
}

/// What every connection is served with.
#[derive(Clone)]
struct Door {
    tls: Option<TlsAcceptor>,
    router: Router,
    header_timeout: Duration,
    stall_timeout: Duration,
    stop: CancellationToken,
}

impl Door {
    /// Serves one connection, encrypted where there is a certificate.
    async fn open(self, stream: TcpStream, address: SocketAddr, guest: Arc<Guest>) {
        socket::prepare(&stream, self.stall_timeout);
        let stream = Patient::new(stream, self.stall_timeout);
        let peer = Peer { address: address.ip(), is_encrypted: self.tls.is_some() };
        let Some(tls) = &self.tls else { return self.serve(stream, peer, guest).await };
        match timeout(self.header_timeout, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.serve(stream, peer, guest).await,
            Ok(Err(error)) => tracing::debug!(%error, "a client does not encrypt as we do"),
            Err(_elapsed) => tracing::debug!("a client was too slow to agree on encryption"),
        }
    }

    /// Serves requests until the client goes, or finishes one once the server stops.
    async fn serve<S>(self, stream: S, peer: Peer, guest: Arc<Guest>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            guest.asks();
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let mut serving = pin!(serving);
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = self.stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke off");
        }
    }
}
