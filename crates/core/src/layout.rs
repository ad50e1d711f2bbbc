//! Where the characters of a text stand on its pages, small enough to be kept with every version.

use serde::{Deserialize, Serialize};
use std::ops::Range;

mod code;

/// A rectangle on a page, in PDF user space: points from the lower left corner, y up.
///
/// It is meant as it is drawn before the page is turned for display, with the origin of the page's
/// own boxes, so that a viewer converts it as it converts the page.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rect {
    /// The left edge.
    pub x1: f32,
    /// The lower edge.
    pub y1: f32,
    /// The right edge.
    pub x2: f32,
    /// The upper edge.
    pub y2: f32,
}

impl Rect {
    /// Returns the smallest rectangle around two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
            x2: self.x2.max(other.x2),
            y2: self.y2.max(other.y2),
        }
    }
}

/// Where writing goes on a page that is not turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Toward {
    /// From left to right.
    #[default]
    Right,
    /// From top to bottom.
    Down,
    /// From right to left.
    Left,
    /// From bottom to top.
    Up,
}

/// A stretch of text that stands in one rectangle, its characters evenly spaced: about a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Where it stands in the canonical text, in bytes.
    pub range: Range<usize>,
    /// The page, counted from 1.
    pub page: u32,
    /// Where it stands on the page.
    pub rect: Rect,
    /// Where its characters go.
    pub toward: Toward,
}

impl Run {
    /// Returns the part of it that lies in a range, with the part of its rectangle where those
    /// characters are expected to stand; `None` where that is only space.
    ///
    /// `text` begins at the byte `base` of the text that the ranges point into, and holds the run.
    #[must_use]
    pub fn part(&self, base: usize, text: &str, range: &Range<usize>) -> Option<Self> {
        let start = range.start.clamp(self.range.start, self.range.end);
        let end = range.end.clamp(start, self.range.end);
        let stretch = |range: Range<usize>| {
            text.get(range.start.checked_sub(base)?..range.end.checked_sub(base)?)
        };
        if stretch(start..end)?.trim().is_empty() {
            return None;
        }
        let n_chars = |range: Range<usize>| stretch(range).map(|text| text.chars().count());
        let all = n_chars(self.range.clone())?;
        let before = share(n_chars(self.range.start..start)?, all);
        let until = share(n_chars(self.range.start..end)?, all);
        let Rect { x1, y1, x2, y2 } = self.rect;
        let (width, height) = (x2 - x1, y2 - y1);
        let rect = match self.toward {
            Toward::Right => Rect { x1: x1 + width * before, x2: x1 + width * until, ..self.rect },
            Toward::Left => Rect { x1: x2 - width * until, x2: x2 - width * before, ..self.rect },
            Toward::Up => Rect { y1: y1 + height * before, y2: y1 + height * until, ..self.rect },
            Toward::Down => Rect { y1: y2 - height * until, y2: y2 - height * before, ..self.rect },
        };
        Some(Self { range: start..end, rect, ..*self })
    }
}

/// The rectangles of a range on one page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageBoxes {
    /// The page, counted from 1.
    pub page: u32,
    /// The rectangles, one a line, in the order of the text.
    pub rects: Vec<Rect>,
}

/// Where a text stands on its pages: its runs, in the order of the text, coded in about eight
/// bytes each. Edges are exact to a sixteenth of a point.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Layout {
    bytes: Vec<u8>,
}

impl Layout {
    /// Makes a layout of runs that are in the order of the text and do not overlap in it.
    #[must_use]
    pub fn of(runs: &[Run]) -> Self {
        Self { bytes: code::encode(runs) }
    }

    /// Takes back what [`as_bytes`](Self::as_bytes) gave.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// Returns the coded runs, for storage.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Tells whether nothing is known about the text's place.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns the runs, in the order of the text; what is damaged ends them.
    pub fn runs(&self) -> impl Iterator<Item = Run> {
        code::decode(&self.bytes)
    }

