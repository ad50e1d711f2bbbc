//! Who asks. The only place that makes a [`Principal`].
//!
//! Without accounts there is one principal: the owner of the data directory. That is safe because
//! the server then listens on loopback alone and checks where requests come from. With accounts
//! every request shows a session or a key, and its person is looked up each time.

mod access;
mod admission;
mod bind;
mod cookie;
mod credential;
mod entrance;
mod local;
mod making;
mod oidc;
mod password;
mod rate;
mod requester;
mod setup;
mod throttle;
mod token;
mod trail;

use footnote_core::Result;
use footnote_core::access::{Principal, Rights, Scope};
use footnote_core::id::{CollectionId, PersonId};

pub use access::Access;
pub(crate) use admission::{Need, admit, identify};
pub use bind::check_bind;
pub(crate) use cookie::{
    attempt as attempt_cookie, cleared as cleared_cookie, cleared_attempt,
    session as session_cookie, shown_attempt,
};
pub use credential::Credential;
pub(crate) use entrance::Opened;
pub use local::read as local_token;
pub use making::{WantedKey, key_end, key_name};
pub(crate) use oidc::Returned;
pub use oidc::{Refusal, check_provider, check_provider_config};
pub use password::hash as hash_password;
pub use requester::Requester;
pub(crate) use token::NewToken;
pub use trail::Deed;

/// Returns who types at the command line: whoever may read the data directory owns it.
#[must_use]
pub fn command_line() -> Principal {
    Principal::owner()
}

/// Returns a person with the rights of a moment.
fn person(id: PersonId, login: &str, rights: Rights) -> Principal {
    Principal::person(id, login, rights)
}

/// Narrows what a principal may read to some collections; none means everything readable.
///
/// # Errors
/// `NotFound` for a collection that is hidden from the principal.
pub fn scope(principal: &Principal, collections: &[CollectionId]) -> Result<Scope> {
    principal.scope(collections)
}
