//! Requests that must not be done twice, and what is set at run time.

use footnote_core::{Error, Result};
use serde_json::Value;
use std::collections::BTreeMap;

use super::Store;
use crate::catalog::requests::{Claim, ClaimedRequest, RequestKey};

/// The longest response that is kept, in bytes: it names what was made, and is not that itself.
const MAX_RESPONSE_BYTES: usize = 16 * 1024;

impl Store {
    /// Claims a request that its sender may repeat. Of several who claim it at once exactly one is
    /// told that it is fresh, and finishes or releases it. What runs for ten minutes counts as given
    /// up, what was done is known for a day.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn claim_request(&self, request: &RequestKey) -> Result<Claim> {
        self.catalog.claim_request(request).await
    }

    /// Keeps the response to a request for whoever repeats it. It names what was made by its id and
    /// holds no text of documents: whoever repeats the request reads that again, as they may then.
    ///
    /// # Errors
    /// `Conflict` when the request counted as given up and somebody else has taken it up, `Invalid`
    /// for a response that is too long.
    pub async fn finish_request(
        &self,
        claimed: &ClaimedRequest,
        status: u16,
        body: &[u8],
    ) -> Result<()> {
        if MAX_RESPONSE_BYTES < body.len() {
            return Err(Error::invalid(format!(
                "a response that is kept has at most {MAX_RESPONSE_BYTES} bytes"
            )));
        }
        self.catalog.finish_request(claimed, status, body).await
    }

    /// Gives a request up that failed before it did anything: the next one is fresh.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn release_request(&self, claimed: &ClaimedRequest) -> Result<()> {
        self.catalog.release_request(claimed).await
    }

    /// Forgets the requests of more than a day ago. Returns how many. Ask once an hour.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn forget_old_requests(&self) -> Result<u64> {
        self.catalog.forget_old_requests().await
    }

    /// Returns what an admin has set, by name, and how often that was changed.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn app_settings(&self) -> Result<(BTreeMap<String, Value>, u64)> {
        self.catalog.app_settings().await
    }

    /// Sets what has a value and unsets what is `None`, all of it or nothing. Returns how often the
    /// settings were changed by now. Which names and values there are is for the caller to check.
    ///
    /// # Errors
    /// `Conflict` when the settings were changed another number of times than expected.
    pub async fn put_app_settings(
        &self,
        expected_revision: Option<u64>,
        changes: &BTreeMap<String, Option<Value>>,
    ) -> Result<u64> {
        self.catalog.put_app_settings(expected_revision, changes).await
    }
}
