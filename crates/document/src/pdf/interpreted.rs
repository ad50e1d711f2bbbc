//! The second reader: hayro-interpret, for the pages that the first fails on or is doubted at.

use hayro::hayro_interpret::font::{Glyph as Shape, GlyphRun, PositionedGlyph};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::dict::keys;
use hayro::hayro_syntax::object::{self, Dict};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use std::cell::OnceCell;
use std::panic::resume_unwind;

use super::collections::Collections;
use super::drawing::{Drawing, Sheet};
use super::failure::{encrypted, unreadable};
use super::hostile::has_hostile_widths;
use super::marks::{Marks, decoded};
use super::rendered::rendered;
use crate::guard::guarded;
use crate::ocr::Picture;
use crate::page::{Direction, Glyph, readable};
use footnote_core::job::Failure;

/// A file as hayro opens it, when it is first asked for.
#[derive(Default)]
pub(crate) struct Opened {
    pdf: OnceCell<Result<Pdf, Failure>>,
    collections: OnceCell<Collections>,
}

impl Opened {
    /// Opens the file with the empty password.
    ///
    /// # Errors
    /// `Encrypted` or `Unreadable`.
    pub(crate) fn pdf(&self, bytes: &[u8]) -> Result<&Pdf, Failure> {
        let opened = self.pdf.get_or_init(|| {
            let opened = guarded(|| Pdf::new(bytes.to_vec())).map_err(|reason| unreadable(&reason));
            let pdf = opened?.map_err(not_opened)?;
            let is_hostile = guarded(|| has_hostile_widths(&pdf)).unwrap_or(true);
            if is_hostile { Err(unreadable("a font asks for billions of widths")) } else { Ok(pdf) }
        });
        opened.as_ref().map_err(Clone::clone)
    }

    fn collections(&self, pdf: &Pdf) -> &Collections {
        self.collections.get_or_init(|| guarded(|| Collections::of(pdf)).unwrap_or_default())
    }
}

fn not_opened(error: LoadPdfError) -> Failure {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => encrypted(),
        LoadPdfError::Decryption(error) => unreadable(&format!("its encryption: {error:?}")),
        LoadPdfError::Invalid => unreadable("it has no pages"),
    }
}

/// Reads pages of a file with hayro-interpret.
pub(crate) struct Interpreted<'a> {
    bytes: &'a [u8],
    opened: &'a Opened,
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
}

impl<'a> Interpreted<'a> {
    pub(crate) fn new(bytes: &'a [u8], opened: &'a Opened) -> Self {
        let settings = InterpreterSettings::default();
        Self { bytes, opened, cache: InterpreterCache::new(), settings }
    }

    /// Returns how many pages there are.
    ///
    /// # Errors
    /// As [`Opened::pdf`].
    pub(crate) fn n_pages(&self) -> Result<usize, Failure> {
        Ok(self.opened.pdf(self.bytes)?.pages().len())
    }

    /// Reads a page, counted from 1.
    ///
    /// # Errors
    /// The reason why the page cannot be read. It panics on pages that draw without end.
    pub(crate) fn read(&self, number: u32) -> Result<Drawing, String> {
        let (pdf, page) = self.page(number)?;
        Ok(self.draw(page, self.opened.collections(pdf)))
    }

    /// Draws a page, counted from 1, and tells what lays the picture back onto the page.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn picture(&self, number: u32) -> Result<(Picture, Affine), String> {
        let (_, page) = self.page(number)?;
        Ok(rendered(page, &self.settings))
    }

    fn page(&self, number: u32) -> Result<(&'a Pdf, &'a Page<'a>), String> {
        let pdf = self.opened.pdf(self.bytes).map_err(|failure| failure.detail)?;
        let nth = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let page = nth.and_then(|nth| pdf.pages().get(nth)).ok_or("there is no such page")?;
        Ok((pdf, page))
    }

    fn draw(&self, page: &'a Page<'a>, collections: &Collections) -> Drawing {
        // Without a transform, places are in the space of the page itself.
        let bounds = Rect::new(-1e6, -1e6, 1e6, 1e6);
        let settings = self.settings.clone();
        let mut context =
            Context::new(Affine::IDENTITY, bounds, &self.cache, page.xref(), settings);
        let mut gatherer = Gatherer::new(collections);
        interpret_page(page, &mut context, &mut gatherer);
        gatherer.drawing.apply(gatherer.marks.given);
        let shown = page.intersected_crop_box();
        let (x0, y0, x1, y1) = (shown.x0, shown.y0, shown.x1, shown.y1);
        let sheet = (x1 - x0 > 1. && y1 - y0 > 1.).then(|| Sheet::new([x0, y0, x1, y1]));
        Drawing { sheet, ..gatherer.drawing }
    }
}

