//! What stands above what a request names.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::access::{Ancestors, Ancestry, Target};

use super::Store;

#[async_trait]
impl Ancestors for Store {
    async fn ancestors(&self, target: Target) -> Result<Option<Ancestry>> {
        self.catalog.ancestors(target).await
    }
}
