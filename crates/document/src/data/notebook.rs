//! Notebooks: their cells in order, what they printed after them.

use footnote_core::document::{BlockKind, ParsedDocument, Place};
use footnote_core::job::Failure;

use super::Json;
use super::json;
use crate::assemble::Assembler;
use crate::limits::Limits;
use crate::{decode, markdown};

/// Reads a notebook; what has no cells is read as JSON.
///
/// # Errors
/// `Unreadable` for what is no text, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let decoded = decode::whole(bytes, None)?;
    limits.check(decoded.text.len())?;
    let Ok(notebook) = serde_json::from_str::<Json>(&decoded.text) else {
        return json::parse(bytes, limits);
    };
    let mut assembler = Assembler::new(limits);
    for (nth, cell) in cells(&notebook).iter().enumerate() {
        let place = Place::Part(format!("cell {}", nth + 1));
        assembler.begin_place(Some(place));
        write(cell, &mut assembler)?;
    }
    let title = assembler.first_title();
    Ok(ParsedDocument { title, ..assembler.finish() })
}

/// Returns the cells, which older notebooks keep in worksheets.
fn cells(notebook: &Json) -> &[Json] {
    let worksheet = notebook.get("worksheets").and_then(|sheets| sheets.list().first());
    let cells = notebook.get("cells").or_else(|| worksheet?.get("cells"));
    cells.map(Json::list).unwrap_or_default()
}

fn write(cell: &Json, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    let source = cell.get("source").or_else(|| cell.get("input")).map(joined).unwrap_or_default();
    if cell.get("cell_type").and_then(Json::text) == Some("markdown") {
        return write_markdown(&source, assembler);
    }
    assembler.push(BlockKind::Code, &source)?;
    for output in cell.get("outputs").map(Json::list).unwrap_or_default() {
        assembler.push(BlockKind::Code, &printed(output))?;
    }
    Ok(())
}

/// Writes the blocks of a cell in Markdown, its headings without their marks.
fn write_markdown(source: &str, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    if source.trim().is_empty() {
        return Ok(());
    }
    let inner = markdown::parse(source.as_bytes(), assembler.limits())?;
    for block in &inner.blocks {
        let text = inner.text.get(block.range.clone()).unwrap_or_default();
        let text = match block.kind {
            BlockKind::Heading(_) => text.trim_start_matches('#').trim(),
            _ => text,
        };
        assembler.push(block.kind, text)?;
    }
    Ok(())
}

/// Returns what a cell printed, if it is text.
fn printed(output: &Json) -> String {
    let data = output.get("data").and_then(|data| data.get("text/plain"));
    let error = || {
        let (name, value) = (output.get("ename")?.text()?, output.get("evalue")?.text()?);
        Some(format!("{name}: {value}"))
    };
    let text = output.get("text").or(data).map(joined).or_else(error);
    text.unwrap_or_default()
}

/// Returns a text that may be written as a list of its lines.
fn joined(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        value => value.list().iter().filter_map(Json::text).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_blocks_with_what_they_printed() {
        let source = br##"{"cells": [
            {"cell_type": "markdown", "source": ["# Leave\n", "\n", "Ten *days*."]},
            {"cell_type": "code", "source": "1 + 1",
             "outputs": [{"data": {"text/plain": ["2"], "image/png": "x"}}]}]}"##;
        let document = parse(source, &Limits::default()).unwrap();
        assert_eq!(document.text, "Leave\n\nTen *days*.\n\n1 + 1\n\n2");
        assert_eq!(document.title.as_deref(), Some("Leave"));
        let last = document.blocks.last().and_then(|block| block.place.clone());
        assert_eq!(last, Some(Place::Part("cell 2".to_owned())));
    }
}
