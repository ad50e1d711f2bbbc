//! How the outside is reached: endpoints, proxies, certificates and what pip is configured for.

mod client;
mod pip;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use client::{Client, host_of};
pub(crate) use pip::PipSettings;

/// The hub that is asked unless `HF_ENDPOINT` names another.
const DEFAULT_HUB: &str = "https://huggingface.co";

/// How long to wait before the first repetition of a request that may succeed later.
const FIRST_RETRY: Duration = Duration::from_millis(500);

/// Everything that decides how models are fetched.
///
/// Made from environment variables by [`from_env`](Self::from_env), which is the documented list
/// of what is honoured; a program may change the fields afterwards.
#[derive(Debug, Clone)]
pub struct Network {
    /// The address of the model hub, without a slash at the end.
    pub hub_endpoint: String,
    /// The token for the model hub.
    pub hub_token: Option<String>,
    /// Whether the model hub must not be asked.
    pub hub_offline: bool,
    /// The proxy for `http` addresses.
    pub http_proxy: Option<String>,
    /// The proxy for `https` addresses.
    pub https_proxy: Option<String>,
    /// The hosts that are reached without a proxy, comma separated.
    pub no_proxy: String,
    /// A file of certificates (PEM) that replaces those of the operating system.
    pub certificates: Option<PathBuf>,
    /// The Python whose pip downloads wheels when no index is configured; none means not to try.
    pub python: Option<PathBuf>,
    /// How long to wait before the first repetition; doubled each time.
    pub first_retry: Duration,
    variables: BTreeMap<String, String>,
}

impl Network {
    /// Reads the settings from environment variables.
    ///
    /// Honoured are, for the hub, `HF_ENDPOINT`, `HF_TOKEN` (or `HUGGING_FACE_HUB_TOKEN`) and
    /// `HF_HUB_OFFLINE`; for wheels, pip's own `PIP_INDEX_URL`, `PIP_EXTRA_INDEX_URL`,
    /// `PIP_FIND_LINKS`, `PIP_NO_INDEX`, `PIP_CERT`, `PIP_CONFIG_FILE` and the configuration files
    /// that `HOME`, `XDG_CONFIG_HOME`, `XDG_CONFIG_DIRS` and `VIRTUAL_ENV` lead to; for every
    /// connection `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` (also in lower case) and
    /// `SSL_CERT_FILE`.
    #[must_use]
    pub fn from_env(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        let get = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let either = |name: &str| get(name).or_else(|| get(&name.to_lowercase()));
        let all_proxy = either("ALL_PROXY");
        Self {
            hub_endpoint: get("HF_ENDPOINT")
                .unwrap_or_else(|| DEFAULT_HUB.to_owned())
                .trim_end_matches('/')
                .to_owned(),
            hub_token: get("HF_TOKEN").or_else(|| get("HUGGING_FACE_HUB_TOKEN")),
            hub_offline: get("HF_HUB_OFFLINE").is_some_and(|value| is_on(&value)),
            http_proxy: either("HTTP_PROXY").or_else(|| all_proxy.clone()),
            https_proxy: either("HTTPS_PROXY").or(all_proxy),
            no_proxy: either("NO_PROXY").unwrap_or_default(),
            certificates: get("SSL_CERT_FILE").map(PathBuf::from),
            python: Some(PathBuf::from("python3")),
            first_retry: FIRST_RETRY,
            variables,
        }
    }

    /// Returns the environment that a program started on the way gets: the variables handed in.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }
}

/// Reads a switch the way the hub's and pip's own tools do.
pub(crate) fn is_on(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on" | "y" | "t")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(pairs: &[(&str, &str)]) -> Network {
        Network::from_env(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn the_hub_is_configured_by_its_own_variables() {
        let network = network(&[
            ("HF_ENDPOINT", "http://mirror.example/hf/"),
            ("HF_TOKEN", "secret"),
            ("HF_HUB_OFFLINE", "1"),
        ]);
        assert_eq!(network.hub_endpoint, "http://mirror.example/hf");
        assert_eq!(network.hub_token.as_deref(), Some("secret"));
        assert!(network.hub_offline);
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let network = network(&[("HF_ENDPOINT", ""), ("HF_HUB_OFFLINE", "0")]);
        assert_eq!(network.hub_endpoint, DEFAULT_HUB);
        assert!(!network.hub_offline);
    }

    #[test]
    fn one_proxy_for_everything_is_used_unless_a_closer_one_is_set() {
        let network = network(&[("all_proxy", "http://all:1"), ("HTTPS_PROXY", "http://secure:2")]);
        assert_eq!(network.http_proxy.as_deref(), Some("http://all:1"));
        assert_eq!(network.https_proxy.as_deref(), Some("http://secure:2"));
    }
}
