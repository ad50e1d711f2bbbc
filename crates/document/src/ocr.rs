//! The recognition of letters in pictures, as a seam: a program outside does it.
//!
//! This crate starts no program. It hands a [`Picture`] to a [`Recognizer`] and lays out the words
//! that come back as it lays out any page.

use hayro::kurbo::Affine;

use crate::page::{Direction, Glyph, readable};

pub use tsv::words_from_tsv;

mod tsv;

/// A picture in shades of grey, a byte a pixel, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How many pixels a row has.
    pub width: u32,
    /// How many rows there are.
    pub height: u32,
    /// The pixels: 0 is black, 255 white.
    pub pixels: Vec<u8>,
    /// How many pixels an inch has, where that is known.
    pub dots_per_inch: Option<u32>,
}

impl Picture {
    /// Returns the picture turned by a quarter, clockwise.
    fn turned_right(&self) -> Self {
        let (width, height) = (self.height, self.width);
        let rows = self.pixels.chunks_exact(self.width.max(1) as usize);
        let columns = (0..self.width as usize).flat_map(|x| {
            let column = rows.clone().rev().filter_map(move |row| row.get(x).copied());
            column.collect::<Vec<u8>>()
        });
        Self { width, height, pixels: columns.collect(), dots_per_inch: self.dots_per_inch }
    }
}

/// A word that was recognized in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognizedWord {
    /// The word.
    pub text: String,
    /// The left edge, in pixels.
    pub left: u32,
    /// The upper edge, in pixels from the top.
    pub top: u32,
    /// The width, in pixels.
    pub width: u32,
    /// The height, in pixels.
    pub height: u32,
    /// How sure the recognizer is, from 0 to 100.
    pub confidence: f32,
    /// The block, the paragraph in it and the line in that: words of one line share all three.
    pub line: (u32, u32, u32),
}

/// Recognizes the letters in a picture.
pub trait Recognizer {
    /// Returns the words of a picture in the order of reading; none for a picture without text.
    ///
    /// # Errors
    /// The reason, in the user's words and without a full stop.
    fn recognize(&self, picture: &Picture) -> Result<Vec<RecognizedWord>, String>;
}

/// What was recognized on a page.
pub(crate) struct Recognized {
    /// The words, as glyphs on the page.
    pub(crate) glyphs: Vec<Glyph>,
    /// The mean confidence, from 0 to 100.
    pub(crate) confidence: f32,
}

/// Recognizes a picture that a transform lays onto a page; `None` when it has no text.
///
/// # Errors
/// As [`Recognizer::recognize`].
pub(crate) fn recognize(
    picture: &Picture,
    onto_page: Affine,
    recognizer: &dyn Recognizer,
) -> Result<Option<Recognized>, String> {
    if is_blank(picture) {
        return Ok(None);
    }
    let upright = Words::of(recognizer.recognize(picture)?);
    let is_sure = upright.confidence.is_none_or(|confidence| SURE <= confidence);
    if is_sure && !upright.are_on_their_side() {
        return Ok(upright.placed(onto_page));
    }
    turned(picture, onto_page, (upright, recognizer))
}

/// Tells whether a line is at least as wide as high.
fn runs_along(line: &[RecognizedWord]) -> bool {
    let extent = |from: fn(&RecognizedWord) -> u32, length: fn(&RecognizedWord) -> u32| {
        let begin = line.iter().map(from).min().unwrap_or_default();
        let end = line.iter().map(|word| from(word).saturating_add(length(word))).max();
        end.unwrap_or_default().saturating_sub(begin)
    };
    extent(|word| word.top, |word| word.height) <= extent(|word| word.left, |word| word.width)
}

/// Below this mean confidence the letters may stand on their side or on their head.
const SURE: f32 = 75.;

/// Below this confidence a word speaks against the way up in which it was read.
const PLAUSIBLE: f32 = 60.;

