//! PowerPoint presentations since 2007: the slides in the order they are shown in.

mod slide;

use footnote_core::document::{BlockKind, ParsedDocument, Place};
use footnote_core::job::Failure;

use super::drawing::{self, Chart};
use super::properties;
use crate::assemble::Assembler;
use crate::limits::Limits;
use crate::package::{Package, Relations, damaged};
use crate::xml::{Step, Xml};
use slide::{Piece, Shape, Slide};

/// Reads a presentation: of each slide its title, its text in order, its speaker notes and its
/// comments. A slide counts as a page.
///
/// # Errors
/// `Unreadable` for a damaged file, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut package = Package::open(bytes, limits)?;
    let slides = slides(&mut package)?;
    limits.check_pages(slides.len())?;
    let mut assembler = Assembler::new(limits);
    for (nth, name) in slides.iter().enumerate() {
        let number = u32::try_from(nth + 1).unwrap_or(u32::MAX);
        assembler.begin_page(number);
        assembler.begin_place(Some(Place::Slide(number)));
        assembler.leave_headings();
        write(name, &mut package, &mut assembler)?;
    }
    let title = properties::title(&mut package, "docProps/core.xml")?;
    let title = title.or_else(|| assembler.first_title());
    let n_pages = u32::try_from(slides.len()).ok();
    Ok(ParsedDocument { title, n_pages, ..assembler.finish() })
}

/// Returns the names of the slides in order.
fn slides(package: &mut Package<'_>) -> Result<Vec<String>, Failure> {
    let root = Relations::of(package, "")?;
    let main = root.of_kind("officeDocument").into_iter().next();
    let main = main.unwrap_or_else(|| "ppt/presentation.xml".to_owned());
    let relations = Relations::of(package, &main)?;
    let text = package.text(&main)?.ok_or_else(damaged)?;
    let mut xml = Xml::new(&text, package.limits());
    let mut slides = Vec::new();
    while let Some(step) = xml.next()? {
        let Step::Open(tag) = step else { continue };
        if tag.name() == "sldId"
            && let Some(name) =
                tag.relation("id").and_then(|id| relations.target(&id).map(str::to_owned))
        {
            slides.push(name);
        }
    }
    Ok(slides)
}

fn write(
    name: &str,
    package: &mut Package<'_>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    let Some(text) = package.text(name)? else { return Ok(()) };
    let relations = Relations::of(package, name)?;
    let mut slide = Slide::read(&text, package.limits())?;
    // The title leads, wherever on the slide it was drawn.
    slide.shapes.sort_by_key(|shape| !shape.is_title());
    for shape in &slide.shapes {
        write_shape(shape, &relations, package, assembler)?;
    }
    write_notes(&relations, package, assembler)?;
    write_comments(&relations, package, assembler)
}

fn write_shape(
    shape: &Shape,
    relations: &Relations,
    package: &mut Package<'_>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    if shape.is_page_number() {
        return Ok(());
    }
    for piece in &shape.pieces {
        match piece {
            Piece::Paragraph(text) => assembler.push(shape.kind(), text)?,
            Piece::Table(text) => assembler.push(BlockKind::Table, text)?,
            Piece::Diagram(id) => {
                let Some(text) = part(id, relations, package)? else { continue };
                for point in drawing::diagram(&text, package.limits())? {
                    assembler.push(BlockKind::ListItem, &point)?;
                }
            }
            Piece::Chart(id) => {
                let Some(text) = part(id, relations, package)? else { continue };
                let chart = Chart::read(&text, package.limits())?;
                assembler.push(BlockKind::Paragraph, &chart.title)?;
                assembler.push(BlockKind::Table, &chart.table())?;
            }
        }
    }
    Ok(())
}

fn part(
    id: &str,
    relations: &Relations,
    package: &mut Package<'_>,
) -> Result<Option<String>, Failure> {
    let Some(name) = relations.target(id) else { return Ok(None) };
    package.text(name)
}

/// Writes what the speaker noted below a slide.
fn write_notes(
    relations: &Relations,
    package: &mut Package<'_>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    for name in relations.of_kind("notesSlide") {
        let Some(text) = package.text(&name)? else { continue };
        let notes = Slide::read(&text, package.limits())?;
        let outside = assembler.begin_place(Some(Place::Part("notes".to_owned())));
        for shape in notes.shapes.iter().filter(|shape| shape.is_body()) {
            for piece in &shape.pieces {
                if let Piece::Paragraph(text) = piece {
                    assembler.push(BlockKind::Paragraph, text)?;
                }
            }
        }
        assembler.begin_place(outside);
    }
    Ok(())
}

/// Writes what reviewers remarked on a slide, in both forms that PowerPoint keeps it.
fn write_comments(
    relations: &Relations,
    package: &mut Package<'_>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    for name in relations.of_kind("comments") {
        let Some(text) = package.text(&name)? else { continue };
        let outside = assembler.begin_place(Some(Place::Part("comment".to_owned())));
        let mut xml = Xml::new(&text, package.limits());
        while let Some(step) = xml.next()? {
            let Step::Open(tag) = step else { continue };
            if matches!(tag.name(), "text" | "t") {
                assembler
                    .push(BlockKind::Paragraph, &format!("Comment: {}", xml.text()?.trim()))?;
            }
        }
        assembler.begin_place(outside);
    }
    Ok(())
}
