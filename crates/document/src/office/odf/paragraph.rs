//! A paragraph of an OpenDocument file while it is read.

use footnote_core::document::BlockKind;

use crate::xml::Tag;

/// The most spaces that one element may stand for.
const MAX_SPACES: usize = 200;

/// A paragraph, a heading or an item while it is read.
#[derive(Debug)]
pub(crate) struct Paragraph {
    pub(crate) kind: BlockKind,
    pub(crate) text: String,
}

impl Paragraph {
    /// Adds text; line breaks of the source are spaces, and spaces collapse.
    pub(crate) fn add(&mut self, text: &str) {
        for c in text.chars().filter(|c| *c != '\u{AD}') {
            let is_space = matches!(c, ' ' | '\n' | '\t');
            if !is_space {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
                self.text.push(' ');
            }
        }
    }

    /// Enters an element that stands for white space.
    pub(crate) fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "s" => {
                let n_spaces = tag.number("c").unwrap_or(1).min(MAX_SPACES);
                self.text.extend(std::iter::repeat_n(' ', n_spaces));
            }
            "tab" => self.text.push('\t'),
            "line-break" => self.text.push('\n'),
            _ => {}
        }
    }
}
