//! What the user is told about pages that were not read as text.

use super::readers::ReadPage;
use crate::ocr::mean;

/// Pages that were not read as text.
#[derive(Default)]
pub(crate) struct Notes {
    failed: Vec<(u32, String)>,
    recognized: Vec<(u32, f32)>,
    pictures: Vec<u32>,
    is_dynamic: bool,
}

impl Notes {
    /// Adds a page that no reader could read.
    pub(crate) fn add_failed(&mut self, number: u32, reason: String) {
        self.failed.push((number, reason));
    }

    /// Adds a page that was read, if there is something to say about it.
    pub(crate) fn add(&mut self, number: u32, page: &ReadPage) {
        if let Some(confidence) = page.confidence {
            self.recognized.push((number, confidence));
        } else if page.page.is_empty() && page.has_picture {
            self.pictures.push(number);
        }
    }

    /// Adds that the file is a form which only its own program draws in full.
    pub(crate) fn add_dynamic(&mut self) {
        self.is_dynamic = true;
    }

    /// Returns the pages that failed, and why.
    pub(crate) fn failed(&self) -> &[(u32, String)] {
        &self.failed
    }

    /// Tells whether pages are pictures without text.
    pub(crate) fn has_pictures(&self) -> bool {
        !self.pictures.is_empty()
    }

    /// Writes the notes.
    pub(crate) fn finish(self) -> Vec<String> {
        let mut notes: Vec<String> = self.failed.iter().map(super::failure::note).collect();
        if let Some(confidence) = mean(self.recognized.iter().map(|(_, confidence)| *confidence)) {
            let pages = listed(self.recognized.iter().map(|(number, _)| *number));
            notes.push(format!(
                "Recognized by OCR with a mean confidence of {confidence:.0} %: {pages}."
            ));
        }
        if !self.pictures.is_empty() {
            let pages = listed(self.pictures.into_iter());
            notes.push(format!(
                "Pictures without text, which Footnote reads when Tesseract is installed: {pages}."
            ));
        }
        if self.is_dynamic {
            notes.push(
                "This is a dynamic XFA form: only what it shows before it is opened in Adobe \
                 Reader was read."
                    .to_owned(),
            );
        }
        notes
    }
}

/// Lists page numbers that ascend: `page 3`, `pages 1-4, 9`.
fn listed(numbers: impl Iterator<Item = u32>) -> String {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            Some(_) | None => stretches.push((number, number)),
        }
    }
    let written = stretches.iter().map(|(first, last)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    });
    let written = written.collect::<Vec<_>>().join(", ");
    let is_one = matches!(stretches[..], [(first, last)] if first == last);
    format!("{} {written}", if is_one { "page" } else { "pages" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_listed_in_stretches() {
        assert_eq!(listed([3].into_iter()), "page 3");
        assert_eq!(listed([1, 2, 3, 9].into_iter()), "pages 1-3, 9");
    }

    #[test]
    fn notes_say_what_was_recognized_and_what_was_not() {
        let mut notes = Notes::default();
        notes.add(1, &ReadPage { confidence: Some(80.), ..ReadPage::default() });
        notes.add(2, &ReadPage { confidence: Some(90.), ..ReadPage::default() });
        notes.add(3, &ReadPage { has_picture: true, ..ReadPage::default() });
        notes.add(4, &ReadPage::default());
        let notes = notes.finish();
        assert!(notes[0].ends_with("85 %: pages 1-2."), "{}", notes[0]);
        assert!(notes[1].ends_with("installed: page 3."), "{}", notes[1]);
        assert_eq!(notes.len(), 2);
    }
}
