//! Content as the first reader is to see it: the same operations, in the form that it reads fastest.

use pdf_extract::Object;
use std::io::Write as _;

/// Content that is being written.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    /// The codes of all strings, and where each string begins among them.
    codes: Vec<u8>,
    strings: Vec<usize>,
}

impl Writer {
    /// Writes an operation.
    pub(crate) fn write(&mut self, operator: &str, operands: &[Object]) {
        for operand in operands {
            self.operand(operand);
        }
        self.bytes.extend(operator.as_bytes());
        self.bytes.push(b'\n');
    }

    /// Returns how much has been written.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes back all but what had been written then; strings there were none since.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
    }

    /// Returns how many strings have been written.
    pub(crate) fn n_strings(&self) -> usize {
        self.strings.len()
    }

    /// Returns the content, the codes of its strings, and where each begins among them.
    pub(crate) fn finish(self) -> (Vec<u8>, Vec<u8>, Vec<usize>) {
        (self.bytes, self.codes, self.strings)
    }

    fn operand(&mut self, operand: &Object) {
        match operand {
            Object::Integer(number) => self.number(*number, 0),
            Object::Real(number) => self.number(steps(*number), DECIMALS),
            Object::String(bytes, _) => self.string(bytes),
            Object::Name(name) => {
                self.bytes.push(b'/');
                self.bytes.extend(name);
            }
            Object::Array(pieces) => self.pieces(pieces),
            _ => self.bytes.extend(b"null"),
        }
        self.bytes.push(b' ');
    }

    /// Writes strings and the steps between them; steps that nobody sees wait for the next one.
    fn pieces(&mut self, pieces: &[Object]) {
        self.bytes.push(b'[');
        let mut waiting = 0.;
        let mut is_open = false;
        for piece in pieces {
            if let Object::String(bytes, _) = piece {
                if !std::mem::replace(&mut is_open, true) {
                    self.begin_string();
                }
                self.escaped(bytes);
            } else {
                waiting += piece.as_float().unwrap_or_default();
                if waiting.abs() >= SEEN {
                    self.close(std::mem::take(&mut is_open));
                    self.number(whole(waiting), 0);
                    self.bytes.push(b' ');
                    waiting = 0.;
                }
            }
        }
        self.close(is_open);
        self.bytes.push(b']');
    }

    fn close(&mut self, is_open: bool) {
        if is_open {
            self.bytes.push(b')');
        }
    }

    /// Writes a string in parentheses, which pdf-extract reads much faster than digits.
    fn string(&mut self, bytes: &[u8]) {
        self.begin_string();
        self.escaped(bytes);
        self.bytes.push(b')');
    }

    fn begin_string(&mut self) {
        self.strings.push(self.codes.len());
        self.bytes.push(b'(');
    }

    fn escaped(&mut self, bytes: &[u8]) {
        self.codes.extend(bytes);
        for byte in bytes {
            match byte {
                b'(' | b')' | b'\\' => self.bytes.extend([b'\\', *byte]),
                b'\r' => self.bytes.extend(b"\\r"),
                byte => self.bytes.push(*byte),
            }
        }
    }

    /// Writes a number that is given in steps of a power of ten.
    fn number(&mut self, steps: i64, decimals: u32) {
        let unit = 10_i64.pow(decimals);
        let (whole, part) = (steps.unsigned_abs() / unit.unsigned_abs(), steps % unit);
        if steps < 0 {
            self.bytes.push(b'-');
        }
        // Writing to memory cannot fail.
        write!(self.bytes, "{whole}").unwrap_or_default();
        if part != 0 {
            let width = decimals as usize;
            write!(self.bytes, ".{:0width$}", part.unsigned_abs()).unwrap_or_default();
        }
    }
}

/// From which step on, in thousandths of the size, a string is interrupted.
const SEEN: f32 = 12.;

/// To how many decimals numbers are written: a ten-thousandth of a point is never seen, and
/// matrices that scale down by a thousand keep two digits.
const DECIMALS: u32 = 5;

#[expect(clippy::cast_possible_truncation, reason = "what is far off the page saturates")]
fn steps(number: f32) -> i64 {
    (f64::from(number) * 1e5).round() as i64
}

#[expect(clippy::cast_possible_truncation, reason = "what is far off the page saturates")]
fn whole(number: f32) -> i64 {
    number.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use pdf_extract::StringFormat;

    #[test]
    fn operations_are_written_as_short_as_they_can_be_read() {
        let mut writer = Writer::default();
        let string = Object::String(b"a(\r".to_vec(), StringFormat::Literal);
        writer.write("Td", &[Object::Real(-0.25), Object::Real(12.), Object::Integer(-7)]);
        writer.write("TJ", &[Object::Array(vec![string, Object::Real(-120.4)])]);
        writer.write("Tf", &["F1".into(), Object::Real(0.00011)]);
        writer.write("Tj", &[Object::String(b"b".to_vec(), StringFormat::Literal)]);
        let (bytes, codes, strings) = writer.finish();
        let written = String::from_utf8(bytes).unwrap();
        assert_eq!(written, "-0.25000 12 -7 Td\n[(a\\(\\r)-120 ] TJ\n/F1 0.00011 Tf\n(b) Tj\n");
        assert_eq!(
            (codes.as_slice(), strings.as_slice()),
            (b"a(\rb".as_slice(), [0, 3].as_slice())
        );
    }
}
