//! A Qdrant server as the place of an installation's indexes: one collection for each generation.

use footnote_core::{Error, Result};
use qdrant_client::Qdrant;
use qdrant_client::qdrant::CreateAlias;
use std::fmt;
use std::sync::Arc;
use tokio::sync::OnceCell;

use super::QdrantIndex;
use super::collection::{self, Spread};
use super::connection::Connection;

/// What every name of ours on a server begins with.
const PREFIX: &str = "footnote";

/// The release of Qdrant that the client is of, 1.20: one minor release more or less is promised.
const MAJOR: u64 = 1;
const MINOR: u64 = 20;

/// The oldest release of Qdrant that the story of the index was told to.
const OLDEST_MINOR: u64 = 18;

/// What is needed to use a Qdrant server.
#[derive(Clone)]
pub struct QdrantOptions {
    /// The address of its gRPC port, e.g. `http://127.0.0.1:6334`; with `https` it is encrypted.
    pub url: String,
    /// The key that it asks for; empty means none.
    pub key: String,
    /// What tells this installation's indexes from those of others on the same server: letters,
    /// digits and hyphens.
    pub installation: String,
    /// How many nodes of a cluster hold each point.
    pub replicas: u32,
    /// How many shards an index has; 0 means one for each node.
    pub shards: u32,
}

impl fmt::Debug for QdrantOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QdrantOptions")
            .field("url", &self.url)
            .field("installation", &self.installation)
            .field("replicas", &self.replicas)
            .field("shards", &self.shards)
            .finish_non_exhaustive()
    }
}

/// The indexes of an installation on a Qdrant server.
///
/// Generation 3 of the installation `a` is the collection `footnote_a_3`; the alias `footnote_a`
/// names the one that serves, for whoever looks at the server.
pub struct QdrantServer {
    connection: Arc<Connection>,
    installation: String,
    spread: Spread,
    checked: OnceCell<()>,
}

impl QdrantServer {
    /// Prepares the use of a server, without asking it anything.
    ///
    /// # Errors
    /// `Invalid` for an address, a key or a name that cannot be used.
    pub fn new(options: QdrantOptions) -> Result<Self> {
        let QdrantOptions { url, key, installation, replicas, shards } = options;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if installation.is_empty() || !installation.bytes().all(is_plain) {
            return Err(Error::invalid(format!("`{installation}` cannot name an installation")));
        }
        Ok(Self {
            connection: Arc::new(Connection::new(&url, &key)?),
            installation,
            spread: Spread { replicas, shards },
            checked: OnceCell::new(),
        })
    }

    /// Asks the server whether it is there and of a release that can be used.
    ///
    /// # Errors
    /// `Unavailable` when it is not reached, `Invalid` when its release cannot be used.
    pub async fn check(&self) -> Result<()> {
        self.checked
            .get_or_try_init(|| async {
                let ask = |client, ()| Qdrant::health_check(client);
                let health = self.connection.work("open", (), ask).await?;
                check_release(self.connection.url(), &health.version)
            })
            .await
            .copied()
    }

    /// Tells whether there is an index of a generation.
    ///
    /// # Errors
    /// `Unavailable` when the server does not say.
    pub async fn exists(&self, generation: i64) -> Result<bool> {
        self.connection.work("open", self.name(generation), Qdrant::collection_exists).await
    }

    /// Opens the index of a generation for vectors of a dimension, or makes it. Several processes
    /// may do so at once.
    ///
    /// # Errors
    /// `Invalid` when it was made for another dimension or by another program, or the server's
    /// release cannot be used; `Unavailable` when the server cannot be reached or refuses.
    pub async fn open(&self, generation: i64, dimension: usize) -> Result<QdrantIndex> {
        self.check().await?;
        let name = self.name(generation);
        if !self.exists(generation).await? {
            self.create(generation, dimension).await?;
        }
        let info = self.connection.work("open", name.as_str(), Qdrant::collection_info).await?;
        let info = info.result.unwrap_or_default();
        collection::check(&name, dimension, &info)?;
        for field in collection::missing_fields(&name, &info) {
            self.connection.work("open", field, Qdrant::create_field_index).await?;
        }
        let connection = Arc::clone(&self.connection);
        Ok(QdrantIndex { connection, collection: name, dimension })
    }

