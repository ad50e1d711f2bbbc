//! A Qdrant server of the tests' own: the engine of this process behind the wire of the client.
//!
//! What is answered, is answered by the real engine; what no index of ours asks for is refused.
//! `examples/qdrant_wire.rs` runs it as a process of its own.

#[path = "qdrant_server/collection.rs"]
mod collection;
#[path = "qdrant_server/collections.rs"]
mod collections;
#[path = "qdrant_server/points.rs"]
mod points;
#[path = "qdrant_server/refusal.rs"]
mod refusal;
#[path = "qdrant_server/stored.rs"]
mod stored;
#[path = "qdrant_server/wire.rs"]
mod wire;

use qdrant_client::qdrant::collections_server::CollectionsServer;
use qdrant_client::qdrant::points_server::PointsServer;
use qdrant_client::qdrant::qdrant_server::{Qdrant, QdrantServer};
use qdrant_client::qdrant::{HealthCheckReply, HealthCheckRequest};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::service::InterceptorLayer;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use collections::CollectionService;
use points::PointService;
use stored::Stored;

/// The release that it says it is of.
const RELEASE: &str = "1.20.0";

/// How often what was written is made durable; a kill loses no more than that.
const FLUSH_EVERY: Duration = Duration::from_millis(500);

/// A server that runs. When it is dropped, everything is durable and its folder is free again.
pub(crate) struct WireServer {
    address: SocketAddr,
    /// Lets the server end when it is dropped.
    running: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    stored: Arc<Stored>,
}

impl WireServer {
    /// Starts a server on what a folder holds. It answers at a port of this machine, any if that is
    /// 0, whoever has the key, if there is one.
    pub(crate) async fn start(folder: &Path, port: u16, key: &'static str) -> Self {
        let stored = Arc::new(Stored::open(folder));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (running, stopped) = oneshot::channel::<()>();
        let server = Server::builder()
            .layer(InterceptorLayer::new(move |request| check_key(key, request)))
            .add_service(QdrantServer::new(HealthService))
            .add_service(CollectionsServer::new(CollectionService(Arc::clone(&stored))))
            .add_service(
                PointsServer::new(PointService(Arc::clone(&stored)))
                    .max_decoding_message_size(usize::MAX),
            );
        let serving = tokio::spawn(async move {
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            let stopped = async { drop(stopped.await) };
            server.serve_with_incoming_shutdown(incoming, stopped).await.unwrap();
        });
        keep_house(&stored);
        Self { address, running: Some(running), serving: Some(serving), stored }
    }

    /// Returns its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers what was asked already and ends.
    pub(crate) async fn stop(mut self) {
        self.running.take();
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
    }
}

impl Drop for WireServer {
    fn drop(&mut self) {
        self.stored.close();
    }
}

fn check_key(key: &str, request: Request<()>) -> Result<Request<()>, Status> {
    let sent = request.metadata().get("api-key").and_then(|sent| sent.to_str().ok());
    if key.is_empty() || sent == Some(key) {
        return Ok(request);
    }
    Err(Status::unauthenticated("Must provide an API key or an Authorization bearer token"))
}

/// Makes durable and rearranges what is written, for as long as the server runs.
fn keep_house(stored: &Arc<Stored>) {
    let stored = Arc::downgrade(stored);
    thread::spawn(move || {
        while let Some(stored) = stored.upgrade() {
            for collection in stored.all() {
                collection.tidy();
            }
            drop(stored);
            thread::sleep(FLUSH_EVERY);
        }
    });
}

struct HealthService;

#[tonic::async_trait]
impl Qdrant for HealthService {
    async fn health_check(
        &self,
        _request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckReply>, Status> {
        let title = "qdrant - vector search engine".to_owned();
        Ok(Response::new(HealthCheckReply { title, version: RELEASE.to_owned(), commit: None }))
    }
}
