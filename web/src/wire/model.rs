//! Models on the wire.

use footnote_model::catalog::Role;
use footnote_model::{InstalledFile, ModelState, ModelStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::models::{Installing, Task};
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
    /// How far its installation is, while it goes on and when it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<Installation>,
}

/// How far the installation of a model is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Installation {
    /// The file that comes, or what is done with it; empty while another model is first.
    pub what: String,
    /// How many bytes of it are done.
    pub done_bytes: u64,
    /// How many it has, where that is known.
    pub total_bytes: Option<u64>,
    /// Why it failed.
    pub failure: Option<String>,
}

impl Model {
    /// Adds how far its installation is.
    pub(crate) fn with(mut self, installing: &Installing) -> Self {
        self.installation = installing.of(&self.name).map(|going| {
            let Task { what, done_bytes, total_bytes } = going.task();
            let failure = going.failure().map(str::to_owned);
            Installation { what, done_bytes, total_bytes, failure }
        });
        self
    }
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
            installation: None,
        }
    }
}