/// Recognizes a picture in the three other ways up, and keeps the one in which most is read.
///
/// # Errors
/// As [`Recognizer::recognize`].
fn turned(
    picture: &Picture,
    mut onto_page: Affine,
    (upright, recognizer): (Words, &dyn Recognizer),
) -> Result<Option<Recognized>, String> {
    let mut best = (upright.evidence(), upright.placed(onto_page));
    let mut picture = picture.clone();
    for _ in 1..4 {
        // A point of the turned picture is that of the one before with `x` and `height - y` swapped.
        onto_page *= Affine::new([0., -1., 1., 0., 0., f64::from(picture.height)]);
        picture = picture.turned_right();
        let words = Words::of(recognizer.recognize(&picture)?);
        let evidence = words.evidence();
        if best.0 < evidence
            && let Some(placed) = words.placed(onto_page)
        {
            best = (evidence, Some(placed));
        }
    }
    Ok(best.1)
}

/// The words of a picture in one way up.
struct Words {
    words: Vec<RecognizedWord>,
    /// The mean of their confidences; `None` without words.
    confidence: Option<f32>,
}

impl Words {
    fn of(words: Vec<RecognizedWord>) -> Self {
        let words: Vec<RecognizedWord> =
            words.into_iter().filter(|word| !word.text.trim().is_empty()).collect();
        let confidence = mean(words.iter().map(|word| word.confidence));
        Self { words, confidence }
    }

    /// Tells whether most lines of several words run up or down: a recognizer may read those too,
    /// but does not say so.
    fn are_on_their_side(&self) -> bool {
        let lines = self.words.chunk_by(|one, other| one.line == other.line);
        let (n_lines, n_upright) =
            lines.filter(|line| 1 < line.len()).fold((0, 0), |(n_lines, n_upright), line| {
                (n_lines + 1, n_upright + usize::from(runs_along(line)))
            });
        n_upright * 2 < n_lines
    }

    /// Returns how much speaks for the way up: what each word adds or takes away for its letters.
    /// It is less when the lines run up or down, as those of a turned picture do.
    fn evidence(&self) -> f32 {
        let weight = if self.are_on_their_side() { 0.5 } else { 1. };
        let of_word = |word: &RecognizedWord| {
            let n_letters = u16::try_from(word.text.chars().count()).unwrap_or(u16::MAX);
            f32::from(n_letters) * (word.confidence - PLAUSIBLE)
        };
        self.words.iter().map(of_word).sum::<f32>() * weight
    }

    /// Puts the words onto the page; `None` without words.
    fn placed(self, onto_page: Affine) -> Option<Recognized> {
        let lines = self.words.chunk_by(|one, other| one.line == other.line);
        let glyphs: Vec<Glyph> = lines.flat_map(|line| on_line(line, onto_page)).collect();
        let confidence = self.confidence.filter(|_| !glyphs.is_empty())?;
        Some(Recognized { glyphs, confidence })
    }
}

/// Pixels lighter than this are paper.
const PAPER: u8 = 240;

fn is_blank(picture: &Picture) -> bool {
    picture.pixels.iter().all(|pixel| *pixel > PAPER)
}

/// Returns the mean of numbers; `None` without any.
pub(crate) fn mean(numbers: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, n) = numbers.fold((0., 0.), |(sum, n), number| (sum + number, n + 1.));
    (n > 0.).then(|| sum / n)
}

/// How much of a line's height lies below its base line.
const BELOW: f64 = 0.2;