    /// Returns the range that whole runs take of which a byte range has a part: what
    /// [`boxes`](Self::boxes) needs the text of.
    #[must_use]
    pub fn touched(&self, range: Range<usize>) -> Range<usize> {
        let within = |all: Range<usize>, run: Run| {
            all.start.min(run.range.start)..all.end.max(run.range.end)
        };
        self.runs_in(&range).fold(range.clone(), within)
    }

    /// Returns the rectangles that cover a byte range of the text, by page and line.
    ///
    /// Of the text, what [`touched`](Self::touched) says is enough: `text` begins at the byte `base`.
    /// A run that lies in the range in part is cut where its characters are expected to stand.
    /// Empty where nothing is known.
    #[must_use]
    pub fn boxes(&self, base: usize, text: &str, range: Range<usize>) -> Vec<PageBoxes> {
        let mut pages = Vec::new();
        for run in self.runs_in(&range) {
            mark(&mut pages, run.part(base, text, &range));
        }
        pages
    }

    /// Returns what [`boxes`](Self::boxes) does for each of several ranges of a whole text, which are
    /// in order and do not overlap. The runs are read once for all of them.
    #[must_use]
    pub fn boxes_of_each(
        &self,
        text: &str,
        ranges: impl IntoIterator<Item = Range<usize>>,
    ) -> Vec<Vec<PageBoxes>> {
        let mut runs = self.runs().peekable();
        let of_one = |range: Range<usize>| {
            let mut pages = Vec::new();
            while let Some(run) = runs.peek().filter(|run| run.range.start < range.end) {
                mark(&mut pages, run.part(0, text, &range));
                if range.end < run.range.end {
                    // The next range has a part of it too.
                    break;
                }
                runs.next();
            }
            pages
        };
        ranges.into_iter().map(of_one).collect()
    }

    /// Returns the runs of which a byte range has a part.
    fn runs_in(&self, range: &Range<usize>) -> impl Iterator<Item = Run> {
        let Range { start, end } = *range;
        self.runs()
            .skip_while(move |run| run.range.end <= start)
            .take_while(move |run| run.range.start < end)
    }
}

