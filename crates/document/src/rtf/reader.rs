//! The reader of RTF's tokens: the state of its groups, its paragraphs and its tables.

use footnote_core::document::{BlockKind, Place};
use footnote_core::job::Failure;
use std::collections::HashMap;

use super::encoding::Encodings;
use super::style::{Destination, destination, heading_level};
use super::token::Token;
use crate::assemble::{Assembler, one_line};
use crate::grid::{FirstRow, Grid};

/// What a group takes over from the one around it.
#[derive(Debug, Clone)]
struct State {
    destination: Destination,
    font: i32,
    /// How many characters after `\u` stand for the same for older readers.
    n_fallbacks: usize,
    /// Whether text is hidden, or removed by a tracked change.
    is_hidden: bool,
}

/// A paragraph's own properties.
#[derive(Debug, Clone, Default)]
struct Properties {
    style: i32,
    outline: Option<u8>,
    is_in_table: bool,
    is_item: bool,
}

/// Reads tokens into blocks.
pub(crate) struct Reader<'a> {
    assembler: Assembler<'a>,
    encodings: Encodings,
    state: State,
    outer: Vec<State>,
    properties: Properties,
    /// Whether the next word may name a destination, and whether `\*` came before it.
    at_start: bool,
    is_optional: bool,
    /// Bytes that wait for their encoding.
    bytes: Vec<u8>,
    n_to_skip: usize,
    high_surrogate: Option<u16>,
    paragraph: String,
    label: String,
    note: String,
    notes: Vec<(Destination, String)>,
    cell: String,
    grid: Option<Grid>,
    styles: HashMap<i32, u8>,
    style_name: String,
    defined_style: i32,
    title: String,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(assembler: Assembler<'a>) -> Self {
        let destination = Destination::Text;
        Self {
            assembler,
            encodings: Encodings::default(),
            state: State { destination, font: 0, n_fallbacks: 1, is_hidden: false },
            outer: Vec::new(),
            properties: Properties::default(),
            at_start: false,
            is_optional: false,
            bytes: Vec::new(),
            n_to_skip: 0,
            high_surrogate: None,
            paragraph: String::new(),
            label: String::new(),
            note: String::new(),
            notes: Vec::new(),
            cell: String::new(),
            grid: None,
            styles: HashMap::new(),
            style_name: String::new(),
            defined_style: 0,
            title: String::new(),
        }
    }

    /// Writes what is left and returns the assembled document with its title.
    pub(crate) fn finish(mut self) -> Result<(Assembler<'a>, Option<String>), Failure> {
        self.flush();
        self.end_paragraph()?;
        self.end_table()?;
        let title = Some(one_line(&self.title)).filter(|title| !title.is_empty());
        Ok((self.assembler, title))
    }

    /// Takes in a token.
    ///
    /// # Errors
    /// `TooLarge` past a limit.
    pub(crate) fn read(&mut self, token: &Token<'_>) -> Result<(), Failure> {
        match token {
            Token::Text(bytes) => self.text(bytes),
            Token::Byte(byte) => self.text(&[*byte]),
            Token::Open => {
                self.flush();
                self.assembler.limits().check_depth(self.outer.len())?;
                self.outer.push(self.state.clone());
                self.at_start = true;
                self.is_optional = false;
                return Ok(());
            }
            Token::Close => self.close(),
            Token::Symbol('*') => {
                self.is_optional = true;
                return Ok(());
            }
            Token::Symbol(symbol) => self.symbol(*symbol)?,
            Token::Word(word, number) => self.word(word, *number)?,
        }
        self.at_start = false;
        Ok(())
    }

    fn close(&mut self) {
        self.flush();
        let inner = self.state.destination;
        if let Some(outer) = self.outer.pop() {
            self.state = outer;
        }
        if inner == self.state.destination {
            return;
        }
        if matches!(inner, Destination::Footnote | Destination::Comment) {
            let note = std::mem::take(&mut self.note);
            self.notes.push((inner, note));
        }
    }

    fn text(&mut self, bytes: &[u8]) {
        let n_skipped = self.n_to_skip.min(bytes.len());
        self.n_to_skip -= n_skipped;
        self.bytes.extend_from_slice(bytes.get(n_skipped..).unwrap_or_default());
    }

    fn symbol(&mut self, symbol: char) -> Result<(), Failure> {
        match symbol {
            '~' => self.push(' '),
            '_' => self.push('-'),
            '\\' | '{' | '}' => self.text(&[u8::try_from(symbol).unwrap_or(b' ')]),
            '\r' | '\n' => return self.word("par", None),
            _ => {}
        }
        Ok(())
    }

    fn word(&mut self, word: &str, number: Option<i32>) -> Result<(), Failure> {
        self.flush();
        if std::mem::take(&mut self.at_start)
            && let Some(named) = destination(word, std::mem::take(&mut self.is_optional))
            && self.state.destination != Destination::Skipped
        {
            self.state.destination = named;
        }
        match self.state.destination {
            Destination::Skipped => return Ok(()),
            Destination::Fonts => self.encodings.font_table(word, number),
            Destination::Styles => self.style_word(word, number),
            _ => {}
        }
        let is_on = number != Some(0);
        match word {
            "f" => self.state.font = number.unwrap_or_default(),
            "uc" => self.state.n_fallbacks = number.and_then(|n| n.try_into().ok()).unwrap_or(1),
            "u" => self.unicode(number.unwrap_or_default()),
            "v" | "deleted" => self.state.is_hidden = is_on,
            "plain" => self.state.is_hidden = false,
            "ansicpg" | "mac" => self.encodings.header(word, number),
            _ => {
                if let Some(c) = character(word) {
                    self.push(c);
                } else if self.state.destination == Destination::Text {
                    return self.structure(word, number);
                } else if matches!(word, "par" | "line") {
                    self.push('\n');
                }
            }
        }
        Ok(())
    }

    fn style_word(&mut self, word: &str, number: Option<i32>) {
        if word == "s" {
            self.defined_style = number.unwrap_or_default();
        }
    }

    /// Takes in a word that makes paragraphs and tables.
    fn structure(&mut self, word: &str, number: Option<i32>) -> Result<(), Failure> {
        match word {
            "par" | "sect" | "page" => self.end_paragraph()?,
            "line" => self.paragraph.push('\n'),
            "pard" => self.properties = Properties::default(),
            "s" => self.properties.style = number.unwrap_or_default(),
            "ls" | "pnlvlbody" | "pnlvlblt" => self.properties.is_item = true,
            "outlinelevel" => {
                let level = number.and_then(|level| u8::try_from(level).ok());
                self.properties.outline = level.filter(|l| *l < 9).map(|l| (l + 1).min(6));
            }
            "intbl" => self.properties.is_in_table = true,
            "trowd" if self.grid.is_none() && self.paragraph.trim().is_empty() => {
                self.grid = Some(Grid::default());
            }
            "cell" | "nestcell" => self.end_cell(),
            "row" | "nestrow" => {
                self.grid.get_or_insert_default().begin_row();
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a character of Unicode, in one or two halves.
    fn unicode(&mut self, number: i32) {
        self.n_to_skip = self.state.n_fallbacks;
        let Ok(unit) = u16::try_from(number & 0xFFFF) else { return };
        if (0xD800..0xDC00).contains(&unit) {
            self.high_surrogate = Some(unit);
            return;
        }
        let high = self.high_surrogate.take();
        let units = high.into_iter().chain([unit]);
        let decoded: Vec<char> = char::decode_utf16(units).flatten().collect();
        for c in decoded {
            self.push(c);
        }
    }

    /// Decodes the bytes that waited.
    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let encoding = self.encodings.of_font(self.state.font);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        text.chars().for_each(|c| self.push(c));
    }

    fn push(&mut self, c: char) {
        if self.state.is_hidden || (c.is_control() && !matches!(c, '\n' | '\t')) {
            return;
        }
        match self.state.destination {
            Destination::Text => self.paragraph.push(c),
            Destination::Title => self.title.push(c),
            Destination::Footnote | Destination::Comment => self.note.push(c),
            Destination::ItemLabel => self.label.push(c),
            Destination::Styles if c == ';' => {
                let name = std::mem::take(&mut self.style_name);
                if let Some(level) = heading_level(&name) {
                    self.styles.insert(self.defined_style, level);
                }
                self.defined_style = 0;
            }
            Destination::Styles => self.style_name.push(c),
            Destination::Skipped | Destination::Fonts => {}
        }
    }

    fn end_paragraph(&mut self) -> Result<(), Failure> {
        let text = std::mem::take(&mut self.paragraph);
        if self.properties.is_in_table {
            self.cell.push_str(&text);
            self.cell.push('\n');
            return Ok(());
        }
        self.end_table()?;
        let label = std::mem::take(&mut self.label);
        let has_label = !label.trim().is_empty();
        let number = label.trim().trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(');
        let text = if number.is_empty() { text } else { format!("{number} {}", text.trim_start()) };
        let level = self.styles.get(&self.properties.style).copied();
        let kind = match self.properties.outline.or(level) {
            Some(level) => BlockKind::Heading(level),
            None if has_label || self.properties.is_item => BlockKind::ListItem,
            None => BlockKind::Paragraph,
        };
        let is_heading = matches!(kind, BlockKind::Heading(_));
        self.assembler.push(kind, &if is_heading { one_line(&text) } else { text })?;
        self.write_notes()
    }

    fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.cell) + &std::mem::take(&mut self.paragraph);
        self.label.clear();
        let grid = self.grid.get_or_insert_default();
        grid.push(&text, 1);
    }

    fn end_table(&mut self) -> Result<(), Failure> {
        let Some(grid) = self.grid.take() else { return Ok(()) };
        match grid.single_column() {
            Some(texts) => {
                for text in texts {
                    self.assembler.push(BlockKind::Paragraph, text)?;
                }
            }
            None => self.assembler.push(BlockKind::Table, &grid.text(FirstRow::Unknown))?,
        }
        self.write_notes()
    }

    fn write_notes(&mut self) -> Result<(), Failure> {
        for (destination, text) in std::mem::take(&mut self.notes) {
            let (place, before) = match destination {
                Destination::Comment => ("comment", "Comment: "),
                _ => ("footnote", "Footnote: "),
            };
            let outside = self.assembler.begin_place(Some(Place::Part(place.to_owned())));
            if !text.trim().is_empty() {
                let text = format!("{before}{}", text.trim());
                self.assembler.push(BlockKind::Paragraph, &text)?;
            }
            self.assembler.begin_place(outside);
        }
        Ok(())
    }
}

