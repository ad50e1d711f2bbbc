//! Configuration: plain structs with defaults, one section per crate that is handed its own.
//!
//! `footnote.example.toml` and `docs/configuration.md` are generated from this file by a test, so
//! the comment of a field is what the user reads.

mod auth;
mod ingest;
mod oidc;
mod secret;
mod server;
mod telemetry;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;
use toml::{Table, Value};

use crate::{Error, Result};

pub use auth::{AuthConfig, AuthMode};
pub use ingest::IngestConfig;
pub use oidc::{Admission, OidcConfig};
pub use server::ServerConfig;
pub use telemetry::TelemetryConfig;

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The models and where they come from.
    pub models: ModelsConfig,
    /// The catalog and the index.
    pub store: StoreConfig,
    /// Reading and cutting documents.
    pub ingest: IngestConfig,
    /// Fetching documents from other machines.
    pub outbound: OutboundConfig,
    /// Finding passages.
    pub search: SearchConfig,
    /// Writing answers.
    pub answer: AnswerConfig,
    /// The HTTP server.
    pub server: ServerConfig,
    /// Who may come in.
    pub auth: AuthConfig,
    /// What is logged.
    pub log: LogConfig,
    /// What is exported of what the server does.
    pub telemetry: TelemetryConfig,
}

/// The models and where they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelsConfig {
    /// The folder of installed models; empty means `models` in the data directory.
    pub dir: PathBuf,
    /// The model that embeds: a name of `footnote models list`.
    pub embedder: String,
    /// The model that writes answers: a name of `footnote models list`; empty means none.
    pub generator: String,
    /// A TOML file with further models in the form of the built-in catalog; empty means none.
    pub catalog: PathBuf,
    /// How many threads a model may use; 0 means as many as the machine has cores.
    pub threads: usize,
    /// The most tokens that are embedded in one batch.
    pub batch_tokens: usize,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::new(),
            embedder: "all-minilm-l6-v2".to_owned(),
            generator: "smollm2-135m-instruct".to_owned(),
            catalog: PathBuf::new(),
            threads: 0,
            batch_tokens: 4096,
        }
    }
}

/// The catalog and the index.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// The catalog's PostgreSQL database, `postgres://user:password@host/database`; empty means a
    /// SQLite file in the data directory. Several processes that work on one catalog need
    /// `store.index` to name a server too.
    pub catalog: String,
    /// The gRPC address of the Qdrant server that holds the index, e.g. `http://127.0.0.1:6334`;
    /// empty means an index in this process, in the data directory.
    pub index: String,
    /// The key that the Qdrant server asks for; empty means none.
    pub index_key: String,
    /// How many nodes of the Qdrant cluster hold each point.
    pub index_replicas: u32,
    /// How many shards the index has on the Qdrant cluster; 0 means one for each node.
    pub index_shards: u32,
    /// How many connections read the catalog at once.
    pub readers: u32,
    /// How many documents may be indexed before the index is made durable.
    pub checkpoint_documents: usize,
    /// How long what was indexed may wait to be made durable, in seconds.
    pub checkpoint_seconds: u64,
    /// How many new chunks may be indexed before the index is rearranged for fast search.
    pub optimize_chunks: usize,
    /// How many bytes must stay free on the disk for documents to be taken in.
    pub min_free_bytes: u64,
    /// How many replaced versions of a document are kept, the newest first, so that old citations
    /// open and `--as-of` finds what was said then.
    pub keep_versions: usize,
    /// After how many days a replaced version is dropped; 0 means never for its age.
    pub keep_days: u32,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            catalog: String::new(),
            index: String::new(),
            index_key: String::new(),
            index_replicas: 1,
            index_shards: 0,
            readers: 4,
            checkpoint_documents: 256,
            checkpoint_seconds: 60,
            optimize_chunks: 8192,
            min_free_bytes: 128 << 20,
            keep_versions: 10,
            keep_days: 0,
        }
    }
}

/// Fetching documents from other machines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundConfig {
    /// The hosts that documents may be fetched from: exact names, `*.example.com` for every name
    /// below, or `*` for every public host; empty means that nothing is ever fetched.
    pub allow_hosts: Vec<String>,
    /// What may be fetched from inside your network: ranges such as `10.1.0.0/16`, single
    /// addresses, or names of internal hosts; everything else that is not public is refused.
    pub allow_private: Vec<String>,
    /// A TOML file with passwords, tokens and keys by host or bucket; empty means none.
    pub credentials: PathBuf,
    /// How many redirects are followed.
    pub max_redirects: usize,
    /// How long one request may take, its answer included, in seconds.
    pub timeout_seconds: u64,
    /// How many requests a second one host gets; 0 means as many as there are.
    pub requests_per_second: u32,
    /// The largest answer that is not a document itself (a listing, a pack of a git repository),
    /// in bytes.
    pub max_answer_bytes: u64,
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            allow_hosts: Vec::new(),
            allow_private: Vec::new(),
            credentials: PathBuf::new(),
            max_redirects: 5,
            timeout_seconds: 300,
            requests_per_second: 10,
            max_answer_bytes: 1 << 30,
        }
    }
}

