//! A page as a picture, for a program that recognizes letters.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use crate::ocr::Picture;

/// How finely pages are drawn: what recognizers are made for.
const DOTS_PER_INCH: f32 = 300.;

/// How many points an inch has.
const POINTS_PER_INCH: f32 = 72.;

/// The most pixels of a picture; larger pages are drawn less finely.
const MAX_PIXELS: f32 = 24e6;

/// The longest side of a picture, in pixels.
const MAX_SIDE: f32 = 30_000.;

/// Draws a page, and returns with the picture what lays it back onto the page.
pub(crate) fn rendered(page: &Page<'_>, settings: &InterpreterSettings) -> (Picture, Affine) {
    let (width, height) = page.render_dimensions();
    let scale = (DOTS_PER_INCH / POINTS_PER_INCH)
        .min((MAX_PIXELS / (width * height)).sqrt())
        .min(MAX_SIDE / width.max(height));
    let pixmap_settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixmap =
        render(page, &RenderCache::new(), settings, &RenderSettings::default(), &pixmap_settings);
    let picture = Picture {
        width: u32::from(pixmap.width()),
        height: u32::from(pixmap.height()),
        pixels: pixmap.data().iter().map(|pixel| grey(pixel.r, pixel.g, pixel.b)).collect(),
        dots_per_inch: Some(dots_per_inch(scale)),
    };
    let onto_picture =
        Affine::scale(f64::from(scale)) * Affine::new(page.initial_transform(true).as_coeffs());
    (picture, onto_picture.inverse())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the scale is positive, and far below the limit of u32"
)]
fn dots_per_inch(scale: f32) -> u32 {
    (scale * POINTS_PER_INCH).round() as u32
}

/// Returns how light a colour is, as the eye sees it.
fn grey(red: u8, green: u8, blue: u8) -> u8 {
    let weighted = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(weighted >> 8).unwrap_or(u8::MAX)
}
