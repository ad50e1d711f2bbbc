//! What every command starts from: the shared options, and the program opened with them.

use footnote::app::{self, App, Needs, Start};
use footnote_core::{Result, telemetry};
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::settings::{Overrides, Settings};
use footnote_store::Store;
use std::path::Path;

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

    /// Opens the program with the models that are needed.
    pub(crate) async fn app(&self, needs: Needs, purpose: &str) -> Result<App> {
        open(self.settings()?, needs, purpose).await
    }

    /// Opens the data directory alone, for looking and removing.
    pub(crate) async fn store(&self, purpose: &str) -> Result<Store> {
        app::open_store(&self.settings()?, None, purpose).await
    }

    /// Opens the catalog: alone where another process holds the data directory, or many share it.
    pub(crate) async fn catalog(&self, purpose: &str) -> Result<Store> {
        let settings = self.settings()?;
        let is_held = footnote_store::holder(&settings.data_dir).is_some();
        if is_held || !settings.config.store.catalog.is_empty() {
            return shared(&settings, purpose).await;
        }
        app::open_store(&settings, None, purpose).await
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
    if footnote_store::holder(&settings.data_dir).is_some() {
        app::open_store(settings, None, purpose).await?.close().await?;
    }
    Ok(())
}
