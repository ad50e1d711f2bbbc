//! What every test of a connector needs: a server on loopback, a client that may reach it, a sink.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::config::OutboundConfig;
use footnote_core::job::Failure;
use footnote_ingest::connector::{
    Connections, Connector, Content, Entry, EntrySink, Fetched, Listed, Remote, RemoteOptions,
};
use footnote_ingest::outbound::{Outbound, Secrets};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The largest document of the tests, in bytes.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

/// What a server of the tests is asked.
pub(crate) type Asked = hyper::Request<Incoming>;

/// What a server of the tests answers.
pub(crate) type Answer = hyper::Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Serves on a free port of loopback and returns the address, without a slash at its end.
pub(crate) async fn serve<F, A>(respond: F) -> String
where
    F: Fn(Asked) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve_on(listener, respond));
    format!("http://{address}")
}

/// Serves every connection that comes, until the test ends.
pub(crate) async fn serve_on<F, A>(listener: TcpListener, respond: F)
where
    F: Fn(Asked) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let respond = respond.clone();
        let service = service_fn(move |asked| {
            let answer = respond(asked);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        // A client that leaves early is no fault of the server.
        tokio::spawn(async move { drop(connection.await) });
    }
}

/// Makes an answer.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    let mut answer = hyper::Response::new(body);
    *answer.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
        answer.headers_mut().insert(name, value.parse().unwrap());
    }
    answer
}

/// Makes an answer that leads elsewhere.
pub(crate) fn redirect(target: &str) -> Answer {
    answer(307, &[("location", target)], "")
}

/// Returns a configuration that allows loopback and nothing else.
pub(crate) fn loopback() -> OutboundConfig {
    OutboundConfig {
        allow_hosts: vec!["127.0.0.1".to_owned()],
        allow_private: vec!["127.0.0.1".to_owned()],
        timeout_seconds: 20,
        requests_per_second: 0,
        ..OutboundConfig::default()
    }
}

/// Connects to a source on loopback.
pub(crate) fn connect(
    address: &str,
    options: RemoteOptions,
    secrets: Secrets,
    cache: &Path,
) -> Box<dyn Connector> {
    let outbound = Arc::new(Outbound::new(&loopback(), secrets).unwrap());
    let remote = Remote::parse(address, options).unwrap();
    remote.connect(&Connections::new(outbound, cache.to_owned())).unwrap()
}

/// Keeps what a listing finds.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) entries: Vec<Entry>,
    pub(crate) unlisted: Vec<(String, Failure)>,
}

#[async_trait]
impl EntrySink for Collected {
    async fn found(&mut self, entries: Vec<Entry>) -> Result<()> {
        self.entries.extend(entries);
        Ok(())
    }

    async fn unlisted(&mut self, uri: String, failure: Failure) -> Result<()> {
        self.unlisted.push((uri, failure));
        Ok(())
    }
}

impl Collected {
    /// Returns the uris in order.
    pub(crate) fn uris(&self) -> Vec<&str> {
        let mut uris: Vec<&str> = self.entries.iter().map(|entry| entry.uri.as_str()).collect();
        uris.sort_unstable();
        uris
    }

    /// Returns the entry of a uri, as it comes back from storage.
    pub(crate) fn entry(&self, uri: &str) -> Entry {
        let entry = self.entries.iter().find(|entry| entry.uri == uri).unwrap();
        serde_json::from_str(&serde_json::to_string(entry).unwrap()).unwrap()
    }
}

/// Lists a source.
pub(crate) async fn list(connector: &dyn Connector, cursor: Option<&str>) -> (Listed, Collected) {
    let mut collected = Collected::default();
    let listed = connector.list(cursor, &mut collected, &CancellationToken::new()).await.unwrap();
    (listed, collected)
}

/// Fetches an entry that is there.
pub(crate) async fn fetch(connector: &dyn Connector, entry: &Entry) -> Content {
    match connector.fetch(entry, None, MAX_BYTES).await.unwrap() {
        Fetched::Content(content) => content,
        Fetched::Unchanged => panic!("nothing was known, so nothing can be unchanged"),
    }
}
