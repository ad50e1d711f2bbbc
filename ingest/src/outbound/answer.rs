//! What a server answers, read within a limit.

use reqwest::Response;
use url::Url;

use super::OutboundError;

/// An answer whose body was not read yet.
#[derive(Debug)]
pub struct Answer {
    url: Url,
    response: Response,
}

impl Answer {
    pub(super) fn new(url: Url, response: Response) -> Self {
        Self { url, response }
    }

    /// Returns where it came from, after redirects.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Returns a header, if it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// Returns every header that is readable.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.response.headers().iter();
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// Returns the next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// `Timeout` or `Unreachable` when no more comes.
    pub async fn piece(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, OutboundError> {
        let host = self.url.host_str().unwrap_or_default();
        self.response.chunk().await.map_err(|error| OutboundError::of(error, host))
    }

    /// Reads the body.
    ///
    /// # Errors
    /// `TooLarge` for a body that is longer than allowed, `Timeout` or `Unreachable` when it does
    /// not come whole.
    pub async fn bytes(mut self, max_bytes: u64) -> Result<Vec<u8>, OutboundError> {
        if self.response.content_length().is_some_and(|n_bytes| n_bytes > max_bytes) {
            return Err(OutboundError::TooLarge { max_bytes });
        }
        let mut body = Vec::new();
        while let Some(piece) = self.piece().await? {
            body.extend_from_slice(piece.as_ref());
            if body.len() as u64 > max_bytes {
                return Err(OutboundError::TooLarge { max_bytes });
            }
        }
        Ok(body)
    }
}
