//! Files that are written whole or not at all, and their hashes.

use footnote_core::{Error, Result};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::Progress;
use crate::catalog::Digest;

/// How much is read at once.
const BUFFER_BYTES: usize = 1 << 18;

/// Returns the temporary name beside a file.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Copies a stream into a file that appears only when its content is one of the accepted ones.
///
/// # Errors
/// `Invalid` when the content is another one, `Unavailable` when reading or writing fails.
pub(crate) fn write_verified(
    source: &mut dyn Read,
    target: &Path,
    accepted: &[Digest],
    progress: &dyn Progress,
) -> Result<Digest> {
    let part = part_of(target);
    let longest = accepted.iter().map(|digest| digest.size_bytes).max().unwrap_or(0);
    let found = File::create(&part)
        .and_then(|mut file| {
            // One byte more than is accepted shows that it is too long without reading it all.
            let found = copy_hashed(&mut source.take(longest + 1), &mut file, progress)?;
            file.sync_all()?;
            Ok(found)
        })
        .map_err(|error| cannot("write", target, error));
    let placed = found.and_then(|found| {
        check(&found, accepted, target)?;
        rename(&part, target)?;
        Ok(found)
    });
    if placed.is_err() {
        remove_if_there(&part)?;
    }
    placed
}

/// Refuses a content that is none of the accepted ones.
pub(crate) fn check(found: &Digest, accepted: &[Digest], path: &Path) -> Result<()> {
    if accepted.iter().any(|digest| digest.sha256.eq_ignore_ascii_case(&found.sha256)) {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let expected = accepted.first().map_or("", |digest| digest.sha256.as_str());
    Err(Error::invalid(format!(
        "{name} is not the file that was expected: its SHA-256 is {}, not {expected}",
        found.sha256
    )))
}

/// Hashes a file.
pub(crate) fn digest_of(path: &Path, progress: &dyn Progress) -> Result<Digest> {
    File::open(path)
        .and_then(|mut file| copy_hashed(&mut file, &mut io::sink(), progress))
        .map_err(|error| cannot("read", path, error))
}

/// Renames a file and makes the new name durable.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| cannot("write", to, error))?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))
}

/// Removes a file; it is fine when there is none.
pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot("remove", path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes a folder and those above it.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| cannot("make the folder", path, error))
}

/// Says what could not be done with a file, and what to do when the disk is full.
pub(crate) fn cannot(verb: &str, path: &Path, error: io::Error) -> Error {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let failure = if full {
        Error::unavailable(format!("cannot {verb} {}: the disk is full", path.display()))
            .hint("Free some space, or choose another folder with `models.dir`, and repeat.")
    } else {
        Error::unavailable(format!("cannot {verb} {}", path.display()))
    };
    failure.because(error)
}

/// Formats bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

fn copy_hashed(
    from: &mut dyn Read,
    to: &mut dyn Write,
    progress: &dyn Progress,
) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut size_bytes = 0;
    loop {
        let n_read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n_read) => n_read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..n_read]);
        to.write_all(&buffer[..n_read])?;
        size_bytes += n_read as u64;
        progress.advanced(n_read as u64);
    }
    Ok(Digest { size_bytes, sha256: hex(&hasher.finalize()) })
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|e| cannot("write", path, e))
}

/// Renames are durable without it where folders cannot be opened.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;
    use footnote_core::ErrorKind;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn accepted() -> Vec<Digest> {
        vec![Digest { size_bytes: 3, sha256: ABC.to_owned() }]
    }

    #[test]
    fn a_file_appears_when_its_hash_is_right() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let found = write_verified(&mut "abc".as_bytes(), &target, &accepted(), &Silent).unwrap();
        assert_eq!(found, accepted()[0]);
        assert_eq!(std::fs::read(&target).unwrap(), b"abc");
        assert!(!part_of(&target).exists());
    }

    #[test]
    fn nothing_appears_when_a_byte_is_flipped_or_added() {
        for content in ["abd", "abcd", "ab"] {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("a");
            let error = write_verified(&mut content.as_bytes(), &target, &accepted(), &Silent);
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Invalid);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn a_full_disk_is_named() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = cannot("write", Path::new("a"), full);
        assert_eq!(error.message(), "cannot write a: the disk is full");
        assert!(error.advice().is_some());
    }
}
