//! The newest state of a repository, kept in the cache folder without history.

use footnote_core::id::ContentHash;
use footnote_core::job::FailureCode;
use footnote_core::{Error, Result};
use gix::objs::tree::EntryKind;
use gix::remote::fetch::{Shallow, Tags};
use gix::{ObjectId, Repository};
use gix_transport::Protocol;
use gix_transport::client::blocking_io::http::Transport;
use std::fs::{File, TryLockError};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use url::Url;

use super::transport::{GuardedHttp, Trouble};
use crate::connector::MAX_DEPTH;
use crate::outbound::Outbound;

/// How many files one listing may have; more is a trap or a mistake.
const MAX_FILES: usize = 1_000_000;

/// How many packs may lie in the copy before it is made anew: each fetch leaves one.
const MAX_PACKS: usize = 64;

/// How large one object may be when it is unpacked: a small pack can hold a huge one.
const MAX_OBJECT_BYTES: u64 = 1 << 30;

/// How long to wait before looking again whether another process is done with the copy.
const LOCK_RETRY: Duration = Duration::from_millis(100);

/// Where fetched references are kept.
const TRACKED: &str = "refs/footnote";

/// The copy of a repository.
pub(super) struct LocalCopy {
    url: Url,
    branch: Option<String>,
    outbound: Arc<Outbound>,
    folder: PathBuf,
}

/// What a listing finds.
pub(super) enum Synced {
    /// The branch stands where it stood.
    Unchanged,
    /// The branch moved.
    Changed {
        /// Where it stands now.
        tip: ObjectId,
        /// Its files.
        files: Vec<TreeFile>,
    },
}

/// A file of a tree.
pub(super) struct TreeFile {
    /// Its path, with `/`.
    pub(super) path: String,
    /// The id of its content.
    pub(super) blob: ObjectId,
}

/// What reading a blob finds.
pub(super) enum Blob {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// More bytes than allowed.
    TooLarge,
    /// The repository does not have it any more.
    Gone,
}

impl LocalCopy {
    /// Names the copy; nothing is fetched yet.
    pub(super) fn new(
        url: Url,
        branch: Option<String>,
        outbound: Arc<Outbound>,
        folder: &Path,
    ) -> Self {
        let name = ContentHash::of(url.as_str().as_bytes()).to_string();
        Self { url, branch, outbound, folder: folder.join(name) }
    }

    /// Fetches the branch and lists its files. Blocks; must run inside the runtime.
    pub(super) fn list(&self, known: Option<ObjectId>, stop: &AtomicBool) -> Result<Synced> {
        let _lock = self.lock(stop)?;
        let repository = self.open()?;
        let tip = self.fetch(&repository, known, stop).map_err(|trouble| trouble.error)?;
        if Some(tip) == known {
            return Ok(Synced::Unchanged);
        }
        let files = files(&repository, tip).map_err(|error| self.broken(error))?;
        Ok(Synced::Changed { tip, files })
    }

    /// Reads a blob, after fetching the branch again if it is not there. Blocks.
    pub(super) fn read(
        &self,
        id: ObjectId,
        max_bytes: u64,
        stop: &AtomicBool,
    ) -> Result<Blob, Trouble> {
        if let Ok(repository) = self.open_existing()
            && let Some(blob) = read(&repository, id, max_bytes)?
        {
            return Ok(blob);
        }
        let _lock = self.lock(stop)?;
        let repository = self.open()?;
        self.fetch(&repository, None, stop)?;
        Ok(read(&repository, id, max_bytes)?.unwrap_or(Blob::Gone))
    }

    /// Fetches the branch unless it stands where it stood, and returns where it stands.
    fn fetch(
        &self,
        repository: &Repository,
        known: Option<ObjectId>,
        stop: &AtomicBool,
    ) -> Result<ObjectId, Trouble> {
        let http = GuardedHttp::new(Arc::clone(&self.outbound), Handle::current());
        let problem = http.problem();
        self.fetch_over(http, repository, known, stop).map_err(|error| {
            // What the client said is clearer than what git makes of it.
            problem.take().unwrap_or_else(|| {
                let error = Error::unavailable(format!("cannot fetch {}", self.url)).because(error);
                Trouble { error, code: FailureCode::Unreachable }
            })
        })
    }

    /// Fetches the branch over a transport.
    fn fetch_over(
        &self,
        http: GuardedHttp,
        repository: &Repository,
        known: Option<ObjectId>,
        stop: &AtomicBool,
    ) -> gix::Result<ObjectId> {
        let url = gix::url::parse(self.url.as_str())?;
        let remote = repository
            .remote_at_without_url_rewrite(url.clone())?
            .with_fetch_tags(Tags::None)
            .with_refspecs(
                self.refspecs().iter().map(String::as_str),
                gix::remote::Direction::Fetch,
            )?;
        let transport = Transport::new_http(http, url, Protocol::V2, false);
        let fetch = remote
            .to_connection_with_transport(transport)
            // Neither helpers nor prompts: the client adds the credentials.
            .with_credentials(|_| Ok(None))
            .prepare_fetch(gix::progress::Discard, gix::remote::ref_map::Options::default())?;
        let tip = tip(&fetch.ref_map().mappings);
        if let Some(tip) = tip.filter(|tip| Some(*tip) == known) {
            return Ok(tip);
        }
        fetch
            .with_shallow(Shallow::DepthAtRemote(NonZeroU32::MIN))
            .receive(gix::progress::Discard, stop)?;
        tip.ok_or_else(|| gix::error::message("the repository has no such branch").into())
    }

