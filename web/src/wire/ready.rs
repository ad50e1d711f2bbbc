//! Whether questions can be answered, on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::readiness::Readiness;

/// Whether questions can be answered, component by component.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "every component can be used or cannot, whatever the others can"
)]
pub struct Ready {
    /// Whether questions can be answered.
    pub ready: bool,
    /// Whether the server was asked to stop.
    pub stopping: bool,
    /// Whether the catalog can be read.
    pub catalog: bool,
    /// Whether the index can be searched.
    pub index: bool,
    /// Whether the disk has room for documents; without, questions are answered all the same.
    pub disk: bool,
    /// The model that embeds.
    pub embedder: String,
    /// The model that writes, if there is one.
    pub generator: Option<String>,
}

impl From<Readiness> for Ready {
    fn from(readiness: Readiness) -> Self {
        Self {
            ready: readiness.is_ready(),
            stopping: readiness.stopping,
            catalog: readiness.catalog,
            index: readiness.index,
            disk: readiness.disk,
            embedder: readiness.embedder,
            generator: readiness.generator,
        }
    }
}
