//! Word and PowerPoint files of before 2007, which undoc reads.

use footnote_core::document::{BlockKind, ParsedDocument, Place};
use footnote_core::job::Failure;
use undoc::doc::DocParser;
use undoc::model::{Block, Document, HeadingLevel, Paragraph, Table};
use undoc::ppt::PptParser;

use super::{counts, properties};
use crate::assemble::Assembler;
use crate::grid::{FirstRow, Grid};
use crate::guard::guarded;
use crate::limits::Limits;
use crate::package::{damaged, encrypted};

/// Reads a Word document.
///
/// # Errors
/// `Unreadable` for a damaged file, `Encrypted` when a password is needed, `TooLarge` past a limit.
pub(crate) fn doc(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    counts::check(bytes)?;
    let document = guarded(|| DocParser::from_bytes(bytes.to_vec())?.parse());
    let document = document.map_err(|_| damaged())?.map_err(|error| told(&error))?;
    let mut assembler = Assembler::new(limits);
    for section in &document.sections {
        for block in &section.content {
            write(block, &mut assembler)?;
        }
    }
    write_margins(&document, &mut assembler)?;
    Ok(finished(&document, assembler, None))
}

/// Reads a presentation; a slide counts as a page.
///
/// # Errors
/// As [`doc`].
pub(crate) fn ppt(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let document = guarded(|| PptParser::from_bytes(bytes.to_vec())?.parse());
    let document = document.map_err(|_| damaged())?.map_err(|error| told(&error))?;
    limits.check_pages(document.sections.len())?;
    let mut assembler = Assembler::new(limits);
    for (nth, slide) in document.sections.iter().enumerate() {
        let number = u32::try_from(nth + 1).unwrap_or(u32::MAX);
        assembler.begin_page(number);
        assembler.begin_place(Some(Place::Slide(number)));
        assembler.leave_headings();
        for block in &slide.content {
            write(block, &mut assembler)?;
        }
        assembler.begin_place(Some(Place::Part("notes".to_owned())));
        write_paragraphs(slide.notes.as_deref(), &mut assembler)?;
    }
    let n_pages = u32::try_from(document.sections.len()).ok();
    Ok(finished(&document, assembler, n_pages))
}

fn finished(document: &Document, assembler: Assembler<'_>, n_pages: Option<u32>) -> ParsedDocument {
    let title = document.metadata.title.as_deref().and_then(properties::meant);
    let title = title.or_else(|| assembler.first_title());
    ParsedDocument { title, n_pages, ..assembler.finish() }
}

fn write(block: &Block, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    match block {
        Block::Paragraph(paragraph) => assembler.push(kind(paragraph), &plain(paragraph)),
        Block::Table(table) => write_table(table, assembler),
        Block::Note { content, .. } => {
            let outside = assembler.begin_place(Some(Place::Part("footnote".to_owned())));
            let texts: Vec<String> = content.iter().map(plain).collect();
            let text = format!("Footnote: {}", texts.join("\n"));
            assembler.push(BlockKind::Paragraph, &text)?;
            assembler.begin_place(outside);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn kind(paragraph: &Paragraph) -> BlockKind {
    match paragraph.heading {
        HeadingLevel::None if paragraph.list_info.is_some() => BlockKind::ListItem,
        HeadingLevel::None => BlockKind::Paragraph,
        HeadingLevel::H1 => BlockKind::Heading(1),
        HeadingLevel::H2 => BlockKind::Heading(2),
        HeadingLevel::H3 => BlockKind::Heading(3),
        HeadingLevel::H4 => BlockKind::Heading(4),
        HeadingLevel::H5 => BlockKind::Heading(5),
        HeadingLevel::H6 => BlockKind::Heading(6),
    }
}

/// Returns the text of a paragraph; a break of the page in it ends a line.
fn plain(paragraph: &Paragraph) -> String {
    let mut text = String::new();
    for run in &paragraph.runs {
        text.extend(run.text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')));
        if run.line_break || run.page_break {
            text.push('\n');
        }
    }
    text
}

fn write_table(table: &Table, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    let grid = grid(table);
    let has_headers = table.rows.first().is_some_and(|row| row.is_header);
    let first_row = if has_headers { FirstRow::Headers } else { FirstRow::Unknown };
    match grid.single_column() {
        Some(texts) => {
            for text in texts {
                assembler.push(BlockKind::Paragraph, text)?;
            }
            Ok(())
        }
        None => assembler.push(BlockKind::Table, &grid.text(first_row)),
    }
}

fn grid(table: &Table) -> Grid {
    let mut grid = Grid::default();
    for row in &table.rows {
        grid.begin_row();
        for cell in &row.cells {
            let mut text: Vec<String> = cell.content.iter().map(plain).collect();
            for inner in &cell.nested_tables {
                text.push(inner.plain_text());
            }
            grid.push(&text.join(" "), cell.col_span as usize);
        }
    }
    grid
}

/// Writes the headers and footers of the pages, each text once.
fn write_margins(document: &Document, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    assembler.leave_headings();
    let mut seen = Vec::new();
    for section in &document.sections {
        for (place, paragraphs) in [("header", &section.header), ("footer", &section.footer)] {
            let texts: Vec<String> = paragraphs.iter().flatten().map(plain).collect();
            if !seen.contains(&texts) {
                assembler.begin_place(Some(Place::Part(place.to_owned())));
                write_paragraphs(paragraphs.as_deref(), assembler)?;
                seen.push(texts);
            }
        }
    }
    Ok(())
}

fn write_paragraphs(
    paragraphs: Option<&[Paragraph]>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    for paragraph in paragraphs.unwrap_or_default() {
        let text = plain(paragraph);
        if text.contains(char::is_alphabetic) {
            assembler.push(BlockKind::Paragraph, &text)?;
        }
    }
    Ok(())
}

fn told(error: &undoc::Error) -> Failure {
    if matches!(error, undoc::Error::Encrypted) { encrypted() } else { damaged() }
}
