//! What every command starts from: the shared options, and the program opened with them.

use footnote::app::{self, App, Needs, Start};
use footnote::traces::Traces;
use footnote_core::{ErrorKind, Result, telemetry};
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::settings::{Overrides, Settings};
use footnote_store::{Store, holder};
use std::path::Path;

use crate::client::Server;
use crate::options::Shared;
use crate::output::Output;
use crate::progress::Style;

/// The shared options of a command.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    shared: Shared,
}

impl Context {
    /// Takes the options and settles whether there are colours.
    pub(crate) fn new(shared: Shared) -> Self {
        if shared.no_color {
            console::set_colors_enabled(false);
            console::set_colors_enabled_stderr(false);
        }
        Self { shared }
    }

    /// Returns the data directory, where one was given.
    pub(crate) fn data_dir(&self) -> Option<&Path> {
        self.shared.data_dir.as_deref()
    }

    /// Returns the server that was named, where one was.
    ///
    /// # Errors
    /// `Invalid` for what is no address of a server.
    pub(crate) fn server(&self) -> Result<Option<Server>> {
        let key = self.shared.key.as_deref();
        self.shared.server.as_deref().map(|url| Server::at(url, key)).transpose()
    }

    /// Returns the server that was named, or else the one that holds the data directory.
    ///
    /// # Errors
    /// As [`server`](Self::server).
    pub(crate) fn server_or_holder(&self, settings: &Settings) -> Result<Option<Server>> {
        Ok(self.server()?.or_else(|| Server::holding(&settings.data_dir)))
    }

    /// Returns where results go.
    pub(crate) fn output(&self) -> Output {
        Output::new(self.shared.format)
    }

    /// Returns how progress is shown.
    pub(crate) fn progress(&self) -> Style {
        Style::of(self.shared.progress)
    }

    /// Reads the configuration.
    pub(crate) fn peek(&self) -> Result<Settings> {
        Settings::load(Overrides {
            data_dir: self.shared.data_dir.clone(),
            file: self.shared.config.clone(),
        })
    }

    /// Reads the configuration and starts logging.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let settings = self.peek()?;
        telemetry::start(&settings.config.log)?;
        Ok(settings)
    }

    /// Reads the configuration, starts logging, and exporting traces where that is configured.
    pub(crate) fn traced(&self) -> Result<(Settings, Option<Traces>)> {
        let settings = self.peek()?;
        let (traces, exporter) = Traces::start(&settings.config.telemetry)?.unzip();
        telemetry::start_with(&settings.config.log, exporter)?;
        Ok((settings, traces))
    }

    /// Opens the program with the models that are needed.
    pub(crate) async fn app(&self, needs: Needs, purpose: &str) -> Result<App> {
        open(self.settings()?, needs, purpose).await
    }

    /// Opens the data directory alone, for looking and removing.
    pub(crate) async fn store(&self, purpose: &str) -> Result<Store> {
        app::open_store(&self.settings()?, None, purpose).await
    }

    /// Opens the data directory to remove something: the catalog alone where another process holds
    /// the directory, or many share it; then whoever holds the index follows.
    pub(crate) async fn removing(&self, purpose: &str) -> Result<Store> {
        let settings = self.settings()?;
        let is_held = holder(&settings.data_dir).is_some();
        if is_held || !settings.config.store.catalog.is_empty() {
            return shared(&settings, purpose).await;
        }
        app::open_store(&settings, None, purpose).await
    }

    /// Opens the catalog alone, beside whoever works with it. One that an earlier release has left
    /// is brought up to date first, when nobody does.
    ///
    /// # Errors
    /// As [`Store::open_shared`] and [`Store::open`].
    pub(crate) async fn beside(&self, purpose: &str) -> Result<Store> {
        beside(&self.settings()?, purpose).await
    }

    /// As [`beside`](Self::beside); a catalog that is not there yet is made.
    pub(crate) async fn look(&self, purpose: &str) -> Result<Store> {
        let settings = self.settings()?;
        match beside(&settings, purpose).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                app::open_store(&settings, None, purpose).await
            }
            opened => opened,
        }
    }
}

/// Opens the catalog alone; brings it up to date first where nobody holds the data directory.
async fn beside(settings: &Settings, purpose: &str) -> Result<Store> {
    let is_free = holder(&settings.data_dir).is_none();
    match shared(settings, purpose).await {
        Err(error) if error.kind() == ErrorKind::Conflict && is_free => {
            app::open_store(settings, None, purpose).await
        }
        opened => opened,
    }
}

/// Opens the catalog alone, beside the process that holds the index.
pub(crate) async fn shared(settings: &Settings, purpose: &str) -> Result<Store> {
    Store::open_shared(app::store_options(settings, None, purpose)).await
}

/// Opens the program with the models that are needed.
pub(crate) async fn open(settings: Settings, needs: Needs, purpose: &str) -> Result<App> {
    check_free(&settings, purpose).await?;
    let models = app::load(&settings, needs).await?;
    let parser = ParserCommand::of_this_program()?;
    App::open(settings, models, Start { purpose: purpose.to_owned(), parser }).await
}

/// Fails before models are loaded when another process holds the data directory.
async fn check_free(settings: &Settings, purpose: &str) -> Result<()> {
    if holder(&settings.data_dir).is_some() {
        app::open_store(settings, None, purpose).await?.close().await?;
    }
    Ok(())
}
