//! A place for indexes that fails when it is told to.

use async_trait::async_trait;
use footnote_core::index::Index;
use footnote_core::{Error, Result};
use std::sync::Arc;

use super::Faults;
use super::index::FaultyIndex;
use crate::store::engine::Generations;

/// A place for indexes, with faults before every call.
pub(crate) struct FaultyGenerations {
    place: Box<dyn Generations>,
    faults: Faults,
}

impl FaultyGenerations {
    /// Puts faults before a place; none leave it as it is.
    pub(crate) fn over(place: Box<dyn Generations>, faults: &Faults) -> Box<dyn Generations> {
        if faults.script.is_none() {
            return place;
        }
        Box::new(Self { place, faults: faults.clone() })
    }

    fn step(&self) -> Result<()> {
        self.faults
            .step()
            .map_err(|error| Error::unavailable("cannot use the search index").because(error))
    }
}

#[async_trait]
impl Generations for FaultyGenerations {
    fn is_shared(&self) -> bool {
        self.place.is_shared()
    }

    async fn is_sound(&self, generation: i64) -> Result<bool> {
        self.step()?;
        self.place.is_sound(generation).await
    }

    async fn open(&self, generation: i64, dimension: usize) -> Result<Arc<dyn Index>> {
        self.step()?;
        let index = self.place.open(generation, dimension).await?;
        Ok(Arc::new(FaultyIndex { index, faults: self.faults.clone() }))
    }

    async fn announce(&self, generation: i64) -> Result<()> {
        self.step()?;
        self.place.announce(generation).await
    }

    async fn remove(&self, generation: i64) -> Result<()> {
        self.step()?;
        self.place.remove(generation).await
    }

    async fn list(&self) -> Result<Vec<i64>> {
        self.step()?;
        self.place.list().await
    }
}