/// How many steps a page may be drawn in; forms that hold others many times reach any number.
const MAX_STEPS: usize = 4_000_000;

/// Gathers the glyphs of a page.
struct Gatherer<'c> {
    collections: &'c Collections,
    drawing: Drawing,
    marks: Marks,
    n_steps: usize,
}

impl<'c> Gatherer<'c> {
    fn new(collections: &'c Collections) -> Self {
        Self { collections, drawing: Drawing::default(), marks: Marks::default(), n_steps: 0 }
    }

    /// Counts a step, and ends the page when there were too many.
    fn step(&mut self) {
        self.n_steps += 1;
        if self.n_steps > MAX_STEPS {
            // The interpreter has no other way to be stopped; the caller is guarded.
            resume_unwind(Box::new("it is drawn in millions of steps"));
        }
    }

    fn glyph(&mut self, shown: &PositionedGlyph<'_>, transform: Affine, mode: WritingMode) {
        let text = match shown.as_unicode() {
            Some(BfString::Char(c)) => readable(c.encode_utf8(&mut [0; 4])),
            Some(BfString::String(text)) => readable(&text),
            None => self.numbered(shown).map(|text| readable(&text)).unwrap_or_default(),
        };
        if text.is_empty() {
            self.drawing.n_unmapped += 1;
            return;
        }
        let place = transform * shown.transform();
        let glyph = match mode {
            WritingMode::Horizontal => horizontal(shown, place, text),
            WritingMode::Vertical => upright(place, text),
        };
        self.drawing.glyphs.extend(glyph);
    }
}

impl Gatherer<'_> {
    /// Returns the characters of a glyph whose font numbers them as a collection does.
    fn numbered(&self, shown: &PositionedGlyph<'_>) -> Option<String> {
        let Shape::Outline(outline) = &**shown else { return None };
        let font = outline.font_data()?.postscript_name?;
        self.collections.text(&font, outline.char_code())
    }
}

/// A glyph is measured in thousandths of its size.
const UNITS: f64 = 1000.;

fn horizontal(shown: &PositionedGlyph<'_>, place: Affine, text: String) -> Option<Glyph> {
    let [along_x, along_y, up_x, up_y, x, y] = place.as_coeffs();
    let (along, up) = (along_x.hypot(along_y), up_x.hypot(up_y));
    // A font that stands in for another is stretched to its widths, which are the true ones.
    let (width, unit) = match &**shown {
        Shape::Outline(outline) if outline.font_data().is_none() => (outline.advance_width(), up),
        Shape::Outline(outline) => (outline.advance_width(), along),
        Shape::Type3(drawn) => (drawn.advance_width(), along),
    };
    let width = f64::from(width.unwrap_or_default()) * unit;
    let size = up * UNITS;
    let is_drawn = [x, y, size, width].iter().all(|number| number.is_finite()) && size > 0.;
    let direction = Direction::new(along_x, along_y)?;
    let is_upright = false;
    is_drawn.then_some(Glyph { text, x, y, width, advance: width, size, direction, is_upright })
}

/// Makes a glyph of a column: it begins at the middle of its top, and fills a square.
fn upright(place: Affine, text: String) -> Option<Glyph> {
    let [a, b, c, d, ..] = place.as_coeffs();
    let size = c.hypot(d) * UNITS;
    let Point { x, y } = place * Point::new(UNITS * 0.5, UNITS * 0.88);
    let is_drawn = [x, y, size].iter().all(|number| number.is_finite()) && size > 0.;
    let direction = Direction::new(a, b)?.turned_right();
    let is_upright = true;
    is_drawn.then_some(Glyph {
        text,
        x,
        y,
        width: size,
        advance: size,
        size,
        direction,
        is_upright,
    })
}

impl<'a> Device<'a> for Gatherer<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for shown in run.glyphs() {
            self.step();
            self.glyph(shown, props.transform, run.writing_mode());
        }
        self.marks.n_shown = self.drawing.glyphs.len();
    }

    fn begin_marked_content(&mut self, _tag: &[u8], properties: Option<&Dict<'_>>) {
        let text = properties.and_then(|from| from.get::<object::String<'_>>(keys::ACTUAL_TEXT));
        self.marks.begin(text.map(|text| decoded(text.as_bytes())));
    }

    fn end_marked_content(&mut self) {
        self.marks.end();
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.step();
    }

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.step();
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.step();
        self.drawing.has_picture = true;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.step();
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.step();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.step();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
