//! The walk over the text of a Word document, and what its paragraphs become.

use footnote_core::document::{BlockKind, Place};
use footnote_core::job::Failure;

use super::inline::is_unprinted;
use super::notes::Notes;
use super::numbering::Numbering;
use super::paragraph::{Paragraph, Properties, Reference};
use super::styles::Styles;
use super::tables::Table;
use crate::assemble::{Assembler, one_line};
use crate::office::drawing::{self, Chart};
use crate::package::{Package, Relations};
use crate::xml::{Step, Tag, Xml};
use crate::{detect, parser};

/// The parts that paragraphs refer to.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) styles: Styles,
    pub(crate) numbering: Numbering,
    pub(crate) footnotes: Notes,
    pub(crate) endnotes: Notes,
    pub(crate) comments: Notes,
}

/// Writes the text of a document, block by block.
pub(crate) struct Body<'a> {
    assembler: Assembler<'a>,
    parts: Parts,
    /// The paragraphs around the current place: those in a text box lie inside another.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    /// What the paragraphs of the open table refer to.
    references: Vec<Reference>,
    /// The text of a paragraph whose end a tracked change removed.
    carried: String,
    title: Option<String>,
}

impl<'a> Body<'a> {
    pub(crate) fn new(assembler: Assembler<'a>, parts: Parts) -> Self {
        Self {
            assembler,
            parts,
            paragraphs: Vec::new(),
            tables: Vec::new(),
            references: Vec::new(),
            carried: String::new(),
            title: None,
        }
    }

    /// Says where the text stands that follows.
    pub(crate) fn begin_place(&mut self, place: Option<Place>) {
        self.assembler.begin_place(place);
    }

    /// Closes every heading.
    pub(crate) fn leave_headings(&mut self) {
        self.assembler.leave_headings();
    }

    /// Returns the assembled document, and the paragraph that is its title.
    pub(crate) fn finish(self) -> (Assembler<'a>, Option<String>) {
        (self.assembler, self.title)
    }

    /// Reads a part.
    ///
    /// # Errors
    /// As [`Xml::next`] and [`Package::read`].
    pub(crate) fn walk(
        &mut self,
        text: &str,
        relations: &Relations,
        package: &mut Package<'_>,
    ) -> Result<(), Failure> {
        let mut xml = Xml::new(text, package.limits());
        while let Some(step) = xml.next()? {
            match step {
                Step::Open(tag) if is_unprinted(tag.name()) => xml.skip()?,
                Step::Open(tag) => match tag.name() {
                    "altChunk" | "chart" | "relIds" => self.part(&tag, relations, package)?,
                    _ => self.open(&tag, &mut xml)?,
                },
                Step::Text(piece) => {
                    if let Some(Paragraph { inline, text, .. }) = self.paragraphs.last_mut() {
                        inline.text(&piece, text);
                    }
                }
                Step::Close(tag) => self.close(tag.name())?,
            }
        }
        Ok(())
    }

