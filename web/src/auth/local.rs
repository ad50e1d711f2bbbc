//! The token of whoever may read the data directory: commands beside a running server show it.

use std::path::{Path, PathBuf};

use footnote_core::access::TokenHash;
use footnote_core::{Error, Result};

use super::token::NewToken;

/// Where it lies in the data directory.
const FILE: &str = "local-token";

/// Writes a new token that only the owner of the data directory can read, and returns its hash.
///
/// # Errors
/// `Unavailable` when it cannot be written.
pub(super) fn write(data_dir: &Path) -> Result<TokenHash> {
    let token = NewToken::random()?;
    let hash = token.hash();
    let failed = |error: std::io::Error| {
        Error::unavailable("cannot write the token of the data directory").because(error)
    };
    std::fs::create_dir_all(data_dir).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(data_dir).map_err(failed)?;
    std::io::Write::write_all(&mut file, token.into_shown().as_bytes()).map_err(failed)?;
    file.persist(path(data_dir)).map_err(|error| failed(error.error))?;
    Ok(hash)
}

/// Returns the token of the server that holds a data directory, where there is one.
#[must_use]
pub fn read(data_dir: &Path) -> Option<String> {
    std::fs::read_to_string(path(data_dir)).ok()
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("of a server whose catalog is elsewhere");
        let hash = write(&folder).unwrap();
        assert_eq!(TokenHash::of(&read(&folder).unwrap()), hash);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path(&folder)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        assert_ne!(write(&folder).unwrap(), hash, "each server has one of its own");
    }
}
