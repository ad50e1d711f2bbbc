//! Models on the wire.

use footnote_model::catalog::Role;
use footnote_model::{InstalledFile, ModelState, ModelStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::domain;

/// A model and whether it can be used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Model {
    /// The name it is asked for by.
    pub name: String,
    /// The name its makers gave it.
    pub title: String,
    /// What it does.
    #[schema(value_type = domain::ModelRole)]
    pub role: Role,
    /// The licence of the weights.
    pub licence: String,
    /// The languages it reads.
    pub languages: Vec<String>,
    /// Whether it can be used.
    pub state: &'static str,
    /// How many bytes its files take, or would.
    pub size_bytes: u64,
    /// Its files, once it is installed.
    pub files: Vec<ModelFile>,
}

/// A file of an installed model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelFile {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl From<&ModelStatus> for Model {
    fn from(status: &ModelStatus) -> Self {
        let file = |file: &InstalledFile| ModelFile {
            name: file.name.clone(),
            size_bytes: file.digest.size_bytes,
            sha256: file.digest.sha256.clone(),
        };
        Self {
            name: status.card.name.clone(),
            title: status.card.title.clone(),
            role: status.card.role,
            licence: status.card.licence.clone(),
            languages: status.card.languages.clone(),
            state: match status.state {
                ModelState::Installed => "installed",
                ModelState::Missing => "missing",
                ModelState::Damaged => "damaged",
            },
            size_bytes: status.size_bytes,
            files: status.files.iter().map(file).collect(),
        }
    }
}
