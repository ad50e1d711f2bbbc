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
    let words = recognizer.recognize(picture)?;
    let words: Vec<RecognizedWord> =
        words.into_iter().filter(|word| !word.text.trim().is_empty()).collect();
    let mut glyphs = Vec::new();
    for line in words.chunk_by(|one, other| one.line == other.line) {
        glyphs.extend(on_line(line, onto_page));
    }
    let confidence = mean(words.iter().map(|word| word.confidence));
    Ok(confidence
        .filter(|_| !glyphs.is_empty())
        .map(|confidence| Recognized { glyphs, confidence }))
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

    #[test]
    fn an_empty_page_is_not_sent_and_an_empty_answer_is_no_text() {
        let words = Fixed(vec![word("Ten", 10, 40)]);
        assert!(recognize(&picture(255), Affine::IDENTITY, &words).unwrap().is_none());
        assert!(recognize(&picture(0), Affine::IDENTITY, &Fixed(vec![])).unwrap().is_none());
    }
}
