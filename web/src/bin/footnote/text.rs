//! How passages and footnotes are written for people.

use console::measure_text_width;

/// Writes where a passage stands: headings, then the page.
pub(crate) fn place(headings: &[String], page: Option<u32>) -> String {
    let headings = headings.join(" › ");
    match (headings.is_empty(), page) {
        (true, Some(page)) => format!("p. {page}"),
        (false, Some(page)) => format!("{headings}, p. {page}"),
        (_, None) => headings,
    }
}

/// Breaks a text into lines of a width, each behind an indent. Breaks stand at spaces and between
/// characters that are written without spaces.
pub(crate) fn wrap(text: &str, width: usize, indent: &str) -> String {
    let room = width.saturating_sub(indent.len()).max(20);
    let (mut wrapped, mut line, mut line_width) = (String::new(), String::new(), 0);
    for piece in pieces(text) {
        let piece_width = measure_text_width(piece);
        if room < line_width + measure_text_width(piece.trim_end()) && !line.is_empty() {
            push_line(&mut wrapped, indent, &line);
            (line, line_width) = (String::new(), 0);
        }
        line.push_str(piece);
        line_width += piece_width;
    }
    if !line.is_empty() {
        push_line(&mut wrapped, indent, &line);
    }
    wrapped
}

fn push_line(wrapped: &mut String, indent: &str, line: &str) {
    wrapped.push_str(indent);
    wrapped.push_str(line.trim_end());
    wrapped.push('\n');
}

/// Cuts a text behind every place where a line may end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.char_indices().find(|(_, c)| c.is_whitespace() || is_wide(*c)).map_or(
            rest.len(),
            |(at, c)| {
                if at == 0 || c.is_whitespace() { at + c.len_utf8() } else { at }
            },
        );
        let end = end.max(first.len_utf8());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// Tells whether a character takes two columns, as Chinese characters do.
fn is_wide(c: char) -> bool {
    !c.is_ascii() && measure_text_width(c.encode_utf8(&mut [0; 4])) == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_chinese_characters() {
        assert_eq!(wrap("aaaa bbbb cccc dddd eeee", 22, "  "), "  aaaa bbbb cccc dddd\n  eeee\n");
        let chinese = wrap(&"汉".repeat(15), 20, "");
        assert_eq!(chinese, format!("{}\n{}\n", "汉".repeat(10), "汉".repeat(5)));
    }

    #[test]
    fn a_place_names_headings_and_page() {
        let headings = ["Leave".to_owned(), "Parental leave".to_owned()];
        assert_eq!(place(&headings, Some(2)), "Leave › Parental leave, p. 2");
        assert_eq!(place(&[], Some(2)), "p. 2");
        assert_eq!(place(&[], None), "");
    }
}
