//! The layout of a page: from glyphs to lines in the order of reading, and from lines to blocks.
//!
//! Whoever reads a page, a PDF reader or a program that recognizes letters in a picture, hands over
//! [glyphs](Glyph). [`fragment`] puts together what was drawn side by side, [`rows`] what stands on
//! one base line, [`columns`] finds the order, and [`line`] writes down the text of each row and
//! where its words stand. [`paragraph`] and [`headings`] make blocks of the lines of all pages,
//! without the [furniture] of the pages; [`write`](write()) writes them, and [`across`] what goes on
//! over the end of a page.

pub(crate) use glyph::{Direction, Glyph, is_ideograph, readable};
pub(crate) use line::Line;
pub(crate) use outline::Outline;
pub(crate) use write::write;

mod across;
mod atom;
mod bidi;
mod columns;
mod draft;
mod drawn;
mod fragment;
mod furniture;
mod gaps;
mod glyph;
mod headings;
mod hyphen;
mod initial;
mod line;
mod outline;
mod paragraph;
mod rows;
mod spacing;
mod table;
mod upright;
mod write;

/// A page as it is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// The number, counted from 1.
    pub(crate) number: u32,
    /// Its lines in the order of reading: a list for each stretch of a column.
    pub(crate) regions: Vec<Vec<Line>>,
}

impl Page {
    /// Reads a page from its glyphs, which are in the order of drawing.
    pub(crate) fn of(number: u32, glyphs: Vec<Glyph>) -> Self {
        let mut glyphs = drawn::without_repeats(glyphs);
        upright::settle(&mut glyphs);
        initial::settle(&mut glyphs);
        spacing::settle(&mut glyphs);
        let mut regions = Vec::new();
        for fragments in by_direction(fragment::fragments(&glyphs)) {
            for rows in columns::in_order(rows::rows(fragments), &glyphs) {
                let lines: Vec<Line> =
                    rows.iter().filter_map(|row| Line::of(row, &glyphs)).collect();
                regions.push(lines);
            }
        }
        regions.retain(|lines| !lines.is_empty());
        Self { number, regions: paragraph::joined(regions) }
    }

    /// Returns its lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.regions.iter().flatten()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }
}

/// Divides fragments by the direction of their writing; the one with most glyphs comes first.
fn by_direction(fragments: Vec<fragment::Fragment>) -> Vec<Vec<fragment::Fragment>> {
    let mut groups: Vec<Vec<fragment::Fragment>> = Vec::new();
    for fragment in fragments {
        let is_alike = |group: &&mut Vec<fragment::Fragment>| {
            group.first().is_some_and(|first| first.direction.is_like(fragment.direction))
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(fragment),
            None => groups.push(vec![fragment]),
        }
    }
    let n_glyphs = |group: &Vec<fragment::Fragment>| -> usize {
        group.iter().map(|fragment| fragment.glyphs.len()).sum()
    };
    groups.sort_by_key(|group| std::cmp::Reverse(n_glyphs(group)));
    groups
}

