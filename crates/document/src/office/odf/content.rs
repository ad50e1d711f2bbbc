//! The walk over the content of an OpenDocument file, and what its elements become.

use footnote_core::document::{BlockKind, Place};
use footnote_core::job::Failure;

use super::cells::Table;
use super::paragraph::Paragraph;
use crate::assemble::{Assembler, one_line};
use crate::limits::Limits;
use crate::sheet;
use crate::xml::{Step, Tag, Xml};

/// What kind of document the content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Slides,
    Sheets,
}

/// A note or comment while it is read: where it stands, and its paragraphs.
#[derive(Debug)]
struct Note {
    place: &'static str,
    /// What is written before it.
    before: String,
    paragraphs: Vec<String>,
    /// How many paragraphs were open around it.
    n_outer: usize,
}

/// Writes the content of a document, block by block.
pub(crate) struct Content<'a> {
    assembler: Assembler<'a>,
    kind: Kind,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    open_notes: Vec<Note>,
    /// The notes of the open paragraph or table.
    notes: Vec<Note>,
    n_lists: usize,
    n_slides: u32,
    n_cells: usize,
    /// Whether the shape that is read holds the title of its slide.
    is_title: bool,
}

impl<'a> Content<'a> {
    pub(crate) fn new(assembler: Assembler<'a>) -> Self {
        Self {
            assembler,
            kind: Kind::Text,
            paragraphs: Vec::new(),
            tables: Vec::new(),
            open_notes: Vec::new(),
            notes: Vec::new(),
            n_lists: 0,
            n_slides: 0,
            n_cells: 0,
            is_title: false,
        }
    }

