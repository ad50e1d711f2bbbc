//! Columns of upright glyphs that a page draws one by one, as if each were a line of its own.

use super::glyph::{Direction, Glyph, is_ideograph};

/// How far below each other the glyphs of a column stand, as multiples of their size.
const STEP: std::ops::Range<f64> = 0.7..1.7;

/// How many such glyphs there are at least on a page that is set in columns.
const MIN_GLYPHS: usize = 8;

/// How far above its base line the top of a glyph is, as part of its size.
const TOP: f64 = 0.88;

/// Turns the direction of glyphs that stand below each other, if most do, to that of reading.
pub(crate) fn settle(glyphs: &mut [Glyph]) {
    let follows: Vec<Follows> = glyphs.windows(2).map(Follows::of).collect();
    let is_in = |nth: usize, how: Follows| {
        let before = nth.checked_sub(1).and_then(|before| follows.get(before));
        before == Some(&how) || follows.get(nth) == Some(&how)
    };
    let square = |nth: &usize| glyphs.get(*nth).is_some_and(is_square);
    let squares: Vec<usize> = (0..glyphs.len()).filter(square).collect();
    let n_below = squares.iter().filter(|nth| is_in(**nth, Follows::Below)).count();
    if n_below < MIN_GLYPHS || n_below * 2 < squares.len() {
        return;
    }
    let is_column = |nth: &usize| is_in(*nth, Follows::Below) || !is_in(*nth, Follows::Beside);
    let columns: Vec<usize> = squares.into_iter().filter(is_column).collect();
    let mut before = None;
    for nth in columns {
        // A space inside a column goes with it.
        if before.is_some_and(|before| before + 2 == nth)
            && let Some(space) = glyphs.get_mut(nth - 1).filter(|glyph| glyph.is_space())
        {
            turn(space);
        }
        if let Some(glyph) = glyphs.get_mut(nth) {
            turn(glyph);
        }
        before = Some(nth);
    }
}

fn is_square(glyph: &Glyph) -> bool {
    let mut chars = glyph.text.chars();
    !glyph.is_upright && chars.next().is_some_and(is_ideograph) && chars.next().is_none()
}

/// How a glyph stands to the one drawn before it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Follows {
    Below,
    Beside,
    Apart,
}

impl Follows {
    fn of(pair: &[Glyph]) -> Self {
        let [before, after] = pair else { return Self::Apart };
        let is_alike = before.direction.is_like(after.direction)
            && (before.size - after.size).abs() < before.size * 0.1;
        if !is_alike || !is_square(before) || !is_square(after) {
            return Self::Apart;
        }
        let aside = after.start() + after.width / 2. - before.start() - before.width / 2.;
        let down = after.down() - before.down();
        if aside.abs() < before.size * 0.3 && STEP.contains(&(down / before.size)) {
            Self::Below
        } else if down.abs() < before.size * 0.1 && STEP.contains(&(aside / before.size)) {
            Self::Beside
        } else {
            Self::Apart
        }
    }
}

/// Lets a glyph begin at the middle of its top and go down.
fn turn(glyph: &mut Glyph) {
    let (x, y) = glyph.middle();
    let down: Direction = glyph.direction.turned_right();
    (glyph.x, glyph.y) = down.moved(x, y, -glyph.size * TOP);
    glyph.direction = down;
    glyph.width = glyph.size;
    glyph.advance = glyph.size;
    glyph.is_upright = true;
}

#[cfg(test)]
mod tests {
    use crate::page::Page;
    use crate::page::tests::drawn;

    #[test]
    fn columns_drawn_glyph_by_glyph_are_read_from_the_right_downwards() {
        let column = |x: f64, text: &'static str| {
            let glyphs = text.chars().zip(0..);
            glyphs.flat_map(move |(c, nth)| drawn(x, 90. - 11. * f64::from(nth), &c.to_string()))
        };
        let mut glyphs = drawn(0., 120., "Handbook");
        glyphs.extend(column(80., "每位员工享有年假").chain(column(60., "逾期作废。")));
        let page = Page::of(1, glyphs);
        let texts: Vec<&str> = page.lines().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["每位员工享有年假", "逾期作废。", "Handbook"]);
    }

    #[test]
    fn a_table_of_single_characters_stays_one() {
        let rows = ["一是否", "二否是", "三是是", "四否否", "五是否"];
        let glyphs = rows.iter().zip(0..).flat_map(|(row, nth)| {
            let cells = row.chars().zip([0., 50., 100.]);
            cells.flat_map(move |(c, x)| drawn(x, 90. - 12. * f64::from(nth), &c.to_string()))
        });
        let page = Page::of(1, glyphs.collect());
        assert_eq!(page.lines().next().map(|line| line.text.as_str()), Some("一 是 否"));
    }
}
