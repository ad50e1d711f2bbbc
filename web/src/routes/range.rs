//! What a client asks for of something with a tag and a size: all of it, a part, or only to be told
//! that nothing changed (RFC 9110, sections 13 and 14).

use axum::http::header::{IF_NONE_MATCH, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderName, Method};
use std::ops::Range;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it. That is also the answer to several parts at once, and to what makes no sense.
    Whole,
    /// These bytes; there are some.
    Part(Range<u64>),
    /// Nothing: the client has it.
    Nothing,
    /// A part beyond the end.
    Beyond,
}

impl Wanted {
    /// Reads what a request asks for.
    pub(super) fn of(method: &Method, headers: &HeaderMap, tag: &str, size_bytes: u64) -> Self {
        let mut known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
        if known.any(|line| names(line, tag)) {
            return Self::Nothing;
        }
        // Only the very same bytes may be put together with what the client has.
        let is_same = headers.get(IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
        match text(headers, &RANGE) {
            Some(range) if method == Method::GET && is_same => Self::read(range, size_bytes),
            Some(_) | None => Self::Whole,
        }
    }

    /// Reads one part, such as `bytes=0-499`, `bytes=500-` or `bytes=-500`.
    fn read(range: &str, size_bytes: u64) -> Self {
        let Some((unit, part)) = range.split_once('=') else { return Self::Whole };
        let Some((first, last)) = part.trim().split_once('-') else { return Self::Whole };
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return Self::Whole;
        }
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => {
                Self::within(first..last.saturating_add(1), size_bytes)
            }
            (Some(first), None) if last.is_empty() => Self::within(first..size_bytes, size_bytes),
            (None, Some(n_last)) if first.is_empty() => {
                Self::within(size_bytes.saturating_sub(n_last)..size_bytes, size_bytes)
            }
            (_, _) => Self::Whole,
        }
    }

    /// Returns as much of a part as there is.
    fn within(part: Range<u64>, size_bytes: u64) -> Self {
        let part = part.start..part.end.min(size_bytes);
        if part.is_empty() { Self::Beyond } else { Self::Part(part) }
    }
}

/// Tells whether a list of tags names one, or any.
fn names(list: &str, tag: &str) -> bool {
    let mut known = list.split(',').map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// Reads a number of digits alone; one that is larger than any size is just large.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Wanted::{Beyond, Nothing, Part, Whole};

    const TAG: &str = "\"sha256:ab\"";

    fn wanted(headers: &[(HeaderName, &str)]) -> Wanted {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        Wanted::of(&Method::GET, &headers.collect(), TAG, 1000)
    }

    #[test]
    fn a_part_is_read_as_the_standard_says() {
        for (range, expected) in [
            ("bytes=0-499", Part(0..500)),
            ("bytes=500-", Part(500..1000)),
            ("bytes=-500", Part(500..1000)),
            ("bytes=-5000", Part(0..1000)),
            ("Bytes=999-99999999999999999999999", Part(999..1000)),
            ("bytes=1000-", Beyond),
            ("bytes=-0", Beyond),
            ("bytes=5-4", Whole),
            ("bytes=0-1,5-6", Whole),
            ("bytes=-", Whole),
            ("bytes=+1-2", Whole),
            ("lines=0-1", Whole),
            ("0-1", Whole),
        ] {
            assert_eq!(wanted(&[(RANGE, range)]), expected, "{range}");
        }
        let headers = HeaderMap::from_iter([(RANGE, "bytes=0-0".parse().unwrap())]);
        assert_eq!(Wanted::of(&Method::HEAD, &headers, TAG, 1000), Whole);
        assert_eq!(Wanted::of(&Method::GET, &headers, TAG, 0), Beyond, "there is nothing");
    }

    #[test]
    fn a_part_fits_only_what_is_the_same_and_nothing_comes_when_nothing_changed() {
        let range = (RANGE, "bytes=0-0");
        assert_eq!(wanted(&[range.clone(), (IF_RANGE, TAG)]), Part(0..1));
        for other in ["\"sha256:cd\"", "W/\"sha256:ab\"", "Thu, 26 Nov 2026 15:00:00 GMT"] {
            assert_eq!(wanted(&[range.clone(), (IF_RANGE, other)]), Whole, "{other}");
        }
        for known in [TAG, "*", "W/\"sha256:ab\"", "\"sha256:cd\", \"sha256:ab\""] {
            assert_eq!(wanted(&[range.clone(), (IF_NONE_MATCH, known)]), Nothing, "{known}");
        }
        assert_eq!(wanted(&[(IF_NONE_MATCH, "\"sha256:cd\"")]), Whole);
    }
}
