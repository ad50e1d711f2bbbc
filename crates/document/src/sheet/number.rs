//! Numbers of a spreadsheet as it shows them: `12.5%`, `1,234.00`, `€ 3`.

use super::date;

/// Writes a number by a format code, e.g. `#,##0.00`; an unknown one is left out.
pub(crate) fn shown(value: f64, code: &str) -> String {
    let Some(section) = section(value, code) else { return general(value) };
    if date::is_date(section) {
        return date::shown(value, section);
    }
    match Pattern::read(section) {
        Some(pattern) => pattern.write(value, code.contains(';')),
        None => general(value),
    }
}

/// Writes a number without a format: as many digits as it needs.
pub(crate) fn general(value: f64) -> String {
    // What is beyond the fifteenth digit is noise of the arithmetic.
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded != 0.0 && !(1e-9..1e15).contains(&rounded.abs()) {
        return format!("{rounded:e}").replace('e', "E");
    }
    rounded.to_string()
}

/// Returns the part of a code that is for this number: positive; negative; zero.
fn section(value: f64, code: &str) -> Option<&str> {
    let sections: Vec<&str> = code.split(';').collect();
    let nth = match sections.len() {
        0 | 1 => 0,
        2 => usize::from(value < 0.0),
        _ if value == 0.0 => 2,
        _ => usize::from(value < 0.0),
    };
    let section = *sections.get(nth)?;
    let is_general = section.trim().is_empty() || section.eq_ignore_ascii_case("general");
    (!is_general && !section.contains('@') && !section.contains("?/")).then_some(section)
}

/// What a code says about how a number is written.
#[derive(Debug, Default)]
struct Pattern {
    before: String,
    after: String,
    n_decimals: usize,
    /// Decimals that are written though they are zero.
    n_fixed_decimals: usize,
    n_integers: usize,
    is_grouped: bool,
    is_scientific: bool,
    n_percent: u32,
    n_thousands: u32,
    n_digits: usize,
    is_after_point: bool,
}

impl Pattern {
    fn read(section: &str) -> Option<Self> {
        let mut pattern = Self::default();
        let mut chars = section.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '0' | '#' | '?' => pattern.digit(c),
                '.' => pattern.is_after_point = true,
                ',' => match chars.clone().find(|next| *next != ',') {
                    Some('0' | '#' | '?') => pattern.is_grouped = true,
                    Some(_) | None => pattern.n_thousands += 1,
                },
                'E' | 'e' if matches!(chars.peek(), Some('+' | '-')) => {
                    pattern.is_scientific = true;
                    break;
                }
                '%' => {
                    pattern.n_percent += 1;
                    pattern.literal('%');
                }
                '"' => chars.by_ref().take_while(|c| *c != '"').for_each(|c| pattern.literal(c)),
                '\\' => chars.next().into_iter().for_each(|c| pattern.literal(c)),
                '_' | '*' => drop(chars.next()),
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let symbol = inside.strip_prefix('$').and_then(|rest| rest.split('-').next());
                    symbol.unwrap_or_default().chars().for_each(|c| pattern.literal(c));
                }
                c => pattern.literal(c),
            }
        }
        (pattern.n_digits > 0).then_some(pattern)
    }

    fn digit(&mut self, c: char) {
        self.n_digits += 1;
        if self.is_after_point {
            self.n_decimals += 1;
            if c == '0' {
                self.n_fixed_decimals = self.n_decimals;
            }
        } else if c == '0' {
            self.n_integers += 1;
        }
    }

    fn literal(&mut self, c: char) {
        if self.n_digits > 0 { self.after.push(c) } else { self.before.push(c) }
    }

    fn write(&self, value: f64, has_own_negative: bool) -> String {
        let scale = 100_f64.powi(i32::try_from(self.n_percent).unwrap_or(0))
            / 1000_f64.powi(i32::try_from(self.n_thousands).unwrap_or(0));
        let scaled = value * scale;
        let digits = if self.is_scientific {
            format!("{:.*e}", self.n_decimals.min(20), scaled.abs()).replace('e', "E")
        } else {
            self.digits(scaled.abs())
        };
        let is_zero = !digits.contains(|c: char| c.is_ascii_digit() && c != '0');
        let sign = if value < 0.0 && !has_own_negative && !is_zero { "-" } else { "" };
        format!("{sign}{}{digits}{}", self.before, self.after).trim().to_owned()
    }

    fn digits(&self, value: f64) -> String {
        let written = format!("{value:.*}", self.n_decimals.min(20));
        let (integer, decimals) = written.split_once('.').unwrap_or((&written, ""));
        let n_kept = decimals.trim_end_matches('0').len().max(self.n_fixed_decimals);
        let decimals = decimals.get(..n_kept).unwrap_or(decimals);
        let padding = "0".repeat(self.n_integers.min(20).saturating_sub(integer.len()));
        let integer = padding + integer;
        let integer = if self.is_grouped { grouped(&integer) } else { integer };
        if decimals.is_empty() { integer } else { format!("{integer}.{decimals}") }
    }
}

/// Puts commas between thousands.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_sheet_shows_them() {
        let cases = [
            (0.125, "0.0%", "12.5%"),
            (1_234_567.5, "#,##0.00", "1,234,567.50"),
            (-3.0, "#,##0;(#,##0)", "(3)"),
            (-3.0, "0.0", "-3.0"),
            (3.0, "[$€-407] #,##0", "€ 3"),
            (3.5, "\"USD\" 0.##", "USD 3.5"),
            (1_500_000.0, "0.0,,\"M\"", "1.5M"),
            (7.0, "000", "007"),
            (12345.0, "0.00E+00", "1.23E4"),
            (0.1 + 0.2, "General", "0.3"),
            (42.0, "", "42"),
            (2.5, "# ?/?", "2.5"),
        ];
        for (value, code, expected) in cases {
            assert_eq!(shown(value, code), expected, "{code}");
        }
    }
}