/// Adds the part of a run that is to be marked, if there is one, to the rectangles of its page.
fn mark(pages: &mut Vec<PageBoxes>, part: Option<Run>) {
    let Some(part) = part else { return };
    match pages.last_mut() {
        Some(last) if last.page == part.page => add(&mut last.rects, part.rect, part.toward),
        Some(_) | None => pages.push(PageBoxes { page: part.page, rects: vec![part.rect] }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "runs have far fewer characters than 2^24")]
fn share(part: usize, all: usize) -> f32 {
    if all == 0 { 0. } else { part as f32 / all as f32 }
}

/// How far apart two parts of a line may stand to be marked as one, as a multiple of its height.
const MAX_GAP: f32 = 1.5;

/// Adds a rectangle: to the last one when both stand on one line beside each other.
fn add(rects: &mut Vec<Rect>, rect: Rect, toward: Toward) {
    let goes_on = |last: &Rect| match toward {
        Toward::Right | Toward::Left => is_beside(last, &rect),
        Toward::Down | Toward::Up => is_beside(&turned(last), &turned(&rect)),
    };
    match rects.last_mut() {
        Some(last) if goes_on(last) => *last = last.union(rect),
        Some(_) | None => rects.push(rect),
    }
}

/// Tells whether two rectangles overlap in height for the most part, and are near in width.
fn is_beside(one: &Rect, other: &Rect) -> bool {
    let height = (one.y2 - one.y1).min(other.y2 - other.y1);
    let shared = one.y2.min(other.y2) - one.y1.max(other.y1);
    let gap = one.x1.max(other.x1) - one.x2.min(other.x2);
    shared > height * 0.6 && gap < height * MAX_GAP
}

fn turned(rect: &Rect) -> Rect {
    Rect { x1: rect.y1, y1: rect.x1, x2: rect.y2, y2: rect.x2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(range: Range<usize>, page: u32, rect: [f32; 4]) -> Run {
        let [x1, y1, x2, y2] = rect;
        Run { range, page, rect: Rect { x1, y1, x2, y2 }, toward: Toward::Right }
    }

    #[test]
    fn words_of_a_line_are_one_rectangle_and_those_of_the_next_another() {
        let text = "annual leave is\npaid";
        let layout = Layout::of(&[
            run(0..6, 2, [10., 700., 40., 710.]),
            run(7..12, 2, [43., 700., 68., 710.]),
            run(13..15, 2, [71., 700., 80., 710.]),
            run(16..20, 3, [10., 688., 30., 698.]),
        ]);
        let boxes = layout.boxes(0, text, 7..20);
        assert_eq!(boxes.len(), 2);
        assert_eq!((boxes[0].page, boxes[1].page), (2, 3));
        assert_eq!(boxes[0].rects, [Rect { x1: 43., y1: 700., x2: 80., y2: 710. }]);
    }

    #[test]
    fn lines_below_each_other_stay_apart_however_wide_they_are() {
        let text = "one\ntwo";
        let lines = [run(0..3, 1, [14., 900., 584., 910.]), run(4..7, 1, [14., 888., 580., 898.])];
        assert_eq!(Layout::of(&lines).boxes(0, text, 0..7)[0].rects.len(), 2);
        // Down a column, then down the next one to its left.
        let mut columns = [
            run(0..3, 1, [300., 100., 310., 700.]),
            run(4..5, 1, [285., 400., 295., 700.]),
            run(5..7, 1, [285., 100., 295., 398.]),
        ];
        for run in &mut columns {
            run.toward = Toward::Down;
        }
        let rects = &Layout::of(&columns).boxes(0, text, 0..7)[0].rects;
        assert_eq!(rects[1], Rect { x1: 285., y1: 100., x2: 295., y2: 700. });
    }

    #[test]
    fn a_word_in_part_is_cut_where_its_characters_stand() {
        let text = "年假二十";
        let mut run = run(0..12, 1, [0., 0., 40., 10.]);
        let cut =
            |run: &Run| Layout::of(std::slice::from_ref(run)).boxes(0, text, 3..6)[0].rects[0];
        assert_eq!(cut(&run), Rect { x1: 10., y1: 0., x2: 20., y2: 10. });
        run.toward = Toward::Left;
        assert_eq!(cut(&run), Rect { x1: 20., y1: 0., x2: 30., y2: 10. });
        run.rect = Rect { x1: 0., y1: 0., x2: 10., y2: 40. };
        run.toward = Toward::Down;
        assert_eq!(cut(&run), Rect { x1: 0., y1: 20., x2: 10., y2: 30. });
    }

    #[test]
    fn nothing_is_marked_where_nothing_is_known() {
        assert!(Layout::default().boxes(0, "text", 0..4).is_empty());
        let layout = Layout::of(&[run(0..4, 1, [0., 0., 4., 1.])]);
        assert!(layout.boxes(0, "text more", 5..9).is_empty());
    }

    #[test]
    fn the_text_of_the_runs_that_are_touched_is_enough() {
        let text = "annual leave is paid";
        let words = [(0..6, 0.), (7..12, 50.), (13..15, 100.), (16..20, 150.)];
        let words = words.map(|(range, x)| run(range, 1, [x, 0., x + 40., 10.]));
        let layout = Layout::of(&words);
        let touched = layout.touched(9..14);
        assert_eq!(touched, 7..15);
        let piece = &text[touched.clone()];
        assert_eq!(layout.boxes(touched.start, piece, 9..14), layout.boxes(0, text, 9..14));
    }

    #[test]
    fn many_ranges_at_once_are_marked_as_one_by_one() {
        let text = "annual leave is paid";
        let words = [(0..6, 0.), (7..12, 50.), (13..15, 100.), (16..20, 150.)];
        let layout = Layout::of(&words.map(|(range, x)| run(range, 1, [x, 0., x + 40., 10.])));
        // A word is left out, and another is parted between two ranges.
        let ranges = [2..6, 13..18, 18..20];
        let each = ranges.clone().map(|range| layout.boxes(0, text, range));
        assert_eq!(layout.boxes_of_each(text, ranges), each);
        assert!(each.iter().all(|boxes| boxes.len() == 1));
    }
}
