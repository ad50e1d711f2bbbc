//! The folder of documents that is ingested again and again, and what happens to it in between.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use footnote_core::{Error, Result};

use super::content::Content;
use super::dice::Dice;

/// How many files the folder begins with.
const FIRST_FILES: usize = 12;

/// How many files it never has less of: an emptied folder is taken for one that is not mounted.
const FEWEST_FILES: usize = 8;

/// How many files it never has more of.
const MOST_FILES: usize = 32;

/// How many files change between two runs at most.
const MOST_CHANGES: u64 = 5;

/// Hands out the numbers of contents; each is used once.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    last: u64,
}

impl Numbers {
    /// Returns a number that was never used.
    pub(super) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// The folder, and which content each file has.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    content: Content,
    files: BTreeMap<String, u64>,
    names: Numbers,
}

impl Folder {
    /// Makes a folder with its first files.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written.
    pub(super) fn make(root: PathBuf, content: Content, numbers: &mut Numbers) -> Result<Self> {
        let mut folder = Self { root, content, files: BTreeMap::new(), names: Numbers::default() };
        fs::create_dir_all(&folder.root).map_err(|error| unwritable(&folder.root, error))?;
        for _ in 0..FIRST_FILES {
            folder.add(numbers.next())?;
        }
        Ok(folder)
    }

    /// Returns the files and the numbers of their contents.
    pub(super) fn files(&self) -> &BTreeMap<String, u64> {
        &self.files
    }

    /// Adds, changes, moves and deletes some files.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be written.
    pub(super) fn disturb(&mut self, dice: &mut Dice, numbers: &mut Numbers) -> Result<()> {
        for _ in 0..=dice.below(MOST_CHANGES) {
            let names: Vec<String> = self.files.keys().cloned().collect();
            let Some(name) = dice.one(&names) else { continue };
            match dice.below(10) {
                0..=2 if self.files.len() < MOST_FILES => self.add(numbers.next())?,
                3..=5 => self.write(name, numbers.next())?,
                6 | 7 => self.rename(name)?,
                8 | 9 if FEWEST_FILES < self.files.len() => self.delete(name)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, number: u64) -> Result<()> {
        let name = self.new_name();
        self.write(&name, number)
    }

    fn write(&mut self, name: &str, number: u64) -> Result<()> {
        self.on_disk(name, |path| fs::write(path, self.content.text(number)))?;
        self.files.insert(name.to_owned(), number);
        Ok(())
    }

    fn rename(&mut self, name: &str) -> Result<()> {
        let to = self.new_name();
        self.on_disk(name, |path| fs::rename(path, self.root.join(&to)))?;
        if let Some(number) = self.files.remove(name) {
            self.files.insert(to, number);
        }
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<()> {
        self.on_disk(name, |path| fs::remove_file(path))?;
        self.files.remove(name);
        Ok(())
    }

    fn new_name(&mut self) -> String {
        format!("f-{:05}.txt", self.names.next())
    }

    fn on_disk(&self, name: &str, change: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
        let path = self.root.join(name);
        change(&path).map_err(|error| unwritable(&path, error))
    }
}

/// Says that something of the torture's own cannot be written.
pub(super) fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::unavailable(format!("cannot write {}", path.display()))
        .hint("Choose another folder with --dir.")
        .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_on_disk_is_what_its_books_say() {
        let dir = tempfile::tempdir().unwrap();
        let (content, mut numbers) = (Content::new(1), Numbers::default());
        let mut folder = Folder::make(dir.path().join("f"), content, &mut numbers).unwrap();
        let mut dice = Dice::new(1, &[]);
        for _ in 0..20 {
            folder.disturb(&mut dice, &mut numbers).unwrap();
        }
        let n_on_disk = fs::read_dir(&folder.root).unwrap().count();
        assert_eq!(n_on_disk, folder.files().len());
        for (name, number) in folder.files() {
            let text = fs::read_to_string(folder.root.join(name)).unwrap();
            assert_eq!(text, content.text(*number));
        }
    }
}
