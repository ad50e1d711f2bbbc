//! Pictures as documents of one page: their text is what a recognizer finds in them.

use footnote_core::document::ParsedDocument;
use footnote_core::job::{Failure, FailureCode};
use hayro::kurbo::Affine;
use image::{DynamicImage, ImageDecoder as _, ImageReader};
use std::io::Cursor;

use crate::assemble::Assembler;
use crate::ocr::{Picture, recognize};
use crate::options::ParseOptions;
use crate::page::{self, Outline, Page};

/// Reads a PNG, JPEG, TIFF, WebP or BMP.
///
/// On its page a point is a pixel, so that rectangles fit the picture as it is shown.
///
/// # Errors
/// `NoTextLayer` without a recognizer or text, `Unreadable` when the picture is damaged.
pub(crate) fn parse(bytes: &[u8], options: &ParseOptions<'_>) -> Result<ParsedDocument, Failure> {
    let picture = decoded(bytes).map_err(|error| unreadable(&error.to_string()))?;
    let Some(recognizer) = options.recognizer else { return Err(without_recognizer()) };
    let onto_page = Affine::new([1., 0., 0., -1., 0., f64::from(picture.height)]);
    let found = recognize(&picture, onto_page, recognizer).map_err(|reason| {
        let detail = format!("The text in the picture could not be recognized: {reason}.");
        Failure::new(FailureCode::NoTextLayer, detail)
    })?;
    let Some(found) = found else { return Err(without_text()) };
    let mut assembler = Assembler::new(options.limits);
    page::write(vec![Page::of(1, found.glyphs)], &Outline::default(), &mut assembler)?;
    let confidence = found.confidence;
    let note = format!("Recognized by OCR with a mean confidence of {confidence:.0} %.");
    Ok(ParsedDocument { n_pages: Some(1), notes: vec![note], ..assembler.finish() })
}

/// The most memory that a picture may take, in bytes.
const MAX_BYTES: u64 = 512 << 20;

/// The longest side of a picture, in pixels.
const MAX_SIDE: u32 = 32_000;

/// Decodes a picture the way up that it is shown.
fn decoded(bytes: &[u8]) -> image::ImageResult<Picture> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    let grey = image.into_luma8();
    let (width, height) = grey.dimensions();
    Ok(Picture { width, height, pixels: grey.into_raw(), dots_per_inch: None })
}

fn unreadable(reason: &str) -> Failure {
    let detail = format!("The picture is damaged ({reason}). Replace it with an intact copy.");
    Failure::new(FailureCode::Unreadable, detail)
}

fn without_recognizer() -> Failure {
    let detail = "This is a picture. Install Tesseract, with which Footnote reads the text in \
                  pictures, and add it again.";
    Failure::new(FailureCode::NoTextLayer, detail)
}

fn without_text() -> Failure {
    let detail = "No text was found in the picture. Replace it with a sharper one, or remove it.";
    Failure::new(FailureCode::NoTextLayer, detail)
}