    fn open(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) -> Result<(), Failure> {
        match (tag.name(), self.tables.last_mut()) {
            ("p", _) => self.paragraphs.push(Paragraph::default()),
            ("tbl", _) => self.tables.push(Table::new()),
            ("tr", Some(table)) => table.begin_row(),
            ("tc", Some(table)) => table.begin_cell(),
            ("trPr", Some(table)) => table.row_properties(xml)?,
            ("tcPr", Some(table)) => table.cell_properties(xml)?,
            ("tblPrEx", _) => xml.skip()?,
            (name, _) => {
                let Some(paragraph) = self.paragraphs.last_mut() else { return Ok(()) };
                match name {
                    "pPr" => paragraph.properties = Properties::read(xml)?,
                    "footnoteReference" | "endnoteReference" | "commentReference" => {
                        refer(paragraph, tag);
                    }
                    _ => paragraph.inline.open(tag, xml, &mut paragraph.text)?,
                }
            }
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        match (name, self.tables.last_mut()) {
            ("p", _) => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.write(paragraph)?;
                }
            }
            ("tbl", _) => self.end_table()?,
            ("tr", Some(table)) => table.end_row(),
            ("tc", Some(table)) => table.end_cell(),
            (name, _) => {
                if let Some(Paragraph { inline, text, .. }) = self.paragraphs.last_mut() {
                    inline.close(name, text);
                }
            }
        }
        Ok(())
    }

    /// Writes a paragraph that has ended, and then what it refers to.
    fn write(&mut self, paragraph: Paragraph) -> Result<(), Failure> {
        let text = std::mem::take(&mut self.carried) + &paragraph.text;
        if paragraph.properties.goes_on {
            self.carried = text;
            self.references.extend(paragraph.references);
            return Ok(());
        }
        self.references.extend(paragraph.references);
        let (kind, text) = self.told(&paragraph.properties, &text);
        if let Some(table) = self.tables.last_mut() {
            if !text.is_empty() {
                table.add(&text);
            }
            return Ok(());
        }
        self.assembler.push(kind, &text)?;
        if self.paragraphs.is_empty() { self.write_references() } else { Ok(()) }
    }

    /// Tells what kind of block a paragraph is, and writes its number before it.
    fn told(&mut self, properties: &Properties, text: &str) -> (BlockKind, String) {
        let text = text.trim();
        if text.is_empty() {
            return (BlockKind::Paragraph, String::new());
        }
        let style = properties.style.as_deref().map(|id| self.parts.styles.get(id));
        let style = style.unwrap_or_default();
        let list = properties.list.or(&style.list);
        let is_item = list.list.as_deref().map_or(style.is_list(), |list| list != "0");
        let numbered = match self.parts.numbering.next_label(&list) {
            Some(label) => format!("{label} {text}"),
            None => text.to_owned(),
        };
        if style.is_title {
            self.title.get_or_insert_with(|| one_line(text));
        }
        match properties.outline.or(style.heading) {
            Some(level) => (BlockKind::Heading(level), one_line(&numbered)),
            None if style.is_title => (BlockKind::Heading(1), one_line(&numbered)),
            None if is_item => (BlockKind::ListItem, numbered),
            None => (BlockKind::Paragraph, numbered),
        }
    }

    fn end_table(&mut self) -> Result<(), Failure> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        if let Some(outer) = self.tables.last_mut() {
            outer.add(&table.nested());
            return Ok(());
        }
        let (grid, first_row) = table.finish();
        match grid.single_column() {
            Some(texts) => {
                for text in texts {
                    self.assembler.push(BlockKind::Paragraph, text)?;
                }
            }
            None => self.assembler.push(BlockKind::Table, &grid.text(first_row))?,
        }
        self.write_references()
    }

    /// Writes the notes and comments that the last paragraph or table refers to.
    fn write_references(&mut self) -> Result<(), Failure> {
        for reference in std::mem::take(&mut self.references) {
            let parts = &mut self.parts;
            let (place, name, note) = match reference {
                Reference::Footnote(id) => ("footnote", "Footnote", parts.footnotes.take(&id)),
                Reference::Endnote(id) => ("endnote", "Endnote", parts.endnotes.take(&id)),
                Reference::Comment(id) => ("comment", "Comment", parts.comments.take(&id)),
            };
            let Some(note) = note else { continue };
            let before = match &note.author {
                Some(author) if !author.is_empty() => format!("{name} by {author}: "),
                Some(_) | None => format!("{name}: "),
            };
            let outside = self.assembler.begin_place(Some(Place::Part(place.to_owned())));
            let text = before + &note.paragraphs.join("\n");
            self.assembler.push(BlockKind::Paragraph, &text)?;
            self.assembler.begin_place(outside);
        }
        Ok(())
    }

    /// Writes a part that stands at this place: a chart, a diagram, a document of another format.
    fn part(
        &mut self,
        tag: &Tag<'_>,
        relations: &Relations,
        package: &mut Package<'_>,
    ) -> Result<(), Failure> {
        let id = if tag.name() == "relIds" { tag.relation("dm") } else { tag.relation("id") };
        let Some(name) = id.and_then(|id| relations.target(&id).map(str::to_owned)) else {
            return Ok(());
        };
        let Some(bytes) = package.read(&name)? else { return Ok(()) };
        let limits = package.limits();
        match tag.name() {
            "chart" => {
                let chart = Chart::read(&crate::xml::decoded(&bytes)?, limits)?;
                self.assembler.push(BlockKind::Paragraph, &chart.title)?;
                self.assembler.push(BlockKind::Table, &chart.table())
            }
            "relIds" => {
                for text in drawing::diagram(&crate::xml::decoded(&bytes)?, limits)? {
                    self.assembler.push(BlockKind::ListItem, &text)?;
                }
                Ok(())
            }
            // A Word document inside one could hold itself; it is left out.
            _ if detect::is_zip(&bytes) => Ok(()),
            _ => parser::parse(&name, &bytes, limits)
                .map_or(Ok(()), |inner| self.assembler.append(&inner)),
        }
    }
}

/// Keeps what is referred to for the end of the paragraph.
///
/// The mark itself is left out: it would stand in the middle of what is quoted.
fn refer(paragraph: &mut Paragraph, tag: &Tag<'_>) {
    let id = tag.attr("id").unwrap_or_default();
    let reference = match tag.name() {
        "commentReference" => Reference::Comment(id),
        "footnoteReference" => Reference::Footnote(id),
        _ => Reference::Endnote(id),
    };
    paragraph.references.push(reference);
}
