//! `footnote config check`: what is wrong with the configuration, before a server is started with it.

use console::style;
use serde::Serialize;
use std::net::ToSocketAddrs as _;
use std::path::Path;

use footnote::{auth, server};
use footnote_core::{Error, Result};
use footnote_ingest::settings::Settings;

use crate::context::Context;
use crate::exit::Outcome;

/// A key with a value that cannot be used.
#[derive(Debug, Serialize)]
struct Wrong {
    key: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Wrong {
    fn new(key: &'static str, error: &Error) -> Self {
        let hint = error.advice().map(str::to_owned);
        Self { key, detail: error.message().to_owned(), hint }
    }
}

/// Checks the configuration; keys and types are checked by reading it.
pub(super) fn run(context: &Context) -> Result<Outcome> {
    let settings = context.settings()?;
    let wrong: Vec<Wrong> = [address(&settings), certificate(&settings), provider(&settings)]
        .into_iter()
        .chain(named(&settings))
        .flatten()
        .collect();
    context.output().list(&wrong, |wrong| text(&settings, wrong))?;
    Ok(if wrong.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

/// Checks that the server may listen where it is told to.
fn address(settings: &Settings) -> Option<Wrong> {
    let server = &settings.config.server;
    let resolved = server.bind.to_socket_addrs().ok().and_then(|mut found| found.next());
    let checked = match resolved {
        Some(resolved) => auth::check_bind(resolved, server, settings.config.auth.mode),
        None => Err(Error::invalid(format!("`{}` is not an address to listen on", server.bind))
            .hint("Use an address and a port, such as 127.0.0.1:8620.")),
    };
    checked.err().map(|error| Wrong::new("server.bind", &error))
}

/// Checks that the certificate and its key can be used.
fn certificate(settings: &Settings) -> Option<Wrong> {
    let checked = server::check_certificate(&settings.config.server);
    checked.err().map(|error| Wrong::new("server.tls_certificate", &error))
}

/// Checks what can be told of the provider without asking it; `footnote doctor` asks it.
fn provider(settings: &Settings) -> Option<Wrong> {
    let checked = auth::check_provider_config(&settings.config.auth.oidc);
    checked.err().map(|error| Wrong::new("auth.oidc", &error))
}

/// Checks that the files and folders exist that are named.
fn named(settings: &Settings) -> [Option<Wrong>; 3] {
    let config = &settings.config;
    [
        missing("models.catalog", &config.models.catalog),
        missing("answer.prompts", &config.answer.prompts),
        missing("outbound.credentials", &config.outbound.credentials),
    ]
}

fn missing(key: &'static str, path: &Path) -> Option<Wrong> {
    if path.as_os_str().is_empty() || path.exists() {
        return None;
    }
    let error = Error::not_found(format!("there is no {}", path.display()))
        .hint("Correct the path, which counts from the current folder, or leave it empty.");
    Some(Wrong::new(key, &error))
}

fn text(settings: &Settings, wrong: &[Wrong]) -> String {
    if wrong.is_empty() {
        let files: Vec<_> =
            settings.files.iter().map(|file| format!("{}\n", file.display())).collect();
        return format!(
            "{} {}",
            style("ok").green(),
            if files.is_empty() {
                "no file, the defaults and the environment\n".to_owned()
            } else {
                files.concat()
            }
        );
    }
    let line = |wrong: &Wrong| {
        let hint =
            wrong.hint.as_ref().map(|hint| format!("     {}\n", style(format!("→ {hint}")).cyan()));
        format!(
            "{} `{}`: {}\n{}",
            style("fail").red().bold(),
            wrong.key,
            wrong.detail,
            hint.unwrap_or_default()
        )
    };
    wrong.iter().map(line).collect()
}
