//! Sentences that go on over the end of a page.
//!
//! The rest of such a sentence is written behind its beginning, so that it is found, quoted and
//! marked as the one that it is. What follows it stays with its own page.

use footnote_core::document::BlockKind;
use unicode_segmentation::UnicodeSegmentation as _;

use super::draft::Draft;
use super::glyph::is_ideograph;
use super::headings::Headings;
use super::hyphen::Words;
use super::line::Line;
use super::paragraph::{are_set_alike, ends_a_sentence, hull, is_bullet};
use crate::sentence::without_closers;

/// A line of running text has at least as many characters.
const MIN_LINE_CHARS: usize = 40;

/// The longest rest of a sentence, in bytes: what goes on for longer is no sentence.
const MAX_REST: usize = 1000;

/// Writes the rest of the last sentence of each page behind its beginning.
pub(super) fn join(drafts: &mut [Draft<'_>], headings: &Headings, words: &Words) {
    for begin in 1..drafts.len() {
        let (before, after) = drafts.split_at_mut(begin);
        let Some((last, first)) = meeting(before, after, headings) else { continue };
        if let Some(n_bytes) = rest(&last.text, &first.text, words) {
            last.take_from(first, n_bytes, words);
        }
    }
}

/// Returns the last text of a page and the first of the next, where the one goes on in the other.
fn meeting<'d, 'l>(
    before: &'d mut [Draft<'l>],
    after: &'d mut [Draft<'l>],
    headings: &Headings,
) -> Option<(&'d mut Draft<'l>, &'d mut Draft<'l>)> {
    let (page, next) = (before.last()?.page, after.first()?.page);
    if page == next {
        return None;
    }
    // Tables stand where there is room for them, and notes under all text of a page.
    let is_running = |(_, draft): &(usize, &mut Draft<'l>)| {
        draft.kind != BlockKind::Table && !headings.is_smaller(draft.lines)
    };
    let mut above = before.iter_mut().rev().take_while(|draft| draft.page == page).enumerate();
    let mut below = after.iter_mut().take_while(|draft| draft.page == next).enumerate();
    let (n_above, last) = above.find(is_running)?;
    let (n_below, first) = below.find(is_running)?;
    let is_near = n_above + n_below == 0;
    (are_texts(last, first) && goes_on(last.lines, first.lines, is_near)).then_some((last, first))
}

/// Tells whether both are running text that is set alike.
fn are_texts(last: &Draft<'_>, first: &Draft<'_>) -> bool {
    let (Some(end), Some(begin)) = (last.lines.last(), first.lines.first()) else { return false };
    matches!(last.kind, BlockKind::Paragraph | BlockKind::ListItem)
        && first.kind == BlockKind::Paragraph
        && !first.text.is_empty()
        && are_set_alike(end, begin)
        && begin.is_backward() == end.is_backward()
}

/// Tells whether lines end in the middle of a sentence that goes on in others, with nothing between
/// them if they are `near`.
fn goes_on(last: &[Line], first: &[Line], is_near: bool) -> bool {
    let (Some(end), Some(begin)) = (last.last(), first.first()) else { return false };
    let is_indented =
        first.get(1).is_some_and(|second| begin.start > second.start + begin.size * 0.8);
    let is_long = MIN_LINE_CHARS <= end.n_chars();
    // Where pages are made of flowing text, a page may end in the middle of its last line.
    let is_full = || !has_room(last, first);
    let begins_inside = match begin.text.chars().next() {
        Some(c) if c.is_lowercase() => is_long || last.len() > 1 || is_full(),
        Some(_) if is_indented || is_bullet(&begin.text) => false,
        Some(c) if is_ideograph(c) => end.text.ends_with(is_ideograph) && is_full(),
        Some(c) if c.is_ascii_digit() => begins_with_amount(&begin.text) && is_full(),
        // Names and German nouns are no sign of a new sentence; a heading is short, or in capitals.
        Some(c) if c.is_uppercase() => {
            let are_paragraphs = is_near && is_long && last.len() > 1 && first.len() > 1;
            are_paragraphs && begin.text.contains(char::is_lowercase) && is_full()
        }
        Some(c) => c.is_alphabetic() && is_full(),
        None => false,
    };
    begins_inside && !is_ended(&end.text)
}

