//! XHTML as HTML: what closes itself in one never does so in the other.

use footnote_core::job::Failure;

use crate::xml;

/// The elements that HTML closes by itself.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Decodes a chapter and writes `<title/>` as `<title></title>`, and so on.
///
/// # Errors
/// `Unreadable` for what is no text.
pub(crate) fn as_html(bytes: &[u8]) -> Result<String, Failure> {
    let text = xml::decoded(bytes)?;
    let mut html = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("/>") {
        html.push_str(before);
        match before.rfind('<').and_then(|start| before.get(start + 1..)).map(name) {
            Some(name) if !name.is_empty() && !VOID.contains(&name) => {
                html.extend(["></", name, ">"]);
            }
            Some(_) | None => html.push_str("/>"),
        }
        rest = after;
    }
    html.push_str(rest);
    Ok(html)
}

fn name(tag: &str) -> &str {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-' | '_'));
    tag.get(..end.unwrap_or(tag.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_closes_itself_is_closed() {
        let source = b"<title/><p>a<br/>b</p><script src='x'/><a id=\"y\" />c";
        assert_eq!(
            as_html(source).unwrap(),
            "<title></title><p>a<br/>b</p><script src='x'></script><a id=\"y\" ></a>c"
        );
    }
}
