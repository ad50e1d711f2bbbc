//! The note that a model is in place: its card, its files and their hashes.

use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

use super::InstalledModel;
use crate::catalog::{Digest, ModelCard};
use crate::files::{cannot, part_of, rename};

/// The name of the note in the folder of the model.
const FILE_NAME: &str = "installed.json";

/// What is noted; written last, so that its presence means that everything else is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) card: ModelCard,
    pub(super) files: Vec<InstalledFile>,
    pub(super) converted: Option<InstalledFile>,
    pub(super) source: String,
}

/// A file of an installed model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledFile {
    /// Its name in the folder of the model.
    pub name: String,
    /// Its size and hash when it was installed.
    #[serde(flatten)]
    pub digest: Digest,
}

impl Stamp {
    /// Reads the note of a folder, if there is one.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read or understood.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE_NAME);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot("read", &path, error)),
        };
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            Error::unavailable(format!("cannot understand {}", path.display()))
                .because(error)
                .hint("Remove the model with `footnote models remove` and pull it again.")
        })
    }

    /// Writes the note.
    ///
    /// # Errors
    /// `Unavailable` when the disk cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE_NAME);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| Error::internal("cannot write the note of a model").because(error))?;
        let part = part_of(&path);
        std::fs::write(&part, text).map_err(|error| cannot("write", &part, error))?;
        rename(&part, &path)
    }

    /// Returns the model when every file is there, of the right size.
    ///
    /// # Errors
    /// `Unavailable` when one is not.
    pub(super) fn into_model(self, dir: PathBuf) -> Result<InstalledModel> {
        for file in self.files.iter().chain(&self.converted) {
            let size = std::fs::metadata(dir.join(&file.name)).map(|found| found.len()).ok();
            if size != Some(file.digest.size_bytes) {
                let name = &self.card.name;
                return Err(Error::unavailable(format!(
                    "the model {name} is damaged: {} is missing or not whole",
                    file.name
                ))
                .hint(format!("Run `footnote models pull {name}` to install it again.")));
            }
        }
        let Self { card, files, converted, source } = self;
        Ok(InstalledModel { card, dir, files, converted, source })
    }
}
