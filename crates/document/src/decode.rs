//! Bytes → text: byte order marks, UTF-8, UTF-16 without a mark, then detection by statistics.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use footnote_core::job::{Failure, FailureCode};
use std::borrow::Cow;

/// How many bytes tell the encoding and whether the bytes are text at all.
const SAMPLE_BYTES: usize = 64 << 10;

/// The largest share of control characters that text may have, as one in so many.
const ONE_CONTROL_IN: usize = 50;

/// Bytes that were understood as text.
pub(crate) struct Decoded {
    /// The text, its line breaks `\n`, free of control characters.
    pub(crate) text: String,
    /// What the user should know about the decoding.
    pub(crate) note: Option<String>,
}

/// Decodes text of any encoding; a `declared` one is believed before statistics.
///
/// `None` when the bytes are no text.
pub(crate) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Option<Decoded> {
    let (text, note) = to_text(bytes, declared)?;
    Some(Decoded { text: clean(&text), note })
}

/// Decodes text as [`decode`] does.
///
/// # Errors
/// `Unreadable` for bytes that were text at their beginning and are none as a whole.
pub(crate) fn whole(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<Decoded, Failure> {
    decode(bytes, declared).ok_or_else(|| {
        let detail =
            "The file begins as text but goes on as binary data. Replace it with an intact copy.";
        Failure::new(FailureCode::Unreadable, detail)
    })
}

/// Decodes bytes that are UTF-16, with a mark or without; `None` when they are not.
pub(crate) fn utf16(bytes: &[u8]) -> Option<String> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = marked.or_else(|| utf16_without_mark(bytes))?;
    (encoding != UTF_8).then(|| encoding.decode(bytes).0.into_owned())
}

/// Tells whether the bytes are text, by their beginning.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    to_text(sample(bytes), None).is_some()
}

/// Decodes the beginning of the bytes, for looking at it.
pub(crate) fn preview(bytes: &[u8]) -> String {
    to_text(sample(bytes), None).map(|(text, _)| clean(&text)).unwrap_or_default()
}

/// Takes a beginning whose length is a multiple of the widest code unit.
fn sample(bytes: &[u8]) -> &[u8] {
    let end = bytes.len().min(SAMPLE_BYTES);
    if end == bytes.len() { bytes } else { trim_broken_utf8(&bytes[..end]) }
}

/// Drops a UTF-8 character that the cut broke; other encodings tolerate a broken end.
fn trim_broken_utf8(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Ok(_) | Err(_) => bytes,
    }
}

fn to_text<'a>(
    bytes: &'a [u8],
    declared: Option<&'static Encoding>,
) -> Option<(Cow<'a, str>, Option<String>)> {
    if let Some(text) = by_utf32_mark(bytes) {
        return Some((Cow::Owned(text), None));
    }
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return readable(encoding, &bytes[mark_bytes..]);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return readable(encoding, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return is_mostly_printable(text).then_some((Cow::Borrowed(text), None));
    }
    if bytes.contains(&0) {
        return None;
    }
    let encoding = declared
        .filter(|encoding| !encoding.decode_without_bom_handling(bytes).1)
        .unwrap_or_else(|| by_statistics(bytes));
    readable(encoding, bytes)
}

/// Decodes UTF-32 with a mark, which the Encoding Standard leaves out.
fn by_utf32_mark(bytes: &[u8]) -> Option<String> {
    let (mark, units) = bytes.split_at_checked(4)?;
    let to_u32 = match mark {
        [0xFF, 0xFE, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xFE, 0xFF] => u32::from_be_bytes,
        _ => return None,
    };
    let (units, _) = units.as_chunks::<4>();
    let chars = units.iter().map(|unit| char::from_u32(to_u32(*unit)).unwrap_or('\u{FFFD}'));
    Some(chars.collect::<String>()).filter(|text| is_mostly_printable(text))
}

fn readable<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
) -> Option<(Cow<'a, str>, Option<String>)> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let note = had_errors.then(|| {
        format!("Some characters could not be read as {}; they show as \u{FFFD}.", encoding.name())
    });
    is_mostly_printable(&text).then_some((text, note))
}

