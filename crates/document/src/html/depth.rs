//! How deeply the tags of a page are nested, before a parser builds a tree of them.

use footnote_core::job::{Failure, FailureCode};

/// The most tags that may be open at once: building the tree takes time with the square of it.
const MAX_OPEN_TAGS: usize = 30_000;

/// The elements that HTML closes by itself, which pages leave open.
const CLOSED_BY_OTHERS: [&str; 28] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
    "track", "wbr", "body",
];

/// Refuses a page whose tags are nested without end.
///
/// # Errors
/// `TooLarge` when too many tags are open at once.
pub(crate) fn check(source: &str) -> Result<(), Failure> {
    let mut n_open = 0_usize;
    for after in source.split('<').skip(1) {
        let (name, is_end) = match after.strip_prefix('/') {
            Some(name) => (name, true),
            None => (after, false),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = &name[..end];
        let is_counted = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && !CLOSED_BY_OTHERS.iter().any(|known| known.eq_ignore_ascii_case(name));
        match (is_counted, is_end) {
            (true, true) => n_open = n_open.saturating_sub(1),
            (true, false) => n_open += 1,
            (false, _) => {}
        }
        if n_open > MAX_OPEN_TAGS {
            let detail = format!(
                "The page has more than {MAX_OPEN_TAGS} tags inside one another. Save it again, \
                 or as PDF."
            );
            return Err(Failure::new(FailureCode::TooLarge, detail));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nesting_without_end_is_refused() {
        assert!(check(&"<div>".repeat(1_000_000)).is_err());
        assert!(check(&"<div><p>a<li>b</div>".repeat(100_000)).is_ok());
        assert!(check(&"a < b, <p>x".repeat(100_000)).is_ok());
    }
}
