//! From glyphs to lines: what pdf-extract tells about a page, glyph by glyph.

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};
use unicode_normalization::UnicodeNormalization as _;

/// The lines of a page, in the order in which they were drawn.
pub(crate) struct Page {
    pub(crate) number: u32,
    pub(crate) lines: Vec<Line>,
}

/// Glyphs that stand side by side.
///
/// Places are measured along the direction of writing, so that a turned page reads as any other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Where it begins and ends along the direction of writing.
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// How far down its base line stands, across the direction of writing.
    pub(crate) down: f64,
    /// The mean size of its glyphs.
    pub(crate) size: f64,
    pub(crate) direction: Direction,
    /// How many gaps it has that are too wide for a space.
    pub(crate) n_gaps: usize,
}

/// The direction of writing, a vector of unit length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Direction {
    x: f64,
    y: f64,
}

impl Direction {
    /// Tells whether two directions are the same but for a slight turn.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.x.mul_add(other.x, self.y * other.y) > 0.99
    }
}

/// A glyph as it was drawn.
struct Glyph {
    text: String,
    x: f64,
    y: f64,
    /// How far it reaches, and how far the next one is expected to stand.
    width: f64,
    advance: f64,
    size: f64,
    direction: Direction,
}

impl Glyph {
    fn new(place: &Transform, widths: (f64, f64), font_size: f64, text: &str) -> Option<Self> {
        let (width, spacing) = widths;
        let stretch = place.m11.hypot(place.m12);
        let size = place.m21.hypot(place.m22) * font_size.abs();
        let is_drawn =
            [place.m31, place.m32, width, spacing, size, stretch].iter().all(|n| n.is_finite())
                && size > 0.
                && stretch > 0.;
        let sign = font_size.signum();
        let direction = Direction { x: sign * place.m11 / stretch, y: sign * place.m12 / stretch };
        is_drawn.then(|| Self {
            text: readable(text),
            x: place.m31,
            y: place.m32,
            width: width * font_size.abs() * stretch,
            advance: (width * font_size.abs() + spacing * sign) * stretch,
            size,
            direction,
        })
    }

    fn along(&self, direction: Direction) -> f64 {
        self.x.mul_add(direction.x, self.y * direction.y)
    }

    fn down(&self, direction: Direction) -> f64 {
        self.x.mul_add(direction.y, -(self.y * direction.x))
    }
}

/// Writes a glyph's text as a person would: ligatures and radicals as letters, no controls.
///
/// Nothing else is normalized: a quote has to match what the page shows.
fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2E80}'..='\u{2FD5}' | '\u{FB00}'..='\u{FB06}' => {
                readable.extend(std::iter::once(c).nfkc());
            }
            // The bullet of the symbol fonts.
            '\u{F0B7}' | '\u{F0A7}' => readable.push('•'),
            c if c.is_whitespace() => readable.push(' '),
            c if c.is_control() || c == '\u{FEFF}' => {}
            c => readable.push(c),
        }
    }
    readable
}

/// A line that still grows.
struct Open {
    line: Line,
    /// Where the next glyph is expected.
    expected: f64,
    n_glyphs: f64,
    /// The size of the last glyph, and its base line.
    last_size: f64,
}

/// A gap wider than this part of the size is a space.
const SPACE: f64 = 0.1;

/// The same between characters that are set without spaces.
const SPACE_BETWEEN_IDEOGRAPHS: f64 = 0.4;

/// A gap wider than this is between two cells.
const CELL_GAP: f64 = 1.5;

impl Open {
    fn new(glyph: Glyph) -> Self {
        let start = glyph.along(glyph.direction);
        let line = Line {
            start,
            end: start + glyph.width,
            down: glyph.down(glyph.direction),
            size: glyph.size,
            direction: glyph.direction,
            n_gaps: 0,
            text: glyph.text,
        };
        Self { line, expected: start + glyph.advance, n_glyphs: 1., last_size: glyph.size }
    }

    /// Tells whether a glyph goes on with the line: on its base line, and not far back.
    fn takes(&self, glyph: &Glyph) -> bool {
        let size = self.last_size.max(glyph.size);
        let down = glyph.down(self.line.direction) - self.line.down;
        let gap = glyph.along(self.line.direction) - self.expected;
        self.line.direction.is_like(glyph.direction) && down.abs() < size * 0.5 && gap > -size
    }

    fn push(&mut self, glyph: &Glyph) {
        let start = glyph.along(self.line.direction);
        let gap = (start - self.expected) / self.last_size.max(glyph.size);
        let text = &mut self.line.text;
        if gap > CELL_GAP {
            self.line.n_gaps += 1;
        }
        if gap > self::space(text, &glyph.text) && !text.ends_with(' ') {
            text.push(' ');
        }
        if glyph.text != " " || !text.ends_with(' ') {
            text.push_str(&glyph.text);
        }
        if glyph.text != " " {
            self.line.end = self.line.end.max(start + glyph.width);
        }
        self.expected = start + glyph.advance;
        self.n_glyphs += 1.;
        self.line.size += (glyph.size - self.line.size) / self.n_glyphs;
        self.last_size = glyph.size;
    }
}

