//! Makes keys, for the API and for the command line alike.

use footnote_core::access::KeyScope;
use footnote_core::clock::{Clock as _, SystemClock, Timestamp};
use footnote_core::id::{CollectionId, KeyId, PersonId};
use footnote_core::{Error, Result};
use footnote_store::{NewKey, Store};
use std::collections::BTreeSet;
use std::time::Duration;

use super::{Deed, NewToken, Requester};
use crate::wire::key::MadeKey;

/// The longest name of a key, in characters.
const MAX_NAME_CHARS: usize = 128;

/// The longest life of a key that ends, in days.
const MAX_DAYS: u32 = 3650;

/// A key that somebody wants.
#[derive(Debug, Clone)]
pub struct WantedKey {
    /// What it is called, as [`key_name`] checked.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<KeyScope>,
    /// The collections that it reaches; `None` reaches as far as its person.
    pub collections: Option<BTreeSet<CollectionId>>,
    /// When it ends, as [`key_end`] reckoned; `None` is never.
    pub expires: Option<Timestamp>,
}

impl WantedKey {
    /// Makes the key on behalf of a person, and writes into the audit log who did.
    ///
    /// # Errors
    /// `NotFound` when there is no such person, `Conflict` when they may not sign in any more.
    pub async fn make(self, store: &Store, who: &Requester, person: PersonId) -> Result<MadeKey> {
        let person = store.person(person).await?;
        let id = KeyId::generate();
        let token = NewToken::of_key(id)?;
        let new = NewKey {
            id,
            person: person.id,
            epoch: person.epoch,
            token: token.hash(),
            name: self.name,
            scopes: self.scopes,
            collections: self.collections,
            expires: self.expires,
        };
        store.create_key(&new).await?;
        who.did(store, Deed::MakeKey, Some(id.to_string())).await?;
        Ok(MadeKey { id, key: token.into_shown() })
    }
}

/// Checks what a key is called.
///
/// # Errors
/// `Invalid` for a name that is empty, too long or has control characters.
pub fn key_name(text: &str) -> Result<String> {
    let name = text.trim();
    let n_chars = name.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&n_chars) && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Error::invalid(format!("a key's name has 1 to {MAX_NAME_CHARS} characters")))
}

/// Returns when a key ends that is made now.
///
/// # Errors
/// `Invalid` for no days and for more than ten years.
pub fn key_end(days: u32) -> Result<Timestamp> {
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Error::invalid(format!("a key ends after 1 to {MAX_DAYS} days")));
    }
    let lasts_ms = Duration::from_hours(24 * u64::from(days)).as_millis();
    let lasts_ms = i64::try_from(lasts_ms).unwrap_or(i64::MAX);
    Ok(Timestamp(SystemClock.now().0.saturating_add(lasts_ms)))
}
