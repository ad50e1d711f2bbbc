//! Files that lie inside another: what they are called, and the list that stands for an archive.

use footnote_core::document::{Attachment, BlockKind, ParsedDocument};
use footnote_core::job::Failure;
use std::collections::HashMap;

use crate::assemble::Assembler;
use crate::limits::Limits;

/// The longest part of a name, in characters.
const MAX_PART_CHARS: usize = 120;

/// Gives every file a name that stays below the file that holds it, can be shown in one line, and
/// is no other file's.
pub(crate) fn named_apart(files: Vec<Attachment>) -> Vec<Attachment> {
    let mut taken = HashMap::new();
    let mut named = Vec::with_capacity(files.len());
    for (nth, file) in files.into_iter().enumerate() {
        let mut name = clean(&file.name);
        if name.is_empty() {
            name = format!("file-{}", nth + 1);
        }
        let name = free(name, &mut taken);
        named.push(Attachment { name, ..file });
    }
    named
}

/// Returns a name that stays below the file that holds it, whatever it says; empty when it says
/// nothing.
pub(crate) fn clean(name: &str) -> String {
    let name = name.replace('\\', "/");
    let parts = name.split('/').map(part).filter(|part| !matches!(part.as_str(), "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}

/// Returns a part of a name in one line and not too long; its extension is kept.
fn part(part: &str) -> String {
    let is_shown = |c: &char| !c.is_control() && !matches!(c, '\u{202A}'..='\u{202E}');
    let part: String = part.chars().filter(is_shown).collect();
    let part = part.trim();
    let n_chars = part.chars().count();
    if n_chars <= MAX_PART_CHARS {
        return part.to_owned();
    }
    let extension = part.rsplit_once('.').map_or("", |(_, extension)| extension);
    let n_kept = MAX_PART_CHARS.saturating_sub(extension.chars().count() + 1);
    if extension.is_empty() || n_kept == 0 {
        return part.chars().take(MAX_PART_CHARS).collect();
    }
    let stem: String = part.chars().take(n_kept).collect();
    format!("{stem}.{extension}")
}

/// Takes a name that is not taken: the second `a.pdf` is `a (2).pdf`. Beside each taken name stands
/// how often it was asked for.
fn free(name: String, taken: &mut HashMap<String, u32>) -> String {
    let n_asked = taken.entry(name.clone()).and_modify(|n| *n += 1).or_insert(1);
    if *n_asked == 1 {
        return name;
    }
    let number = *n_asked;
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension))
            if !matches!(stem.chars().last(), None | Some('/')) && !extension.contains('/') =>
        {
            (stem, format!(".{extension}"))
        }
        Some(_) | None => (name.as_str(), String::new()),
    };
    free(format!("{stem} ({number}){extension}"), taken)
}

/// Writes the document that an archive itself is: the names of its files.
///
/// # Errors
/// `TooLarge` when the list is longer than a text may be.
pub(crate) fn listing(files: &[Attachment], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut assembler = Assembler::new(limits);
    for file in files {
        assembler.push(BlockKind::ListItem, &file.name)?;
    }
    Ok(assembler.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        let file = |name: &&str| Attachment { name: (*name).to_owned(), bytes: Vec::new() };
        named_apart(names.iter().map(file).collect()).into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn names_stay_below_what_holds_them() {
        assert_eq!(clean("../../etc/passwd"), "etc/passwd");
        assert_eq!(clean("/a//./b.txt"), "a/b.txt");
        assert_eq!(clean("C:\\temp\\b\u{202E}fdp.\nexe"), "C:/temp/bfdp.exe");
        let long = clean(&format!("{}.pdf", "a".repeat(500)));
        assert!(long.chars().count() == MAX_PART_CHARS && long.ends_with("a.pdf"), "{long}");
    }

    #[test]
    fn no_two_files_have_one_name() {
        let names = ["a.pdf", "a.pdf", "", "x/.env", "x/.env", "a.pdf"];
        assert_eq!(
            named(&names),
            ["a.pdf", "a (2).pdf", "file-3", "x/.env", "x/.env (2)", "a (3).pdf"]
        );
    }

    #[test]
    fn many_files_of_one_name_are_named_in_time() {
        let names = named(&vec!["a.txt"; 3_000]);
        assert_eq!(names.last().map(String::as_str), Some("a (3000).txt"));
    }
}