/// Returns from which part of the size on a gap between two texts is a space.
fn space(before: &str, after: &str) -> f64 {
    let is_between = before.chars().next_back().is_some_and(is_ideograph)
        && after.chars().next().is_some_and(is_ideograph);
    if is_between { SPACE_BETWEEN_IDEOGRAPHS } else { SPACE }
}

/// Tells whether a character is set in a square and without spaces.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Gathers the lines of a page.
#[derive(Default)]
pub(crate) struct Lines {
    closed: Vec<Line>,
    open: Option<Open>,
    drawn: Drawn,
}

impl Lines {
    pub(crate) fn finish(mut self) -> Vec<Line> {
        self.close();
        self.closed
    }

    fn close(&mut self) {
        let Some(Open { line, .. }) = self.open.take() else { return };
        let text = line.text.trim().to_owned();
        if !text.is_empty() {
            self.closed.push(Line { text, ..line });
        }
    }

    fn glyph(&mut self, glyph: Glyph) {
        let goes_on = self.open.as_ref().is_some_and(|open| open.takes(&glyph));
        let is_ahead = goes_on
            && self.open.as_ref().is_some_and(|open| {
                glyph.along(open.line.direction) > glyph.size.mul_add(-0.3, open.expected)
            });
        if self.drawn.is_repeated(&glyph, is_ahead) {
            return;
        }
        match &mut self.open {
            Some(open) if goes_on => open.push(&glyph),
            Some(_) | None => {
                self.close();
                if glyph.text != " " {
                    self.open = Some(Open::new(glyph));
                }
            }
        }
    }
}

/// The last glyphs drawn, to tell those that are drawn twice for the look of bold type.
#[derive(Default)]
struct Drawn {
    glyphs: Vec<(f64, f64, Option<char>)>,
    /// The glyph that was repeated last.
    repeated: Option<usize>,
}

/// How far back a repetition is looked for.
const REPEATED_WITHIN: usize = 4096;

/// How far from the first a repeated glyph may stand, as part of its size.
const REPEATED_NEAR: f64 = 0.12;

impl Drawn {
    /// Tells whether a glyph repeats one; one that goes on ahead can only repeat after another.
    fn is_repeated(&mut self, glyph: &Glyph, is_ahead: bool) -> bool {
        let first = self.glyphs.len().saturating_sub(REPEATED_WITHIN);
        let found = match self.repeated {
            Some(last) if self.is_same(last + 1, glyph) => Some(last + 1),
            None if is_ahead => None,
            Some(_) | None => {
                (first..self.glyphs.len()).rev().find(|nth| self.is_same(*nth, glyph))
            }
        };
        self.repeated = found;
        if found.is_none() && glyph.text != " " {
            self.glyphs.push((glyph.x, glyph.y, glyph.text.chars().next()));
        }
        found.is_some()
    }

    fn is_same(&self, nth: usize, glyph: &Glyph) -> bool {
        let near = glyph.size * REPEATED_NEAR;
        self.glyphs.get(nth).is_some_and(|(x, y, first)| {
            (x - glyph.x).abs() < near
                && (y - glyph.y).abs() < near
                && *first == glyph.text.chars().next()
        })
    }
}

impl OutputDev for Lines {
    fn begin_page(
        &mut self,
        _number: u32,
        _media_box: &MediaBox,
        _art_box: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        spacing: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        // A glyph without text leaves a gap, and a gap is a space.
        let glyph = Glyph::new(place, (width, spacing), font_size, text);
        if let Some(glyph) = glyph.filter(|glyph| !glyph.text.is_empty()) {
            self.glyph(glyph);
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(glyphs: &[(f64, f64, &str)]) -> Vec<String> {
        let mut lines = Lines::default();
        for (x, y, text) in glyphs {
            let place = Transform::row_major(1., 0., 0., 1., *x, *y);
            lines.output_character(&place, 0.5, 0., 10., text).unwrap();
        }
        lines.finish().into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn gaps_are_spaces_and_steps_down_are_lines() {
        let glyphs = [(0., 50., "a"), (5., 50., "b"), (12., 50., "c"), (0., 38., "d")];
        assert_eq!(lines(&glyphs), ["ab c", "d"]);
    }

    #[test]
    fn a_text_drawn_twice_is_read_once() {
        let once = [(0., 50., "l"), (5., 50., "l"), (10., 50., "o")];
        let twice: Vec<_> = once.iter().chain(&once).copied().collect();
        let letterwise: Vec<_> = once.iter().flat_map(|glyph| [*glyph, *glyph]).collect();
        assert_eq!(lines(&twice), ["llo"]);
        assert_eq!(lines(&letterwise), ["llo"]);
    }

    #[test]
    fn ligatures_and_radicals_become_letters_and_nothing_else_changes() {
        assert_eq!(readable("ﬁ⼯，²\u{0}"), "fi工，²");
    }
}
