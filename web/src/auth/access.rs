//! How people come in here: whether they sign in, with what they prove who they are, and where the
//! first of them is made.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use footnote_core::access::{Role, TokenHash};
use footnote_core::config::{AuthMode, Config};
use footnote_core::{Error, Result};
use footnote_store::{NewPerson, Store};

use super::bind::is_private;
use super::local;
use super::oidc::Oidc;
use super::password::Passwords;
use super::rate::Rates;
use super::setup::Setup;
use super::throttle::Throttle;

/// How people come in.
pub struct Access {
    pub(super) store: Arc<Store>,
    mode: AuthMode,
    is_private: bool,
    /// Whether an admin was seen; there is one from then on.
    has_admin: AtomicBool,
    setup: Setup,
    /// What shows that somebody may read the data directory, where it can be written.
    local: Option<TokenHash>,
    pub(super) rates: Rates,
    /// Where people sign in elsewhere, if they do.
    pub(super) oidc: Option<Oidc>,
    /// What hashes and checks passwords.
    pub(crate) passwords: Passwords,
    /// What slows down guessing.
    pub(crate) throttle: Throttle,
    /// How long a session lasts that is not used.
    pub(crate) session_lasts: Duration,
}

impl Access {
    /// Prepares to let people in to a server that listens at an address.
    ///
    /// # Errors
    /// `Unavailable` when the system has no random numbers, `Invalid` when the provider of
    /// `auth.oidc` cannot be used.
    pub fn new(
        store: Arc<Store>,
        config: &Config,
        data_dir: &Path,
        address: SocketAddr,
    ) -> Result<Self> {
        Ok(Self {
            store,
            mode: config.auth.mode,
            is_private: is_private(address, &config.server),
            has_admin: AtomicBool::new(false),
            setup: Setup::default(),
            local: local_token(data_dir),
            rates: Rates::new(config.auth.requests_per_minute),
            oidc: Oidc::new(&config.auth.oidc)?,
            passwords: Passwords::new()?,
            throttle: Throttle::default(),
            session_lasts: Duration::from_hours(24 * u64::from(config.auth.session_days.max(1))),
        })
    }

    /// Tells whether whoever reaches the server must show who they are.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn is_required(&self) -> Result<bool> {
        match self.mode {
            AuthMode::None => Ok(false),
            AuthMode::Accounts => Ok(true),
            AuthMode::Auto if !self.is_private => Ok(true),
            AuthMode::Auto => self.has_admin().await,
        }
    }

    /// Tells whether somebody may sign in who may do everything.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn has_admin(&self) -> Result<bool> {
        if self.has_admin.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let has_admin = self.store.has_admin().await?;
        self.has_admin.store(has_admin, Ordering::Relaxed);
        Ok(has_admin)
    }

    /// Returns the secret of a new set-up link, where people sign in and nobody can yet.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn offer_setup(&self) -> Result<Option<String>> {
        if self.is_required().await? && !self.has_admin().await? {
            return self.setup.offer().map(Some);
        }
        Ok(None)
    }

    /// Makes the first admin, for whoever has the set-up link.
    ///
    /// # Errors
    /// `NotFound` when the link is not the one that was given out, or was used; `Invalid` for a
    /// login or a password that cannot be.
    pub(crate) async fn set_up(
        &self,
        link: &str,
        (login, name): (&str, &str),
        password: &str,
    ) -> Result<()> {
        if self.has_admin().await? || !self.setup.take(link) {
            return Err(Error::not_found("the set-up link was used, or is not one of this server"));
        }
        let made = self.make_admin(login, name, password).await;
        if made.is_err() {
            self.setup.give_back(link);
        }
        made
    }

    async fn make_admin(&self, login: &str, name: &str, password: &str) -> Result<()> {
        let password = Some(self.passwords.hash(password).await?);
        let (login, name, role) = (login.to_owned(), name.to_owned(), Some(Role::Admin));
        self.store.create_person(NewPerson { login, name, password, role }).await.map(drop)
    }

    /// Tells whether a secret is that of the data directory.
    pub(super) fn is_local(&self, shown: &str) -> bool {
        self.local == Some(TokenHash::of(shown))
    }
}

/// Writes the token of the data directory. A server whose catalog and index are elsewhere may do
/// without: then commands on its machine sign in as everybody does.
fn local_token(data_dir: &Path) -> Option<TokenHash> {
    local::write(data_dir)
        .inspect_err(|error| tracing::warn!(error = error.chain(), "commands cannot come in"))
        .ok()
}
