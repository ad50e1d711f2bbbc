//! Indexes in folders of the data directory, each a Qdrant shard that this process alone opens.

use async_trait::async_trait;
use footnote_core::index::Index;
use footnote_core::{Error, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use super::generations::Generations;
use crate::index::edge::EdgeIndex;

/// The folder of the indexes in the data directory.
const INDEX_FOLDER: &str = "index";

/// Folders named by the number of their generation.
pub(crate) struct Folders {
    folder: PathBuf,
}

impl Folders {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join(INDEX_FOLDER) }
    }

    fn of(&self, generation: i64) -> PathBuf {
        self.folder.join(generation.to_string())
    }
}

#[async_trait]
impl Generations for Folders {
    fn is_shared(&self) -> bool {
        false
    }

    async fn is_sound(&self, generation: i64) -> Result<bool> {
        let folder = self.of(generation);
        Ok(folder.exists() && !EdgeIndex::is_doubtful(&folder))
    }

    async fn open(&self, generation: i64, dimension: usize) -> Result<Arc<dyn Index>> {
        let folder = self.of(generation);
        let opened = spawn_blocking(move || EdgeIndex::open(&folder, dimension)).await;
        let index = opened.map_err(|error| {
            Error::unavailable("the search index stopped while it was opened").because(error)
        })??;
        Ok(Arc::new(index))
    }

    /// Does nothing: nobody else looks at the folders.
    async fn announce(&self, _generation: i64) -> Result<()> {
        Ok(())
    }

    async fn remove(&self, generation: i64) -> Result<()> {
        let folder = self.of(generation);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::unavailable(format!("cannot remove {}", folder.display()))
                    .because(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn list(&self) -> Result<Vec<i64>> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(Vec::new()) };
        let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
        Ok(entries.flatten().filter_map(number).collect())
    }
}