/// Returns a count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "a page has far fewer than 2^52 of anything")]
fn real(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes the glyphs of a text that goes to the right from a place, 5 points a letter.
    pub(super) fn drawn(x: f64, y: f64, text: &str) -> Vec<Glyph> {
        let glyph = |(nth, c): (usize, char)| Glyph {
            text: c.to_string(),
            x: x + 5. * real(nth),
            y,
            width: 5.,
            advance: 5.,
            size: 10.,
            direction: Direction::RIGHT,
            is_upright: false,
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn read(texts: &[(f64, f64, &str)]) -> Vec<String> {
        let glyphs = texts.iter().flat_map(|(x, y, text)| drawn(*x, *y, text)).collect();
        Page::of(1, glyphs).lines().map(|line| line.text.clone()).collect()
    }

    #[test]
    fn gaps_are_spaces_and_steps_down_are_lines() {
        let glyphs = [(0., 50., "a"), (5., 50., "b"), (12., 50., "c"), (0., 38., "d")];
        assert_eq!(read(&glyphs), ["ab c", "d"]);
    }

    #[test]
    fn a_text_drawn_twice_is_read_once() {
        let once = [(0., 50., "l"), (5., 50., "l"), (10., 50., "o")];
        let twice: Vec<_> = once.iter().chain(&once).copied().collect();
        let letterwise: Vec<_> = once.iter().flat_map(|glyph| [*glyph, *glyph]).collect();
        assert_eq!(read(&twice), ["llo"]);
        assert_eq!(read(&letterwise), ["llo"]);
    }

    #[test]
    fn columns_of_text_are_read_one_after_the_other_and_cells_row_by_row() {
        let (left, right) = ("leave is paid to all people", "rest is what everybody needs");
        let mut columns = vec![(60., 100., "a heading that spans both of the two columns")];
        for nth in 0..4 {
            let y = 80. - 12. * f64::from(nth);
            columns.extend([(0., y, left), (150., y, right)]);
        }
        let expected = [[columns[0].2; 1].as_slice(), &[left; 4], &[right; 4]].concat();
        assert_eq!(read(&columns), expected);
        let cells = [(0., 80., "days"), (130., 80., "10"), (0., 68., "hours"), (130., 68., "80")];
        assert_eq!(read(&cells), ["days 10", "hours 80"]);
    }

    #[test]
    fn letters_spaced_evenly_are_one_word_and_room_behind_one_glyph_is_a_space() {
        let spaced = |rooms: [f64; 4]| {
            let mut x = 0.;
            let mut glyphs = drawn(0., 0., "ab,c");
            for (glyph, room) in glyphs.iter_mut().zip(rooms) {
                glyph.x = x;
                glyph.advance += room;
                x += glyph.advance;
            }
            Page::of(1, glyphs).lines().map(|line| line.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(spaced([3., 3., 3., 3.]), ["ab,c"]);
        assert_eq!(spaced([0., 0., 3., 0.]), ["ab, c"]);
    }

    #[test]
    fn columns_above_a_blank_band_are_read_before_those_below_it() {
        let texts = ["leave is paid to all people", "rest is what everybody needs"];
        let panel = |top: f64| {
            let rows = (0..5).map(move |nth| top - 12. * f64::from(nth));
            rows.flat_map(|y| [(0., y, texts[0]), (150., y, texts[1])])
        };
        let both: Vec<_> = panel(300.).chain(panel(100.)).collect();
        let expected: Vec<&str> = [0, 1, 0, 1].iter().flat_map(|nth| [texts[*nth]; 5]).collect();
        assert_eq!(read(&both), expected);
    }

    #[test]
    fn a_header_and_a_footer_at_both_edges_belong_to_no_column() {
        let (left, right) = ("leave is paid to all people", "rest is what everybody needs");
        let mut page = vec![(0., 100., "Handbook"), (260., 100., "Part 2")];
        page.extend((0..4).flat_map(|nth| {
            let y = 80. - 12. * f64::from(nth);
            [(0., y, left), (150., y, right)]
        }));
        page.extend([(0., 20., "Internal"), (285., 20., "7")]);
        let expected = [vec!["Handbook Part 2"], vec![left; 4], vec![right; 4], vec!["Internal 7"]];
        assert_eq!(read(&page), expected.concat());
    }

    #[test]
    fn names_beside_each_other_are_rows_though_each_column_was_drawn_as_a_whole() {
        let names = |x: f64, text: &'static str| {
            (0..5).map(move |nth| (x, 80. - 12. * f64::from(nth), text))
        };
        let page: Vec<_> =
            names(0., "Senior Notes Due").chain(names(150., "The Stock Market of York")).collect();
        assert_eq!(read(&page), ["Senior Notes Due The Stock Market of York"; 5]);
    }

    #[test]
    fn lines_between_those_of_another_column_stay_lines() {
        let left = "a column of text whose lines";
        let mut page: Vec<_> = (0..4).map(|nth| (0., 95. - 12. * f64::from(nth), left)).collect();
        page.extend([
            (170., 100., "are indented at first"),
            (155., 90., "so"),
            (175., 90., "that each is one"),
        ]);
        page.extend([(155., 80., "and is read as one line"), (155., 70., "down to the very last")]);
        let right = &read(&page)[4..];
        assert_eq!(right[..2], ["are indented at first", "so that each is one"]);
    }

    #[test]
    fn signs_above_a_comma_stay_in_its_line() {
        let page = [(0., 50., "Ann"), (15., 50., ","), (15., 54., "*"), (25., 50., "Bo")];
        assert_eq!(read(&page), ["Ann,* Bo"]);
    }

    #[test]
    fn a_sentence_that_goes_on_in_the_next_column_is_one() {
        let page = |end: &'static str| {
            let left = ["leave is paid to all people", "who have been here", "as employees", end];
            let right = [
                "rest is what everybody needs",
                "and what the law gives to all",
                "who have a contract of work",
                "for a year or more",
            ];
            let place = |x: f64| (0..4).map(move |nth| (x, 80. - 12. * f64::from(nth)));
            let left = place(0.).zip(left).map(|((x, y), text)| (x, y, text));
            let right = place(150.).zip(right).map(|((x, y), text)| (x, y, text));
            let glyphs = left.chain(right).flat_map(|(x, y, text)| drawn(x, y, text));
            let page = Page::of(1, glyphs.collect());
            paragraph::groups(&page.regions).iter().map(|group| group.len()).collect::<Vec<_>>()
        };
        assert_eq!(page("for more than a year. Their"), [8]);
        assert_eq!(page("for ten whole days."), [4, 4]);
    }

    #[test]
    fn what_is_drawn_out_of_order_is_read_in_order() {
        let glyphs =
            [(0., 38., "third"), (40., 50., "second"), (0., 50., "first"), (25., 53., "1")];
        assert_eq!(read(&glyphs), ["first1 second", "third"]);
    }
}
