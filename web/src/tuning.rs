//! What an admin sets while the server runs: how passages are found and answers written.
//!
//! What a configuration file or the environment says stands above it and cannot be changed here.
//! Where several servers work on one catalog, each looks now and then what was set elsewhere.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use toml::Table;

use footnote_core::{Error, Result};
use footnote_ingest::settings::{Origin, Setting};

use crate::app::App;

/// What can be set, each for the next question.
pub const TUNABLE: [&str; 8] = [
    "search.k",
    "search.candidates",
    "search.per_document",
    "answer.passages",
    "answer.sentences",
    "answer.context_tokens",
    "answer.max_tokens",
    "answer.threshold",
];

/// How often it is looked whether another server was told something.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// What is set, by key; `None` is what no longer is.
pub type Changes = BTreeMap<String, Option<Value>>;

/// A value that is in force.
#[derive(Debug, Clone)]
pub struct Tuned {
    /// The value, and where it was configured.
    pub setting: Setting,
    /// Whether an admin has set it here.
    pub is_set: bool,
    /// Whether an admin can.
    pub can_be_set: bool,
}

/// Sets what can be set, and tells what is in force.
#[derive(Clone)]
pub struct Tuning {
    app: Arc<App>,
    /// What was configured when the server started, and where.
    configured: Arc<[Setting]>,
}

impl Tuning {
    /// Makes what sets a program.
    ///
    /// # Errors
    /// `Invalid` when a configuration file that was read before cannot be read any more.
    pub fn new(app: Arc<App>) -> Result<Self> {
        let configured = app.settings.origins()?.into();
        Ok(Self { app, configured })
    }

    /// Returns every value that is in force, and how often something was set.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn all(&self) -> Result<(Vec<Tuned>, u64)> {
        let (set, revision) = self.app.store.app_settings().await?;
        let all = self.configured.iter().cloned().map(|mut setting| {
            let can_be_set = is_tunable(&setting);
            let set = set.get(&setting.key).filter(|_| can_be_set).and_then(as_toml);
            let is_set = set.is_some();
            if let Some(value) = set {
                setting.value = value;
            }
            Tuned { setting, is_set, can_be_set }
        });
        Ok((all.collect(), revision))
    }

    /// Sets what has a value and unsets the rest, all of it or nothing. It holds from the next
    /// question on.
    ///
    /// # Errors
    /// `Invalid` for a key that cannot be set and for a value that cannot be, `Conflict` when
    /// something was set since the revision that is expected.
    pub async fn set(&self, expected: Option<u64>, changes: &Changes) -> Result<()> {
        for key in changes.keys() {
            check_key(key, &self.configured)?;
        }
        let (mut set, _revision) = self.app.store.app_settings().await?;
        set.extend(changes.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?))));
        set.retain(|key, _| changes.get(key).is_none_or(Option::is_some));
        self.checked(&set)?;
        self.app.store.put_app_settings(expected, changes).await?;
        self.apply().await
    }

    /// Puts into force what is set.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read, `Invalid` when what is set cannot be.
    pub async fn apply(&self) -> Result<()> {
        let (set, _revision) = self.app.store.app_settings().await?;
        self.app.answerer.set(Arc::new(self.checked(&set)?));
        Ok(())
    }

    /// Puts into force what is set elsewhere, until the token is cancelled.
    pub(crate) async fn follow(self, stop: CancellationToken) {
        let mut known = None;
        loop {
            match self.app.store.app_settings().await {
                Ok((_, revision)) if known == Some(revision) => {}
                Ok((_, revision)) => match self.apply().await {
                    Ok(()) => known = Some(revision),
                    Err(error) => tracing::warn!(error = error.chain(), "cannot use what is set"),
                },
                Err(error) => tracing::warn!(error = error.chain(), "cannot read what is set"),
            }
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Returns what answers as it is set.
    fn checked(&self, set: &BTreeMap<String, Value>) -> Result<footnote_answer::Answerer> {
        let mut values = Table::new();
        for setting in self.configured.iter().filter(|setting| is_tunable(setting)) {
            let Some(value) = set.get(&setting.key) else { continue };
            let value = as_toml(value).ok_or_else(|| {
                Error::invalid(format!("`{}` is a number, not {value}", setting.key))
            })?;
            insert(&mut values, &setting.key, value);
        }
        let config = self.app.settings.config.with(values)?;
        self.app.answerer.get().tuned(config.search, config.answer)
    }
}

/// Tells whether a value can be set: it is one that can, and nothing stands above it.
fn is_tunable(setting: &Setting) -> bool {
    setting.origin == Origin::Default && TUNABLE.contains(&setting.key.as_str())
}

/// Refuses a key that cannot be set, and says why.
fn check_key(key: &str, settings: &[Setting]) -> Result<()> {
    let Some(setting) = settings.iter().find(|setting| setting.key == key) else {
        return Err(Error::invalid(format!("there is no setting `{key}`"))
            .hint(format!("These can be set: {}.", TUNABLE.join(", "))));
    };
    if !TUNABLE.contains(&key) {
        return Err(Error::invalid(format!("`{key}` cannot be set while the server runs"))
            .hint("Set it in footnote.toml and start the server again."));
    }
    let above = match &setting.origin {
        Origin::Default => return Ok(()),
        Origin::File(path) => path.display().to_string(),
        Origin::Environment(variable) => variable.clone(),
    };
    Err(Error::invalid(format!("`{key}` is set by {above}, which stands above what is set here")))
}

/// Returns a number of JSON as one of TOML.
fn as_toml(value: &Value) -> Option<toml::Value> {
    let number = value.as_number()?;
    let whole = number.as_i64().map(toml::Value::Integer);
    whole.or_else(|| number.as_f64().map(toml::Value::Float))
}

/// Enters a value under a key with its section.
fn insert(values: &mut Table, key: &str, value: toml::Value) {
    let Some((section, name)) = key.split_once('.') else { return };
    let section = values.entry(section).or_insert_with(|| toml::Value::Table(Table::new()));
    if let toml::Value::Table(section) = section {
        section.insert(name.to_owned(), value);
    }
}
