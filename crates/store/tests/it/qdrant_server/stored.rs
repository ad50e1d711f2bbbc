//! What the server keeps: collections, each in a folder, and the names that stand for them.

use qdrant_edge::EdgeConfig;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;
use tonic::Status;

use super::collection::Collection;

/// The file of the aliases.
const ALIASES_FILE: &str = "aliases.json";

/// The folder of the collections.
const COLLECTIONS_FOLDER: &str = "collections";

/// How often is looked whether somebody still works on a collection.
const LET_GO_EVERY: Duration = Duration::from_millis(2);

/// Everything that the server keeps.
pub(super) struct Stored {
    folder: PathBuf,
    names: Mutex<Names>,
}

#[derive(Default)]
struct Names {
    collections: BTreeMap<String, Arc<Collection>>,
    aliases: BTreeMap<String, String>,
}

impl Stored {
    /// Opens what a folder holds.
    pub(super) fn open(folder: &Path) -> Self {
        let collections = folder.join(COLLECTIONS_FOLDER);
        fs::create_dir_all(&collections).unwrap();
        let open = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().unwrap();
            (name, Arc::new(Collection::open(&entry.path(), None).unwrap()))
        };
        let entries = fs::read_dir(&collections).unwrap();
        let collections = entries.map(|entry| open(entry.unwrap())).collect();
        let aliases = fs::read(folder.join(ALIASES_FILE))
            .map(|json| serde_json::from_slice(&json).unwrap())
            .unwrap_or_default();
        let names = Mutex::new(Names { collections, aliases });
        Self { folder: folder.to_owned(), names }
    }

    /// Makes everything durable and lets go of it.
    pub(super) fn close(&self) {
        let collections = std::mem::take(&mut self.names().collections);
        collections.into_values().for_each(let_go);
    }

    /// Returns every collection.
    pub(super) fn all(&self) -> Vec<Arc<Collection>> {
        self.names().collections.values().cloned().collect()
    }

    /// Returns the name of every collection.
    pub(super) fn collection_names(&self) -> Vec<String> {
        self.names().collections.keys().cloned().collect()
    }

    /// Returns every alias with what it stands for.
    pub(super) fn aliases(&self) -> Vec<(String, String)> {
        self.names().aliases.clone().into_iter().collect()
    }

    /// Returns the collection of a name or an alias.
    pub(super) fn get(&self, name: &str) -> Result<Arc<Collection>, Status> {
        let names = self.names();
        let name = names.aliases.get(name).map_or(name, String::as_str);
        names.collections.get(name).cloned().ok_or_else(|| {
            Status::not_found(format!("Not found: Collection `{name}` doesn't exist!"))
        })
    }

    /// Makes a collection.
    pub(super) fn create(&self, name: &str, config: EdgeConfig) -> Result<(), Status> {
        let mut names = self.names();
        if names.collections.contains_key(name) {
            let message = format!("Wrong input: Collection `{name}` already exists!");
            return Err(Status::already_exists(message));
        }
        let collection = Collection::open(&self.folder_of(name), Some(config))?;
        names.collections.insert(name.to_owned(), Arc::new(collection));
        Ok(())
    }

    /// Removes a collection with its aliases; tells whether there was one.
    pub(super) fn remove(&self, name: &str) -> bool {
        let mut names = self.names();
        names.aliases.retain(|_, collection| collection != name);
        self.keep_aliases(&names);
        let Some(collection) = names.collections.remove(name) else { return false };
        let_go(collection);
        fs::remove_dir_all(self.folder_of(name)).unwrap();
        true
    }

    /// Lets an alias stand for a collection.
    pub(super) fn put_alias(&self, alias: String, collection: String) -> Result<(), Status> {
        self.get(&collection)?;
        let mut names = self.names();
        if names.collections.contains_key(&alias) {
            return Err(Status::invalid_argument(format!("`{alias}` is a collection")));
        }
        names.aliases.insert(alias, collection);
        self.keep_aliases(&names);
        Ok(())
    }

    fn keep_aliases(&self, names: &Names) {
        let json = serde_json::to_vec(&names.aliases).unwrap();
        fs::write(self.folder.join(ALIASES_FILE), json).unwrap();
    }

    fn folder_of(&self, name: &str) -> PathBuf {
        self.folder.join(COLLECTIONS_FOLDER).join(name)
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap()
    }
}

/// Closes a collection when nobody works on it any more.
fn let_go(mut collection: Arc<Collection>) {
    while let Err(shared) = Arc::try_unwrap(collection) {
        collection = shared;
        thread::sleep(LET_GO_EVERY);
    }
}
