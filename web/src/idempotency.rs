//! Requests that a client may repeat without their being done twice: the `Idempotency-Key` header.
//!
//! What was answered is kept for a day under the key, for whoever sent it: the ids of what was made,
//! never a text. A client that went away before it heard the answer sends the same request again.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::sync::Arc;

use footnote_core::id::ContentHash;
use footnote_store::{Claim, ClaimedRequest, RequestKey, Store};

use crate::auth::Requester;
use crate::error::{ApiError, Code};

/// The header.
const HEADER: &str = "idempotency-key";

/// The longest key, in characters.
const MAX_KEY_CHARS: usize = 255;

/// What a response says, with its status.
pub(crate) type Reply<T> = (StatusCode, T);

/// The key that a client chose for a request, if it wants to be able to repeat it.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Some(shown) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        match shown.to_str() {
            Ok(key) if (1..=MAX_KEY_CHARS).contains(&key.chars().count()) => {
                Ok(Self(Some(key.to_owned())))
            }
            _ => Err(ApiError::invalid(format!(
                "an `Idempotency-Key` has 1 to {MAX_KEY_CHARS} visible characters"
            ))),
        }
    }
}

impl IdempotencyKey {
    /// Tells whether the client chose one.
    pub(crate) fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Does what is asked for unless it was done before under the key; then what was said is said
    /// again. It goes on even when the client goes away meanwhile.
    ///
    /// # Errors
    /// `conflict` while it is being done, `idempotency-key-reused` when the key came with something
    /// else; otherwise what the work fails with, which is not kept.
    pub(crate) async fn once<T, W>(
        self,
        store: &Arc<Store>,
        requester: &Requester,
        asked: &impl Serialize,
        work: W,
    ) -> Result<Reply<T>, ApiError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        W: Future<Output = Result<Reply<T>, ApiError>> + Send + 'static,
    {
        let Some(key) = self.0 else { return work.await };
        let asked = serde_json::to_vec(asked).map_err(|error| unwritable(&error))?;
        let request = RequestKey {
            owner: requester.person(),
            key: ContentHash::of(key.as_bytes()),
            body: ContentHash::of(&asked),
        };
        match store.claim_request(&request).await? {
            Claim::Fresh(claimed) => {
                let doing = tokio::spawn(finish(Arc::clone(store), claimed, work));
                doing.await.map_err(|error| ApiError::internal(error.to_string()))?
            }
            Claim::Running => Err(ApiError::new(
                Code::Conflict,
                "the same request is being done; send it again in a moment",
            )),
            Claim::OtherBody => Err(ApiError::new(
                Code::IdempotencyKeyReused,
                "the `Idempotency-Key` came with another request before; choose a new one",
            )),
            Claim::Done { status, body } => read(status, &body),
        }
    }
}

/// Does a request and keeps what is said about it, or forgets it when it fails.
async fn finish<T: Serialize>(
    store: Arc<Store>,
    claimed: ClaimedRequest,
    work: impl Future<Output = Result<Reply<T>, ApiError>>,
) -> Result<Reply<T>, ApiError> {
    let (status, said) = match work.await {
        Ok(reply) => reply,
        Err(failed) => {
            store.release_request(&claimed).await?;
            return Err(failed);
        }
    };
    let body = serde_json::to_vec(&said).map_err(|error| unwritable(&error))?;
    if let Err(error) = store.finish_request(&claimed, status.as_u16(), &body).await {
        tracing::warn!(error = error.chain(), "a request cannot be repeated");
    }
    Ok((status, said))
}

/// Reads what was said about a request.
fn read<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<Reply<T>, ApiError> {
    let status = StatusCode::from_u16(status);
    let status = status.map_err(|error| ApiError::internal(error.to_string()))?;
    let said = serde_json::from_slice(body);
    Ok((status, said.map_err(|error| ApiError::internal(error.to_string()))?))
}

fn unwritable(error: &serde_json::Error) -> ApiError {
    ApiError::internal(format!("cannot write a request that may be repeated: {error}"))
}
