//! Whether questions can be answered now, and what is in the way.

use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

use footnote_core::Result;
use footnote_core::corpus::Corpus as _;
use footnote_core::query::SearchRequest;

use crate::auth;
use crate::state::AppState;

/// How long a component may take to answer before it counts as out of use.
const PATIENCE: Duration = Duration::from_secs(2);

/// Which components can be used.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "every component can be used or cannot, whatever the others can"
)]
pub(crate) struct Readiness {
    /// Whether the catalog can be read.
    pub(crate) catalog: bool,
    /// Whether the index can be searched.
    pub(crate) index: bool,
    /// Whether the disk has room for documents; questions are answered without.
    pub(crate) disk: bool,
    /// Whether the server was asked to stop.
    pub(crate) stopping: bool,
    /// The model that embeds.
    pub(crate) embedder: String,
    /// The model that writes, if there is one.
    pub(crate) generator: Option<String>,
}

impl Readiness {
    /// Looks at every component.
    pub(crate) async fn of(state: &AppState) -> Self {
        let (store, models) = (&state.app.store, &state.app.settings.config.models);
        let (catalog, index) = tokio::join!(answers(catalog(state)), answers(index(state)));
        let embedder = store.space().map_or_else(|| models.embedder.clone(), |space| space.model);
        Self {
            catalog,
            index,
            disk: store.check_room().is_ok(),
            stopping: state.stop.is_cancelled(),
            embedder,
            generator: state.app.generator.as_ref().map(|generator| generator.name().to_owned()),
        }
    }

    /// Tells whether questions can be answered.
    pub(crate) fn is_ready(&self) -> bool {
        self.catalog && self.index && !self.stopping
    }

    /// Returns every component that may be out of use, and whether it can be used.
    pub(crate) fn components(&self) -> [(&'static str, bool); 3] {
        [("catalog", self.catalog), ("index", self.index), ("disk", self.disk)]
    }
}

/// Tells whether something succeeds in time.
async fn answers(tried: impl Future<Output = Result<()>>) -> bool {
    match timeout(PATIENCE, tried).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = error.chain(), "a component cannot be used");
            false
        }
        Err(_elapsed) => false,
    }
}

async fn catalog(state: &AppState) -> Result<()> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    state.app.store.collections(&scope).await.map(drop)
}

/// Searches for a word, which asks the index and needs no model.
async fn index(state: &AppState) -> Result<()> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    let lexical = Some("ready".to_owned());
    let request = SearchRequest { lexical, limit: 1, ..SearchRequest::default() };
    state.app.store.search(&scope, &request).await.map(drop)
}
