//! Reads a file and shows what became of it: `cargo run -p footnote-document --example read -- FILE`.
//!
//! With `--json` it prints one object for the programs in `scripts/` that measure readers, with
//! `--times` one line for each of several files: path, characters, pages.

use footnote_core::document::ParsedDocument;
use footnote_core::job::Failure;
use footnote_document::{Limits, parse};
use serde_json::{Value, json};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--times") {
        return arguments
            .iter()
            .skip(1)
            .try_for_each(|path| time(path.as_ref()))
            .map(|()| ExitCode::SUCCESS);
    }
    let is_json = arguments.first().is_some_and(|first| first == "--json");
    let [path] = &arguments.split_off(usize::from(is_json))[..] else {
        writeln!(io::stderr(), "usage: read [--json] FILE")?;
        return Ok(ExitCode::FAILURE);
    };
    let bytes = std::fs::read(path)?;
    let parsed = parse(&path.to_string_lossy(), &bytes, &Limits::default());
    let mut out = io::stdout().lock();
    if is_json {
        writeln!(out, "{}", as_json(&parsed))?;
        return Ok(ExitCode::SUCCESS);
    }
    match parsed {
        Ok(document) => {
            show(&document, &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => {
            writeln!(out, "{failure}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Reads a file for whoever measures the time.
fn time(path: &Path) -> io::Result<()> {
    let bytes = std::fs::read(path)?;
    let parsed = parse(&path.to_string_lossy(), &bytes, &Limits::default()).unwrap_or_default();
    let n_chars = parsed.text.chars().count();
    writeln!(io::stdout(), "{}", json!([path, n_chars, parsed.n_pages]))
}

fn show(document: &ParsedDocument, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "{} {:?} {:?}", document.media_type, document.title, document.notes)?;
    for block in &document.blocks {
        let text = document.text.get(block.range.clone()).unwrap_or_default();
        writeln!(out, "\n[{:?} {:?} {:?}]\n{text}", block.kind, block.page, block.headings)?;
    }
    Ok(())
}

/// Writes a document with its places counted in characters, or the code of its failure.
fn as_json(parsed: &Result<ParsedDocument, Failure>) -> Value {
    let document = match parsed {
        Ok(document) => document,
        Err(failure) => {
            return json!({ "failure": failure.code.as_str(), "detail": failure.detail });
        }
    };
    let offsets = char_offsets(&document.text);
    let at = |byte: usize| offsets.get(byte).copied().unwrap_or_default();
    let blocks = document.blocks.iter().map(|block| {
        let kind = format!("{:?}", block.kind);
        json!([kind, at(block.range.start), at(block.range.end), block.page])
    });
    let words = document.layout.runs().map(|run| {
        let rect = run.rect;
        let rect = [rect.x1, rect.y1, rect.x2, rect.y2];
        json!([at(run.range.start), at(run.range.end), run.page, rect])
    });
    json!({
        "text": document.text,
        "n_pages": document.n_pages,
        "notes": document.notes,
        "blocks": blocks.collect::<Vec<_>>(),
        "words": words.collect::<Vec<_>>(),
        "layout_bytes": document.layout.as_bytes().len(),
    })
}

/// Returns, for every byte, how many characters come before it.
fn char_offsets(text: &str) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(text.len() + 1);
    for (nth, c) in text.chars().enumerate() {
        offsets.extend(std::iter::repeat_n(nth, c.len_utf8()));
    }
    offsets.push(text.chars().count());
    offsets
}
