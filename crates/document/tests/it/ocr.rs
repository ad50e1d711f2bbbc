//! Pictures, and pages that are pictures: read by a recognizer that the test stands in for.

use footnote_core::job::FailureCode;
use footnote_document::{
    Format, Limits, ParseOptions, Picture, RecognizedWord, Recognizer, detect, parse, parse_with,
};
use pdf_extract::{Object, dictionary};
use std::io::Cursor;

use crate::samples::{operation, pdf_of};

/// Finds one word, wherever the dark pixels of a picture are.
struct DarkPixels;

impl Recognizer for DarkPixels {
    fn recognize(&self, picture: &Picture) -> Result<Vec<RecognizedWord>, String> {
        let width = usize::try_from(picture.width).unwrap();
        let dark = picture.pixels.iter().enumerate().filter(|(_, pixel)| **pixel < 128);
        let places: Vec<(usize, usize)> = dark.map(|(nth, _)| (nth % width, nth / width)).collect();
        let side = |at: Option<usize>| u32::try_from(at.unwrap()).unwrap();
        let (left, right) =
            (side(places.iter().map(|at| at.0).min()), side(places.iter().map(|at| at.0).max()));
        let (top, bottom) =
            (side(places.iter().map(|at| at.1).min()), side(places.iter().map(|at| at.1).max()));
        Ok(vec![RecognizedWord {
            text: "leave".into(),
            left,
            top,
            width: right + 1 - left,
            height: bottom + 1 - top,
            confidence: 87.,
            line: (1, 1, 1),
        }])
    }
}

fn options(limits: &Limits) -> ParseOptions<'_> {
    ParseOptions { recognizer: Some(&DarkPixels), ..ParseOptions::new(limits) }
}

/// A page on which a dark rectangle is drawn, and no text.
fn scan() -> Vec<u8> {
    let corner = [72.into(), 700.into(), 144.into(), 36.into()];
    let page = vec![operation("re", corner), operation("f", [])];
    let font = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    pdf_of(font, vec![page, vec![operation("n", [] as [Object; 0])]])
}

#[test]
fn a_scanned_page_is_read_by_the_recognizer_and_an_empty_one_is_not_sent() {
    let limits = Limits::default();
    let document = parse_with("a.pdf", &scan(), &options(&limits)).unwrap().document;
    assert_eq!(document.text, "leave");
    assert_eq!(document.notes, ["Recognized by OCR with a mean confidence of 87 %: page 1."]);
    let [boxes] = &document.boxes(0..5)[..] else { panic!("one page") };
    let rect = boxes.rects[0];
    let edges = [(rect.x1, 72.), (rect.y1, 700.), (rect.x2, 216.), (rect.y2, 736.)];
    assert!(edges.iter().all(|(edge, drawn)| (edge - drawn).abs() < 0.5), "{rect:?}");
}

#[test]
fn without_a_recognizer_a_scan_has_no_text() {
    let failure = parse("a.pdf", &scan(), &Limits::default()).unwrap_err();
    assert_eq!(failure.code, FailureCode::NoTextLayer);
    assert!(failure.detail.contains("Tesseract"), "{}", failure.detail);
}

#[test]
fn pictures_are_documents_of_one_page_measured_in_pixels() {
    let mut picture = image::GrayImage::from_pixel(200, 100, image::Luma([255]));
    for (x, y) in (20..80).flat_map(|x| (30..40).map(move |y| (x, y))) {
        picture.put_pixel(x, y, image::Luma([0]));
    }
    let cases = [
        (image::ImageFormat::Png, Format::Png),
        (image::ImageFormat::Tiff, Format::Tiff),
        (image::ImageFormat::Bmp, Format::Bmp),
        (image::ImageFormat::WebP, Format::WebP),
        (image::ImageFormat::Jpeg, Format::Jpeg),
    ];
    let limits = Limits::default();
    for (written, format) in cases {
        let mut bytes = Cursor::new(Vec::new());
        let picture = image::DynamicImage::ImageLuma8(picture.clone()).to_rgb8();
        picture.write_to(&mut bytes, written).unwrap();
        let bytes = bytes.into_inner();
        assert_eq!(detect("a", &bytes), Some(format));
        let document = parse_with("a", &bytes, &options(&limits)).unwrap().document;
        assert_eq!((document.text.as_str(), document.n_pages), ("leave", Some(1)));
        assert_eq!(document.media_type, format.media_type());
        let rect = document.boxes(0..5)[0].rects[0];
        let edges = [(rect.x1, 20.), (rect.y1, 60.), (rect.x2, 80.), (rect.y2, 70.)];
        assert!(
            edges.iter().all(|(edge, drawn)| (edge - drawn).abs() < 0.6),
            "{format:?} {rect:?}"
        );
        let failure = parse("a", &bytes, &limits).unwrap_err();
        assert_eq!(failure.code, FailureCode::NoTextLayer);
    }
}

#[test]
fn a_damaged_picture_is_unreadable() {
    let limits = Limits::default();
    let failure = parse_with("a.png", b"\x89PNG\r\n\x1A\n....", &options(&limits)).unwrap_err();
    assert_eq!(failure.code, FailureCode::Unreadable);
}

#[test]
fn the_progress_is_told_page_by_page() {
    let told = std::cell::RefCell::new(Vec::new());
    let tell = |progress: footnote_document::Progress| told.borrow_mut().push(progress.n_read);
    let limits = Limits::default();
    let options = ParseOptions { progress: Some(&tell), ..options(&limits) };
    parse_with("a.pdf", &scan(), &options).unwrap();
    assert_eq!(*told.borrow(), [0, 1, 2]);
}
