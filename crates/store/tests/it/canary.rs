//! A word that is looked for in every file, byte by byte, in every form that it may be written in.
//! Nothing in a data directory is compressed, so the bytes are the text.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A word that stands in one document alone.
#[derive(Debug, Clone)]
pub(crate) struct Canary {
    pub(crate) word: String,
}

impl Canary {
    /// Returns the bytes of the word in UTF-8, in either order of UTF-16, and as JSON escapes it.
    fn forms(&self) -> Vec<Vec<u8>> {
        let units: Vec<u16> = self.word.encode_utf16().collect();
        let escaped = units.iter().fold(String::new(), |mut text, unit| {
            write!(text, "\\u{unit:04x}").unwrap();
            text
        });
        vec![
            self.word.clone().into_bytes(),
            units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            escaped.to_uppercase().replace("\\U", "\\u").into_bytes(),
            escaped.into_bytes(),
        ]
    }
}

/// Returns the files and folders below a folder whose bytes or whose name hold a canary.
pub(crate) fn files_with(folder: &Path, canary: &Canary) -> Vec<String> {
    files_with_any(folder, std::slice::from_ref(canary))
}

/// Returns the files and folders below a folder whose bytes or whose name hold one of the canaries.
pub(crate) fn files_with_any(folder: &Path, canaries: &[Canary]) -> Vec<String> {
    let forms: Vec<Vec<u8>> = canaries.iter().flat_map(Canary::forms).collect();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            let bytes = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
            let holds =
                forms.iter().any(|form| holds(&bytes, form) || holds(name.as_bytes(), form));
            if holds {
                found.push(name);
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

/// Tells whether bytes hold a form. Looks for its first byte that is not 0, because files of
/// databases and indexes are full of zeros.
fn holds(bytes: &[u8], form: &[u8]) -> bool {
    let anchor = form.iter().position(|byte| *byte != 0).unwrap_or_default();
    let mut from = anchor;
    while let Some(rest) = bytes.get(from..)
        && let Some(at) = rest.iter().position(|byte| *byte == form[anchor])
    {
        let begin = from + at - anchor;
        if bytes[begin..].starts_with(form) {
            return true;
        }
        from += at + 1;
    }
    false
}
