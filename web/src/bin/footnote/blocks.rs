//! How the blocks of a document are written for people.

use console::style;

use footnote::wire::block::{Block, Contents, Kind, Place};

use crate::text::wrap;

/// How much further in a block stands for each heading above it, in columns.
const INDENT: usize = 2;

/// From how many headings on a block stands no further in.
const MAX_INDENTS: usize = 8;

/// Writes how many blocks there are of each kind, e.g. `2 headings, 1 table`.
pub(crate) fn kinds(contents: &Contents) -> String {
    let counts = contents.kinds().into_iter().map(|(kind, n)| match n {
        1 => format!("1 {}", name(kind)),
        n => format!("{n} {}", plural(kind)),
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Writes the blocks one below the other, each below its headings: what it is, where it stands, and
/// its text in lines of a width.
pub(crate) fn outline(contents: &Contents, width: usize) -> String {
    // Blocks are in order: what stands between two is passed over, and the text is read once.
    let (mut characters, mut at) = (contents.text.chars(), 0);
    let mut outline = String::new();
    for block in &contents.blocks {
        let (start, end) = (block.range.start.max(at), block.range.end);
        let text: String =
            characters.by_ref().skip(start - at).take(end.saturating_sub(start)).collect();
        at = end.max(start);
        outline.push('\n');
        outline.push_str(&entry(block, &text, width));
    }
    outline
}

fn entry(block: &Block, text: &str, width: usize) -> String {
    let indent = " ".repeat(INDENT * block.headings.len().min(MAX_INDENTS));
    let level = block.level.map(|level| format!(" {level}")).unwrap_or_default();
    let place = place(block).map(|place| format!(" · {place}")).unwrap_or_default();
    let head = style(format!("{}{level}{place}", name(block.kind))).dim();
    let mut entry = format!("{indent}{head}\n");
    for line in text.lines() {
        let is_empty = line.trim().is_empty();
        let line = match block.kind {
            _ if is_empty => "\n".to_owned(),
            Kind::Code => format!("{indent}{line}\n"),
            Kind::Heading => wrap(&style(line).bold().to_string(), width, &indent),
            Kind::Paragraph | Kind::ListItem | Kind::Table | Kind::Quote => {
                wrap(line, width, &indent)
            }
        };
        entry.push_str(&line);
    }
    entry
}

/// Writes where a block stands, as far as its format knows.
fn place(block: &Block) -> Option<String> {
    let page = block.page.map(|page| format!("p. {page}"));
    let place = match &block.place {
        None => return page,
        // A slide counts as a page.
        Some(Place::Slide(slide)) => return Some(format!("slide {slide}")),
        Some(Place::Cells { sheet, cells }) => format!("{sheet}!{cells}"),
        Some(Place::Part(part)) => part.clone(),
        Some(Place::Lines { first, last }) if first == last => format!("line {first}"),
        Some(Place::Lines { first, last }) => format!("lines {first}–{last}"),
    };
    Some(page.map_or_else(|| place.clone(), |page| format!("{page}, {place}")))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Heading => "heading",
        Kind::Paragraph => "paragraph",
        Kind::ListItem => "list item",
        Kind::Table => "table",
        Kind::Code => "code",
        Kind::Quote => "quotation",
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Heading => "headings",
        Kind::Paragraph => "paragraphs",
        Kind::ListItem => "list items",
        Kind::Table => "tables",
        Kind::Code => "blocks of code",
        Kind::Quote => "quotations",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::document::{self, BlockKind, ParsedDocument};
    use std::ops::Range;

    fn block(kind: BlockKind, range: Range<usize>, headings: &[&str]) -> document::Block {
        let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
        document::Block { kind, range, page: None, headings, place: None }
    }

    #[test]
    fn blocks_stand_below_their_headings_and_say_where_they_are() {
        let text = "年假\n\n28 days\n\nfn x() {\n    y\n}".to_owned();
        let mut paragraph = block(BlockKind::Paragraph, 8..15, &["年假"]);
        paragraph.page = Some(2);
        paragraph.place = Some(document::Place::Part("notes".to_owned()));
        let mut code = block(BlockKind::Code, 17..text.len(), &["年假"]);
        code.place = Some(document::Place::Lines { first: 5, last: 7 });
        let blocks = vec![block(BlockKind::Heading(1), 0..6, &[]), paragraph, code];
        let contents = Contents::from(ParsedDocument { text, blocks, ..ParsedDocument::default() });
        assert_eq!(
            outline(&contents, 80),
            "\nheading 1\n年假\n\n  paragraph · p. 2, notes\n  28 days\n\n  code · lines 5–7\n  \
             fn x() {\n      y\n  }\n"
        );
        assert_eq!(kinds(&contents), "1 heading, 1 paragraph, 1 code");
    }
}