/// Tells whether a text begins with a number of something, and not with the number of a section.
fn begins_with_amount(text: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '%');
    let behind = text.trim_start_matches(number).strip_prefix(' ');
    behind.is_some_and(|behind| behind.starts_with(char::is_lowercase))
}

/// Tells whether a line ends a sentence, whatever stands behind it: quotation marks, parentheses,
/// the number of a note.
fn is_ended(line: &str) -> bool {
    let line = without_closers(line);
    let without_note = line.trim_end_matches(|c: char| c.is_ascii_digit());
    ends_a_sentence(line) || (without_note.len() < line.len() && ends_a_sentence(without_note))
}

/// Tells whether the first word of the next page had room behind the last one of a page.
fn has_room(last: &[Line], first: &[Line]) -> bool {
    let (Some(end), Some(begin)) = (last.last(), first.first()) else { return true };
    let (own, next) = (hull(last), hull(first));
    // The columns of two pages stand in other places, but are as wide.
    let width = (own.1 - own.0).max(next.1 - next.0);
    let taken = if end.is_backward() { own.1 - end.start } else { end.end - own.0 };
    let word = begin.words.first().map_or(0., |word| word.end - word.start);
    let word = if begin.text.starts_with(is_ideograph) { begin.size } else { word };
    width - taken > end.size.mul_add(1.5, word)
}

/// Returns how many bytes of the next page belong to the last sentence of a page; `None` where it
/// has no end.
fn rest(last: &str, first: &str, words: &Words) -> Option<usize> {
    let mut text = last.to_owned();
    words.join(&mut text, first);
    let begin = text.len();
    text.push_str(first);
    let ends = text.split_sentence_bound_indices().map(|(at, sentence)| at + sentence.len());
    let end = ends.filter(|end| begin < *end).find(|end| !ends_in_abbreviation(&text[..*end]))?;
    Some(end - begin).filter(|n_bytes| *n_bytes <= MAX_REST)
}

/// Tells whether the full stop at the end of a text is one of a short word, as in `No.` or `e.g.`
fn ends_in_abbreviation(text: &str) -> bool {
    let Some(stem) = text.trim_end().strip_suffix('.') else { return false };
    let word = stem.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or(stem);
    let is_name = word.starts_with(char::is_uppercase) && word.chars().count() <= 3;
    is_name || word.contains('.')
}

#[cfg(test)]
mod tests {
    use footnote_core::document::ParsedDocument;

    use super::*;
    use crate::assemble::Assembler;
    use crate::limits::Limits;
    use crate::page::outline::Outline;
    use crate::page::tests::drawn;
    use crate::page::{Glyph, Page, write};

    /// Reads pages of lines, each line with its size.
    fn read(pages: &[&[(&str, f64)]]) -> ParsedDocument {
        let page = |(nth, lines): (usize, &&[(&str, f64)])| {
            let mut glyphs: Vec<Glyph> = Vec::new();
            for ((text, size), nth) in lines.iter().zip(0_u32..) {
                let line = drawn(0., 700. - 12. * f64::from(nth), text);
                glyphs.extend(line.into_iter().map(|glyph| Glyph { size: *size, ..glyph }));
            }
            Page::of(u32::try_from(nth).unwrap() + 1, glyphs)
        };
        let pages = pages.iter().enumerate().map(page).collect();
        let limits = Limits::default();
        let mut assembler = Assembler::new(&limits);
        write(pages, &Outline::default(), &mut assembler).unwrap();
        assembler.finish()
    }

    fn blocks(document: &ParsedDocument) -> Vec<(u32, &str)> {
        let block = |range: std::ops::Range<usize>| &document.text[range];
        document.blocks.iter().map(|b| (b.page.unwrap(), block(b.range.clone()))).collect()
    }

    const FIRST: [(&str, f64); 2] =
        [("Employees have ten days of leave.", 10.), ("They must ask their manager about", 10.)];
    const SECOND: [(&str, f64); 2] =
        [("every day of it. Days that are left", 10.), ("lapse at the end of the year.", 10.)];

