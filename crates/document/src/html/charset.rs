//! The encoding that a page declares for itself.

use encoding_rs::Encoding;

use crate::decode;

/// How many bytes a browser looks through for a declaration.
const DECLARED_WITHIN: usize = 4096;

/// Finds `<meta charset>` or the `charset=` of a `http-equiv`, at the start of a page.
///
/// Both come down to a `charset=` inside a `<meta>` tag.
pub(crate) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let beginning: String =
        bytes.iter().take(DECLARED_WITHIN).map(|byte| char::from(*byte)).collect();
    let beginning = beginning.to_ascii_lowercase();
    beginning.split("<meta").skip(1).find_map(|after| {
        let tag = after.split('>').next()?;
        let (_, value) = tag.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start();
        let is_label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !is_label(c)).unwrap_or(value.len());
        decode::by_label(&value[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_declaration_are_found() {
        let name = |source: &str| declared(source.as_bytes()).map(Encoding::name);
        assert_eq!(name("<META CharSet = 'GB2312'>"), Some("GBK"));
        assert_eq!(
            name("<meta http-equiv=Content-Type content=\"text/html; charset=big5\">"),
            Some("Big5")
        );
        assert_eq!(name("<p>charset=big5"), None);
    }
}
