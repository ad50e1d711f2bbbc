//! The outline that a document gives itself: which lines are headings, and of which level.

use std::collections::HashMap;

/// The headings of a document by page and text.
#[derive(Debug, Default)]
pub(crate) struct Outline(HashMap<(u32, String), u8>);

impl Outline {
    /// Adds a heading of a level from 1, which stands on a page.
    pub(crate) fn add(&mut self, page: u32, title: &str, level: u8) {
        let key = letters(title);
        if !key.is_empty() {
            self.0.entry((page, key)).or_insert(level);
        }
    }

    /// Returns the level of a text, if it is a heading of a page; its number may be left out.
    pub(crate) fn level(&self, page: u32, text: &str) -> Option<u8> {
        if self.0.is_empty() {
            return None;
        }
        let key = letters(text);
        let bare = key.trim_start_matches(|c: char| c.is_numeric()).to_owned();
        let level = |key| self.0.get(&(page, key)).copied();
        level(key).or_else(|| level(bare).filter(|_| !text.is_empty()))
    }
}

/// Reduces a text to what an outline and a page write alike.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_on_their_page_whatever_their_number_and_spaces() {
        let mut outline = Outline::default();
        outline.add(3, "Annual leave", 2);
        outline.add(3, "—", 1);
        assert_eq!(outline.level(3, "2.1  Annual Leave"), Some(2));
        assert_eq!(outline.level(4, "Annual leave"), None);
        assert_eq!(outline.level(3, "17"), None);
    }
}
