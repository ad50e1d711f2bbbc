//! Markdown: the source is the canonical text, the blocks are ranges of it.

use footnote_core::document::{Block, BlockKind, ParsedDocument};
use footnote_core::job::Failure;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

use crate::assemble::{HeadingPath, one_line};
use crate::decode;
use crate::limits::Limits;

/// Reads Markdown.
///
/// Front matter, comments and bare tags are in the text but in no block. The title is that of the
/// front matter, else the first heading of the first level.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let decoded = decode::whole(bytes, None)?;
    limits.check(decoded.text.len())?;
    let mut reader = Reader::new(&decoded.text);
    for (event, range) in Parser::new_ext(&decoded.text, options()).into_offset_iter() {
        reader.read(&event, range);
    }
    let title = reader.front_title.or(reader.first_title);
    let blocks = reader.blocks;
    let notes = decoded.note.into_iter().collect();
    Ok(ParsedDocument { title, blocks, text: decoded.text, notes, ..ParsedDocument::default() })
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Turns the events of the parser into blocks.
struct Reader<'a> {
    text: &'a str,
    blocks: Vec<Block>,
    headings: HeadingPath,
    /// The items and quotes around the current place, innermost last.
    containers: Vec<BlockKind>,
    /// The block that is being read.
    open: Option<Open>,
    front_matter: Option<String>,
    front_title: Option<String>,
    first_title: Option<String>,
}

/// A block that is being read.
struct Open {
    kind: BlockKind,
    range: Range<usize>,
    /// Its text without markup, kept for headings alone.
    plain: String,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            blocks: Vec::new(),
            headings: HeadingPath::default(),
            containers: Vec::new(),
            open: None,
            front_matter: None,
            front_title: None,
            first_title: None,
        }
    }

    fn read(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::Code(text) => self.inline(text, range),
            Event::SoftBreak | Event::HardBreak => self.inline(" ", range),
            Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => self.inline("", range),
            Event::Html(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.begin(self.running(), range),
            Tag::Heading { level, .. } => self.begin(BlockKind::Heading(depth(*level)), range),
            Tag::Table(_) => self.begin(BlockKind::Table, range),
            Tag::CodeBlock(_) => self.begin(BlockKind::Code, range),
            Tag::HtmlBlock if has_text(&self.text[range.clone()]) => {
                self.begin(self.running(), range);
            }
            Tag::Item => self.enter(BlockKind::ListItem),
            Tag::BlockQuote(_) => self.enter(BlockKind::Quote),
            Tag::HtmlBlock | Tag::List(_) | Tag::FootnoteDefinition(_) => self.finish(),
            Tag::MetadataBlock(_) => self.front_matter = Some(String::new()),
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => self.inline("", range),
            Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::Table
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::FootnoteDefinition => self.finish(),
            TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.finish();
                self.containers.pop();
            }
            TagEnd::MetadataBlock(_) => {
                self.front_title = self.front_matter.take().as_deref().and_then(title_line);
            }
            _ => {}
        }
    }

    fn enter(&mut self, container: BlockKind) {
        self.finish();
        self.containers.push(container);
    }

    /// Returns what running text is at this place.
    fn running(&self) -> BlockKind {
        self.containers.last().copied().unwrap_or(BlockKind::Paragraph)
    }

    fn begin(&mut self, kind: BlockKind, range: Range<usize>) {
        self.finish();
        let start = self.with_markers(range.start);
        self.open = Some(Open { kind, range: start..range.end, plain: String::new() });
    }

    /// Extends a start back over the markers of lists and quotes on its line.
    ///
    /// By the grammar nothing else can stand there.
    fn with_markers(&self, start: usize) -> usize {
        let line = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let free = self.blocks.last().map_or(0, |block| block.range.end);
        line.max(free).min(start)
    }

    /// Takes inline content; the items of a tight list have it without a paragraph.
    fn inline(&mut self, text: &str, range: Range<usize>) {
        if let Some(front_matter) = &mut self.front_matter {
            front_matter.push_str(text);
            return;
        }
        if self.open.is_none() {
            self.begin(self.running(), range.clone());
        }
        let Some(open) = &mut self.open else { return };
        open.range.end = open.range.end.max(range.end);
        if matches!(open.kind, BlockKind::Heading(_)) {
            open.plain.push_str(text);
        }
    }

    fn finish(&mut self) {
        let Some(Open { kind, range, plain }) = self.open.take() else { return };
        let Some(range) = trimmed(self.text, range, kind) else { return };
        let plain = one_line(&plain);
        if kind == BlockKind::Heading(1) && self.first_title.is_none() && !plain.is_empty() {
            self.first_title = Some(plain.clone());
        }
        let headings = self.headings.above(kind, &plain);
        self.blocks.push(Block { kind, range, page: None, headings, place: None });
    }
}

