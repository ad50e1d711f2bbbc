//! What reads documents here, as versions remember it: a document is read again when that has
//! changed.

use footnote_core::document::ParsedDocument;
use footnote_document::READING;

/// How a version was read of which pages that are pictures were not.
const WITHOUT_PICTURES: &str = "without pictures";

/// What reads documents here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    /// Whether letters in pictures are recognized.
    pub(crate) has_ocr: bool,
}

impl Reader {
    /// Tells whether nothing more would be read now than when a version was read.
    pub(crate) fn has_read(self, reading: &str) -> bool {
        reading == READING || (!self.has_ocr && reading == without_pictures())
    }
}

/// Returns how a document was read.
pub(crate) fn reading_of(parsed: &ParsedDocument) -> String {
    if parsed.has_unread_pictures { without_pictures() } else { READING.to_owned() }
}

fn without_pictures() -> String {
    format!("{READING} {WITHOUT_PICTURES}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_are_pictures_are_read_again_once_letters_are_recognized() {
        let parsed = ParsedDocument { has_unread_pictures: true, ..ParsedDocument::default() };
        let reading = reading_of(&parsed);
        assert!(Reader { has_ocr: false }.has_read(&reading));
        assert!(!Reader { has_ocr: true }.has_read(&reading));
        let whole = reading_of(&ParsedDocument::default());
        assert!(Reader { has_ocr: true }.has_read(&whole));
        assert!(Reader { has_ocr: false }.has_read(&whole));
        assert!(!Reader { has_ocr: false }.has_read("0"));
    }
}
