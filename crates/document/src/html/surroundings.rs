//! Which parts of a page are not its text: never shown, or around the text.

use scraper::node::Element;

/// What becomes of navigation, page headers and footers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// They are left out.
    LeftOut,
    /// They are read like the rest.
    Kept,
}

/// Tells whether what is left without the surroundings is most of a page's text.
pub(crate) fn keeps_most(main_bytes: usize, whole_bytes: usize) -> bool {
    main_bytes * 2 >= whole_bytes
}

/// Tells whether an element is never text that a reader sees.
pub(crate) fn is_invisible(element: &Element) -> bool {
    let is_machinery = matches!(
        element.name(),
        "head"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "iframe"
            | "object"
            | "audio"
            | "video"
            | "canvas"
            | "map"
            | "button"
            | "select"
            | "datalist"
            | "input"
    );
    is_machinery
        || element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element.attr("style").is_some_and(hides)
}

fn hides(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(property, value)| {
        let value = value.trim();
        let hidden = match property.trim() {
            property if property.eq_ignore_ascii_case("display") => "none",
            property if property.eq_ignore_ascii_case("visibility") => "hidden",
            _ => return false,
        };
        value.get(..hidden.len()).is_some_and(|value| value.eq_ignore_ascii_case(hidden))
    })
}

/// Tells whether an element surrounds the text; `is_in_content` says that it stands inside an
/// article, a section or the main part, whose header and footer belong to the text.
pub(crate) fn surrounds(element: &Element, is_in_content: bool) -> bool {
    let by_name = match element.name() {
        "nav" | "aside" => true,
        "header" | "footer" => !is_in_content,
        _ => false,
    };
    let by_role =
        matches!(element.attr("role"), Some("navigation" | "banner" | "contentinfo" | "search"));
    by_name || by_role
}

/// Tells whether a header inside this element belongs to the text.
pub(crate) fn is_content(element: &Element) -> bool {
    matches!(element.name(), "main" | "article" | "section")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_is_at_least_half() {
        assert!(keeps_most(50, 100));
        assert!(!keeps_most(49, 100));
        assert!(keeps_most(0, 0));
    }

    #[test]
    fn inline_styles_hide_only_when_they_say_so() {
        assert!(hides("color:red; DISPLAY : None"));
        assert!(hides("visibility:hidden!important"));
        assert!(!hides("display:block; overflow:hidden"));
    }
}
