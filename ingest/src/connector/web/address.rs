//! Writes the address of a page one way, so that one page is one document.

use url::Url;

/// Query parameters that say where a reader came from, not what the page is.
const TRACKING: [&str; 6] = ["fbclid", "gclid", "mc_cid", "mc_eid", "msclkid", "ref_src"];

/// Returns the address without what does not tell pages apart.
///
/// The fragment, tracking parameters and an empty query go; percent-encoding is written in capitals
/// and only where it is needed. Scheme, host and port are normal already in a [`Url`].
pub(crate) fn normalise(url: &Url) -> Url {
    let mut normal = url.clone();
    normal.set_fragment(None);
    let undotted = url.host_str().and_then(|host| host.strip_suffix('.'));
    if undotted.is_some_and(|host| normal.set_host(Some(host)).is_err()) {
        return url.clone();
    }
    normal.set_path(&recode(url.path()));
    let query = url.query().map(|query| {
        let parts = query.split('&').filter(|part| !part.is_empty() && !is_tracking(part));
        parts.collect::<Vec<_>>().join("&")
    });
    normal.set_query(query.as_deref().filter(|query| !query.is_empty()));
    normal
}

/// Tells whether a query parameter only tracks the reader.
fn is_tracking(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    name.starts_with("utm_") || TRACKING.contains(&name)
}

/// Decodes what need not be encoded and writes the rest in capitals.
fn recode(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let encoded =
            rest.get(at + 1..at + 3).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(hex) = encoded else {
            text.push('%');
            rest = &rest[at + 1..];
            continue;
        };
        match u8::from_str_radix(hex, 16) {
            Ok(byte) if is_unreserved(byte) => text.push(char::from(byte)),
            Ok(_) | Err(_) => {
                text.push('%');
                text.push_str(&hex.to_ascii_uppercase());
            }
        }
        rest = &rest[at + 3..];
    }
    text.push_str(rest);
    text
}

/// Tells whether a byte means the same encoded and plain.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_page_become_one_address() {
        let cases = [
            ("HTTP://Example.COM:80/a/./b/../c", "http://example.com/a/c"),
            ("https://example.com./a#part", "https://example.com/a"),
            ("https://example.com/%7euser/%e4%b8%ad", "https://example.com/~user/%E4%B8%AD"),
            ("https://example.com/a?utm_source=x&id=7&fbclid=y", "https://example.com/a?id=7"),
            ("https://example.com/a?", "https://example.com/a"),
            ("https://example.com/100%", "https://example.com/100%"),
            ("https://example.com/a%2fb", "https://example.com/a%2Fb"),
        ];
        for (text, expected) in cases {
            assert_eq!(normalise(&Url::parse(text).unwrap()).as_str(), expected);
        }
    }
}
