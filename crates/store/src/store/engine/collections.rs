//! Indexes as collections of a Qdrant server.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::index::Index;
use std::sync::Arc;

use super::generations::Generations;
use crate::index::qdrant::QdrantServer;

/// Collections named by the installation and the number of their generation.
pub(crate) struct Collections {
    server: QdrantServer,
    is_shared: bool,
}

impl Collections {
    /// Takes the indexes of a server that other processes work on too.
    pub(crate) fn shared(server: QdrantServer) -> Self {
        Self { server, is_shared: true }
    }

    /// Takes the indexes of a server that this process alone works on.
    pub(crate) fn alone(server: QdrantServer) -> Self {
        Self { server, is_shared: false }
    }
}

#[async_trait]
impl Generations for Collections {
    fn is_shared(&self) -> bool {
        self.is_shared
    }

    async fn is_sound(&self, generation: i64) -> Result<bool> {
        self.server.exists(generation).await
    }

    async fn open(&self, generation: i64, dimension: usize) -> Result<Arc<dyn Index>> {
        let index = self.server.open(generation, dimension).await?;
        Ok(Arc::new(index))
    }

    async fn announce(&self, generation: i64) -> Result<()> {
        self.server.switch_alias(generation).await
    }

    async fn remove(&self, generation: i64) -> Result<()> {
        self.server.remove(generation).await
    }

    async fn list(&self) -> Result<Vec<i64>> {
        self.server.list().await
    }
}
