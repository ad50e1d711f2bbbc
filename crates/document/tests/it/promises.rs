//! What holds for the reading of any bytes at all.

use footnote_core::document::{Attachment, ParsedDocument};
use footnote_document::{Limits, ParseOptions, Parsed, Picture, RecognizedWord, Recognizer};
use footnote_document::{detect, parse_with};
use std::collections::HashSet;
use std::ops::Range;

/// Limits so low that a small file reaches them.
pub(crate) fn limits() -> Limits {
    Limits {
        max_text_bytes: 256 << 10,
        max_pages: 64,
        max_files: 64,
        max_unpacked_bytes: 4 << 20,
        max_cells: 20_000,
        ..Limits::default()
    }
}

/// Reads a file within [`limits`], and checks what is promised of every file.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Option<Parsed> {
    checked(name, bytes, None)
}

/// Reads a file as [`read`] does, and its pictures with a recognizer of odd words.
pub(crate) fn recognized(name: &str, bytes: &[u8]) -> Option<Parsed> {
    checked(name, bytes, Some(&ByItsPixels))
}

fn checked(name: &str, bytes: &[u8], recognizer: Option<&dyn Recognizer>) -> Option<Parsed> {
    let limits = limits();
    let options = ParseOptions { recognizer, ..ParseOptions::new(&limits) };
    let format = detect(name, bytes);
    match parse_with(name, bytes, &options) {
        Ok(parsed) => {
            let media_type = format.map(footnote_document::Format::media_type);
            assert_eq!(media_type, Some(parsed.document.media_type.as_str()));
            check_document(&parsed.document, &limits);
            check_attachments(&parsed.attachments, &limits);
            Some(parsed)
        }
        Err(failure) => {
            assert!(failure.detail.ends_with('.'), "{failure}");
            None
        }
    }
}

fn check_document(document: &ParsedDocument, limits: &Limits) {
    assert!(document.text.len() <= limits.max_text_bytes, "{} bytes", document.text.len());
    assert!(!document.blocks.is_empty(), "a document without text is an error");
    let mut end = 0;
    for block in &document.blocks {
        assert!(block.range.start >= end, "{block:?} overlaps");
        let text = document.text.get(block.range.clone()).unwrap();
        assert!(!text.trim().is_empty(), "{block:?} is empty");
        let is_on_a_page = |page| page >= 1 && document.n_pages.is_none_or(|n| page <= n);
        assert!(block.page.is_none_or(is_on_a_page), "{block:?} of {:?}", document.n_pages);
        end = block.range.end;
    }
    assert!(document.n_pages.is_none_or(|n| n <= limits.max_pages), "{:?}", document.n_pages);
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!document.text.contains(is_control), "controls in {:?}", document.text);
    let title = document.title.as_deref().unwrap_or("none");
    assert!(!title.contains(char::is_control) && !title.trim().is_empty(), "title {title:?}");
    check_boxes(document);
}

/// Of how many blocks the rectangles are asked for.
const MAX_ASKED: usize = 24;

/// The rectangles of any range are finite, and on a page of the document.
fn check_boxes(document: &ParsedDocument) {
    let length = document.text.len();
    let mut ranges: Vec<Range<usize>> = vec![0..length, length..length, length..length + 9];
    for block in document.blocks.iter().take(MAX_ASKED) {
        let Range { start, end } = block.range;
        ranges.extend([start..end, start..start + 1, end - 1..end, start..usize::MAX]);
    }
    for range in ranges {
        for page in document.boxes(range.clone()) {
            assert!(page.page >= 1 && document.n_pages.is_none_or(|n| page.page <= n), "{page:?}");
            for rect in &page.rects {
                let edges = [rect.x1, rect.y1, rect.x2, rect.y2];
                assert!(edges.iter().all(|edge| edge.is_finite()), "{rect:?} of {range:?}");
                assert!(rect.x1 <= rect.x2 && rect.y1 <= rect.y2, "{rect:?} of {range:?}");
            }
        }
    }
}

/// Files inside are few and small enough, and have names of their own that lead nowhere else.
fn check_attachments(attachments: &[Attachment], limits: &Limits) {
    assert!(attachments.len() <= limits.max_files, "{} files", attachments.len());
    let n_bytes: u64 = attachments.iter().map(|file| file.bytes.len() as u64).sum();
    assert!(n_bytes <= limits.max_unpacked_bytes, "{n_bytes} bytes");
    let mut names = HashSet::new();
    for Attachment { name, .. } in attachments {
        assert!(names.insert(name), "{name:?} is there twice");
        let is_part = |part: &str| !matches!(part, "" | "." | "..");
        assert!(name.split('/').all(is_part), "{name:?} leads elsewhere");
    }
}

/// Recognizes words that the first pixels of a picture make up, as odd as they are.
struct ByItsPixels;

impl Recognizer for ByItsPixels {
    fn recognize(&self, picture: &Picture) -> Result<Vec<RecognizedWord>, String> {
        let [width, height] = [picture.width, picture.height].map(u64::from);
        assert_eq!(picture.pixels.len() as u64, width * height, "a pixel is a byte");
        let words = picture.pixels.chunks_exact(4).take(16).map(|pixels| {
            let [left, top, size, line] = [pixels[0], pixels[1], pixels[2], pixels[3]];
            let huge = |pixel: u8| if pixel == 7 { u32::MAX } else { u32::from(pixel) };
            RecognizedWord {
                text: ["days", "\u{5341}\u{5929}", " ", "a\u{0}b"][usize::from(left) % 4]
                    .to_owned(),
                left: huge(left),
                top: huge(top),
                width: huge(size),
                height: huge(line),
                confidence: f32::from(size) / 2.55,
                line: (0, 0, u32::from(line)),
            }
        });
        let first = RecognizedWord {
            text: "Ten".to_owned(),
            left: 0,
            top: 0,
            width: picture.width,
            height: picture.height,
            confidence: 90.,
            line: (0, 0, 0),
        };
        Ok(std::iter::once(first).chain(words).collect())
    }
}
