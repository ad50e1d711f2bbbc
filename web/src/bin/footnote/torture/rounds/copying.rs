//! Copies of everything: struck down while they are made, then made in peace, and looked at.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use footnote_core::Result;

use super::super::dice::Dice;
use super::super::folder::unwritable;
use super::super::kind::Kind;
use super::super::process::Setup;
use super::super::said::{Copying, Step};
use super::{Blow, Rounds};

/// What tells that an installation is there.
const CATALOG_FILE: &str = "catalog.db";

impl Rounds {
    /// Strikes a copying down: the source must be as it was, and what came to be is whole or not
    /// there. Then the same is done in peace, over what the blow has left, and what is in the copy
    /// must be what is in the source.
    ///
    /// # Errors
    /// As [`round`](Rounds::round).
    pub(super) fn copy(&mut self, kind: Kind, dice: &mut Dice, blow: &mut dyn Blow) -> Result<()> {
        let data_dir = self.setup.data_dir.clone();
        let archive = data_dir.with_file_name("copy.footnote");
        let copy = Setup { data_dir: data_dir.with_file_name("copy"), ..self.setup.clone() };
        remove(&archive)?;
        remove(&copy.data_dir)?;
        let (from, to) = (archive.clone(), copy.data_dir.clone());
        let copying = match kind {
            Kind::Backup => Copying::Backup { archive: from },
            Kind::Restore => {
                self.back_up(&archive)?;
                Copying::Restore { archive: from, to }
            }
            _ => Copying::Migrate { to },
        };
        let steps = [Step::Copy(copying)];
        let running = self.setup.start("copy", &steps)?;
        let after = self.pace.blow(kind, dice);
        self.strike(running, &steps, (Some(0), after), blow)?;
        self.look(false)?;
        self.copy_in_peace(kind, &archive, &copy)?;
        self.look_at(&copy, false)?;
        self.tally.n_steps += 1;
        Ok(())
    }

    /// Does what was struck, unless it was complete, with the commands that a user has for it.
    fn copy_in_peace(&mut self, kind: Kind, archive: &Path, copy: &Setup) -> Result<()> {
        let is_there = copy.data_dir.join(CATALOG_FILE).exists();
        if archive.exists() {
            // An archive is there whole or not at all.
            self.in_peace(
                &self.setup.clone(),
                &["restore".as_ref(), archive.as_os_str(), "--verify".as_ref()],
            )?;
        }
        match kind {
            Kind::Restore | Kind::Migrate if is_there => Ok(()),
            Kind::Restore => self.in_peace(copy, &["restore".as_ref(), archive.as_os_str()]),
            Kind::Migrate => {
                let words = ["migrate".as_ref(), "--to".as_ref(), copy.data_dir.as_os_str()];
                self.in_peace(&self.setup.clone(), &words)
            }
            _ => {
                self.back_up(archive)?;
                self.in_peace(copy, &["restore".as_ref(), archive.as_os_str()])
            }
        }
    }

    fn back_up(&mut self, archive: &Path) -> Result<()> {
        let words = ["backup".as_ref(), archive.as_os_str(), "--force".as_ref()];
        self.in_peace(&self.setup.clone(), &words)
    }

    /// Runs a command of the program to its end, which must be a good one.
    fn in_peace(&mut self, setup: &Setup, words: &[&OsStr]) -> Result<()> {
        let running = setup.run(words)?;
        self.end(running)
    }
}

/// Removes a file or a folder with all that is in it, if it is there.
fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error: io::Error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(unwritable(path, error)),
    })
}
