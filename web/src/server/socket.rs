//! What the system is told about a connection, where it can be told.

use std::time::Duration;
use tokio::net::TcpStream;

/// How much the system keeps of a response for a client that does not read it: enough for a fast
/// line, and little enough that a client who never reads is noticed.
#[cfg(unix)]
const SEND_BUFFER_BYTES: usize = 256 << 10;

/// After how long without a word a client is asked whether it is still there.
#[cfg(unix)]
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Prepares a connection: small packets go out at once, a client that has vanished is noticed, and
/// one that does not acknowledge what it is sent for `limit` is given up.
pub(super) fn prepare(stream: &TcpStream, limit: Duration) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot send small packets at once");
    }
    if let Err(error) = watch(stream, limit) {
        tracing::debug!(%error, "cannot have a connection watched");
    }
}

#[cfg(unix)]
fn watch(stream: &TcpStream, limit: Duration) -> std::io::Result<()> {
    use rustix::net::sockopt::{
        set_socket_keepalive, set_socket_send_buffer_size, set_tcp_keepidle,
    };
    set_socket_send_buffer_size(stream, SEND_BUFFER_BYTES)?;
    set_socket_keepalive(stream, true)?;
    set_tcp_keepidle(stream, KEEP_ALIVE)?;
    #[cfg(target_os = "linux")]
    {
        let limit = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
        rustix::net::sockopt::set_tcp_user_timeout(stream, limit)?;
    }
    #[cfg(not(target_os = "linux"))]
    let _ = limit;
    Ok(())
}

#[cfg(not(unix))]
fn watch(_stream: &TcpStream, _limit: Duration) -> std::io::Result<()> {
    Ok(())
}