/// Returns the character that a control word stands for.
fn character(word: &str) -> Option<char> {
    let c = match word {
        "tab" => '\t',
        "emdash" => '—',
        "endash" => '–',
        "lquote" => '‘',
        "rquote" => '’',
        "ldblquote" => '“',
        "rdblquote" => '”',
        "bullet" => '•',
        "emspace" | "enspace" | "qmspace" => ' ',
        _ => return None,
    };
    Some(c)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::limits::Limits;

    fn text(source: &str) -> String {
        parse(source.as_bytes(), &Limits::default()).unwrap().text
    }

    #[test]
    fn text_has_its_characters_and_not_what_tracked_changes_removed() {
        let source = r"{\rtf1\ansi\ansicpg936{\fonttbl{\f1\fcharset204 A;}}{\*\generator x;}
            Ten\u8211?days \'c4\'ea\'bc\'d9 {\f1\'c4\'ee\'ec}{\deleted gone}{\v hidden}\par
            {\field{\*\fldinst HYPERLINK x}{\fldrslt link}}\u-10179?\u-8704?\par}";
        assert_eq!(text(source), "Ten–days 年假 Дом\n\nlink😀");
    }

    #[test]
    fn tables_notes_and_headings_are_told() {
        let source = r"{\rtf1{\stylesheet{\s1 heading 1;}}\s1 Leave\par\pard
            Ask{\footnote in writing} early.\par
            \trowd\intbl who\cell days\cell\row\trowd\intbl all\cell 10\cell\row\pard end\par}";
        assert_eq!(
            text(source),
            "Leave\n\nAsk early.\n\nFootnote: in writing\n\n| who | days |\n| who: all | days: 10 |\n\nend"
        );
    }
}