    /// Removes the index of a generation, if there is one.
    ///
    /// # Errors
    /// `Unavailable` when it stays.
    pub async fn remove(&self, generation: i64) -> Result<()> {
        let name = self.name(generation);
        self.connection.work("remove", name, Qdrant::delete_collection).await.map(drop)
    }

    /// Returns the generations that have an index, ascending.
    ///
    /// # Errors
    /// `Unavailable` when the server does not say.
    pub async fn list(&self) -> Result<Vec<i64>> {
        let ask = |client, ()| Qdrant::list_collections(client);
        let listed = self.connection.work("list", (), ask).await?;
        let names = listed.collections.iter();
        let mut generations: Vec<i64> =
            names.filter_map(|collection| self.generation(&collection.name)).collect();
        generations.sort_unstable();
        Ok(generations)
    }

    /// Lets the alias name the index of a generation, in one step.
    ///
    /// # Errors
    /// `Unavailable` when the server refuses, e.g. because there is no such index.
    pub async fn switch_alias(&self, generation: i64) -> Result<()> {
        let alias = CreateAlias {
            collection_name: self.name(generation),
            alias_name: format!("{PREFIX}_{}", self.installation),
        };
        self.connection.work("switch", alias, Qdrant::create_alias).await.map(drop)
    }

    /// Makes the collection of a generation, unless another process was faster.
    async fn create(&self, generation: i64, dimension: usize) -> Result<()> {
        let request = collection::create(&self.name(generation), dimension, self.spread);
        match self.connection.work("create", request, Qdrant::create_collection).await {
            Err(_) if self.exists(generation).await? => Ok(()),
            created => created.map(drop),
        }
    }

    fn name(&self, generation: i64) -> String {
        format!("{PREFIX}_{}_{generation}", self.installation)
    }

    fn generation(&self, name: &str) -> Option<i64> {
        let number = name.strip_prefix(&format!("{PREFIX}_{}_", self.installation))?;
        number.parse().ok().filter(|generation| self.name(*generation) == name)
    }
}

/// Refuses a release that is too far from the client's; warns of one that is newer than promised.
fn check_release(url: &str, version: &str) -> Result<()> {
    let mut numbers = version.split('.').map(|number| number.parse::<u64>().ok());
    let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
    let (Some(MAJOR), Some(minor @ OLDEST_MINOR..)) = (major, minor) else {
        let message = format!("the Qdrant server at {url} is of release {version}");
        let hint = format!("Run Qdrant {MAJOR}.{MINOR}; at least {MAJOR}.{OLDEST_MINOR}.");
        return Err(Error::invalid(message).hint(hint));
    };
    if MINOR + 1 < minor {
        tracing::warn!(version, "the Qdrant server is newer than this release was made for");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(installation: &str) -> Result<QdrantServer> {
        let options = QdrantOptions {
            url: "http://127.0.0.1:1".to_owned(),
            key: "a-secret".to_owned(),
            installation: installation.to_owned(),
            replicas: 1,
            shards: 0,
        };
        assert!(!format!("{options:?}").contains("a-secret"));
        QdrantServer::new(options)
    }

    #[test]
    fn only_collections_of_the_installation_are_its_generations() {
        let server = server("a-1").unwrap();
        assert_eq!(server.generation("footnote_a-1_7"), Some(7));
        for other in ["footnote_a-1", "footnote_a-1_x", "footnote_a-1_+7", "footnote_a_7", "a-1_7"]
        {
            assert_eq!(server.generation(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_that_could_be_mistaken_for_another_is_refused() {
        for name in ["", "a_1", "a b", "ä"] {
            assert!(server(name).is_err(), "{name}");
        }
    }

    #[test]
    fn releases_that_are_too_far_off_are_refused() {
        for version in ["1.18.3", "1.20.0", "1.21.0-dev", "1.99.0"] {
            check_release("here", version).unwrap();
        }
        for version in ["1.17.9", "0.11.0", "2.0.0", "", "new"] {
            let error = check_release("here", version).unwrap_err();
            assert!(error.advice().unwrap().contains("1.20"), "{error:?}");
        }
    }
}
