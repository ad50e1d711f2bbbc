//! The Qdrant server that a test works with.

use footnote_store::index::qdrant::{QdrantOptions, QdrantServer};
use qdrant_client::Qdrant;
use tempfile::TempDir;

use crate::qdrant_server::WireServer;

/// The key of the tests' own servers.
const KEY: &str = "a-key-of-the-tests";

/// A Qdrant server for one test: the one that `FOOTNOTE_TEST_QDRANT_URL` names (with
/// `FOOTNOTE_TEST_QDRANT_KEY` when it asks for one), or one of the test's own.
pub(crate) struct Host {
    wire: Option<WireServer>,
    folder: TempDir,
    pub(crate) url: String,
    pub(crate) key: String,
}

impl Host {
    pub(crate) async fn find() -> Self {
        let variable = |name| std::env::var_os(name).map(|value| value.into_string().unwrap());
        let Some(url) = variable("FOOTNOTE_TEST_QDRANT_URL") else {
            println!("the index is on a server of the test's own");
            return Self::own().await;
        };
        println!("the index is on the Qdrant server at {url}");
        let key = variable("FOOTNOTE_TEST_QDRANT_KEY").unwrap_or_default();
        Self { wire: None, folder: tempfile::tempdir().unwrap(), url, key }
    }

    /// A server that the test may stop and start again.
    pub(crate) async fn own() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wire = WireServer::start(folder.path(), 0, KEY).await;
        Self { url: wire.url(), wire: Some(wire), folder, key: KEY.to_owned() }
    }

    /// Returns what a store needs to use the server, under a name that no other test has.
    pub(crate) fn options(&self) -> QdrantOptions {
        let name = self.folder.path().file_name().unwrap().to_str().unwrap();
        QdrantOptions {
            url: self.url.clone(),
            key: self.key.clone(),
            installation: format!("test-{}", name.replace(|c: char| !c.is_alphanumeric(), "")),
            replicas: 1,
            shards: 0,
        }
    }

    /// Returns a client that sees all that is on the server.
    pub(crate) fn client(&self) -> Qdrant {
        Qdrant::from_url(&self.url)
            .api_key(self.key.as_str())
            .skip_compatibility_check()
            .build()
            .unwrap()
    }

    pub(crate) fn server(&self) -> QdrantServer {
        QdrantServer::new(self.options()).unwrap()
    }

    /// Removes what the test made.
    pub(crate) async fn leave(self) {
        let server = self.server();
        for generation in server.list().await.unwrap() {
            server.remove(generation).await.unwrap();
        }
        assert_eq!(server.list().await.unwrap(), [0; 0]);
        if let Some(wire) = self.wire {
            wire.stop().await;
        }
    }

    pub(crate) async fn stop(&mut self) {
        self.wire.take().unwrap().stop().await;
    }

    pub(crate) async fn start_again(&mut self) {
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        self.wire = Some(WireServer::start(self.folder.path(), port, KEY).await);
    }
}
