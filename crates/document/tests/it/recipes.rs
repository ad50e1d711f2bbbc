//! Recipes: bytes that say what the parts of a file are, so that mutated bytes make damaged parts
//! and not only a damaged archive around them.
//!
//! A line `=== name` begins the part of that name; what stands above the first one is the main
//! part. Parts that a recipe leaves out are those of a small valid file.

use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What begins a line that names a part.
const MARK: &[u8] = b"=== ";

/// The most parts of a recipe; more make it slow, not different.
const MAX_PARTS: usize = 24;

/// The longest name of a part.
const MAX_NAME_BYTES: usize = 120;

/// A part of a file: its name, and what is in it.
pub(crate) type Part<'a> = (String, &'a [u8]);

/// Returns the parts that a recipe names, then those of `fixed` that it does not.
pub(crate) fn parts<'a>(main: &str, fixed: &[(&str, &'a str)], recipe: &'a [u8]) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut add = |name: String, bytes: &'a [u8]| {
        if parts.len() < MAX_PARTS && !parts.iter().any(|(known, _)| *known == name) {
            parts.push((name, bytes));
        }
    };
    let (first, others) = split(recipe);
    if !first.is_empty() {
        add(main.to_owned(), first);
    }
    for (name, bytes) in others {
        add(name, bytes);
    }
    for (name, text) in fixed {
        add((*name).to_owned(), text.as_bytes());
    }
    parts
}

/// Splits a recipe into what stands above the first mark, and the parts with their names.
fn split(recipe: &[u8]) -> (&[u8], Vec<Part<'_>>) {
    let marks: Vec<usize> = (0..recipe.len())
        .filter(|at| recipe[*at..].starts_with(MARK) && (*at == 0 || recipe[at - 1] == b'\n'))
        .collect();
    let ends = marks.iter().skip(1).copied().chain([recipe.len()]);
    let named = marks.iter().zip(ends).map(|(start, end)| part(&recipe[start + MARK.len()..end]));
    (without_line_end(&recipe[..marks.first().copied().unwrap_or(recipe.len())]), named.collect())
}

fn part(bytes: &[u8]) -> Part<'_> {
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let name = String::from_utf8_lossy(&bytes[..line.min(MAX_NAME_BYTES)]);
    (name.into_owned(), without_line_end(bytes.get(line + 1..).unwrap_or_default()))
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\n").unwrap_or(bytes)
}

/// Writes parts as a ZIP archive in which nothing is compressed.
pub(crate) fn archive(parts: &[Part<'_>]) -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // A name that no archive can have is left out.
        if writer.start_file(name.as_str(), stored).is_ok() {
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// Writes parts as the streams of a container, as Office programs before 2007 do.
pub(crate) fn container(parts: &[Part<'_>]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in parts.iter().filter(|(name, _)| can_be_a_stream(name)) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        // A folder or a stream of the name may be there already.
        if container.create_storage_all(format!("/{folder}")).is_ok()
            && let Ok(mut stream) = container.create_new_stream(format!("/{name}"))
        {
            stream.write_all(bytes).unwrap();
        }
    }
    container.flush().unwrap();
    container.into_inner().into_inner()
}

fn can_be_a_stream(name: &str) -> bool {
    let is_part = |part: &str| part.encode_utf16().count() < 32 && !part.contains(['\\', ':', '!']);
    name.split('/').all(is_part)
}

#[test]
fn a_recipe_names_its_parts_and_gets_the_others() {
    let recipe = b"main\n\n=== a/b\none\n=== c\n=== c\nignored\n=== d\ntwo";
    let parts = parts("m", &[("d", "not this"), ("e", "fixed")], recipe);
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    assert_eq!(
        parts,
        [("m", &b"main\n"[..]), ("a/b", b"one"), ("c", b""), ("d", b"two"), ("e", b"fixed")]
    );
}
