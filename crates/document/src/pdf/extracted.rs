//! The first reader: pdf-extract, over pages that were written anew and fonts that were cured.

use pdf_extract::{Document, MediaBox, ObjectId, OutputDev, OutputError, Transform};

use super::drawing::{Drawing, Given};
use super::flatten::flatten;
use super::reading::{FlatPage, PAGE, Reading};
use crate::page::{Direction, Glyph, readable};

/// Reads pages of a file with pdf-extract.
pub(crate) struct Extracted<'a> {
    source: &'a Document,
    reading: Reading,
}

impl<'a> Extracted<'a> {
    pub(crate) fn new(source: &'a Document) -> Self {
        Self { source, reading: Reading::new() }
    }

    /// Reads a page.
    ///
    /// # Errors
    /// The reason why the page cannot be read. It panics on some damaged pages as well.
    pub(crate) fn read(&mut self, page: ObjectId) -> Result<Drawing, String> {
        let mut flat =
            flatten(self.source, page, &mut self.reading).map_err(|error| error.to_string())?;
        self.reading.show(&mut flat);
        let mut device = Device::new(&self.reading, &flat);
        pdf_extract::output_doc_page(self.reading.document(), &mut device, PAGE)
            .map_err(|error| error.to_string())?;
        let mut drawing = device.finish();
        drawing.glyphs.extend(flat.values);
        Ok(Drawing { is_misplaced: flat.is_vertical, sheet: flat.sheet, ..drawing })
    }
}

/// Gathers the glyphs of a page.
struct Device<'a> {
    reading: &'a Reading,
    flat: &'a FlatPage,
    drawing: Drawing,
    /// At which glyph each string begins.
    strings: Vec<usize>,
    /// How many bytes of the last string have been shown.
    n_shown: usize,
}

impl<'a> Device<'a> {
    fn new(reading: &'a Reading, flat: &'a FlatPage) -> Self {
        Self { reading, flat, drawing: Drawing::default(), strings: Vec::new(), n_shown: 0 }
    }

    /// Returns the characters of the next code, where a map tells them.
    fn text(&mut self) -> Option<String> {
        let shown = self.flat.strings.get(self.strings.len().checked_sub(1)?)?;
        let begin = shown.codes.start + self.n_shown;
        let end = begin + self.reading.n_bytes(shown.font);
        self.n_shown = end - shown.codes.start;
        let bytes = self.flat.codes.get(begin..end.min(shown.codes.end))?;
        let code = bytes.iter().fold(0, |code, byte| (code << 8) | u32::from(*byte));
        self.reading.text(shown.font, code)
    }

    /// Applies the texts that are given for strings.
    fn finish(mut self) -> Drawing {
        let n_glyphs = self.drawing.glyphs.len();
        let glyph = |string: usize| self.strings.get(string).copied().unwrap_or(n_glyphs);
        let given = self.flat.given.iter().map(|Given { range, text }| Given {
            range: glyph(range.start)..glyph(range.end),
            text: text.clone(),
        });
        self.drawing.apply(given.collect());
        self.drawing
    }
}

/// Makes a glyph of what pdf-extract tells; `None` when it has no extent.
fn glyph(place: &Transform, widths: (f64, f64), font_size: f64, text: String) -> Option<Glyph> {
    let (width, spacing) = widths;
    let stretch = place.m11.hypot(place.m12);
    let size = place.m21.hypot(place.m22) * font_size.abs();
    let is_drawn = [place.m31, place.m32, width, spacing, size, stretch]
        .iter()
        .all(|number| number.is_finite())
        && size > 0.;
    let sign = font_size.signum();
    let direction = Direction::new(sign * place.m11, sign * place.m12)?;
    is_drawn.then(|| Glyph {
        text,
        x: place.m31,
        y: place.m32,
        width: width * font_size.abs() * stretch,
        advance: (width * font_size.abs() + spacing * sign) * stretch,
        size,
        direction,
        is_upright: false,
    })
}

impl OutputDev for Device<'_> {
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
        let text = self.text().map_or_else(|| readable(text), |text| readable(&text));
        if text.is_empty() {
            // It leaves a gap, and a gap is a space.
            self.drawing.n_unmapped += 1;
        } else {
            self.drawing.glyphs.extend(glyph(place, (width, spacing), font_size, text));
        }
        Ok(())
    }

    /// Called before the glyphs of each string, whether it is a word or not.
    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.strings.push(self.drawing.glyphs.len());
        self.n_shown = 0;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
