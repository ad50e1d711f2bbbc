//! The tokens of RTF: groups, control words, and bytes of text.

/// A token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `{`.
    Open,
    /// `}`.
    Close,
    /// A control word with its number, e.g. `\fs24`.
    Word(&'a str, Option<i32>),
    /// A control symbol, e.g. `\~`.
    Symbol(char),
    /// `\'e9`.
    Byte(u8),
    /// Text as it stands; it may be of any encoding.
    Text(&'a [u8]),
}

/// Reads tokens one by one.
pub(crate) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, n_bytes: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(n_bytes.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, is_wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let n_bytes = self.rest.iter().take_while(|byte| is_wanted(**byte)).count();
        self.take(n_bytes)
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let first = *self.rest.first()?;
        if !first.is_ascii_alphabetic() {
            self.take(1);
            if first != b'\'' {
                return Some(Token::Symbol(char::from(first)));
            }
            let digits = str::from_utf8(self.take(2)).unwrap_or_default();
            return Some(u8::from_str_radix(digits, 16).map_or(Token::Symbol('\''), Token::Byte));
        }
        let word = str::from_utf8(self.take_while(|byte| byte.is_ascii_alphabetic()));
        let word = word.unwrap_or_default();
        let number = self.number();
        if self.rest.first() == Some(&b' ') {
            self.take(1);
        }
        if word == "bin" {
            // Bytes of a picture may look like anything.
            self.take(number.and_then(|n| usize::try_from(n).ok()).unwrap_or_default());
        }
        Some(Token::Word(word, number))
    }

    fn number(&mut self) -> Option<i32> {
        let n_signs = usize::from(self.rest.first() == Some(&b'-'));
        let digits = self.rest.get(n_signs..).unwrap_or_default();
        let n_digits = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if n_digits == 0 {
            return None;
        }
        str::from_utf8(self.take(n_signs + n_digits)).ok()?.parse().ok()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            match *self.rest.first()? {
                b'{' => return self.take(1).first().map(|_| Token::Open),
                b'}' => return self.take(1).first().map(|_| Token::Close),
                b'\\' => {
                    self.take(1);
                    return self.control();
                }
                b'\r' | b'\n' | 0 => drop(self.take(1).len()),
                _ => {
                    let is_text = |byte| !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0);
                    return Some(Token::Text(self.take_while(is_text)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_symbols_bytes_and_text_are_told() {
        let tokens: Vec<Token<'_>> =
            Tokens::new(b"{\\b1 x\\'e9\\~\\bin3 }}}\\u-3 y\r\n}").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word("b", Some(1)),
                Token::Text(b"x"),
                Token::Byte(0xE9),
                Token::Symbol('~'),
                Token::Word("bin", Some(3)),
                Token::Word("u", Some(-3)),
                Token::Text(b"y"),
                Token::Close,
            ]
        );
    }
}