/// Puts the words of a line onto one base line.
fn on_line(line: &[RecognizedWord], onto_page: Affine) -> Vec<Glyph> {
    let top = line.iter().map(|word| word.top).min().unwrap_or_default();
    let bottom = line.iter().map(|word| word.top.saturating_add(word.height)).max();
    let height = f64::from(bottom.unwrap_or_default().saturating_sub(top)).max(1.);
    let base = (f64::from(top) + height * (1. - BELOW)).round();
    let [a, b, c, d, ..] = onto_page.as_coeffs();
    let Some(direction) = Direction::new(a, b) else { return Vec::new() };
    let glyph = |word: &RecognizedWord| {
        let place = onto_page * hayro::kurbo::Point::new(f64::from(word.left), base);
        let width = f64::from(word.width) * a.hypot(b);
        Glyph {
            text: readable(word.text.trim()),
            x: place.x,
            y: place.y,
            width,
            advance: width,
            size: height * c.hypot(d),
            direction,
            is_upright: false,
        }
    };
    line.iter().map(glyph).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    struct Fixed(Vec<RecognizedWord>);

    impl Recognizer for Fixed {
        fn recognize(&self, _: &Picture) -> Result<Vec<RecognizedWord>, String> {
            Ok(self.0.clone())
        }
    }

    fn word(text: &str, left: u32, top: u32) -> RecognizedWord {
        let text = text.to_owned();
        let line = (1, 1, top / 40);
        RecognizedWord { text, left, top, width: 80, height: 30, confidence: 90., line }
    }

    fn picture(pixel: u8) -> Picture {
        Picture { width: 400, height: 200, pixels: vec![pixel; 80_000], dots_per_inch: None }
    }

    #[test]
    fn words_stand_on_the_page_where_the_picture_shows_them() {
        let words = Fixed(vec![word("Ten", 10, 41), word("days", 110, 45), word("off", 10, 81)]);
        // A fourth of the size, the other way up.
        let onto_page = Affine::new([0.25, 0., 0., -0.25, 0., 50.]);
        let recognized = recognize(&picture(0), onto_page, &words).unwrap().unwrap();
        assert!((recognized.confidence - 90.).abs() < 0.1);
        let page = Page::of(1, recognized.glyphs);
        let texts: Vec<&str> = page.lines().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["Ten days", "off"]);
        let line = page.lines().next().unwrap();
        let (rect, _) = line.place(&line.words[1]);
        assert!((rect.x1 - 27.5).abs() < 0.01 && (rect.x2 - 47.5).abs() < 0.01, "{rect:?}");
        assert!(rect.y1 < 31.5 && rect.y2 > 38.5, "{rect:?}");
    }

    /// Reads nothing but pictures whose first pixel is black: the others are on their side.
    struct UprightOnly;

    impl Recognizer for UprightOnly {
        fn recognize(&self, picture: &Picture) -> Result<Vec<RecognizedWord>, String> {
            let is_upright = picture.pixels.first() == Some(&0);
            let confidence = if is_upright { 90. } else { 30. };
            let text = if is_upright { "Ten" } else { "ual" };
            Ok(vec![RecognizedWord { confidence, ..word(text, 0, 0) }])
        }
    }

    #[test]
    fn a_picture_on_its_side_is_read_the_right_way_up_and_its_words_stay_where_they_are() {
        // The first pixel of the upright picture is the lower left one here: turned right once.
        let mut pixels = vec![255; 400 * 200];
        pixels[400 * 199] = 0;
        let picture = Picture { width: 400, height: 200, pixels, dots_per_inch: None };
        let turned = picture.turned_right();
        assert_eq!((turned.width, turned.height, turned.pixels[0]), (200, 400, 0));
        let onto_page = Affine::new([1., 0., 0., -1., 0., 200.]);
        let found = recognize(&picture, onto_page, &UprightOnly).unwrap().unwrap();
        assert!((found.confidence - 90.).abs() < 0.1);
        let [glyph] = &found.glyphs[..] else { panic!("{} glyphs", found.glyphs.len()) };
        assert_eq!(glyph.text, "Ten");
        // The word begins at the lower left corner and goes up; its base line is 24 to the right.
        assert!((glyph.x - 24.).abs() < 0.1 && glyph.y.abs() < 0.1, "{} {}", glyph.x, glyph.y);
    }

    #[test]
    fn an_empty_page_is_not_sent_and_an_empty_answer_is_no_text() {
        let words = Fixed(vec![word("Ten", 10, 40)]);
        assert!(recognize(&picture(255), Affine::IDENTITY, &words).unwrap().is_none());
        assert!(recognize(&picture(0), Affine::IDENTITY, &Fixed(vec![])).unwrap().is_none());
    }
}
