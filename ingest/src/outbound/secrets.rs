//! Credentials by host and bucket, read from a file and the environment, never from an address.
//!
//! ```toml
//! ["wiki.example.com"]
//! user = "reader"
//! password = "…"
//!
//! ["git.example.com"]
//! token = "…"
//!
//! ["s3://contracts"]
//! access_key = "…"
//! secret_key = "…"
//! endpoint = "https://minio.example.com:9000"
//! ```

use footnote_core::{Error, Result};
use reqwest::RequestBuilder;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use super::address::host_name;

/// A text that is never written anywhere.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text, for the one place that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// How one proves to a host who one is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Login {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token.
    Token {
        /// The token.
        token: Secret,
    },
}

impl Login {
    /// Adds the proof to a request.
    pub(super) fn apply(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Password { user, password } => request.basic_auth(user, Some(password.reveal())),
            Self::Token { token } => request.bearer_auth(token.reveal()),
        }
    }
}

/// The keys of a bucket, and where it is unless it is said beside the address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketAccess {
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: Secret,
    /// What a temporary key comes with.
    pub session_token: Option<Secret>,
    /// The address of the server; `None` means Amazon's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
}

/// An entry of the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Keys(BucketAccess),
    Login(Login),
}

/// All credentials.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    logins: HashMap<String, Login>,
    buckets: HashMap<String, BucketAccess>,
    any_bucket: Option<BucketAccess>,
}

impl Secrets {
    /// Reads the file of credentials, if one is named, and the `AWS_` variables of the environment,
    /// which hold for buckets that the file does not name.
    ///
    /// # Errors
    /// `NotFound` when the file cannot be opened, `Invalid` when it is not what it should be; the
    /// message never quotes it.
    pub fn load<'a>(
        file: &Path,
        environment: impl IntoIterator<Item = &'a (String, String)>,
    ) -> Result<Self> {
        let mut secrets =
            if file.as_os_str().is_empty() { Self::default() } else { Self::read(file)? };
        let variables: HashMap<&str, &str> =
            environment.into_iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let variable = |name: &str| variables.get(name).filter(|value| !value.is_empty()).copied();
        let named =
            |names: &[&str]| names.iter().find_map(|name| variable(name)).map(str::to_owned);
        if let (Some(access_key), Some(secret_key)) =
            (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
        {
            secrets.any_bucket = Some(BucketAccess {
                access_key: access_key.to_owned(),
                secret_key: Secret::new(secret_key),
                session_token: variable("AWS_SESSION_TOKEN").map(Secret::new),
                endpoint: named(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]),
                region: named(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
            });
        }
        Ok(secrets)
    }

    /// Reads the file of credentials.
    fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            Error::not_found(format!("cannot read the credentials in {}", file.display()))
                .because(error)
                .hint("`outbound.credentials` names the file.")
        })?;
        // The error of the TOML reader quotes the line, which may hold a password.
        let entries: HashMap<String, Entry> = toml::from_str(&text).map_err(|_| {
            Error::invalid(format!("{} is not a file of credentials", file.display())).hint(
                "A table per host with `user` and `password` or with `token`, or per bucket with \
                 `access_key` and `secret_key`.",
            )
        })?;
        let mut secrets = Self::default();
        for (place, entry) in entries {
            secrets.add(&place, entry)?;
        }
        Ok(secrets)
    }

    /// Adds an entry.
    fn add(&mut self, place: &str, entry: Entry) -> Result<()> {
        match (place.strip_prefix("s3://"), entry) {
            (Some(bucket), Entry::Keys(keys)) => {
                self.buckets.insert(bucket.trim_end_matches('/').to_owned(), keys);
            }
            (None, Entry::Login(login)) => {
                self.logins.insert(host_name(place)?, login);
            }
            (Some(_), Entry::Login(_)) | (None, Entry::Keys(_)) => {
                return Err(Error::invalid(format!(
                    "the credentials of {place} are of a wrong kind"
                ))
                .hint("Buckets (s3://name) have keys, hosts have a password or a token."));
            }
        }
        Ok(())
    }

    /// Adds how one proves to a host who one is.
    #[must_use]
    pub fn with_login(mut self, host: &str, login: Login) -> Self {
        self.logins.insert(host.to_owned(), login);
        self
    }

    /// Adds the keys of a bucket.
    #[must_use]
    pub fn with_bucket(mut self, name: &str, access: BucketAccess) -> Self {
        self.buckets.insert(name.to_owned(), access);
        self
    }

    /// Returns how one proves to a host who one is.
    #[must_use]
    pub fn login(&self, host: &str) -> Option<&Login> {
        self.logins.get(host.trim_end_matches('.'))
    }

    /// Returns the keys of a bucket.
    #[must_use]
    pub fn bucket(&self, name: &str) -> Option<&BucketAccess> {
        self.buckets.get(name).or(self.any_bucket.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_hosts_and_buckets_and_nothing_of_it_is_ever_printed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials.toml");
        let text = "[\"Wiki.example.com\"]\nuser = \"r\"\npassword = \"hunter2\"\n\
                    [\"s3://b\"]\naccess_key = \"AK\"\nsecret_key = \"hunter3\"\n";
        std::fs::write(&file, text).unwrap();
        let environment = [
            ("AWS_ACCESS_KEY_ID".to_owned(), "ANY".to_owned()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), "hunter4".to_owned()),
        ];
        let secrets = Secrets::load(&file, &environment).unwrap();
        assert!(matches!(secrets.login("wiki.example.com"), Some(Login::Password { .. })));
        assert_eq!(secrets.bucket("b").unwrap().access_key, "AK");
        assert_eq!(secrets.bucket("other").unwrap().access_key, "ANY");
        assert!(!format!("{secrets:?}").contains("hunter"));
        std::fs::write(&file, "[\"a\"]\npasswort = \"hunter2\"\n").unwrap();
        let error = Secrets::load(&file, &[]).unwrap_err();
        assert!(!error.chain().contains("hunter"), "{}", error.chain());
    }
}
