//! One slide: its shapes and what they hold.

use footnote_core::document::BlockKind;
use footnote_core::job::Failure;

use crate::assemble::one_line;
use crate::grid::{FirstRow, Grid};
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// The shapes of a slide in the order they are drawn in.
#[derive(Debug, Default)]
pub(crate) struct Slide {
    pub(crate) shapes: Vec<Shape>,
}

/// A shape with text, a table or a drawing.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// What it is a place for: `title`, `body`, `sldNum`; none for a box of its own.
    placeholder: Option<String>,
    pub(crate) pieces: Vec<Piece>,
}

/// Something that a shape holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A paragraph.
    Paragraph(String),
    /// A table, a row a line.
    Table(String),
    /// A diagram, by the relation to its part.
    Diagram(String),
    /// A chart, by the relation to its part.
    Chart(String),
}

impl Shape {
    /// Tells whether it holds the title of its slide.
    pub(crate) fn is_title(&self) -> bool {
        matches!(self.placeholder.as_deref(), Some("title" | "ctrTitle"))
    }

    /// Tells whether it holds running text; of a page of notes, the notes.
    pub(crate) fn is_body(&self) -> bool {
        self.placeholder.as_deref() == Some("body")
    }

    /// Tells whether it shows the number of the slide.
    pub(crate) fn is_page_number(&self) -> bool {
        self.placeholder.as_deref() == Some("sldNum")
    }

    /// Returns what its paragraphs are: the points of a slide are a list.
    pub(crate) fn kind(&self) -> BlockKind {
        match self.placeholder.as_deref() {
            Some("title" | "ctrTitle") => BlockKind::Heading(1),
            Some("body" | "obj") if self.pieces.len() > 1 => BlockKind::ListItem,
            Some(_) | None => BlockKind::Paragraph,
        }
    }
}

impl Slide {
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn read(text: &str, limits: &Limits) -> Result<Self, Failure> {
        let mut xml = Xml::new(text, limits);
        let mut reader = Reader::default();
        while let Some(step) = xml.next()? {
            match step {
                Step::Open(tag) if tag.name() == "Fallback" => xml.skip()?,
                Step::Open(tag) if tag.name() == "t" => reader.text.push_str(&xml.text()?),
                Step::Open(tag) => reader.open(&tag),
                Step::Close(tag) => reader.close(tag.name()),
                Step::Text(_) => {}
            }
        }
        let shapes = reader.shapes.into_iter().filter(|shape| !shape.pieces.is_empty());
        Ok(Self { shapes: shapes.collect() })
    }
}

#[derive(Default)]
struct Reader {
    shapes: Vec<Shape>,
    /// The text of the open paragraph.
    text: String,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    grid: Grid,
    has_headers: bool,
    cell: String,
    n_columns: usize,
    /// Whether the cell is covered by the one on its left, which has named its columns.
    is_covered: bool,
    goes_on_from_above: bool,
}

impl Reader {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "sp" | "graphicFrame" | "cxnSp" | "pic" => self.shapes.push(Shape::default()),
            "ph" => {
                if let Some(shape) = self.shapes.last_mut() {
                    shape.placeholder = Some(tag.attr("type").unwrap_or_else(|| "obj".to_owned()));
                }
            }
            "br" => self.text.push('\n'),
            "tab" => self.text.push('\t'),
            "relIds" => self.add(tag.relation("dm").map(Piece::Diagram)),
            "chart" => self.add(tag.relation("id").map(Piece::Chart)),
            "tbl" => self.table = Some(Table::default()),
            name => {
                if let Some(table) = &mut self.table {
                    table.open(name, tag);
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        match (name, &mut self.table) {
            ("p", Some(table)) => {
                let text = std::mem::take(&mut self.text);
                table.cell.push(' ');
                table.cell.push_str(&text);
            }
            ("p", None) => {
                let text = std::mem::take(&mut self.text);
                let text = text.trim();
                self.add((!text.is_empty()).then(|| Piece::Paragraph(text.to_owned())));
            }
            ("tc", Some(table)) => table.end_cell(),
            ("tbl", Some(table)) => {
                let first_row =
                    if table.has_headers { FirstRow::Headers } else { FirstRow::Unknown };
                let text = table.grid.text(first_row);
                self.table = None;
                self.add((!text.is_empty()).then_some(Piece::Table(text)));
            }
            _ => {}
        }
    }

    fn add(&mut self, piece: Option<Piece>) {
        if self.shapes.is_empty() {
            self.shapes.push(Shape::default());
        }
        if let Some(shape) = self.shapes.last_mut() {
            shape.pieces.extend(piece);
        }
    }
}

impl Table {
    fn open(&mut self, name: &str, tag: &Tag<'_>) {
        match name {
            "tblPr" => self.has_headers = tag.attr("firstRow").as_deref() == Some("1"),
            "tr" => self.grid.begin_row(),
            "tc" => {
                self.cell.clear();
                self.n_columns = tag.number("gridSpan").unwrap_or(1);
                self.is_covered = tag.attr("hMerge").as_deref() == Some("1");
                self.goes_on_from_above = tag.attr("vMerge").as_deref() == Some("1");
            }
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        if self.is_covered {
            return;
        }
        if self.goes_on_from_above {
            self.grid.push_continued(self.n_columns);
        } else {
            self.grid.push(&one_line(&self.cell), self.n_columns);
        }
    }
}
