//! The furniture of pages: headers, footers and page numbers, told by their repetition.

use std::collections::{HashMap, HashSet};

use super::Page;
use super::line::Line;

/// How many lines at the top and at the bottom of a page may be furniture.
const MAX_LINES: usize = 4;

/// On how many pages a line stands that is furniture.
const MIN_PAGES: usize = 3;

/// Leaves headers and footers out of the running text: of each the first stays.
///
/// Bare page numbers go altogether. A document that would have no text then keeps all.
pub(crate) fn without_furniture(mut pages: Vec<Page>) -> Vec<Page> {
    let counts = counts(&pages);
    let mut seen = HashSet::new();
    let kept: Vec<Vec<bool>> = pages.iter().map(|page| kept(page, &counts, &mut seen)).collect();
    if !kept.iter().flatten().any(|is_kept| *is_kept) {
        return pages;
    }
    for (page, kept) in pages.iter_mut().zip(kept) {
        let mut kept = kept.into_iter();
        for lines in &mut page.regions {
            lines.retain(|_| kept.next().unwrap_or(true));
        }
        page.regions.retain(|lines| !lines.is_empty());
    }
    pages
}

/// Tells of each line of a page whether it stays.
fn kept(page: &Page, counts: &HashMap<Mark, usize>, seen: &mut HashSet<Mark>) -> Vec<bool> {
    let furniture = furniture(page, counts);
    let is_kept = |line: &Line| {
        let Some(mark) = furniture.iter().find(|mark| mark.is_of(line)) else { return true };
        let is_number = !mark.text.contains(char::is_alphabetic);
        seen.insert(mark.clone()) && !is_number
    };
    page.lines().map(is_kept).collect()
}

/// What lines on several pages have in common: the place, and the text but for its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Mark {
    text: String,
    down: i64,
}

impl Mark {
    fn of(line: &Line) -> Self {
        let mut text = String::new();
        for c in line.text.chars().filter(|c| !c.is_whitespace()) {
            let c = if c.is_numeric() { '#' } else { c };
            if c != '#' || !text.ends_with('#') {
                text.push(c);
            }
        }
        Self { text, down: place(line) }
    }

    fn is_of(&self, line: &Line) -> bool {
        self.down == place(line) && *self == Self::of(line)
    }
}

/// Returns how far down a line stands, in steps that do not tell close places apart.
#[expect(clippy::cast_possible_truncation, reason = "what is far off the page saturates")]
fn place(line: &Line) -> i64 {
    (line.down / 4.).round() as i64
}

/// Counts on how many pages each line at an edge stands.
fn counts(pages: &[Page]) -> HashMap<Mark, usize> {
    let mut counts = HashMap::new();
    for page in pages {
        let (top, bottom) = edges(page);
        for line in top.iter().chain(&bottom) {
            *counts.entry(Mark::of(line)).or_insert(0) += 1;
        }
    }
    counts
}

/// Returns the outermost lines of a page, from the edge inwards.
fn edges(page: &Page) -> (Vec<&Line>, Vec<&Line>) {
    let direction = page.lines().next().map(|line| line.direction);
    let is_like = |line: &&Line| direction.is_some_and(|usual| usual.is_like(line.direction));
    let mut lines: Vec<&Line> = page.lines().filter(is_like).collect();
    lines.sort_by(|one, other| one.down.total_cmp(&other.down));
    // The lines of a short page are not at both of its edges.
    let n_lines = MAX_LINES.min(lines.len() / 2 + lines.len() % 2);
    let top = lines.iter().take(n_lines).copied().collect();
    let bottom = lines.iter().rev().take(n_lines.min(lines.len() - n_lines)).copied().collect();
    (top, bottom)
}

/// Returns the lines of a page that are furniture: they repeat, as do all nearer to the edge.
fn furniture(page: &Page, counts: &HashMap<Mark, usize>) -> Vec<Mark> {
    let (top, bottom) = edges(page);
    let is_repeated = |mark: &Mark| counts.get(mark).is_some_and(|n_pages| *n_pages >= MIN_PAGES);
    let of = |edge: Vec<&Line>| -> Vec<Mark> {
        edge.into_iter().map(Mark::of).take_while(is_repeated).collect()
    };
    [of(top), of(bottom)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::drawn;

    fn page(number: u32, texts: &[(f64, &str)]) -> Page {
        Page::of(number, texts.iter().flat_map(|(y, text)| drawn(0., *y, text)).collect())
    }

    fn texts(pages: Vec<Page>) -> Vec<String> {
        let pages = without_furniture(pages);
        pages.iter().flat_map(Page::lines).map(|line| line.text.clone()).collect()
    }

    #[test]
    fn what_stands_on_every_page_is_read_once_and_page_numbers_never() {
        let page = |number: u32, body: &str| {
            let foot = number.to_string();
            page(number, &[(700., "Annual report"), (400., body), (20., &foot)])
        };
        let pages = vec![page(8, "ten"), page(9, "days"), page(10, "off")];
        assert_eq!(texts(pages), ["Annual report", "ten", "days", "off"]);
    }

    #[test]
    fn a_document_of_nothing_else_keeps_it() {
        let pages: Vec<Page> = (1..5).map(|n| page(n, &[(20., "17")])).collect();
        assert_eq!(texts(pages), ["17"; 4]);
    }
}