/// Takes the whitespace around a range off; code keeps the indentation of its first line.
fn trimmed(text: &str, range: Range<usize>, kind: BlockKind) -> Option<Range<usize>> {
    let slice = text.get(range.clone())?;
    let end = range.start + slice.trim_end().len();
    let first = range.start + (slice.len() - slice.trim_start().len());
    let line = text[..first].rfind('\n').map_or(range.start, |newline| newline + 1);
    let start = if kind == BlockKind::Code { line.max(range.start) } else { first };
    (first < end).then_some(start..end)
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Tells whether raw HTML shows any text beside tags and comments.
fn has_text(html: &str) -> bool {
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        if !before.trim().is_empty() {
            return true;
        }
        let end = if tag.starts_with("!--") { "-->" } else { ">" };
        rest = tag.split_once(end).map_or("", |(_, after)| after);
    }
    !rest.trim().is_empty()
}

/// Finds the title in front matter: a line `title: …`, its quotes taken off.
fn title_line(front_matter: &str) -> Option<String> {
    let value = front_matter.lines().find_map(|line| line.strip_prefix("title:"))?.trim();
    let title = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote).and_then(|value| value.strip_suffix(*quote)));
    Some(one_line(title.unwrap_or(value))).filter(|title| !title.is_empty())
}

/// Tells whether a text of unknown kind is clearly Markdown: two signs that other text lacks.
pub(crate) fn is_evident(text: &str) -> bool {
    let heads = |line: &str| {
        let level = line.len() - line.trim_start_matches('#').len();
        (2..=6).contains(&level) && line[level..].starts_with(' ')
    };
    let signs = [
        text.lines().any(heads),
        text.lines().any(|line| line.starts_with("```")),
        text.lines().any(|line| line.contains("](") && line.contains('[')),
        text.lines().any(|line| line.starts_with("| ") || line.starts_with("|-")),
        text.starts_with("---\n") && text.contains("\n---\n"),
        text.starts_with("# ") && text.lines().nth(1).is_some_and(|line| line.trim().is_empty()),
    ];
    signs.iter().filter(|sign| **sign).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> ParsedDocument {
        parse(source.as_bytes(), &Limits::default()).unwrap()
    }

    fn blocks(source: &str) -> Vec<(BlockKind, String, String)> {
        let document = read(source);
        let of = |block: &Block| {
            let text = document.text[block.range.clone()].to_owned();
            (block.kind, text, block.headings.join("/"))
        };
        document.blocks.iter().map(of).collect()
    }

    fn block(kind: BlockKind, text: &str, headings: &str) -> (BlockKind, String, String) {
        (kind, text.to_owned(), headings.to_owned())
    }

    #[test]
    fn headings_lose_their_markup_in_the_path_but_not_in_the_text() {
        assert_eq!(
            blocks("# The *leave* `API`\n\nSick\n----\nCall\nfirst.\n"),
            [
                block(BlockKind::Heading(1), "# The *leave* `API`", ""),
                block(BlockKind::Heading(2), "Sick\n----", "The leave API"),
                block(BlockKind::Paragraph, "Call\nfirst.", "The leave API/Sick"),
            ]
        );
    }

    #[test]
    fn items_quotes_tables_and_code_are_blocks_with_their_markers() {
        let source = "- one\n  more\n- [x] two\n  1. inner\n\n> said\n>\n> again\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\nls\n```\n";
        assert_eq!(
            blocks(source),
            [
                block(BlockKind::ListItem, "- one\n  more", ""),
                block(BlockKind::ListItem, "- [x] two", ""),
                block(BlockKind::ListItem, "1. inner", ""),
                block(BlockKind::Quote, "> said", ""),
                block(BlockKind::Quote, "> again", ""),
                block(BlockKind::Table, "| a | b |\n|---|---|\n| 1 | 2 |", ""),
                block(BlockKind::Code, "```sh\nls\n```", ""),
            ]
        );
    }

    #[test]
    fn front_matter_and_comments_are_no_blocks() {
        let source = "---\ntitle: \"Leave policy\"\ndraft: no\n---\n\n<!-- todo -->\n\n# Leave\r\n";
        let document = read(source);
        assert_eq!(document.title.as_deref(), Some("Leave policy"));
        assert_eq!(blocks(source), [block(BlockKind::Heading(1), "# Leave", "")]);
    }

    #[test]
    fn raw_html_with_text_is_a_paragraph() {
        assert_eq!(
            blocks("<b>Note</b>\n\n<img src=\"a\">\n\n[^1]: a note\n\nText[^1].\n"),
            [
                block(BlockKind::Paragraph, "<b>Note</b>", ""),
                block(BlockKind::Paragraph, "[^1]: a note", ""),
                block(BlockKind::Paragraph, "Text[^1].", ""),
            ]
        );
    }
}
