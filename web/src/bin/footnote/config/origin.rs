//! `footnote config show --origin`: every value with where it comes from.

use console::style;
use serde::Serialize;
use std::path::Path;

use footnote_core::Result;
use footnote_ingest::settings::{DATA_DIR_VARIABLE, Origin, Setting, Settings};

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::columns;

/// A value and where it comes from.
#[derive(Debug, Serialize)]
struct Row {
    key: String,
    value: toml::Value,
    source: Source,
    /// The file, the variable or the flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What kind of place a value comes from.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Flag,
    Environment,
    File,
    Default,
}

/// Shows every value with where it comes from.
pub(super) fn show(context: &Context) -> Result<Outcome> {
    let settings = context.settings()?;
    let mut rows = vec![data_dir(&settings, context)];
    rows.extend(settings.origins()?.into_iter().map(Row::from));
    context.output().list(&rows, text)?;
    Ok(Outcome::Done)
}

/// The data directory has a flag and a variable of its own.
fn data_dir(settings: &Settings, context: &Context) -> Row {
    let given = context.data_dir().map(Path::as_os_str);
    let variable = settings.environment.iter().find(|(name, _)| name == DATA_DIR_VARIABLE);
    let (source, name) = match (given, variable) {
        (Some(given), Some((name, value))) if given == value.as_str() => {
            (Source::Environment, Some(name.clone()))
        }
        (Some(_), _) => (Source::Flag, Some("--data-dir".to_owned())),
        (None, _) => (Source::Default, None),
    };
    let value = toml::Value::String(settings.data_dir.display().to_string());
    Row { key: "data_dir".to_owned(), value, source, name }
}

impl From<Setting> for Row {
    fn from(setting: Setting) -> Self {
        let (source, name) = match setting.origin {
            Origin::Default => (Source::Default, None),
            Origin::File(path) => (Source::File, Some(path.display().to_string())),
            Origin::Environment(variable) => (Source::Environment, Some(variable)),
        };
        Self { key: setting.key, value: setting.value, source, name }
    }
}

fn text(rows: &[Row]) -> String {
    let row = |row: &Row| {
        let from = match (row.source, &row.name) {
            (Source::Default, _) | (_, None) => style("default".to_owned()).dim(),
            (Source::Flag | Source::Environment | Source::File, Some(name)) => {
                style(name.clone()).cyan()
            }
        };
        vec![row.key.clone(), row.value.to_string(), from.to_string()]
    };
    columns(&rows.iter().map(row).collect::<Vec<_>>())
}