fn by_statistics(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Finds UTF-16 by what one byte order makes of it: text in one, rubbish in the other.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let (units, rest) = bytes.as_chunks::<2>();
    if units.len() < 2 || !rest.is_empty() || !bytes.contains(&0) {
        return None;
    }
    let ascii_if = |high: usize| {
        let low = 1 - high;
        let is_ascii = |unit: &&[u8; 2]| {
            unit[high] == 0 && matches!(unit[low], b'\t' | b'\n' | b'\r' | 0x20..=0x7E)
        };
        units.iter().filter(is_ascii).count()
    };
    let (little, big) = (ascii_if(1), ascii_if(0));
    // Chinese has few ASCII characters, but it has some, and then in one byte order only.
    let encoding = if little > big * 8 {
        UTF_16LE
    } else if big > little * 8 {
        UTF_16BE
    } else {
        return None;
    };
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    (!had_errors && is_mostly_printable(&text)).then_some(encoding)
}

/// Tells text from binary by the density of control and replacement characters.
fn is_mostly_printable(text: &str) -> bool {
    let n_odd = text.chars().filter(|c| is_odd(*c)).count();
    let n_chars = text.chars().count();
    n_odd * ONE_CONTROL_IN <= n_chars
}

fn is_odd(c: char) -> bool {
    let is_layout = matches!(c, '\n' | '\r' | '\t' | '\u{C}' | '\u{1B}' | '\u{85}');
    (c.is_control() && !is_layout) || c == '\u{FFFD}'
}

/// Makes line breaks `\n` and drops control characters other than newline and tab.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{C}' | '\u{85}' => clean.push('\n'),
            '\n' | '\t' => clean.push(c),
            '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Finds an encoding by the name that a document gives it, as the web does.
pub(crate) fn by_label(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    // A document whose declaration could be read bytewise is not UTF-16, whatever it says.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, EUC_KR, GB18030, SHIFT_JIS, WINDOWS_1252};

    fn decoded(bytes: &[u8]) -> Option<String> {
        decode(bytes, None).map(|decoded| decoded.text)
    }

    #[test]
    fn legacy_encodings_are_told_by_statistics() {
        let cases = [
            (GB18030, "公司年假的规定：员工每年可以休十天年假，需要提前两周申请。"),
            (BIG5, "公司年假的規定：員工每年可以休十天年假，需要提前兩週申請。"),
            (SHIFT_JIS, "会社の休暇に関する規定です。社員は毎年十日の休暇を取ることができます。"),
            (EUC_KR, "회사의 연차 휴가 규정: 직원은 매년 열흘의 휴가를 사용할 수 있습니다."),
            (WINDOWS_1252, "Les employés reçoivent dix jours de congé, à demander à l'avance."),
        ];
        for (encoding, text) in cases {
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(decoded(&bytes).as_deref(), Some(text), "{}", encoding.name());
        }
    }

    #[test]
    fn utf_16_and_utf_32_are_read_with_and_without_a_mark() {
        let text = "Ten days, 十天。\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [&[0xFE, 0xFF], &*big].concat();
        let wide: Vec<u8> = "\u{FEFF}"
            .chars()
            .chain(text.chars())
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        for bytes in [little, big, marked, wide] {
            assert_eq!(decoded(&bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn binary_bytes_are_no_text() {
        assert_eq!(decoded(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"), None);
        assert_eq!(decoded(&[1, 2, 3, 4, 200, 5, 6, 7]), None);
    }

    #[test]
    fn line_breaks_become_newlines_and_controls_go() {
        assert_eq!(
            decoded(b"a\r\nb\rc\x0Cd\te f g h i j k l m n o p q r s t u v w x y z 0 1\x07"),
            Some("a\nb\nc\nd\te f g h i j k l m n o p q r s t u v w x y z 0 1".to_owned())
        );
    }

    #[test]
    fn a_declared_encoding_is_believed_only_when_it_fits() {
        let bytes = b"caf\xE9";
        let text = |declared| decode(bytes, by_label(declared)).unwrap().text;
        assert_eq!(text("windows-1252"), "café");
        assert_eq!(text("iso-8859-2"), "café");
        assert_eq!(text("utf-8"), "café");
    }
}
