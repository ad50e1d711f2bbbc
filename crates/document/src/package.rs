//! Files that are archives of parts: opened only when what they unpack to is bounded.

use footnote_core::job::{Failure, FailureCode};
use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits::Limits;
use crate::xml;

/// An opened archive of known, bounded size.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    packed_bytes: usize,
    unpacked_bytes: u64,
    limits: &'a Limits,
}

impl<'a> Package<'a> {
    /// Opens an archive; what it declares about itself is checked before anything is unpacked.
    ///
    /// # Errors
    /// `Unreadable` for a damaged archive, `TooLarge` past a limit.
    pub(crate) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Failure> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        limits.check_files(archive.len())?;
        let mut names = Vec::with_capacity(archive.len());
        let mut declared_bytes = 0_u64;
        for index in 0..archive.len() {
            let file = archive.by_index_raw(index).map_err(|_| damaged())?;
            declared_bytes = declared_bytes.saturating_add(file.size());
            names.push(name_of(file.name_raw()));
        }
        limits.check_unpacked(declared_bytes, bytes.len())?;
        Ok(Self { archive, names, packed_bytes: bytes.len(), unpacked_bytes: 0, limits })
    }

    /// Returns the names of the files in the order of the archive, with `/` on every system.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Tells whether there is a file of a name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Returns a part as text; `None` when there is none of the name.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        self.read(name)?.map(|bytes| xml::decoded(&bytes)).transpose()
    }

    /// Unpacks a file; `None` when there is none of the name.
    ///
    /// # Errors
    /// `Unreadable` when it is damaged, `Encrypted` when a password is needed, `TooLarge` when it
    /// is larger than it declared and more than the limit.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let exact = self.names.iter().position(|known| known == name);
        let index =
            exact.or_else(|| self.names.iter().position(|known| known.eq_ignore_ascii_case(name)));
        index.map(|index| self.read_at(index)).transpose()
    }

    /// Unpacks the file at a position of [`names`](Self::names).
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn read_at(&mut self, index: usize) -> Result<Vec<u8>, Failure> {
        let allowed = self.limits.max_unpacked_bytes.saturating_sub(self.unpacked_bytes);
        let file = self.archive.by_index(index).map_err(|error| unreadable(&error))?;
        let mut bytes = Vec::new();
        // One byte more than allowed, so that too much can be told from just enough.
        let mut bounded = file.take(allowed.saturating_add(1));
        bounded.read_to_end(&mut bytes).map_err(|_| damaged())?;
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(bytes.len() as u64);
        self.limits.check_unpacked(self.unpacked_bytes, self.packed_bytes)?;
        Ok(bytes)
    }

    /// Unpacks every file once, to see that none is larger than it declared.
    ///
    /// It is for libraries that unpack by themselves.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn verify(mut self) -> Result<(), Failure> {
        for index in 0..self.names.len() {
            let file = self.archive.by_index(index).map_err(|error| unreadable(&error))?;
            let allowed = self.limits.max_unpacked_bytes.saturating_sub(self.unpacked_bytes);
            let mut bounded = file.take(allowed.saturating_add(1));
            let n_bytes =
                std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|_| damaged())?;
            self.unpacked_bytes = self.unpacked_bytes.saturating_add(n_bytes);
            self.limits.check_unpacked(self.unpacked_bytes, self.packed_bytes)?;
        }
        Ok(())
    }

    /// Returns the limits that the package is held to.
    pub(crate) fn limits(&self) -> &'a Limits {
        self.limits
    }
}

/// Decodes a name: UTF-8, else what statistics tell, as in archives made on Chinese systems.
fn name_of(raw: &[u8]) -> String {
    let name = crate::decode::decode(raw, None).map(|decoded| decoded.text);
    name.unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()).replace('\\', "/")
}

fn unreadable(error: &ZipError) -> Failure {
    match error {
        ZipError::UnsupportedArchive(reason) if reason.contains("assword") => encrypted(),
        ZipError::InvalidPassword => encrypted(),
        _ => damaged(),
    }
}

/// Says that a password is needed.
pub(crate) fn encrypted() -> Failure {
    let detail = "The file is protected by a password. Save a copy without one.";
    Failure::new(FailureCode::Encrypted, detail)
}

/// Says that the archive is damaged.
pub(crate) fn damaged() -> Failure {
    let detail = "The file is damaged or incomplete. Replace it with an intact copy.";
    Failure::new(FailureCode::Unreadable, detail)
}

/// The parts that a part refers to, by the ids it calls them.
pub(crate) struct Relations {
    targets: HashMap<String, Relation>,
}

/// A reference from one part to another.
pub(crate) struct Relation {
    /// What the other part is for, the last word of its type: `footnotes`, `slide`.
    pub(crate) kind: String,
    /// The name of the other part.
    pub(crate) target: String,
}

impl Relations {
    /// Reads the relations of a part of an Office package; none when it has none.
    ///
    /// # Errors
    /// As [`Package::read`].
    pub(crate) fn of(package: &mut Package<'_>, part: &str) -> Result<Self, Failure> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}/_rels/{file}.rels");
        let text = package.text(name.trim_start_matches('/'))?.unwrap_or_default();
        let mut targets = HashMap::new();
        let mut steps = xml::Xml::new(&text, package.limits());
        while let Some(step) = steps.next()? {
            let xml::Step::Open(tag) = step else { continue };
            let (Some(id), Some(kind), Some(target)) =
                (tag.attr("Id"), tag.attr("Type"), tag.attr("Target"))
            else {
                continue;
            };
            let is_external = tag.attr("TargetMode").as_deref() == Some("External");
            if tag.name() == "Relationship" && !is_external {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                targets.insert(id, Relation { kind, target: resolve(folder, &target) });
            }
        }
        Ok(Self { targets })
    }

    /// Returns the name of the part that an id refers to.
    pub(crate) fn target(&self, id: &str) -> Option<&str> {
        self.targets.get(id).map(|relation| relation.target.as_str())
    }

    /// Returns the names of the parts of a kind, in the order of their names.
    pub(crate) fn of_kind(&self, kind: &str) -> Vec<String> {
        let of_kind = self.targets.values().filter(|relation| relation.kind == kind);
        let mut names: Vec<String> = of_kind.map(|relation| relation.target.clone()).collect();
        names.sort();
        names
    }
}

/// Returns the name of a target that is written from inside a folder.
pub(crate) fn resolve(folder: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_from_the_folder_of_their_part() {
        assert_eq!(resolve("ppt/slides", "../notes/n1.xml"), "ppt/notes/n1.xml");
        assert_eq!(resolve("word", "/word/notes.xml"), "word/notes.xml");
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
        assert_eq!(resolve("", "../../etc/passwd"), "etc/passwd");
    }

    #[test]
    fn what_is_no_archive_is_damaged() {
        let limits = Limits::default();
        let failure = Package::open(b"PK\x03\x04cut", &limits).err().unwrap();
        assert_eq!(failure.code, FailureCode::Unreadable);
    }
}
