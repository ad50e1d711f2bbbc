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
fn kept(page: &Page, counts: &HashMap<Mark, usize>, seen: &mut HashSet<String>) -> Vec<bool> {
    let furniture = furniture(page, counts);
    let is_kept = |line: &Line| {
        if !furniture.iter().any(|other| std::ptr::eq(*other, line)) {
            return true;
        }
        let text = masked(line);
        let is_number = !text.contains(char::is_alphabetic);
        seen.insert(text) && !is_number
    };
    page.lines().map(is_kept).collect()
}

/// What lines on several pages have in common: the text but for its numbers, and the place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Mark {
    text: String,
    place: Place,
}

/// What the places of lines have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// They stand as far down, in steps that do not tell close places apart.
    Down(i64),
    /// A number in them is that of the page and so much more, wherever the page ends.
    Numbered(i64),
}

impl Mark {
    /// Returns all marks of a line.
    fn of(line: &Line, page: u32) -> impl Iterator<Item = Self> {
        let text = masked(line);
        let numbers = line.text.split(|c: char| !c.is_ascii_digit());
        let numbers = numbers.filter_map(|digits| digits.parse::<i64>().ok());
        let numbered = numbers.map(move |number| Place::Numbered(number - i64::from(page)));
        let places = std::iter::once(Place::Down(down(line))).chain(numbered);
        places.map(move |place| Self { text: text.clone(), place })
    }
}

/// Returns the text of a line without its spaces, and with `#` for each of its numbers.
fn masked(line: &Line) -> String {
    let mut text = String::new();
    for c in line.text.chars().filter(|c| !c.is_whitespace()) {
        let c = if c.is_numeric() { '#' } else { c };
        if c != '#' || !text.ends_with('#') {
            text.push(c);
        }
    }
    text
}

#[expect(clippy::cast_possible_truncation, reason = "what is far off the page saturates")]
fn down(line: &Line) -> i64 {
    (line.down / 4.).round() as i64
}

/// Counts on how many pages each line at an edge stands.
fn counts(pages: &[Page]) -> HashMap<Mark, usize> {
    let mut counts = HashMap::new();
    for page in pages {
        let lines = edges(page).into_iter().flatten();
        let marks: HashSet<Mark> = lines.flat_map(|line| Mark::of(line, page.number)).collect();
        for mark in marks {
            *counts.entry(mark).or_insert(0) += 1;
        }
    }
    counts
}

/// Returns the outermost lines of a page at each of its edges, from the edge inwards.
///
/// Lines that go in other directions have edges of their own: a turned table leaves the header and
/// the footer of its page where they are.
fn edges(page: &Page) -> Vec<Vec<&Line>> {
    let mut directions: Vec<Vec<&Line>> = Vec::new();
    for line in page.lines() {
        let is_like = |lines: &&mut Vec<&Line>| {
            lines.first().is_some_and(|first| first.direction.is_like(line.direction))
        };
        match directions.iter_mut().find(is_like) {
            Some(lines) => lines.push(line),
            None => directions.push(vec![line]),
        }
    }
    directions.into_iter().flat_map(ends).collect()
}

/// Returns the uppermost lines from the top down, and the lowest from the bottom up.
fn ends(mut lines: Vec<&Line>) -> [Vec<&Line>; 2] {
    lines.sort_by(|one, other| one.down.total_cmp(&other.down));
    // The lines of a short page are not at both of its edges.
    let n_lines = MAX_LINES.min(lines.len() / 2 + lines.len() % 2);
    let top = lines.iter().take(n_lines).copied().collect();
    let bottom = lines.iter().rev().take(n_lines.min(lines.len() - n_lines)).copied().collect();
    [top, bottom]
}

/// Returns the lines of a page that are furniture: they repeat, as do all nearer to the edge.
fn furniture<'a>(page: &'a Page, counts: &HashMap<Mark, usize>) -> Vec<&'a Line> {
    let is_repeated = |line: &&Line| {
        let mut marks = Mark::of(line, page.number);
        marks.any(|mark| counts.get(&mark).is_some_and(|n_pages| *n_pages >= MIN_PAGES))
    };
    let edges = edges(page).into_iter();
    edges.flat_map(|edge| edge.into_iter().take_while(is_repeated)).collect()
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
    fn page_numbers_are_told_by_their_counting_wherever_they_stand() {
        let page = |number: u32, body: &str, y: f64| {
            page(number, &[(700., body), (690., body), (y, &(number + 90).to_string())])
        };
        let pages = vec![page(1, "ten", 80.), page(2, "days", 300.), page(3, "off", 200.)];
        assert_eq!(texts(pages), ["ten", "ten", "days", "days", "off", "off"]);
        let amounts = vec![page(1, "ten", 80.), page(3, "days", 300.), page(9, "off", 200.)];
        let amounts = amounts
            .into_iter()
            .enumerate()
            .map(|(nth, page)| Page { number: u32::try_from(nth).unwrap() + 1, ..page });
        assert_eq!(texts(amounts.collect()).len(), 9);
    }

    #[test]
    fn a_document_of_nothing_else_keeps_it() {
        let pages: Vec<Page> = (1..5).map(|n| page(n, &[(20., "17")])).collect();
        assert_eq!(texts(pages), ["17"; 4]);
    }
}
