//! Where a client reached the server, so that links in what it is sent lead back here.

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;

use crate::error::ApiError;

/// The address of the server as its client knows it, without a slash at its end.
#[derive(Debug, Clone)]
pub struct Origin(String);

impl Origin {
    /// Takes an address such as `http://127.0.0.1:8620`.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self(address.trim_end_matches('/').to_owned())
    }

    /// Reads where a request was sent.
    ///
    /// # Errors
    /// `forbidden` when it does not say.
    pub(crate) fn of(parts: &Parts) -> Result<Self, ApiError> {
        let named = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = parts.uri.authority().map(Authority::as_str).or(named);
        let host = host.ok_or_else(|| ApiError::forbidden("the request has no usable Host"))?;
        Ok(Self::at(&format!("http://{host}")))
    }

    /// Returns the whole address of what stands at a path relative to the page.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::of(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn a_link_has_one_slash_after_the_address() {
        for address in ["http://localhost:8620", "http://localhost:8620/"] {
            assert_eq!(
                Origin::at(address).link("documents/x"),
                "http://localhost:8620/documents/x"
            );
        }
    }
}
