//! The walk over the tree of a page: what is read is told to the writer, in order.
//!
//! It keeps no stack of its own calls, so that no nesting is too deep.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use footnote_core::job::Failure;
use scraper::node::Element;
use scraper::{Html, Node};

use super::surroundings::{Surroundings, is_content, is_invisible, surrounds};
use super::writer::Writer;

/// Reads a page into the writer, and tells whether any surroundings were left out.
///
/// # Errors
/// `TooLarge` when the text has grown past the limit.
pub(crate) fn walk(
    html: &Html,
    surroundings: Surroundings,
    writer: &mut Writer<'_>,
) -> Result<bool, Failure> {
    let mut walk = Walk { surroundings, skipped: None, content_depth: 0, has_left_out: false };
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => walk.open(node, writer)?,
            Edge::Close(node) => walk.close(node, writer)?,
        }
    }
    Ok(walk.has_left_out)
}

struct Walk<'a> {
    surroundings: Surroundings,
    /// The element that is passed over with all it holds.
    skipped: Option<NodeRef<'a, Node>>,
    /// How many articles, sections and main parts are around the current place.
    content_depth: usize,
    has_left_out: bool,
}

impl<'a> Walk<'a> {
    fn open(&mut self, node: NodeRef<'a, Node>, writer: &mut Writer<'_>) -> Result<(), Failure> {
        if self.skipped.is_some() {
            return Ok(());
        }
        match node.value() {
            Node::Text(text) => writer.text(text),
            Node::Element(element) if self.is_skipped(element) => self.skipped = Some(node),
            Node::Element(element) => {
                self.content_depth += usize::from(is_content(element));
                writer.open(element)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, node: NodeRef<'a, Node>, writer: &mut Writer<'_>) -> Result<(), Failure> {
        if let Some(skipped) = self.skipped {
            if skipped == node {
                self.skipped = None;
            }
            return Ok(());
        }
        if let Node::Element(element) = node.value() {
            self.content_depth -= usize::from(is_content(element));
            writer.close(element)?;
        }
        Ok(())
    }

    fn is_skipped(&mut self, element: &Element) -> bool {
        let is_left_out = self.surroundings == Surroundings::LeftOut
            && surrounds(element, self.content_depth > 0);
        self.has_left_out |= is_left_out;
        is_left_out || is_invisible(element)
    }
}