    /// Tells whether it is a text rather than slides or sheets.
    pub(crate) fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }

    pub(crate) fn assembler(&mut self) -> &mut Assembler<'a> {
        &mut self.assembler
    }

    /// Returns the assembled document, and how many slides it has.
    pub(crate) fn finish(self) -> (Assembler<'a>, Option<u32>) {
        (self.assembler, (self.n_slides > 0).then_some(self.n_slides))
    }

    /// # Errors
    /// As [`Xml::next`]; `TooLarge` past a limit.
    pub(crate) fn walk(&mut self, text: &str, limits: &Limits) -> Result<(), Failure> {
        let mut xml = Xml::new(text, limits);
        while let Some(step) = xml.next()? {
            match step {
                Step::Open(tag) if is_unprinted(tag.name()) => xml.skip()?,
                Step::Open(tag) => self.open(&tag, &mut xml)?,
                Step::Text(text) => {
                    if let Some(paragraph) = self.paragraphs.last_mut() {
                        paragraph.add(&text);
                    }
                }
                Step::Close(tag) => self.close(tag.name(), limits)?,
            }
        }
        Ok(())
    }

    fn open(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) -> Result<(), Failure> {
        match tag.name() {
            "presentation" => self.kind = Kind::Slides,
            "spreadsheet" => self.kind = Kind::Sheets,
            "page" if self.kind == Kind::Slides => self.begin_slide(),
            "frame" | "custom-shape" => {
                self.is_title = tag.attr("class").as_deref() == Some("title");
            }
            "notes" => {
                self.assembler.begin_place(Some(Place::Part("notes".to_owned())));
            }
            "list" => self.n_lists += 1,
            "table" => self.tables.push(Table::new(tag)),
            "p" | "h" => self.begin_paragraph(tag),
            "note" | "annotation" => self.begin_note(tag),
            // The mark would stand in the middle of what is quoted.
            "note-citation" => xml.skip()?,
            "creator" if self.is_in_comment() => {
                let author = xml.text()?;
                if let Some(note) = self.open_notes.last_mut() {
                    note.before = format!("Comment by {}: ", author.trim());
                }
            }
            "date" | "date-string" if self.is_in_comment() => xml.skip()?,
            _ => self.open_inside(tag),
        }
        Ok(())
    }

    /// Enters an element of a paragraph or a table.
    fn open_inside(&mut self, tag: &Tag<'_>) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.open(tag);
        }
        if let Some(table) = self.tables.last_mut() {
            table.open(tag);
        }
    }

    fn is_in_comment(&self) -> bool {
        self.open_notes.last().is_some_and(|note| note.place == "comment")
    }

    fn begin_slide(&mut self) {
        self.n_slides += 1;
        self.assembler.begin_page(self.n_slides);
        self.assembler.begin_place(Some(Place::Slide(self.n_slides)));
        self.assembler.leave_headings();
    }

    fn begin_paragraph(&mut self, tag: &Tag<'_>) {
        let level = tag.number("outline-level").and_then(|level| u8::try_from(level).ok());
        let kind = if self.is_title {
            BlockKind::Heading(1)
        } else if tag.name() == "h" {
            BlockKind::Heading(level.unwrap_or(1).clamp(1, 6))
        } else if self.n_lists > 0 {
            BlockKind::ListItem
        } else if tag.attr("style-name").as_deref() == Some("Title") {
            BlockKind::Heading(1)
        } else {
            BlockKind::Paragraph
        };
        self.paragraphs.push(Paragraph { kind, text: String::new() });
    }

    fn begin_note(&mut self, tag: &Tag<'_>) {
        let (place, before) = match (tag.name(), tag.attr("note-class").as_deref()) {
            ("annotation", _) => ("comment", "Comment: "),
            (_, Some("endnote")) => ("endnote", "Endnote: "),
            _ => ("footnote", "Footnote: "),
        };
        let (n_outer, before) = (self.paragraphs.len(), before.to_owned());
        self.open_notes.push(Note { place, before, paragraphs: Vec::new(), n_outer });
    }

    fn close(&mut self, name: &str, limits: &Limits) -> Result<(), Failure> {
        match name {
            "p" | "h" => self.end_paragraph()?,
            "note" | "annotation" => self.end_note()?,
            "list" => self.n_lists = self.n_lists.saturating_sub(1),
            "frame" | "custom-shape" => self.is_title = false,
            "notes" => {
                self.assembler.begin_place(Some(Place::Slide(self.n_slides)));
            }
            "table" => self.end_table()?,
            name => {
                if let Some(table) = self.tables.last_mut() {
                    table.close(name);
                    limits.check_cells(self.n_cells + table.n_cells)?;
                    limits.check(table.n_bytes)?;
                }
            }
        }
        Ok(())
    }

    fn end_paragraph(&mut self) -> Result<(), Failure> {
        let Some(Paragraph { kind, text }) = self.paragraphs.pop() else { return Ok(()) };
        if let Some(note) = self.open_notes.last_mut()
            && self.paragraphs.len() >= note.n_outer
        {
            note.paragraphs.push(text.trim().to_owned());
            return Ok(());
        }
        if let Some(table) = self.tables.last_mut().filter(|table| table.is_in_cell()) {
            table.add(text.trim());
            return Ok(());
        }
        let is_heading = matches!(kind, BlockKind::Heading(_));
        self.assembler.push(kind, &if is_heading { one_line(&text) } else { text })?;
        if self.paragraphs.is_empty() { self.write_notes() } else { Ok(()) }
    }

    fn end_note(&mut self) -> Result<(), Failure> {
        self.notes.extend(self.open_notes.pop());
        let is_inside = !self.paragraphs.is_empty() || !self.tables.is_empty();
        if is_inside { Ok(()) } else { self.write_notes() }
    }

    fn end_table(&mut self) -> Result<(), Failure> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        self.n_cells += table.n_cells;
        if let Some(outer) = self.tables.last_mut().filter(|outer| outer.is_in_cell()) {
            let (grid, first_row) = table.grid();
            outer.add(&grid.lines(first_row).join(" "));
            return Ok(());
        }
        if self.kind == Kind::Sheets {
            let rows = table.name.clone();
            let cells = table.rows().into_iter();
            let cells = cells.map(|row| sheet::Row::of(row.number, row.cells));
            sheet::write(&rows, cells.collect(), &mut self.assembler)?;
            return self.write_notes();
        }
        let (grid, first_row) = table.grid();
        match grid.single_column() {
            Some(texts) => {
                for text in texts {
                    self.assembler.push(BlockKind::Paragraph, text)?;
                }
            }
            None => self.assembler.push(BlockKind::Table, &grid.text(first_row))?,
        }
        self.write_notes()
    }

    fn write_notes(&mut self) -> Result<(), Failure> {
        for note in std::mem::take(&mut self.notes) {
            let outside = self.assembler.begin_place(Some(Place::Part(note.place.to_owned())));
            let text = note.paragraphs.join("\n");
            if !text.trim().is_empty() {
                self.assembler.push(BlockKind::Paragraph, &(note.before + &text))?;
            }
            self.assembler.begin_place(outside);
        }
        Ok(())
    }
}

/// Tells whether an element holds nothing that is printed: what tracked changes removed,
/// settings, scripts, and the second form of what is there already.
fn is_unprinted(name: &str) -> bool {
    matches!(
        name,
        "tracked-changes"
            | "settings"
            | "scripts"
            | "font-face-decls"
            | "automatic-styles"
            | "sequence-decls"
            | "forms"
            | "meta"
            | "binary-data"
            | "linenumbering-configuration"
            | "notes-configuration"
            | "page-number"
            | "event-listeners"
    )
}
