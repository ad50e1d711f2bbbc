//! Requests that must not be done twice, each under a key that its sender chose.

use footnote_core::id::{ContentHash, PersonId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::time::Duration;

use super::Catalog;
use super::conversations::owner_key;
use super::failure::cannot;
use super::rows::{digest, hash, integer, number, number_or_none};

/// How long the response to a request is kept at least.
const KEPT: Duration = Duration::from_hours(24);

/// How long a request may run before it counts as given up.
const ABANDONED_AFTER: Duration = Duration::from_mins(10);

/// How often a claim is tried that others give up and take up meanwhile.
const ATTEMPTS: usize = 5;

/// A request, as its sender repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestKey {
    /// Whose it is; `None` is the owner of the data directory.
    pub owner: Option<PersonId>,
    /// The hash of the key that its sender chose.
    pub key: ContentHash,
    /// The hash of what is asked for.
    pub body: ContentHash,
}

/// The right to do a request, which nobody else has meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedRequest {
    request: RequestKey,
    epoch: u64,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: whoever hears this is to do it.
    Fresh(ClaimedRequest),
    /// Somebody does it at the moment.
    Running,
    /// It was done.
    Done {
        /// The status of the response.
        status: u16,
        /// What the response said.
        body: Vec<u8>,
    },
    /// The same key came with another body.
    OtherBody,
}

impl Catalog {
    /// Claims a request. Of several who claim it at once, one is told that it is fresh.
    pub(crate) async fn claim_request(&self, request: &RequestKey) -> Result<Claim> {
        for _attempt in 0..ATTEMPTS {
            if let Some(epoch) = self.take_request(request).await? {
                return Ok(Claim::Fresh(ClaimedRequest { request: *request, epoch }));
            }
            if let Some(claim) = self.look_up_request(request).await? {
                return Ok(claim);
            }
        }
        Err(Error::unavailable("the request is given up again and again")
            .hint("Try again in a moment."))
    }

    /// Takes a request that nobody has, and returns the epoch of the claim.
    async fn take_request(&self, request: &RequestKey) -> Result<Option<u64>> {
        let now_ms = self.now_ms();
        sqlx::query(
            "INSERT INTO request_key (owner, key_hash, body_hash, epoch, claimed_ms)
             VALUES ($1, $2, $3, 0, $4)
             ON CONFLICT (owner, key_hash) DO UPDATE SET
               body_hash = excluded.body_hash, epoch = request_key.epoch + 1,
               claimed_ms = excluded.claimed_ms, status = NULL, response = NULL
             WHERE request_key.claimed_ms <= $5
                OR (request_key.status IS NULL AND request_key.claimed_ms <= $6
                    AND request_key.body_hash = excluded.body_hash)
             RETURNING epoch",
        )
        .bind(owner_key(request.owner))
        .bind(digest(&request.key))
        .bind(digest(&request.body))
        .bind(now_ms)
        .bind(before(now_ms, KEPT))
        .bind(before(now_ms, ABANDONED_AFTER))
        .try_map(|row| number(&row, "epoch"))
        .fetch_optional(&self.writer)
        .await
        .map_err(cannot("claim the request"))
    }

    /// Returns what is known of a request; `None` when it was given up meanwhile.
    async fn look_up_request(&self, request: &RequestKey) -> Result<Option<Claim>> {
        sqlx::query(
            "SELECT body_hash, status, response FROM request_key
             WHERE owner = $1 AND key_hash = $2",
        )
        .bind(owner_key(request.owner))
        .bind(digest(&request.key))
        .try_map(|row: AnyRow| {
            if hash(&row, "body_hash")? != request.body {
                return Ok(Claim::OtherBody);
            }
            let Some(status) = number_or_none(&row, "status")? else { return Ok(Claim::Running) };
            Ok(Claim::Done { status, body: row.try_get("response")? })
        })
        .fetch_optional(&self.writer)
        .await
        .map_err(cannot("look up the request"))
    }

    /// Keeps the response to a request, unless somebody else has taken it up since.
    pub(crate) async fn finish_request(
        &self,
        claimed: &ClaimedRequest,
        status: u16,
        body: &[u8],
    ) -> Result<()> {
        let finished = sqlx::query(
            "UPDATE request_key SET status = $4, response = $5
             WHERE owner = $1 AND key_hash = $2 AND epoch = $3 AND status IS NULL",
        )
        .bind(owner_key(claimed.request.owner))
        .bind(digest(&claimed.request.key))
        .bind(integer(claimed.epoch))
        .bind(i64::from(status))
        .bind(body.to_vec())
        .execute(&self.writer)
        .await
        .map_err(cannot("keep the response"))?;
        if finished.rows_affected() == 1 {
            return Ok(());
        }
        Err(Error::conflict("the request was given up, and taken up by somebody else"))
    }

    /// Gives a request up that has done nothing; again changes nothing.
    pub(crate) async fn release_request(&self, claimed: &ClaimedRequest) -> Result<()> {
        sqlx::query(
            "DELETE FROM request_key
             WHERE owner = $1 AND key_hash = $2 AND epoch = $3 AND status IS NULL",
        )
        .bind(owner_key(claimed.request.owner))
        .bind(digest(&claimed.request.key))
        .bind(integer(claimed.epoch))
        .execute(&self.writer)
        .await
        .map_err(cannot("give the request up"))?;
        Ok(())
    }

    /// Forgets the requests that were claimed more than a day ago. Returns how many.
    pub(crate) async fn forget_old_requests(&self) -> Result<u64> {
        let forgotten = sqlx::query("DELETE FROM request_key WHERE claimed_ms <= $1")
            .bind(before(self.now_ms(), KEPT))
            .execute(&self.writer)
            .await
            .map_err(cannot("forget old requests"))?;
        Ok(forgotten.rows_affected())
    }
}

/// Returns the moment so long before another.
fn before(now_ms: i64, ago: Duration) -> i64 {
    now_ms.saturating_sub(integer(ago.as_millis()))
}
