//! The right to work on the index, which one process has or all share.

use footnote_core::{Error, Result};
use std::sync::atomic::Ordering;
use tokio::sync::Mutex;

use super::Engine;
use crate::catalog::locks::{Keeping, Right};

impl Engine {
    /// Works under a right from now on.
    pub(in crate::store) fn holding(self, right: Right) -> Self {
        Self { right: Mutex::new(Some(right)), ..self }
    }

    /// Makes sure that the index may be worked on.
    ///
    /// # Errors
    /// `Unavailable` when the right to it was lost and could not be taken again yet.
    pub(in crate::store) fn check_held(&self) -> Result<()> {
        if !self.is_lost.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(Error::unavailable("the connection to the catalog was lost")
            .hint("Try again in a moment; if that does not help, start the program again."))
    }

    /// Makes sure that the right is still held, or takes it again: it ends with the connection to
    /// the catalog's server. What another process may have done meanwhile is caught up with.
    pub(in crate::store) async fn keep_right(&self) -> Result<()> {
        let mut right = self.right.lock().await;
        if let Some(right) = right.as_mut()
            && right.check().await.is_ok()
        {
            return Ok(());
        }
        self.is_lost.store(true, Ordering::Release);
        // The old one may be held by a connection of which only this end knows that it is lost.
        drop(right.take());
        let keeping = if self.is_shared() { Keeping::Together } else { Keeping::Alone };
        let again = self.catalog.right_to_index(keeping).await?;
        *right = Some(again.ok_or_else(|| Error::conflict("another process keeps the index now"))?);
        self.refresh().await?;
        if self.spaces().serving.is_some() {
            self.reconcile().await?;
        }
        self.is_lost.store(false, Ordering::Release);
        Ok(())
    }

    /// Gives the right back.
    pub(in crate::store) async fn let_go(&self) -> Result<()> {
        match self.right.lock().await.take() {
            Some(right) => right.end().await,
            None => Ok(()),
        }
    }
}
