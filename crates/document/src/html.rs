//! HTML: what a browser would show of a page, less its navigation.

use footnote_core::document::ParsedDocument;
use footnote_core::job::Failure;
use scraper::{Html, Node};

use crate::assemble::{Assembler, one_line};
use crate::decode;
use crate::limits::Limits;
use surroundings::{Surroundings, keeps_most};

mod charset;
mod depth;
mod surroundings;
mod table;
mod walk;
mod writer;

/// Reads HTML of any encoding.
///
/// Navigation, page headers and footers are left out, unless most of the text would go with them.
///
/// # Errors
/// `Unreadable` for what is no text, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let declared = charset::declared(bytes);
    let decoded = decode::whole(bytes, declared)?;
    limits.check(decoded.text.len())?;
    depth::check(&decoded.text)?;
    let html = Html::parse_document(&decoded.text);
    let main = read(&html, Surroundings::LeftOut, limits)?;
    let page = if main.has_left_out {
        let whole = read(&html, Surroundings::Kept, limits)?;
        let keeps_most = keeps_most(main.document.text.len(), whole.document.text.len());
        if keeps_most { main } else { whole }
    } else {
        main
    };
    Ok(ParsedDocument {
        title: declared_title(&html).or(page.first_title),
        notes: decoded.note.into_iter().collect(),
        ..page.document
    })
}

/// A page as it was read once.
struct Page {
    document: ParsedDocument,
    first_title: Option<String>,
    has_left_out: bool,
}

fn read(html: &Html, surroundings: Surroundings, limits: &Limits) -> Result<Page, Failure> {
    let mut writer = writer::Writer::new(Assembler::new(limits));
    let has_left_out = walk::walk(html, surroundings, &mut writer)?;
    let assembler = writer.finish()?;
    let first_title = assembler.first_title();
    Ok(Page { document: assembler.finish(), first_title, has_left_out })
}

/// Finds the title in the head: `<title>`, else `og:title`.
fn declared_title(html: &Html) -> Option<String> {
    let mut shared = None;
    for node in html.tree.nodes() {
        let Node::Element(element) = node.value() else { continue };
        if element.name() == "title" && !is_inside_drawing(node) {
            let text = node.children().filter_map(|child| child.value().as_text());
            let title = one_line(&text.map(|text| text.text.as_ref()).collect::<String>());
            if !title.is_empty() {
                return Some(title);
            }
        }
        if element.name() == "meta" && element.attr("property") == Some("og:title") {
            shared = shared.or_else(|| element.attr("content").map(one_line));
        }
    }
    shared.filter(|title| !title.is_empty())
}

fn is_inside_drawing(node: ego_tree::NodeRef<'_, Node>) -> bool {
    node.parent().is_some_and(|parent| {
        parent.value().as_element().is_some_and(|element| element.name() != "head")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::document::BlockKind;

    fn read(source: &str) -> ParsedDocument {
        super::parse(source.as_bytes(), &Limits::default()).unwrap()
    }

    fn blocks(source: &str) -> Vec<(BlockKind, String)> {
        let document = read(source);
        let text =
            |block: &footnote_core::document::Block| document.text[block.range.clone()].to_owned();
        document.blocks.iter().map(|block| (block.kind, text(block))).collect()
    }

    fn block(kind: BlockKind, text: &str) -> (BlockKind, String) {
        (kind, text.to_owned())
    }

    #[test]
    fn whitespace_collapses_as_in_a_browser() {
        assert_eq!(
            blocks("<p>Ten\n  <b>days</b> of&nbsp;<i> leave</i>.<br> Ask&shy; early.</p> tail"),
            [
                block(BlockKind::Paragraph, "Ten days of leave.\nAsk early."),
                block(BlockKind::Paragraph, "tail")
            ]
        );
    }

    #[test]
    fn every_kind_of_block_is_told() {
        let source = "<h2>Leave</h2><ul><li>one<ul><li><p>two</p></ul><li>three</ul>\
            <blockquote><p>said</p></blockquote><pre>\n a\n  b\n</pre>\
            <table><caption>Days</caption><tr><th>who<th>days<tr><td>all<td>10 <br>or 12</table>";
        assert_eq!(
            blocks(source),
            [
                block(BlockKind::Heading(2), "Leave"),
                block(BlockKind::ListItem, "one"),
                block(BlockKind::ListItem, "two"),
                block(BlockKind::ListItem, "three"),
                block(BlockKind::Quote, "said"),
                block(BlockKind::Code, " a\n  b"),
                block(BlockKind::Paragraph, "Days"),
                block(BlockKind::Table, "who | days\nall | 10 or 12"),
            ]
        );
    }

    #[test]
    fn scripts_hidden_parts_and_navigation_are_left_out() {
        let source = "<title>A</title><body><header>brand</header><nav>menu</nav>\
            <script>var x = '<p>';</script><style>p{}</style><noscript>no</noscript>\
            <main><header><h1>Leave</h1></header><p>Ten days of leave for everyone.\
            <span hidden>h</span><span style='display: none'>d</span><svg><title>s</title></svg>\
            <button>Print</button></main><div role=contentinfo>legal</div><footer>foot</footer>";
        let document = read(source);
        assert_eq!(document.text, "Leave\n\nTen days of leave for everyone.");
        assert_eq!(document.title.as_deref(), Some("A"));
    }

    #[test]
    fn navigation_stays_when_it_is_most_of_the_page() {
        let source = "<nav><p>This page is wholly in its navigation.</nav><p>Short.";
        assert_eq!(read(source).text, "This page is wholly in its navigation.\n\nShort.");
    }

    #[test]
    fn a_table_that_lays_out_a_page_is_read_as_the_blocks_it_holds() {
        let source = "<table><tr><td>left<td><h1>Leave</h1><p>Ten</p><p>days</p></table>";
        assert_eq!(
            blocks(source),
            [
                block(BlockKind::Paragraph, "left"),
                block(BlockKind::Heading(1), "Leave"),
                block(BlockKind::Paragraph, "Ten"),
                block(BlockKind::Paragraph, "days"),
            ]
        );
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let source = format!("{}deep", "<div>".repeat(20_000));
        assert_eq!(read(&source).text, "deep");
    }
}
