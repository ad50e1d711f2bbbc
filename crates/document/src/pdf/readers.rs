//! The two readers of pages, which of them is asked, and what is done when neither finds text.

use footnote_core::job::Failure;
use pdf_extract::{Document, ObjectId};

use super::doubt::Quality;
use super::drawing::Drawing;
use super::extracted::Extracted;
use super::interpreted::Interpreted;
use crate::guard::guarded;
use crate::ocr::{Recognizer, recognize};
use crate::page::Page;

/// Both readers of one file.
pub(crate) struct Readers<'a> {
    /// The first, and the pages that it knows; none where it could not open the file.
    first: Option<(Extracted<'a>, Vec<ObjectId>)>,
    second: Interpreted<'a>,
    recognizer: Option<&'a dyn Recognizer>,
}

/// A page that was read.
#[derive(Clone, Default)]
pub(crate) struct ReadPage {
    pub(crate) page: Page,
    /// Whether it shows a picture.
    pub(crate) has_picture: bool,
    /// How sure the recognizer was, from 0 to 100, where one read the page.
    pub(crate) confidence: Option<f32>,
    pub(crate) quality: Quality,
}

impl<'a> Readers<'a> {
    pub(crate) fn new(
        source: Option<&'a Document>,
        second: Interpreted<'a>,
        recognizer: Option<&'a dyn Recognizer>,
    ) -> Self {
        let first = source.map(|source| {
            let pages: Vec<ObjectId> = source.get_pages().into_values().collect();
            (Extracted::new(source), pages)
        });
        Self { first: first.filter(|(_, pages)| !pages.is_empty()), second, recognizer }
    }

    /// Returns how many pages the file has.
    ///
    /// # Errors
    /// The reason why the second reader cannot open the file, where the first could not either.
    pub(crate) fn n_pages(&self) -> Result<usize, Failure> {
        match &self.first {
            Some((_, pages)) => Ok(pages.len()),
            None => self.second.n_pages(),
        }
    }

    /// Reads a page, counted from 1; one without text is read by the recognizer, if there is one.
    ///
    /// # Errors
    /// The reason why no reader can read it.
    pub(crate) fn read(&mut self, number: u32) -> Result<ReadPage, String> {
        let read = self.read_text(number);
        match (&read, self.recognizer) {
            (Ok(page), _) if !page.page.is_empty() => read,
            (_, Some(recognizer)) => match self.recognize(number, recognizer) {
                Ok(Some(page)) => Ok(page),
                Ok(None) => read,
                Err(reason) => Err(read.err().unwrap_or(reason)),
            },
            (_, None) => read,
        }
    }

    /// Reads the text of a page with the first reader, and with the second where that is in doubt.
    fn read_text(&mut self, number: u32) -> Result<ReadPage, String> {
        let first = self.read_first(number).map(|drawing| judged(number, drawing));
        if first.as_ref().is_ok_and(|page| !page.quality.is_doubtful()) {
            return first;
        }
        let second = guarded(|| self.second.read(number)).flatten();
        match (first, second.map(|drawing| judged(number, drawing))) {
            (Ok(first), Ok(second)) => {
                let has_picture = second.has_picture;
                let is_better = second.quality.is_better_than(&first.quality);
                Ok(ReadPage { has_picture, ..if is_better { second } else { first } })
            }
            (Ok(page), Err(_)) => Ok(page),
            (Err(reason), Ok(second)) if second.page.is_empty() => Err(reason),
            (Err(_), Ok(second)) => Ok(second),
            (Err(reason), Err(_)) => Err(reason),
        }
    }

    fn read_first(&mut self, number: u32) -> Result<Drawing, String> {
        let Some((reader, pages)) = &mut self.first else {
            return Err("the file could not be opened".to_owned());
        };
        let nth = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let page = nth.and_then(|nth| pages.get(nth)).ok_or("there is no such page")?;
        guarded(|| reader.read(*page)).flatten()
    }

    fn recognize(
        &self,
        number: u32,
        recognizer: &dyn Recognizer,
    ) -> Result<Option<ReadPage>, String> {
        let (picture, onto_page) = guarded(|| self.second.picture(number)).flatten()?;
        let found = recognize(&picture, onto_page, recognizer)?;
        Ok(found.map(|found| ReadPage {
            page: Page::of(number, found.glyphs),
            has_picture: true,
            confidence: Some(found.confidence),
            quality: Quality::default(),
        }))
    }
}

/// Lays a page out, and judges its text.
fn judged(number: u32, mut drawing: Drawing) -> ReadPage {
    drawing.cut();
    let Drawing { glyphs, n_unmapped, is_misplaced, has_picture, .. } = drawing;
    let page = Page::of(number, glyphs);
    let quality = Quality::of(&page, n_unmapped, is_misplaced);
    ReadPage { page, has_picture, confidence: None, quality }
}
