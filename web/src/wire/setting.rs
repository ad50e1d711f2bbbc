//! What is configured and what an admin sets, on the wire.

use footnote_ingest::settings::Origin;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::tuning::Tuned;

/// Everything that is configured.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Settings {
    /// How often something was set; also the `ETag`.
    pub revision: u64,
    /// Every value that is in force, by section.
    pub data: Vec<Setting>,
}

/// A value that is in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Setting {
    /// Its key with its section, e.g. `search.k`.
    pub key: String,
    /// The value, with stars in the place of a secret.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
    /// The file or the variable that says so.
    pub name: Option<String>,
    /// Whether it can be set while the server runs.
    pub can_be_set: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SettingSource)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Nobody said otherwise.
    Default,
    /// An admin, while the server runs.
    Set,
    /// A configuration file.
    File,
    /// A variable of the environment.
    Environment,
}

impl From<Tuned> for Setting {
    fn from(tuned: Tuned) -> Self {
        let Tuned { setting, is_set, can_be_set } = tuned;
        let (source, name) = match setting.origin {
            Origin::Default if is_set => (Source::Set, None),
            Origin::Default => (Source::Default, None),
            Origin::File(path) => (Source::File, Some(path.display().to_string())),
            Origin::Environment(variable) => (Source::Environment, Some(variable)),
        };
        let value = serde_json::to_value(setting.value).unwrap_or_default();
        Self { key: setting.key, value, source, name, can_be_set }
    }
}

/// What is to be set.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct SettingsChange {
    /// A number for each key that is to be set, `null` for one that is to be as it was.
    pub values: BTreeMap<String, Option<Value>>,
}