    #[test]
    fn a_sentence_that_goes_on_over_the_end_of_a_page_is_one_and_has_boxes_on_both() {
        let document = read(&[&FIRST, &SECOND]);
        let sentence = "They must ask their manager about every day of it.";
        let first = format!("{} {sentence}", FIRST[0].0);
        let second = "Days that are left lapse at the end of the year.";
        assert_eq!(blocks(&document), [(1, first.as_str()), (2, second)]);
        let place = |text: &str| {
            let at = document.text.find(text).unwrap();
            let boxes = document.boxes(at..at + text.len());
            boxes.iter().map(|page| (page.page, page.rects.len())).collect::<Vec<_>>()
        };
        assert_eq!(place(sentence), [(1, 1), (2, 1)]);
        assert_eq!(place(second), [(2, 2)]);
        let at = document.text.find("Days").unwrap();
        let days = document.boxes(at..at + 4)[0].rects[0];
        assert_eq!((days.x1, days.x2), (17. * 5., 21. * 5.));
    }

    #[test]
    fn a_sentence_goes_on_behind_the_notes_of_its_page_and_a_broken_word_is_whole() {
        let notes: Vec<_> = FIRST.into_iter().chain([("", 10.), ("1 See the law.", 7.)]).collect();
        let document = read(&[&notes, &SECOND]);
        let texts: Vec<_> = blocks(&document).into_iter().map(|(_, text)| text).collect();
        assert!(texts[0].ends_with("about every day of it."), "{texts:?}");
        assert_eq!(texts[1], "1 See the law.");

        let first = [FIRST[0], ("They ask for it and wait for con-", 10.)];
        let second = [("firmation. Days that are left do", 10.), SECOND[1]];
        let document = read(&[&first, &second]);
        assert!(blocks(&document)[0].1.ends_with("wait for confirmation."), "{}", document.text);
    }

    #[test]
    fn where_text_flows_a_page_may_end_in_the_middle_of_a_line() {
        let first = [
            ("Employees have ten days of leave in each year, and more if they have been ill.", 10.),
            ("They must ask their manager and their colleagues", 10.),
        ];
        let document = read(&[&first, &SECOND]);
        assert!(blocks(&document)[0].1.ends_with("colleagues every day of it."));
        let capital = [("Every day of it. Days that are left", 10.), SECOND[1]];
        let document = read(&[&first, &capital]);
        assert!(blocks(&document)[0].1.ends_with("their colleagues"), "{}", document.text);
    }

    #[test]
    fn what_begins_anew_stays_with_its_page() {
        let ended = [FIRST[0], ("They must ask their manager soon.", 10.)];
        let short = [FIRST[0], ("", 10.), ("", 10.), ("They must", 10.)];
        let capital = [("Every day of it is paid, and all", 10.), SECOND[1]];
        let list = [("• every day of it and all of those", 10.), SECOND[1]];
        let numbered = [("2 Every day of it is paid as well", 10.), SECOND[1]];
        let heading = [("every day of it", 20.), SECOND[1]];
        let pairs: [(&[_], &[_]); 6] = [
            (&ended, &SECOND),
            (&short, &SECOND),
            (&ended, &capital),
            (&FIRST, &list),
            (&FIRST, &numbered),
            (&FIRST, &heading),
        ];
        for (first, second) in pairs {
            let document = read(&[first, second]);
            let on_first = blocks(&document).into_iter().filter(|(page, _)| *page == 1);
            let on_first: Vec<_> = on_first.map(|(_, text)| text).collect();
            let own: Vec<_> = first.iter().map(|line| line.0).filter(|l| !l.is_empty()).collect();
            assert_eq!(on_first.join(" "), own.join(" "), "{}", document.text);
        }
    }

    #[test]
    fn chinese_goes_on_without_a_space_and_stops_behind_its_full_stop() {
        let first =
            [("员工每年享有十天带薪年假，年假须", 10.), ("提前两周向主管提出书面申请，并由", 10.)];
        let second = [("主管批准。未休的年假于次年三月底", 10.), ("作废。", 10.)];
        let document = read(&[&first, &second]);
        let expected = [
            (1, "员工每年享有十天带薪年假，年假须提前两周向主管提出书面申请，并由主管批准。"),
            (2, "未休的年假于次年三月底作废。"),
        ];
        assert_eq!(blocks(&document), expected);
    }

    #[test]
    fn a_short_word_with_a_full_stop_ends_no_sentence() {
        let words = Words::of(&[]);
        let rest = |first| rest("They ask", first, &words);
        assert_eq!(rest("Dr. Who, i.e. the manager. Then go."), Some(27));
        assert_eq!(rest("the manager"), Some(11));
        assert_eq!(rest(&"word ".repeat(300)), None);
    }
}
