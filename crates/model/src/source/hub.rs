//! A model hub: one GET per file, `{endpoint}/{repo}/resolve/{revision}/{file}`.

use footnote_core::{Error, Result};
use url::Url;

use super::{Errand, client, first_retry, installed};
use crate::InstalledFile;
use crate::catalog::FileCard;
use crate::download::Download;
use crate::network::Network;

/// Gets the files of a repository.
///
/// # Errors
/// `Unavailable` when the hub must not or cannot be asked, `NotFound` or `Invalid` when it does
/// not have the files that the card lists.
pub(super) fn fetch(repo: &str, revision: &str, errand: &Errand<'_>) -> Result<Vec<InstalledFile>> {
    if errand.network.hub_offline {
        return Err(Error::unavailable("HF_HUB_OFFLINE forbids asking the hub"));
    }
    let client = client(errand, None)?;
    let headers = authorization(errand.network);
    let fetch_one = |file: &FileCard| {
        let download = Download {
            url: &address(&errand.network.hub_endpoint, repo, revision, &file.name)?,
            headers: &headers,
            target: &errand.folder.join(&file.name),
            accepted: &file.digests,
            first_retry: first_retry(errand),
        };
        Ok(installed(file, download.run(&client, errand.progress)?))
    };
    errand.files.iter().map(fetch_one).collect()
}

fn authorization(network: &Network) -> Vec<(&'static str, String)> {
    let bearer = |token: &String| ("Authorization", format!("Bearer {token}"));
    network.hub_token.iter().map(bearer).collect()
}

fn address(endpoint: &str, repo: &str, revision: &str, file: &str) -> Result<Url> {
    Url::parse(&format!("{endpoint}/{repo}/resolve/{revision}/{file}")).map_err(|error| {
        Error::invalid(format!("{endpoint} is not an address of a model hub"))
            .because(error)
            .hint("Check HF_ENDPOINT.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_may_live_below_a_path() {
        let url = address("https://mirror.example/hf", "a/b", "main", "c.json").unwrap();
        assert_eq!(url.as_str(), "https://mirror.example/hf/a/b/resolve/main/c.json");
        assert!(address("mirror", "a/b", "main", "c").is_err());
    }
}
