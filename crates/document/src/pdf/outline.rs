//! The outline of a PDF: its entries, and the pages that they lead to.

use pdf_extract::{Dictionary, Document, Object, ObjectId};
use std::collections::HashMap;

use super::lookup;
use super::marks::decoded;
use crate::page::Outline;

/// How many entries, and how many names of places, are looked at; a damaged file may loop.
const MAX_ENTRIES: usize = 100_000;

/// How deep the entries of an outline and the tree of names may be nested.
const MAX_DEPTH: u8 = 32;

/// Reads the outline of a file.
pub(crate) fn outline(source: &Document) -> Outline {
    let mut outline = Outline::default();
    let Some(root) = lookup::dictionary(source, &source.trailer, b"Root") else { return outline };
    let Some(top) = lookup::dictionary(source, root, b"Outlines") else { return outline };
    let places = Places::of(source, root);
    let mut waiting: Vec<(&Dictionary, u8)> = first(source, top, 1).into_iter().collect();
    for _ in 0..MAX_ENTRIES {
        let Some((entry, level)) = waiting.pop() else { break };
        let title = lookup::get(source, entry, b"Title").and_then(|title| title.as_str().ok());
        if let Some((title, page)) = title.zip(places.page(entry)) {
            outline.add(page, &decoded(title), level.min(6));
        }
        // What follows at this level waits until what is inside has been read.
        waiting.extend(lookup::dictionary(source, entry, b"Next").map(|next| (next, level)));
        waiting.extend(first(source, entry, level + 1));
    }
    outline
}

fn first<'a>(source: &'a Document, of: &'a Dictionary, level: u8) -> Option<(&'a Dictionary, u8)> {
    let first = lookup::dictionary(source, of, b"First")?;
    (level < MAX_DEPTH).then_some((first, level))
}

/// The places that entries lead to.
struct Places<'a> {
    source: &'a Document,
    pages: HashMap<ObjectId, u32>,
    named: HashMap<&'a [u8], &'a Object>,
}

impl<'a> Places<'a> {
    fn of(source: &'a Document, root: &'a Dictionary) -> Self {
        let pages = source.get_pages().into_iter().map(|(number, id)| (id, number)).collect();
        let mut places = Self { source, pages, named: HashMap::new() };
        if let Some(old) = lookup::dictionary(source, root, b"Dests") {
            places.named.extend(old.iter().map(|(name, place)| (name.as_slice(), place)));
        }
        let names = lookup::dictionary(source, root, b"Names")
            .and_then(|names| lookup::dictionary(source, names, b"Dests"));
        if let Some(names) = names {
            places.add_tree(names, 0);
        }
        places
    }

    fn add_tree(&mut self, node: &'a Dictionary, depth: u8) {
        if depth == MAX_DEPTH || self.named.len() > MAX_ENTRIES {
            return;
        }
        let source = self.source;
        let names = lookup::array(source, node, b"Names").unwrap_or_default();
        for pair in names.chunks_exact(2) {
            if let [name, place] = pair
                && let Some(name) = lookup::follow(source, name).and_then(|name| name.as_str().ok())
            {
                self.named.insert(name, place);
            }
        }
        let kids = lookup::array(source, node, b"Kids").unwrap_or_default();
        for kid in kids.iter().filter_map(|kid| lookup::follow(source, kid)?.as_dict().ok()) {
            self.add_tree(kid, depth + 1);
        }
    }

    /// Returns the page that an entry leads to.
    fn page(&self, entry: &'a Dictionary) -> Option<u32> {
        let action = || {
            let action = lookup::dictionary(self.source, entry, b"A")?;
            action.get(b"D").ok()
        };
        let place = entry.get(b"Dest").ok().or_else(action)?;
        self.page_of(self.resolved(place)?)
    }

    /// Follows the name of a place.
    fn resolved(&self, place: &'a Object) -> Option<&'a Object> {
        let place = lookup::follow(self.source, place)?;
        let named = match place {
            Object::Name(name) | Object::String(name, _) => self.named.get(name.as_slice())?,
            place => return Some(place),
        };
        lookup::follow(self.source, named)
    }

    /// Returns the page of `[page /Fit …]`, which may lie in a dictionary.
    fn page_of(&self, place: &'a Object) -> Option<u32> {
        let inner = place.as_dict().ok().and_then(|place| lookup::get(self.source, place, b"D"));
        let page = inner.unwrap_or(place).as_array().ok()?.first()?;
        self.pages.get(&page.as_reference().ok()?).copied()
    }
}