/// Finding passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchConfig {
    /// How many passages a search returns unless it says otherwise.
    pub k: usize,
    /// How many passages each ranking contributes before fusion.
    pub candidates: usize,
    /// How many passages of one document an answer may draw from.
    pub per_document: usize,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self { k: 10, candidates: 100, per_document: 4 }
    }
}

/// Writing answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerConfig {
    /// The longest question, in characters.
    pub max_question_chars: usize,
    /// How many passages an answer looks at.
    pub passages: usize,
    /// How many sentences are quoted at most.
    pub sentences: usize,
    /// How many tokens of passages are put before the model at most.
    pub context_tokens: usize,
    /// How many tokens the model may write.
    pub max_tokens: usize,
    /// After how many days an answer outside conversations is forgotten unless somebody has judged
    /// it; 0 means never.
    pub keep_days: u32,
    /// How long the model may write at one answer, in seconds.
    pub max_seconds: u64,
    /// How sure Footnote must be, from 0 to 1, that the best sentence answers before it answers.
    pub threshold: f64,
    /// A folder whose `.md` files replace the built-in prompts of the same name; empty means none.
    pub prompts: PathBuf,
}

impl Default for AnswerConfig {
    fn default() -> Self {
        Self {
            max_question_chars: 8000,
            passages: 8,
            sentences: 2,
            context_tokens: 700,
            max_tokens: 160,
            keep_days: 30,
            max_seconds: 300,
            threshold: 0.5,
            prompts: PathBuf::new(),
        }
    }
}

impl AnswerConfig {
    /// Returns how long an answer outside conversations is kept; `None` is for good.
    #[must_use]
    pub fn keeps(&self) -> Option<Duration> {
        (0 < self.keep_days).then(|| Duration::from_hours(24 * u64::from(self.keep_days)))
    }
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// The least severe level that is logged (`error`, `warn`, `info`, `debug`, `trace`), or a
    /// filter such as `footnote_store=debug`.
    pub level: String,
    /// How lines are written: `text` or `json`.
    pub format: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: "warn".to_owned(), format: "text".to_owned() }
    }
}

/// What the name of every environment variable that configures begins with.
pub const ENV_PREFIX: &str = "FOOTNOTE__";

impl Config {
    /// Builds the configuration from tables, later ones over earlier ones, over the defaults.
    ///
    /// # Errors
    /// `Invalid` for an unknown key, with the nearest known one, and for a value of a wrong type.
    pub fn from_tables(tables: impl IntoIterator<Item = Table>) -> Result<Self> {
        let known = Table::try_from(Self::default())
            .map_err(|error| Error::internal("cannot write the defaults").because(error))?;
        let mut merged = Table::new();
        for mut table in tables {
            check_keys(&table, &known, "")?;
            split_lists(&mut table, &known);
            merge(&mut merged, table);
        }
        merged.try_into().map_err(|error: toml::de::Error| {
            Error::invalid(format!("cannot read the configuration: {}", error.message()))
        })
    }

    /// Returns the configuration with other values in place of some of its own.
    ///
    /// # Errors
    /// As [`from_tables`](Self::from_tables).
    pub fn with(&self, values: Table) -> Result<Self> {
        let own = Table::try_from(self)
            .map_err(|error| Error::internal("cannot write the configuration").because(error))?;
        Self::from_tables([own, values])
    }

    /// Builds a table from environment variables such as `FOOTNOTE__SERVER__BIND`.
    ///
    /// A value that reads as a TOML number or boolean is one, unless its key holds text: a password
    /// may be all digits. Everything else is text, and a list is text with commas.
    #[must_use]
    pub fn table_from_env(variables: impl IntoIterator<Item = (String, String)>) -> Table {
        let known = Table::try_from(Self::default()).unwrap_or_default();
        let mut table = Table::new();
        for (name, value) in variables {
            let Some(path) = name.strip_prefix(ENV_PREFIX) else { continue };
            let keys: Vec<String> = path.split("__").map(str::to_lowercase).collect();
            let value = if is_text(&known, &keys) { Value::String(value) } else { scalar(&value) };
            insert(&mut table, &keys, value);
        }
        table
    }
}

