//! A full disk: at any moment of the work another program takes what is left of a small disk.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use footnote_core::Result;

use super::dice::Dice;
use super::folder::unwritable;
use super::mounted::Mounted;
use super::process::Running;
use super::rounds::{Blow, Struck};

/// How large the disk is.
const DISK_BYTES: u64 = 48 << 20;

/// How much the other program takes at once.
const PIECE: [u8; 4096] = [0x5a; 4096];

/// How many such pieces it leaves free at most: more and less than what must stay free.
const MOST_PIECES_LEFT: u64 = 512;

/// A child that says nothing for so long waits for room.
const SILENCE: Duration = Duration::from_secs(3);

/// How long a child may take to end its work once there is room again.
const PATIENCE: Duration = Duration::from_mins(2);

/// A small disk, and what fills it.
#[derive(Debug)]
pub(super) struct DiskFull {
    disk: Mounted,
    dice: Dice,
    /// How many children did not survive it.
    pub(super) n_died: u64,
}

impl DiskFull {
    /// Makes a small disk in a folder.
    ///
    /// # Errors
    /// `Unavailable` when that is not possible here.
    pub(super) fn make(home: &Path, seed: u64) -> Result<Self> {
        let disk = Mounted::memory(&home.join("disk"), DISK_BYTES)?;
        Ok(Self { disk, dice: Dice::new(seed, &[u64::MAX]), n_died: 0 })
    }

    /// Returns where the disk is mounted.
    pub(super) fn at(&self) -> &Path {
        self.disk.at()
    }

    fn ballast(&self) -> PathBuf {
        self.disk.at().join("ballast")
    }

    /// Takes what is free, but for a little.
    fn fill(&mut self) -> Result<()> {
        let path = self.ballast();
        let n_left = self.dice.below(MOST_PIECES_LEFT);
        let fill = || {
            let mut ballast = File::create(&path)?;
            while ballast.write_all(&PIECE).is_ok() {}
            let size_bytes = ballast.metadata()?.len();
            ballast.set_len(size_bytes.saturating_sub(n_left * PIECE.len() as u64))
        };
        fill().map_err(|error: io::Error| unwritable(&path, error))
    }
}

impl Blow for DiskFull {
    /// Fills the disk, waits until the child has ended or waits for room, and makes room again; the
    /// child must go on by itself.
    fn strike(&mut self, running: Running) -> Result<Struck> {
        self.fill()?;
        let mut before = running.until_silent(SILENCE);
        let path = self.ballast();
        fs::remove_file(&path).map_err(|error| unwritable(&path, error))?;
        let (said, status) = running.end(PATIENCE)?;
        before.extend(said);
        // The index is a memory map: the system kills whoever writes to one without room behind it.
        self.n_died += u64::from(!status.success());
        Ok(Struck { before, after: Vec::new(), ran: true })
    }

    fn is_survived(&self) -> bool {
        true
    }

    fn excuses(&self, why: &str) -> bool {
        let is_search = why.starts_with("Search");
        !is_search
            && ["disk is full", "No space left", "disk I/O error"]
                .iter()
                .any(|sign| why.contains(sign))
    }
}
