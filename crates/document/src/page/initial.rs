//! Initials: the large letter that begins a paragraph and reaches over several of its lines.

use super::glyph::Glyph;

/// How much larger than the text beside it an initial is at least.
const LARGER: f64 = 1.8;

/// How far above its base line the first line stands, as part of its size: where its top is.
const FIRST_LINE: std::ops::Range<f64> = 0.35..0.8;

/// How many initials of a page are looked for.
const MAX_INITIALS: usize = 40;

/// Puts each initial where a letter of the usual size would stand: before the first of its lines.
pub(crate) fn settle(glyphs: &mut [Glyph]) {
    let Some(usual) = usual_size(glyphs) else { return };
    let is_large = |nth: &usize| glyphs.get(*nth).is_some_and(|glyph| is_large(glyph, usual));
    let large: Vec<usize> = (0..glyphs.len()).filter(is_large).take(MAX_INITIALS + 1).collect();
    if large.len() > MAX_INITIALS {
        return;
    }
    for nth in large {
        if let Some(first) = first_beside(glyphs, nth).cloned()
            && let Some(initial) = glyphs.get_mut(nth)
        {
            let lift = initial.down() - first.down();
            let gap = first.start() - initial.start();
            let up = initial.direction.turned_right();
            (initial.x, initial.y) = up.moved(initial.x, initial.y, -lift);
            (initial.width, initial.advance, initial.size) = (gap, gap, first.size);
        }
    }
}

fn usual_size(glyphs: &[Glyph]) -> Option<f64> {
    let mut sizes: Vec<f64> = glyphs.iter().map(|glyph| glyph.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied()
}

fn is_large(glyph: &Glyph, usual: f64) -> bool {
    glyph.size > usual * LARGER && glyph.text.chars().all(char::is_uppercase)
}

/// Returns the first glyph of the first line beside an initial, if there are two lines at least.
fn first_beside(glyphs: &[Glyph], nth: usize) -> Option<&Glyph> {
    let initial = glyphs.get(nth)?;
    let (end, down) = (initial.start() + initial.width, initial.down());
    let mut beside: Vec<&Glyph> = Vec::new();
    for (other_nth, other) in glyphs.iter().enumerate() {
        let gap = other.start() - end;
        let is_near = initial.direction.is_like(other.direction)
            && (-0.1..0.6).contains(&(gap / initial.size))
            && (-0.1..FIRST_LINE.end).contains(&((down - other.down()) / initial.size));
        if other_nth == nth || !is_near || other.is_space() {
            continue;
        }
        if other.size * LARGER > initial.size {
            // It is a letter of a word in large type.
            return None;
        }
        beside.push(other);
    }
    let top = beside.iter().map(|other| other.down()).fold(f64::INFINITY, f64::min);
    let is_first = |other: &&&Glyph| other.down() - top < other.size * 0.1;
    let first = beside
        .iter()
        .filter(is_first)
        .min_by(|one, other| one.start().total_cmp(&other.start()))?;
    let has_second = beside.iter().any(|other| other.down() - top > first.size * 0.8);
    let is_at_top = FIRST_LINE.contains(&((down - top) / initial.size));
    (has_second && is_at_top && first.text.starts_with(char::is_alphabetic)).then_some(first)
}

#[cfg(test)]
mod tests {
    use crate::page::Page;
    use crate::page::tests::drawn;

    #[test]
    fn an_initial_begins_the_first_line_and_large_words_stay() {
        let mut glyphs = drawn(0., 56., "R");
        glyphs[0].size = 34.;
        glyphs[0].width = 24.;
        glyphs[0].advance = 24.;
        for (x, y, text) in
            [(27., 80., "equests are"), (27., 68., "sent to the"), (0., 44., "office")]
        {
            glyphs.extend(drawn(x, y, text));
        }
        let texts = |glyphs| -> Vec<String> {
            Page::of(1, glyphs).lines().map(|line| line.text.clone()).collect()
        };
        assert_eq!(texts(glyphs.clone()), ["Requests are", "sent to the", "office"]);
        glyphs[0].text = "R&".to_owned();
        assert_eq!(texts(glyphs)[0], "equests are");
    }
}
