//! The order of reading inside a row with letters that are written from right to left.

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

/// Tells whether a text is written from right to left: its first letter is.
pub(crate) fn is_backward(text: &str) -> bool {
    // Every such letter lies behind the Greek and Cyrillic ones.
    text.chars().any(|c| c >= '\u{590}') && leading(text).is_some_and(is_backward_letter)
}

fn is_backward_letter(c: char) -> bool {
    matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// Returns the character that tells the direction of a text: a Latin letter, else the first one.
fn leading(text: &str) -> Option<char> {
    text.chars().find(|c| bidi_class(*c) == BidiClass::L).or_else(|| text.chars().next())
}

/// Tells whether a text begins with a letter.
pub(crate) fn is_letter(text: &str) -> bool {
    leading(text).is_some_and(|c| bidi_class(c) == BidiClass::L || is_backward_letter(c))
}

/// Tells whether a text is only marks that stand on the letter before them.
pub(crate) fn is_mark(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| bidi_class(c) == BidiClass::NSM)
}

/// Tells whether a row of pieces is written from right to left.
pub(crate) fn is_row_backward(pieces: &[&str]) -> bool {
    let leading = || pieces.iter().filter_map(|piece| leading(piece));
    let n_backward = leading().filter(|c| is_backward_letter(*c)).count();
    let n_forward = leading().filter(|c| bidi_class(*c) == BidiClass::L).count();
    // A Latin name in Arabic is common, an Arabic one in Latin is rare.
    n_backward * 2 >= n_forward
}

/// Returns the order in which pieces that stand from left to right are read.
///
/// The algorithm of Unicode turns the order of reading into that of standing. Turned around, it
/// tells the levels of the pieces just as well: a number or a Latin word in Arabic stands as it is
/// read either way.
pub(crate) fn reading_order(pieces: &[&str]) -> Vec<usize> {
    let leading: Vec<char> = pieces.iter().map(|piece| leading(piece).unwrap_or(' ')).collect();
    let base = if is_row_backward(pieces) { Level::rtl() } else { Level::ltr() };
    let text: String = leading.iter().collect();
    let info = BidiInfo::new(&text, Some(base));
    let offsets = text.char_indices().map(|(offset, _)| offset);
    let levels: Vec<Level> =
        offsets.map(|offset| info.levels.get(offset).copied().unwrap_or(base)).collect();
    BidiInfo::reorder_visual(&levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(visual: &str) -> String {
        let pieces: Vec<String> = visual.chars().map(String::from).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        reading_order(&pieces).into_iter().filter_map(|nth| pieces.get(nth).copied()).collect()
    }

    #[test]
    fn a_row_is_read_from_right_to_left_but_for_its_numbers_and_latin_words() {
        assert_eq!(read("םולש"), "שלום");
        assert_eq!(read("Python הפש 27"), "27 שפה Python");
        assert_eq!(read("the word םולש here"), "the word שלום here");
    }
}
