//! Small disks of the torture's own: made, mounted, and taken away again.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use footnote_core::{Error, Result};

use super::folder::unwritable;

/// How often a disk that is still busy is tried to be taken away.
const ATTEMPTS: usize = 50;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

/// Where the programs of the system are. Not everybody's path leads to those of root.
const PROGRAMS: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// What mounting needs, for the user.
const NEEDS: &str = "It needs Linux, the rights of root, and `mount`, `umount` and `mkfs.ext4` \
                     (packages `util-linux` and `e2fsprogs`); a container also needs loop devices.";

/// A disk that is mounted as long as this lives.
#[derive(Debug)]
pub(super) struct Mounted {
    at: PathBuf,
}

impl Mounted {
    /// Mounts a disk in memory of so many bytes.
    ///
    /// # Errors
    /// `Unavailable` when that is not possible here.
    pub(super) fn memory(at: &Path, size_bytes: u64) -> Result<Self> {
        let size = format!("size={size_bytes}");
        let words = ["-t", "tmpfs", "-o", &size, "footnote-torture"].map(OsStr::new);
        Self::mount(at, &words)
    }

    /// Mounts a disk that is in a file.
    ///
    /// # Errors
    /// `Unavailable` when that is not possible here.
    pub(super) fn file(at: &Path, image: &Path) -> Result<Self> {
        Self::mount(at, &["-o".as_ref(), "loop".as_ref(), image.as_os_str()])
    }

    /// Returns where it is mounted.
    pub(super) fn at(&self) -> &Path {
        &self.at
    }

    fn mount(at: &Path, words: &[&OsStr]) -> Result<Self> {
        fs::create_dir_all(at).map_err(|error| unwritable(at, error))?;
        let mut words = words.to_vec();
        words.push(at.as_os_str());
        run("mount", &words)?;
        Ok(Self { at: at.to_owned() })
    }
}

impl Drop for Mounted {
    /// Takes the disk away. A process that was just killed may keep it busy for a moment.
    fn drop(&mut self) {
        for _ in 0..ATTEMPTS {
            if run("umount", &[self.at.as_os_str()]).is_ok() {
                return;
            }
            thread::sleep(BETWEEN_ATTEMPTS);
        }
        tracing::warn!(path = %self.at.display(), "cannot take the disk away");
    }
}

/// Makes an empty file of a size with an ext4 file system in it.
///
/// # Errors
/// `Unavailable` when that is not possible here.
pub(super) fn make_ext4(image: &Path, size_bytes: u64) -> Result<()> {
    let file = fs::File::create(image).map_err(|error| unwritable(image, error))?;
    file.set_len(size_bytes).map_err(|error| unwritable(image, error))?;
    run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), image.as_os_str()])
}

/// Runs a program of the system.
fn run(program: &str, words: &[&OsStr]) -> Result<()> {
    let refused = |why: String| {
        Error::unavailable(format!("cannot {program} a disk of its own: {why}")).hint(NEEDS)
    };
    let output = Command::new(program).args(words).env("PATH", PROGRAMS).output();
    let output = output.map_err(|error| refused(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