    /// Returns what is fetched and where it is kept.
    fn refspecs(&self) -> Vec<String> {
        match &self.branch {
            None => vec![format!("+HEAD:{TRACKED}/head")],
            Some(name) => vec![
                format!("+refs/heads/{name}:{TRACKED}/heads/{name}"),
                format!("+refs/tags/{name}:{TRACKED}/tags/{name}"),
            ],
        }
    }

    /// Opens the copy, which is made if it is not there and made anew if it has grown too many packs.
    fn open(&self) -> Result<Repository> {
        let packs = self.folder.join("objects/pack");
        let n_packs = std::fs::read_dir(packs).map_or(0, Iterator::count) / 2;
        if n_packs < MAX_PACKS
            && let Ok(repository) = self.open_existing()
        {
            return Ok(repository);
        }
        let unwritable = |error: std::io::Error| {
            Error::unavailable(format!("cannot write {}", self.folder.display())).because(error)
        };
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder).map_err(unwritable)?;
        }
        std::fs::create_dir_all(&self.folder).map_err(unwritable)?;
        let (kind, create) = (gix::create::Kind::Bare, gix::create::Options::default());
        gix::ThreadSafeRepository::init_opts(&self.folder, kind, create, options())
            .map(|repository| repository.to_thread_local())
            .map_err(|error| self.broken(error))
    }

    /// Opens the copy that is there.
    fn open_existing(&self) -> gix::Result<Repository> {
        Ok(options().open(&self.folder)?.to_thread_local())
    }

    /// Keeps other threads and processes from changing the copy.
    fn lock(&self, stop: &AtomicBool) -> Result<File> {
        let path = self.folder.with_extension("lock");
        let unusable = |error: std::io::Error| {
            Error::unavailable(format!("cannot lock {}", path.display())).because(error)
        };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(unusable)?;
        }
        let file = File::create(&path).map_err(unusable)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
                Err(TryLockError::WouldBlock) if stop.load(Ordering::Relaxed) => {
                    return Err(Error::cancelled("stopped while another fetch was running"));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_RETRY),
            }
        }
    }

    /// Says that the copy cannot be read.
    fn broken(&self, error: gix::Error) -> Error {
        Error::unavailable(format!("cannot read the copy of {}", self.url))
            .because(error)
            .hint(format!("Delete {} and ingest again.", self.folder.display()))
    }
}

/// Returns how repositories are opened: without the configuration of the user and the machine, which
/// could run programs, and with a limit on what one object may unpack to.
fn options() -> gix::open::Options {
    gix::open::Options::isolated()
        .config_overrides([format!("gitoxide.objects.allocLimit={MAX_OBJECT_BYTES}")])
        .open_path_as_is(true)
}

/// Returns where the branch stands at the server: a branch before a tag of the same name.
fn tip(mappings: &[gix::protocol::fetch::refmap::Mapping]) -> Option<ObjectId> {
    let is_tag = |mapping: &&gix::protocol::fetch::refmap::Mapping| {
        mapping.remote.as_name().is_some_and(|name| name.starts_with(b"refs/tags/"))
    };
    let first = mappings.iter().find(|mapping| !is_tag(mapping)).or_else(|| mappings.first())?;
    first.remote.as_id().map(ToOwned::to_owned)
}

/// Lists the files of a commit, or of the commit that a tag names.
fn files(repository: &Repository, tip: ObjectId) -> gix::Result<Vec<TreeFile>> {
    let tree = repository.find_object(tip)?.peel_to_kind(gix::objs::Kind::Tree)?.id;
    let mut files = Vec::new();
    let mut folders = vec![(tree, String::new(), 0)];
    while let Some((id, path, depth)) = folders.pop() {
        let tree = repository.find_tree(id)?;
        for entry in tree.iter() {
            let entry = entry?;
            let path = format!("{path}{}", entry.filename());
            match entry.mode().kind() {
                EntryKind::Tree if depth < MAX_DEPTH => {
                    folders.push((entry.object_id(), path + "/", depth + 1));
                }
                EntryKind::Blob | EntryKind::BlobExecutable => {
                    files.push(TreeFile { path, blob: entry.object_id() });
                }
                EntryKind::Tree | EntryKind::Link | EntryKind::Commit => {}
            }
        }
        if files.len() + folders.len() > MAX_FILES {
            return Err(gix::error::message("the repository has too many files").into());
        }
    }
    Ok(files)
}

/// Reads a blob; `None` when it is not in the copy.
fn read(repository: &Repository, id: ObjectId, max_bytes: u64) -> Result<Option<Blob>> {
    let unreadable =
        |error: gix::Error| Error::unavailable("cannot read the copy of a file").because(error);
    let Some(header) = repository.try_find_header(id).map_err(unreadable)? else { return Ok(None) };
    if header.size() > max_bytes {
        return Ok(Some(Blob::TooLarge));
    }
    let Some(object) = repository.try_find_object(id).map_err(unreadable)? else { return Ok(None) };
    Ok(Some(Blob::Bytes(object.detach().data)))
}
