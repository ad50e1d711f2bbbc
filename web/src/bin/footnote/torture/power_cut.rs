//! Power cuts: a file system that forgets, in the middle of the work, whatever was not durable.
//!
//! The disk is an ext4 in a file. The kernel is told to shut it down without writing its log, so
//! that what it had only in memory is lost; then it is mounted again and recovers.

use std::path::{Path, PathBuf};

use footnote_core::{Error, Result};

use super::mounted::{Mounted, make_ext4};
use super::process::Running;
use super::rounds::{Blow, Struck};

/// How large the disk is. The file has holes where nothing was written.
const DISK_BYTES: u64 = 1 << 30;

/// A disk whose power can be cut.
#[derive(Debug)]
pub(super) struct PowerCut {
    image: PathBuf,
    at: PathBuf,
    /// `None` only while it is mounted again.
    disk: Option<Mounted>,
}

impl PowerCut {
    /// Makes a disk in a folder.
    ///
    /// # Errors
    /// `Unavailable` when that is not possible here.
    pub(super) fn make(home: &Path) -> Result<Self> {
        let (image, at) = (home.join("disk.ext4"), home.join("disk"));
        make_ext4(&image, DISK_BYTES)?;
        let disk = Some(Mounted::file(&at, &image)?);
        Ok(Self { image, at, disk })
    }

    /// Returns where the disk is mounted.
    pub(super) fn at(&self) -> &Path {
        &self.at
    }
}

impl Blow for PowerCut {
    /// Cuts the power. What the child acknowledged later does not count: the file system lets some
    /// calls that race with the cut return success.
    fn strike(&mut self, running: Running) -> Result<Struck> {
        let before = running.said();
        shut_down(&self.at)?;
        let (after, ran) = running.kill()?;
        self.disk = None;
        self.disk = Some(Mounted::file(&self.at, &self.image)?);
        Ok(Struck { before, after, ran })
    }
}

/// Shuts a file system down as if its power had gone: nothing that waits is written any more.
#[cfg(target_os = "linux")]
fn shut_down(at: &Path) -> Result<()> {
    use rustix::ioctl::{Setter, ioctl, opcode};

    /// `EXT4_IOC_SHUTDOWN`, which XFS and others share.
    const SHUTDOWN: rustix::ioctl::Opcode = opcode::read::<u32>(b'X', 125);
    /// The log is not written either.
    const WITHOUT_LOG: u32 = 2;

    let cannot = |error: std::io::Error| {
        Error::unavailable("cannot cut the power of the disk").because(error)
    };
    let folder = std::fs::File::open(at).map_err(cannot)?;
    #[expect(unsafe_code, reason = "the system call has no safe wrapper")]
    // SAFETY: the kernel reads one `u32` for this opcode, and that is what is handed over.
    let outcome = unsafe { ioctl(&folder, Setter::<SHUTDOWN, u32>::new(WITHOUT_LOG)) };
    outcome.map_err(|error| cannot(error.into()))
}

#[cfg(not(target_os = "linux"))]
fn shut_down(_at: &Path) -> Result<()> {
    Err(Error::unavailable("power can only be cut on Linux"))
}
