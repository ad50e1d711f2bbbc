//! The models: installed, unchanged, and able to embed.

use std::sync::Arc;

use footnote::app::{self, Needs};
use footnote::doctor::{Check, models};
use footnote_core::{Error, Result};
use footnote_ingest::settings::Settings;

use crate::progress::{ModelProgress, Style};

/// Checks every configured model, then embeds a text.
pub(super) async fn check(settings: &Settings, style: Style) -> Vec<Check> {
    let mut checks = Vec::new();
    for name in crate::models::configured(settings) {
        checks.push(Check::of("model", verify(settings, name, style).await));
    }
    checks.push(match app::load(settings, Needs::Embedder).await {
        Ok(loaded) => models::embeds(loaded.embedder.as_ref()).await,
        Err(error) => Check::fail("embedding", &error),
    });
    checks
}

/// Reads every byte of a model.
async fn verify(settings: &Settings, name: String, style: Style) -> Result<String> {
    let models = Arc::new(app::models(settings)?);
    // The checks say what was read; only a bar is worth showing meanwhile.
    let style = if style == Style::Bars { style } else { Style::Silent };
    let progress = ModelProgress::new(style);
    tokio::task::spawn_blocking(move || models.verify(&name, &progress))
        .await
        .map_err(|error| Error::internal("checking a model failed").because(error))?
        .map(|model| format!("{} is installed and unchanged", model.display_name()))
}
