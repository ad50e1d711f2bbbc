//! Equations as linear text: `mc²`, `(a+b)/2`, `√(x)`.

use crate::xml::Tag;

/// The parts of an equation around the current place.
#[derive(Debug, Default)]
pub(crate) struct Math {
    /// Where the text of each exponent, index, numerator and so on begins.
    starts: Vec<usize>,
    /// What closes the brackets that are open.
    brackets: Vec<String>,
}

/// What an operator over a range is, if it does not say so.
const INTEGRAL: char = '∫';

impl Math {
    /// Enters an element.
    pub(crate) fn open(&mut self, tag: &Tag<'_>, text: &mut String) {
        match tag.name() {
            "sup" | "sub" | "num" | "den" | "fName" => self.starts.push(text.len()),
            "rad" => text.push_str("√("),
            "nary" => text.push(INTEGRAL),
            "chr" if text.ends_with(INTEGRAL) => replace_last(text, tag),
            "d" => {
                text.push('(');
                self.brackets.push(")".to_owned());
            }
            "begChr" if text.ends_with('(') => replace_last(text, tag),
            "endChr" => {
                if let Some(bracket) = self.brackets.last_mut() {
                    *bracket = tag.attr("val").unwrap_or_default();
                }
            }
            _ => {}
        }
    }

    /// Leaves an element.
    pub(crate) fn close(&mut self, name: &str, text: &mut String) {
        match name {
            "rad" => text.push(')'),
            "d" => text.push_str(&self.brackets.pop().unwrap_or_default()),
            "sup" | "sub" | "num" | "den" | "fName" => self.close_part(name, text),
            _ => {}
        }
    }

    fn close_part(&mut self, name: &str, text: &mut String) {
        let Some(start) = self.starts.pop() else { return };
        let part = text.get(start..).unwrap_or_default().trim().to_owned();
        text.truncate(start);
        if part.is_empty() {
            return;
        }
        match name {
            "sup" => text.push_str(&raised(&part)),
            "sub" => text.extend(["_", &grouped(&part)]),
            "num" => text.extend([&grouped(&part), "/"]),
            "fName" => text.extend([&part, " "]),
            _ => text.push_str(&grouped(&part)),
        }
    }
}

fn replace_last(text: &mut String, tag: &Tag<'_>) {
    text.pop();
    text.push_str(&tag.attr("val").unwrap_or_default());
}

/// Writes an exponent: digits raised, anything else after `^`.
fn raised(part: &str) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| RAISED.get(c.to_digit(10)? as usize).copied();
    let raised: Option<String> = part.chars().map(digit).collect();
    raised.unwrap_or_else(|| format!("^{}", grouped(part)))
}

/// Puts parentheses around what is more than a name or a number.
fn grouped(part: &str) -> String {
    let is_single = part.chars().all(char::is_alphanumeric);
    if is_single { part.to_owned() } else { format!("({part})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_raised_when_they_are_digits() {
        assert_eq!(raised("2"), "²");
        assert_eq!(raised("n+1"), "^(n+1)");
        assert_eq!(grouped("12"), "12");
    }
}