/// Tells whether the value at a path of keys is text.
fn is_text(known: &Table, keys: &[String]) -> bool {
    match keys {
        [] => false,
        [key] => matches!(known.get(key), Some(Value::String(_))),
        [key, rest @ ..] => match known.get(key) {
            Some(Value::Table(inner)) => is_text(inner, rest),
            Some(_) | None => false,
        },
    }
}

/// Puts a value at a path of keys, making tables on the way.
fn insert(table: &mut Table, keys: &[String], value: Value) {
    match keys {
        [] => {}
        [key] => {
            table.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// Reads a value of the environment.
fn scalar(text: &str) -> Value {
    if let Ok(number) = text.parse::<i64>() {
        return Value::Integer(number);
    }
    if let Ok(number) = text.parse::<f64>() {
        return Value::Float(number);
    }
    text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Boolean)
}

/// Splits texts at commas where a list is expected, because an environment variable holds no list.
fn split_lists(table: &mut Table, known: &Table) {
    for (key, value) in table.iter_mut() {
        match (known.get(key), &mut *value) {
            (Some(Value::Table(known)), Value::Table(inner)) => split_lists(inner, known),
            (Some(Value::Array(_)), Value::String(text)) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                *value = Value::Array(parts.map(|part| Value::String(part.to_owned())).collect());
            }
            _ => {}
        }
    }
}

/// Puts the values of `over` into `under`.
fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => merge(inner, value),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Refuses keys that the defaults do not have.
fn check_keys(table: &Table, known: &Table, path: &str) -> Result<()> {
    for (key, value) in table {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (known.get(key), value) {
            (None, _) => return Err(unknown_key(&full, key, known, path)),
            (Some(Value::Table(inner)), Value::Table(value)) => check_keys(value, inner, &full)?,
            (Some(Value::Table(_)), _) => {
                return Err(Error::invalid(format!("`{full}` is a section of the configuration")));
            }
            (Some(_), _) => {}
        }
    }
    Ok(())
}

/// Says which key is unknown and which one may have been meant.
fn unknown_key(full: &str, key: &str, known: &Table, path: &str) -> Error {
    let nearest = known
        .keys()
        .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    let error = Error::invalid(format!("the configuration has no key `{full}`"));
    match nearest {
        Some(near) if strsim::jaro_winkler(near, key) > 0.7 => {
            let dot = if path.is_empty() { "" } else { "." };
            error.hint(format!("Did you mean `{path}{dot}{near}`?"))
        }
        Some(_) | None => error.hint("See docs/configuration.md for every key."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        Config::from_tables([text.parse::<Table>().unwrap()])
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_one() {
        let error = read("[server]\nbimd = \"x\"").unwrap_err();
        assert_eq!(error.message(), "the configuration has no key `server.bimd`");
        assert_eq!(error.advice(), Some("Did you mean `server.bind`?"));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "[server]\nbind = \"127.0.0.1:1\"\nheader_seconds = 3".parse().unwrap();
        let env = [("FOOTNOTE__SERVER__BIND".to_owned(), "127.0.0.1:2".to_owned())];
        let config = Config::from_tables([file, Config::table_from_env(env)]).unwrap();
        assert_eq!(config.server.bind, "127.0.0.1:2");
        assert_eq!(config.server.header_seconds, 3);
    }

    #[test]
    fn the_environment_writes_lists_with_commas() {
        let variable = "FOOTNOTE__OUTBOUND__ALLOW_HOSTS".to_owned();
        let env = [(variable, "docs.example.com, *.example.org".to_owned())];
        let config = Config::from_tables([Config::table_from_env(env)]).unwrap();
        assert_eq!(config.outbound.allow_hosts, ["docs.example.com", "*.example.org"]);
    }

    #[test]
    fn a_text_of_digits_stays_as_it_is() {
        let env = [
            ("FOOTNOTE__STORE__INDEX_KEY".to_owned(), "0042".to_owned()),
            ("FOOTNOTE__SEARCH__K".to_owned(), "7".to_owned()),
        ];
        let config = Config::from_tables([Config::table_from_env(env)]).unwrap();
        assert_eq!((config.store.index_key.as_str(), config.search.k), ("0042", 7));
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert!(read("[search]\nk = \"ten\"").is_err());
        assert!(read("search = 3").is_err());
    }
}
