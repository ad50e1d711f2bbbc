//! Where each value of the configuration comes from.

use footnote_core::config::{Config, ENV_PREFIX};
use footnote_core::{Error, Result};
use std::path::PathBuf;
use toml::{Table, Value};

use super::{Settings, read};

/// A value of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its key, with its section: `search.k`.
    pub key: String,
    /// The value that is in force, with stars in the place of a secret.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said otherwise.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// A variable of the environment, by its name.
    Environment(String),
}

impl Settings {
    /// Lists every value that is in force, by section, and where it comes from.
    ///
    /// # Errors
    /// `Invalid` when a file that was read before cannot be read any more.
    pub fn origins(&self) -> Result<Vec<Setting>> {
        let tables = self.files.iter().map(|path| read(path)).collect::<Result<Vec<Table>>>()?;
        let shown = Table::try_from(self.config.redacted())
            .map_err(|error| Error::internal("cannot write the configuration").because(error))?;
        let environment = Config::table_from_env(self.environment.iter().cloned());
        let mut settings = Vec::new();
        for (keys, value) in leaves(&shown) {
            let said = |table: &Table| value_at(table, &keys).is_some();
            // The last file is the strongest.
            let file = self.files.iter().zip(&tables).rev().find(|(_, table)| said(table));
            let origin = if said(&environment) {
                Origin::Environment(self.variable(&keys))
            } else {
                file.map_or(Origin::Default, |(path, _)| Origin::File(path.clone()))
            };
            settings.push(Setting { key: keys.join("."), value, origin });
        }
        Ok(settings)
    }

    /// Returns the name of the variable that sets a key, as the environment writes it.
    fn variable(&self, keys: &[String]) -> String {
        let usual = format!("{ENV_PREFIX}{}", keys.join("__").to_uppercase());
        let names = self.environment.iter().map(|(name, _)| name);
        let written = names.rev().find(|name| name.eq_ignore_ascii_case(&usual));
        written.cloned().unwrap_or(usual)
    }
}

/// Returns the values of a table and of the tables in it, each with the keys that lead to it.
fn leaves(table: &Table) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    for (key, value) in table {
        let Value::Table(inner) = value else {
            found.push((vec![key.clone()], value.clone()));
            continue;
        };
        found.extend(leaves(inner).into_iter().map(|(mut keys, value)| {
            keys.insert(0, key.clone());
            (keys, value)
        }));
    }
    found
}

/// Returns the value at a path of keys.
fn value_at<'a>(table: &'a Table, keys: &[String]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    match table.get(first)? {
        Value::Table(inner) if !rest.is_empty() => value_at(inner, rest),
        value => rest.is_empty().then_some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(settings: &Settings, key: &str) -> Origin {
        let all = settings.origins().unwrap();
        all.into_iter().find(|setting| setting.key == key).unwrap().origin
    }

    #[test]
    fn every_value_says_where_it_comes_from() {
        let dir = tempfile::tempdir().unwrap();
        let (weak, strong) = (dir.path().join("user.toml"), dir.path().join("here.toml"));
        std::fs::write(&weak, "[search]\nk = 3\n[log]\nlevel = \"info\"").unwrap();
        std::fs::write(&strong, "[search]\nk = 4").unwrap();
        let variable = ("FOOTNOTE__LOG__FORMAT".to_owned(), "json".to_owned());
        let settings = Settings {
            config: Config::default(),
            data_dir: dir.path().to_owned(),
            files: vec![weak.clone(), strong.clone()],
            environment: vec![variable.clone()],
        };
        assert_eq!(origin(&settings, "search.k"), Origin::File(strong));
        assert_eq!(origin(&settings, "log.level"), Origin::File(weak));
        assert_eq!(origin(&settings, "log.format"), Origin::Environment(variable.0));
        assert_eq!(origin(&settings, "server.bind"), Origin::Default);
    }
}
