//! Passwords: hashed by Argon2id, the slow way, a few at a time.

use argon2::Argon2;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use footnote_core::access::PasswordHash;
use footnote_core::{Error, Result};
use tokio::sync::Semaphore;

/// The fewest characters of a password; NIST SP 800-63B asks for eight at least, and for nothing
/// of digits and signs.
const MIN_CHARS: usize = 10;

/// The most bytes of a password: hashing must not cost more for more.
const MAX_BYTES: usize = 1024;

/// How many passwords are hashed at once: each takes 19 MiB and a core for tens of milliseconds.
const AT_ONCE: usize = 2;

/// How many may wait for that.
const WAITING: usize = 64;

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    turns: Semaphore,
    places: Semaphore,
    /// What is checked where nobody signs in as that, so that it takes as long.
    nobody: PasswordHash,
}

impl Passwords {
    /// Makes what hashes, with the parameters that OWASP recommends (19 MiB, two passes).
    ///
    /// # Errors
    /// `Unavailable` when the system has no random numbers.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            turns: Semaphore::new(AT_ONCE),
            places: Semaphore::new(AT_ONCE + WAITING),
            nobody: hash_now("nobody has this password")?,
        })
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// `Invalid` for one that is too short or too long, `Conflict` when too many are hashed.
    pub(crate) async fn hash(&self, password: &str) -> Result<PasswordHash> {
        check(password)?;
        let password = password.to_owned();
        self.in_turn(move || hash_now(&password)).await?
    }

    /// Tells whether a password is the one that was hashed. Without a hash it is not, after the
    /// same time.
    ///
    /// # Errors
    /// `Conflict` when too many are checked, `Internal` for a hash that cannot be read.
    pub(crate) async fn is(&self, password: &str, hash: Option<&PasswordHash>) -> Result<bool> {
        if MAX_BYTES < password.len() {
            return Ok(false);
        }
        let (is_somebody, password) = (hash.is_some(), password.to_owned());
        let hash = hash.unwrap_or(&self.nobody).clone();
        let is_right = self.in_turn(move || verify_now(&password, &hash)).await??;
        Ok(is_right && is_somebody)
    }

    /// Does slow work on a thread of its own, when it is its turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _place = self.places.try_acquire().map_err(|_none_left| {
            Error::conflict("too many people sign in at once").hint("Try again in a moment.")
        })?;
        let closed = |error: tokio::sync::AcquireError| Error::internal(error.to_string());
        let _turn = self.turns.acquire().await.map_err(closed)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::internal("hashing a password failed").because(error))
    }
}

/// Hashes a password now, on this thread: for the command line.
///
/// # Errors
/// `Invalid` for one that is too short or too long.
pub fn hash(password: &str) -> Result<PasswordHash> {
    check(password)?;
    hash_now(password)
}

/// Makes sure that a password is long enough, and not too long.
fn check(password: &str) -> Result<()> {
    if password.chars().count() < MIN_CHARS {
        return Err(Error::invalid("the password is too short")
            .hint(format!("Use {MIN_CHARS} characters or more; a few words are best.")));
    }
    if MAX_BYTES < password.len() {
        return Err(Error::invalid(format!("the password is longer than {MAX_BYTES} bytes")));
    }
    Ok(())
}

fn hash_now(password: &str) -> Result<PasswordHash> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| Error::unavailable("cannot hash the password").because(error))?;
    Ok(PasswordHash::new(hash.to_string()))
}

fn verify_now(password: &str, hash: &PasswordHash) -> Result<bool> {
    match Argon2::default().verify_password(password.as_bytes(), hash.as_str()) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(Error::internal("a stored password cannot be read").because(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_told_from_others_and_from_none() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$"), "{}", hash.as_str());
        assert!(passwords.is("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!passwords.is("correct horse batterie", Some(&hash)).await.unwrap());
        assert!(!passwords.is("nobody has this password", None).await.unwrap());
        assert!(!passwords.is(&"a".repeat(2000), Some(&hash)).await.unwrap());
        assert!(passwords.hash("short").await.is_err());
        let again = passwords.hash("correct horse battery").await.unwrap();
        assert_ne!(hash.as_str(), again.as_str(), "each hash has a salt of its own");
    }
}
