//! What `footnote parse` tells people about a file.

use console::{StyledObject, Term, style};

use footnote::wire::job::Failed;
use footnote::wire::preview::{ParsedFile, PlannedChunk};

use crate::blocks::{kinds, outline};
use crate::output::{bytes, columns};

/// Writes what would be kept of a file, and its blocks, or the chunks that it would be cut into.
pub(super) fn of_file(file: &ParsedFile, with_chunks: bool) -> String {
    let head = head(&file.source, &facts(file));
    let body = if with_chunks {
        file.chunks.iter().flatten().map(chunk).collect()
    } else {
        outline(&file.parsed.contents, width())
    };
    format!("{head}{body}\n")
}

/// Writes why a file cannot be read.
pub(super) fn of_failure(failed: &Failed) -> String {
    let code = style(failed.code.as_str()).yellow();
    format!("{}\n", head(&failed.source, &[("failed", format!("{code}: {}", failed.detail))]))
}

fn facts(file: &ParsedFile) -> Vec<(&'static str, String)> {
    let parsed = &file.parsed;
    let mut facts = vec![("type", parsed.media_type.clone())];
    facts.extend(parsed.title.clone().map(|title| ("title", title)));
    facts.extend(parsed.pages.map(|pages| ("pages", pages.to_string())));
    facts.push(("characters", parsed.contents.characters.to_string()));
    facts.push(("blocks", kinds(&parsed.contents)));
    facts.extend(file.chunks.iter().map(|chunks| ("chunks", chunks.len().to_string())));
    facts.extend(parsed.notes.iter().map(|note| ("note", style(note).yellow().to_string())));
    let inside = file.attachments.iter();
    facts.extend(
        inside.map(|inside| ("holds", format!("{} ({})", inside.name, bytes(inside.bytes)))),
    );
    facts
}

fn head(source: &str, facts: &[(&str, String)]) -> String {
    let row =
        |(name, value): &(&str, String)| vec![dim(format!("  {name}")).to_string(), value.clone()];
    let rows: Vec<Vec<String>> = facts.iter().map(row).collect();
    format!("{}\n{}", style(source).bold(), columns(&rows))
}

/// Writes a chunk: where it stands, what is embedded before it, and its text.
fn chunk(chunk: &PlannedChunk) -> String {
    let page = chunk.page.map(|page| format!(", p. {page}")).unwrap_or_default();
    let PlannedChunk { ordinal, range, tokens, context, text, .. } = chunk;
    let head = dim(format!("[{ordinal}] {}..{}{page}, {tokens} tokens", range.start, range.end));
    let context =
        if context.is_empty() { String::new() } else { format!("{}\n", style(context).cyan()) };
    format!("\n{head}\n{context}{text}\n")
}

fn dim(text: String) -> StyledObject<String> {
    style(text).dim()
}

/// Returns how wide the lines may be.
fn width() -> usize {
    usize::from(Term::stdout().size_checked().map_or(100, |(_rows, columns)| columns))
}
