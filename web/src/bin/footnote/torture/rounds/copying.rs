//! Copies of everything: struck down while they are made, then made in peace, and looked at.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use footnote_core::Result;

use super::super::dice::Dice;
use super::super::folder::unwritable;
use super::super::plan::Op;
use super::super::process::Setup;
use super::{Blow, Rounds};

/// How long a copying lives before it is struck down.
const LIFETIME: [Duration; 2] = [Duration::from_millis(3), Duration::from_millis(400)];

impl Rounds {
    /// Strikes a copying down: the source must be as it was. Then it is made in peace, and what is
    /// in the copy must be what is in the source.
    ///
    /// # Errors
    /// As [`round`](Rounds::round).
    pub(super) fn copy(&mut self, op: Op, dice: &mut Dice, blow: &mut dyn Blow) -> Result<()> {
        let data_dir = self.setup.data_dir.clone();
        let archive = data_dir.with_file_name("copy.footnote");
        let copy = Setup { data_dir: data_dir.with_file_name("copy"), ..self.setup.clone() };
        let word = OsStr::new;
        let copying: &[&OsStr] = match op {
            Op::Backup => &[word("backup"), archive.as_os_str(), word("--force")],
            _ => &[word("migrate"), word("--to"), copy.data_dir.as_os_str()],
        };
        remove(&archive)?;
        remove(&copy.data_dir)?;
        let running = self.setup.run(copying)?;
        let until = running.started + dice.between(LIFETIME[0], LIFETIME[1]);
        self.hear_until(&running, &[], until);
        let struck = blow.strike(running)?;
        self.tally.struck(struck.ran, true);
        self.look(false)?;
        if archive.exists() {
            // An archive is there whole or not at all.
            let running =
                self.setup.run(&[word("restore"), archive.as_os_str(), word("--verify")])?;
            self.end(running)?;
        }
        remove(&copy.data_dir)?;
        let running = self.setup.run(copying)?;
        self.end(running)?;
        if op == Op::Backup {
            let running = copy.run(&[word("restore"), archive.as_os_str()])?;
            self.end(running)?;
        }
        self.look_at(&copy, false)?;
        self.tally.n_steps += 1;
        Ok(())
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
