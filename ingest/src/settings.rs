//! Reads the configuration once, for a program: files, environment, flags.

mod origin;

use footnote_core::config::Config;
use footnote_core::{Error, Result};
use std::path::{Path, PathBuf};
use toml::Table;

pub use origin::{Origin, Setting};

/// What the configuration file is called, in the working folder and in the user's folder.
pub const FILE_NAME: &str = "footnote.toml";

/// The environment variable that names the data directory.
pub const DATA_DIR_VARIABLE: &str = "FOOTNOTE_DATA_DIR";

/// What was given on the command line.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The data directory.
    pub data_dir: Option<PathBuf>,
    /// A configuration file that must exist; read instead of the usual ones.
    pub file: Option<PathBuf>,
}

/// The configuration of a program and where it came from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The merged configuration.
    pub config: Config,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The files that were read, weakest first.
    pub files: Vec<PathBuf>,
    /// The environment of the program, for what reads more of it (proxies, pip, hub).
    pub environment: Vec<(String, String)>,
}

impl Settings {
    /// Reads the configuration: flags > environment > `./footnote.toml` > the user's file > defaults.
    ///
    /// # Errors
    /// `NotFound` when the file given does not exist, `Invalid` when a file cannot be read or has
    /// an unknown key, `Unavailable` when there is no place for data.
    pub fn load(overrides: Overrides) -> Result<Self> {
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let files = files(overrides.file)?;
        let mut tables = files.iter().map(|path| read(path)).collect::<Result<Vec<Table>>>()?;
        tables.push(Config::table_from_env(environment.iter().cloned()));
        let config = Config::from_tables(tables)?;
        let data_dir = overrides.data_dir.or_else(|| variable(&environment, DATA_DIR_VARIABLE));
        let data_dir = data_dir.map_or_else(default_data_dir, Ok)?;
        Ok(Self { config, data_dir, files, environment })
    }

    /// Returns the folder of installed models.
    #[must_use]
    pub fn models_dir(&self) -> PathBuf {
        let configured = &self.config.models.dir;
        if configured.as_os_str().is_empty() {
            self.data_dir.join("models")
        } else {
            configured.clone()
        }
    }
}

/// Returns the configuration files that exist, weakest first.
fn files(given: Option<PathBuf>) -> Result<Vec<PathBuf>> {
    if let Some(path) = given {
        if path.is_file() {
            return Ok(vec![path]);
        }
        return Err(Error::not_found(format!("there is no configuration file {}", path.display())));
    }
    let user = directories::ProjectDirs::from("", "", "footnote")
        .map(|folders| folders.config_dir().join(FILE_NAME));
    let candidates = user.into_iter().chain([PathBuf::from(FILE_NAME)]);
    Ok(candidates.filter(|path| path.is_file()).collect())
}

/// Reads a configuration file.
fn read(path: &Path) -> Result<Table> {
    let unreadable = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::invalid(format!("cannot read the configuration file {}", path.display()))
            .because(error)
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.into()))?;
    text.parse().map_err(|error: toml::de::Error| unreadable(error.into()))
}

/// Returns a variable of the environment as a path, if it says anything.
fn variable(environment: &[(String, String)], name: &str) -> Option<PathBuf> {
    let (_, value) = environment.iter().find(|(key, _)| key == name)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

/// Returns the platform's place for data.
fn default_data_dir() -> Result<PathBuf> {
    directories::ProjectDirs::from("", "", "footnote")
        .map(|folders| folders.data_dir().to_owned())
        .ok_or_else(|| {
            Error::unavailable("this user has no home folder to keep data in")
                .hint("Give --data-dir or set FOOTNOTE_DATA_DIR.")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_file_wins_over_the_defaults_and_must_exist() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mine.toml");
        std::fs::write(&file, "[search]\nk = 7").unwrap();
        let overrides =
            Overrides { data_dir: Some(dir.path().join("data")), file: Some(file.clone()) };
        let settings = Settings::load(overrides).unwrap();
        assert_eq!((settings.config.search.k, settings.files), (7, vec![file]));
        let missing =
            Overrides { file: Some(dir.path().join("none.toml")), ..Overrides::default() };
        assert_eq!(Settings::load(missing).unwrap_err().kind(), footnote_core::ErrorKind::NotFound);
    }
}
