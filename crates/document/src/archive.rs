//! Archives of files: what they hold are documents of their own.

use footnote_core::document::Attachment;
use footnote_core::job::{Failure, FailureCode};

use crate::inside::clean;
use crate::limits::Limits;
use crate::package::Package;

/// Unpacks a ZIP archive, without what operating systems put into archives for themselves.
///
/// # Errors
/// `Unreadable` for a damaged archive, `Encrypted` when a password is needed, `TooLarge` past a
/// limit, `Empty` when there is nothing in it.
pub(crate) fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<Attachment>, Failure> {
    let mut package = Package::open(bytes, limits)?;
    let mut files = Vec::new();
    for index in 0..package.names().len() {
        let name = package.names().get(index).map(|name| clean(name)).unwrap_or_default();
        let is_folder = package.names().get(index).is_some_and(|name| name.ends_with('/'));
        if !is_folder && !is_of_a_system(&name) {
            files.push(Attachment { name, bytes: package.read_at(index)? });
        }
    }
    if files.is_empty() {
        let detail = "The archive has no files. Replace or remove it.";
        return Err(Failure::new(FailureCode::Empty, detail));
    }
    Ok(files)
}

fn is_of_a_system(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.is_empty()
        || name.starts_with("__MACOSX/")
        || file.starts_with("._")
        || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_systems_are_left_out() {
        assert!(is_of_a_system("__MACOSX/a/._b.txt"));
        assert!(is_of_a_system("a/.DS_Store"));
        assert!(!is_of_a_system("a/b.txt"));
    }
}
