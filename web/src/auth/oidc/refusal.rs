//! Why somebody who signs in at the provider is not let in, as the page is told: a closed set, so
//! that nobody's text but ours is ever shown.

use footnote_core::Error;

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody signs in at a provider here, or nobody can sign in yet.
    Closed,
    /// The attempt is over, was used, or belongs to another browser.
    Expired,
    /// They did not agree, or the provider did not let them.
    Declined,
    /// The provider cannot be reached, or does not do what it should.
    Unreachable,
    /// What the provider says cannot be trusted.
    Untrusted,
    /// Nobody here knows them, or their address is of another domain.
    NotAdmitted,
    /// They may not sign in any more.
    Disabled,
    /// Something here failed.
    Failed,
}

impl Refusal {
    /// Returns the word for it in an address of the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Declined => "declined",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::NotAdmitted => "not-admitted",
            Self::Disabled => "disabled",
            Self::Failed => "failed",
        }
    }

    /// Takes what went wrong with the provider, and writes it into the log for who runs the server.
    #[expect(clippy::needless_pass_by_value, reason = "it is handled here, and nowhere else")]
    pub(super) fn unreachable(error: Error) -> Self {
        tracing::warn!(error = error.chain(), "cannot sign in at the provider");
        Self::Unreachable
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        tracing::error!(error = error.chain(), "signing in at the provider failed");
        Self::Failed
    }
}
