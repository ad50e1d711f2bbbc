//! From the elements of a page to blocks: which text belongs together, and what it is.

use footnote_core::document::BlockKind;
use footnote_core::job::Failure;
use scraper::node::Element;

use super::table::Table;
use crate::assemble::{Assembler, one_line};

/// Writes what a page shows, block by block.
pub(crate) struct Writer<'a> {
    assembler: Assembler<'a>,
    /// The text of the block that is being read.
    current: String,
    /// What running text is at this place, innermost last.
    kinds: Vec<BlockKind>,
    tables: Vec<Table>,
    /// How many `pre` are around the current place; in them whitespace counts.
    pre_depth: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(assembler: Assembler<'a>) -> Self {
        Self {
            assembler,
            current: String::new(),
            kinds: Vec::new(),
            tables: Vec::new(),
            pre_depth: 0,
        }
    }

    /// Writes the last block and returns the assembled document.
    pub(crate) fn finish(mut self) -> Result<Assembler<'a>, Failure> {
        self.flush()?;
        Ok(self.assembler)
    }

    /// Adds text as it stands in the source.
    pub(crate) fn text(&mut self, text: &str) {
        if self.pre_depth > 0 {
            self.current.push_str(text);
            return;
        }
        for c in text.chars() {
            match c {
                '\u{AD}' => {}
                c if c.is_whitespace() => self.space(),
                c => self.current.push(c),
            }
        }
    }

    /// Adds a space, unless the line is empty or ends in one.
    fn space(&mut self) {
        if !self.current.is_empty() && !self.current.ends_with(char::is_whitespace) {
            self.current.push(' ');
        }
    }

    fn line_break(&mut self) {
        if self.pre_depth == 0 {
            let content = self.current.trim_end_matches(' ').len();
            self.current.truncate(content);
        }
        self.current.push('\n');
    }

    /// Enters an element.
    pub(crate) fn open(&mut self, element: &Element) -> Result<(), Failure> {
        match element.name() {
            "br" => self.line_break(),
            "table" => self.open_table(element)?,
            "tr" => self.open_row(),
            "td" | "th" => self.open_cell()?,
            "hr" => self.boundary()?,
            name => {
                if let Some(kind) = kind_of(name) {
                    self.open_block(kind)?;
                    self.kinds.push(kind);
                } else if is_block(name) {
                    self.open_block(BlockKind::Paragraph)?;
                }
                self.pre_depth += usize::from(name == "pre");
            }
        }
        Ok(())
    }

    /// Leaves an element.
    pub(crate) fn close(&mut self, element: &Element) -> Result<(), Failure> {
        match element.name() {
            "table" => self.close_table()?,
            "td" | "th" => self.close_cell(element)?,
            name => {
                let kind = kind_of(name);
                if kind.is_some() || is_block(name) {
                    self.boundary()?;
                }
                if kind.is_some() {
                    self.kinds.pop();
                }
                self.pre_depth -= usize::from(name == "pre");
            }
        }
        Ok(())
    }

    /// Begins a block; inside the cell of a table it may show that the table is a layout.
    fn open_block(&mut self, kind: BlockKind) -> Result<(), Failure> {
        if let Some(table) = self.tables.last_mut().filter(|table| table.is_in_cell) {
            table.n_cell_blocks += usize::from(!self.current.trim().is_empty());
            let is_layout =
                matches!(kind, BlockKind::Heading(_)) || table.n_cell_blocks > MAX_CELL_BLOCKS;
            if is_layout && !table.is_layout {
                return self.make_layout();
            }
        }
        self.boundary()
    }

    /// Ends what was being read; in the cell of a data table that is but a space.
    fn boundary(&mut self) -> Result<(), Failure> {
        if self.is_in_data_cell() {
            self.space();
            return Ok(());
        }
        self.flush()
    }

    fn is_in_data_cell(&self) -> bool {
        self.tables.last().is_some_and(|table| table.is_in_cell && !table.is_layout)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        let text = std::mem::take(&mut self.current);
        self.assembler.push(kind, &text)
    }

    fn open_table(&mut self, element: &Element) -> Result<(), Failure> {
        if self.is_in_data_cell() {
            self.make_layout()?;
        }
        self.flush()?;
        let is_layout = element.attr("role") == Some("presentation");
        self.tables.push(Table::new(is_layout));
        Ok(())
    }

    /// Writes what a table held so far, because its cells turned out to hold blocks.
    fn make_layout(&mut self) -> Result<(), Failure> {
        if let Some(table) = self.tables.last_mut() {
            table.is_layout = true;
            let rows = table.take_text();
            self.assembler.push(table_kind(&rows), &rows)?;
        }
        self.flush()
    }

    fn open_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.begin_row();
        }
    }

    fn open_cell(&mut self) -> Result<(), Failure> {
        self.boundary()?;
        if let Some(table) = self.tables.last_mut() {
            table.is_in_cell = true;
            table.n_cell_blocks = 0;
        }
        Ok(())
    }

    fn close_cell(&mut self, element: &Element) -> Result<(), Failure> {
        let is_data = self.is_in_data_cell();
        if let Some(table) = self.tables.last_mut() {
            table.is_in_cell = false;
            if is_data {
                let n_columns = element.attr("colspan").and_then(|span| span.parse().ok());
                table.push(one_line(&std::mem::take(&mut self.current)), n_columns.unwrap_or(1));
                return Ok(());
            }
        }
        self.flush()
    }

    fn close_table(&mut self) -> Result<(), Failure> {
        self.flush()?;
        let rows = self.tables.pop().map(|mut table| table.take_text()).unwrap_or_default();
        self.assembler.push(table_kind(&rows), &rows)
    }
}

/// How many paragraphs a cell of a data table may hold.
const MAX_CELL_BLOCKS: usize = 3;

/// A table of one cell is a box around a text.
fn table_kind(rows: &str) -> BlockKind {
    let is_table = rows.contains('\n') || rows.contains(" | ");
    if is_table { BlockKind::Table } else { BlockKind::Paragraph }
}

fn kind_of(name: &str) -> Option<BlockKind> {
    let kind = match name {
        "h1" => BlockKind::Heading(1),
        "h2" => BlockKind::Heading(2),
        "h3" => BlockKind::Heading(3),
        "h4" => BlockKind::Heading(4),
        "h5" => BlockKind::Heading(5),
        "h6" => BlockKind::Heading(6),
        "li" => BlockKind::ListItem,
        "pre" => BlockKind::Code,
        "blockquote" => BlockKind::Quote,
        _ => return None,
    };
    Some(kind)
}

/// Tells whether a browser begins a new line for an element.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "hgroup"
            | "legend"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "section"
            | "summary"
            | "ul"
    )
}
