//! Why a request was not made or not answered.

use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, ErrorKind};
use std::error::Error as StdError;
use std::net::IpAddr;

/// Why a request was not made or not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The configuration does not allow the host.
    #[error("`outbound.allow_hosts` does not allow {host}")]
    Host {
        /// The host.
        host: String,
    },
    /// The host is at an address that is not public.
    #[error("{host} is at {address}, which is not public ({what})")]
    Address {
        /// The host.
        host: String,
        /// Its address.
        address: IpAddr,
        /// What the address is.
        what: &'static str,
    },
    /// Not a URL of HTTP.
    #[error("{url} is not an http or https address")]
    Url {
        /// The URL.
        url: String,
    },
    /// A URL with a user name or a password.
    #[error("the address holds a user name or a password")]
    UserInfo,
    /// Credentials would have been readable on the way.
    #[error("the credentials of {host} would be sent without encryption")]
    Plain {
        /// The host.
        host: String,
    },
    /// A redirect away from encryption.
    #[error("a redirect leads away from https, to {url}")]
    Downgrade {
        /// Where to.
        url: String,
    },
    /// Too many redirects.
    #[error("more than {max} redirects, the last one to {url}")]
    Redirects {
        /// The last target.
        url: String,
        /// How many are followed.
        max: usize,
    },
    /// The time is over.
    #[error("{host} took longer than `outbound.timeout_seconds` or fell silent")]
    Timeout {
        /// The host.
        host: String,
    },
    /// The answer is too large.
    #[error("the answer has more than {max_bytes} bytes")]
    TooLarge {
        /// How large it may be.
        max_bytes: u64,
    },
    /// There is no connection, or it broke.
    #[error("cannot reach {host}: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        why: String,
    },
}

impl OutboundError {
    /// Takes an error of the HTTP client for what it is.
    pub(super) fn of(error: reqwest::Error, host: &str) -> Self {
        let host = host.to_owned();
        if let Some(denied) = source_of::<Self>(&error) {
            return denied.clone();
        }
        if error.is_timeout() {
            return Self::Timeout { host };
        }
        // The URL may hold what is nobody's business.
        let error = error.without_url();
        let mut why = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            why = error.to_string();
            cause = error.source();
        }
        Self::Unreachable { host, why }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Host { host } => format!(
                "Nothing is fetched from hosts that are not allowed. To allow this one, write into \
                 footnote.toml, in section [outbound]: allow_hosts = [\"{host}\"]"
            ),
            Self::Address { address, .. } => format!(
                "If it is a server of your own, write into footnote.toml, in section [outbound]: \
                 allow_private = [\"{address}\"]"
            ),
            Self::Url { .. } => "Give an address that begins with https://.".to_owned(),
            Self::UserInfo => "Leave them out of the address, and write them into the file that \
                               `outbound.credentials` names."
                .to_owned(),
            Self::Plain { host } => format!(
                "Use https, or name {host} in `outbound.allow_private` if it is a server of your own."
            ),
            Self::Downgrade { .. } => "Give the address that begins with https://.".to_owned(),
            Self::Redirects { .. } => {
                "Give the address that the page has in the end, or raise `outbound.max_redirects`."
                    .to_owned()
            }
            Self::Timeout { .. } => {
                "Try again later, or raise `outbound.timeout_seconds`.".to_owned()
            }
            Self::TooLarge { .. } => "Leave it out, or raise `outbound.max_answer_bytes` (for \
                                      documents: `ingest.max_file_bytes`)."
                .to_owned(),
            Self::Unreachable { .. } => {
                "Check the address and the network, and try again later.".to_owned()
            }
        }
    }

    /// Returns whether it may pass by itself.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Unreachable { .. })
    }

    /// Returns what it means for a document that was to be fetched.
    #[must_use]
    pub fn code(&self) -> FailureCode {
        match self {
            Self::TooLarge { .. } => FailureCode::TooLarge,
            Self::Timeout { .. } => FailureCode::Timeout,
            Self::Unreachable { .. } => FailureCode::Unreachable,
            Self::Host { .. }
            | Self::Address { .. }
            | Self::Url { .. }
            | Self::UserInfo
            | Self::Plain { .. }
            | Self::Downgrade { .. }
            | Self::Redirects { .. } => FailureCode::NotAllowed,
        }
    }
}

impl From<OutboundError> for Error {
    fn from(error: OutboundError) -> Self {
        let kind = if error.may_pass() { ErrorKind::Unavailable } else { ErrorKind::Invalid };
        Self::new(kind, error.to_string()).hint(error.advice())
    }
}

impl From<OutboundError> for Failure {
    fn from(error: OutboundError) -> Self {
        Self::new(error.code(), format!("It was not fetched: {error}. {}", error.advice()))
    }
}

/// Returns the first cause of a type.
fn source_of<T: StdError + 'static>(error: &dyn StdError) -> Option<&T> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
