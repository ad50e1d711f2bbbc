//! Bytes to text, whole characters only: a character may be spread over several tokens.

/// Holds back bytes until they make up characters.
#[derive(Debug, Default)]
pub(super) struct WholeCharacters {
    pending: Vec<u8>,
}

impl WholeCharacters {
    /// Takes bytes and returns the text that is complete with them.
    ///
    /// What can never become a character is replaced by `U+FFFD`.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.pending.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(whole) => {
                    text.push_str(whole);
                    self.pending.clear();
                    return text;
                }
                Err(error) => {
                    let (whole, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(whole));
                    let Some(n_wrong) = error.error_len() else {
                        self.pending = after.to_vec();
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &after[n_wrong..];
                }
            }
        }
    }

    /// Returns what is left at the end: a replacement for a character that was never completed.
    pub(super) fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(parts: &[&[u8]]) -> Vec<String> {
        let mut text = WholeCharacters::default();
        let mut pieces: Vec<String> = parts.iter().map(|part| text.push(part)).collect();
        pieces.push(text.finish());
        pieces
    }

    #[test]
    fn a_character_spread_over_pieces_comes_whole() {
        let bytes = "a年b".as_bytes();
        assert_eq!(pieces(&[&bytes[..2], &bytes[2..3], &bytes[3..]]), ["a", "", "年b", ""]);
    }

    #[test]
    fn what_is_no_character_is_replaced_and_the_rest_goes_on() {
        assert_eq!(pieces(&[b"a\xffb", b"\xe5\xb9"]), ["a\u{fffd}b", "", "\u{fffd}"]);
    }
}
