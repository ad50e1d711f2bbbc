//! What a server says when it refuses (RFC 9457), as the error that it was there.

use serde::Deserialize;
use std::fmt;

use footnote_core::{Error, ErrorKind, Result};

/// What is said to whoever shows no key, or one that does not count.
const KEY: &str = "Set FOOTNOTE_KEY to a key of that server; `footnote keys create NAME --user LOGIN` \
                   makes one there.";

/// What kept a server from doing what was asked, where the exit code tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It does not know who asks, or does not let them.
    Caller,
    /// It has too much to do.
    Busy,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller => "the server does not let whoever asks do this",
            Self::Busy => "the server has too much to do",
        })
    }
}

impl std::error::Error for Refusal {}

/// A problem document.
#[derive(Debug, Deserialize)]
pub(super) struct Problem {
    status: u16,
    code: String,
    detail: String,
    hint: Option<String>,
    instance: Option<String>,
}

impl Problem {
    /// Reads a problem document.
    ///
    /// # Errors
    /// `Unavailable` when it is none.
    pub(super) fn read(body: &[u8]) -> Result<Self> {
        super::read(body)
    }

    /// Makes the error of it: with the kind, the message and the advice that it had there.
    pub(super) fn into_error(self) -> Error {
        let (refusal, is_unknown) = (self.refusal(), self.status == 401);
        let error = self.plain_error();
        let error = if is_unknown { error.hint(KEY) } else { error };
        match refusal {
            Some(refusal) => error.because(refusal),
            None => error,
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        match (self.code.as_str(), self.status) {
            (_, 401 | 403) => Some(Refusal::Caller),
            (_, 429) | ("queue-full", _) => Some(Refusal::Busy),
            (_, _) => None,
        }
    }

    fn plain_error(self) -> Error {
        let kind = self.kind();
        if let Some(hint) = self.hint {
            let message = self.detail.strip_suffix(&format!(". {hint}"));
            return Error::new(kind, message.unwrap_or(&self.detail)).hint(hint);
        }
        let error = Error::new(kind, self.detail);
        match (kind, self.instance) {
            (ErrorKind::Unavailable | ErrorKind::Internal, Some(id)) => {
                error.hint(format!("Look into the log of `footnote serve` for {id}."))
            }
            (_, _) => error,
        }
    }

    fn kind(&self) -> ErrorKind {
        match (self.code.as_str(), self.status) {
            ("cancelled", _) => ErrorKind::Cancelled,
            (_, 404) => ErrorKind::NotFound,
            (_, 409) => ErrorKind::Conflict,
            (_, 400..=499) => ErrorKind::Invalid,
            ("internal", _) => ErrorKind::Internal,
            (_, _) => ErrorKind::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote::error::ApiError;

    fn back(error: Error) -> Error {
        let sent = serde_json::to_vec(&ApiError::from(error)).unwrap();
        Problem::read(&sent).unwrap().into_error()
    }

    #[test]
    fn an_error_comes_back_as_it_was_there() {
        let error = back(Error::invalid("the question is too long").hint("Shorten it."));
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.message(), "the question is too long");
        assert_eq!(error.advice(), Some("Shorten it."));
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::Conflict,
            ErrorKind::Unavailable,
            ErrorKind::Cancelled,
            ErrorKind::Internal,
        ] {
            assert_eq!(back(Error::new(kind, "it went wrong")).kind(), kind);
        }
    }
}
