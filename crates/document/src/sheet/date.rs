//! Dates and times of a spreadsheet as it shows them.
//!
//! The format that follows the reader's country is written year first, which no country misreads.

use calamine::{ExcelDateTime, ExcelDateTimeType};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment in its parts.
#[derive(Debug, Clone, Copy)]
struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    /// All hours since the beginning, for durations.
    total_hours: u64,
}

/// Tells whether a format code writes dates or times.
pub(crate) fn is_date(code: &str) -> bool {
    let mut is_quoted = false;
    let mut is_bracketed = false;
    let mut is_escaped = false;
    for c in code.chars() {
        match c {
            _ if std::mem::take(&mut is_escaped) => {}
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '[' => is_bracketed = true,
            ']' => is_bracketed = false,
            '0' | '#' | '?' if !is_bracketed => return false,
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'D' | 'H' if !is_bracketed => return true,
            _ => {}
        }
    }
    code.contains("[h") || code.contains("[m") || code.contains("[s")
}

/// Writes a moment by a format code, e.g. `d mmm yyyy`.
pub(crate) fn shown(value: f64, code: &str) -> String {
    let value = ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false);
    shown_moment(&value, code)
}

/// Writes a moment of a workbook.
pub(crate) fn shown_moment(value: &ExcelDateTime, code: &str) -> String {
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of hours; what is out of range saturates"
    )]
    let total_hours = (value.as_f64().abs() * 24.0 + 1e-9) as u64;
    let moment = Moment { year, month, day, hour, minute, second, total_hours };
    if follows_country(code) { moment.by_year() } else { moment.write(code) }
}

/// Tells whether a code stands for whatever the reader's country uses.
fn follows_country(code: &str) -> bool {
    matches!(code, "" | "General" | "mm-dd-yy" | "m/d/yyyy" | "m/d/yy" | "m/d/yy h:mm")
}

impl Moment {
    fn by_year(self) -> String {
        let date = format!("{:04}-{:02}-{:02}", self.year, self.month, self.day);
        match (self.hour, self.minute, self.second) {
            (0, 0, 0) => date,
            (hour, minute, 0) => format!("{date} {hour:02}:{minute:02}"),
            (hour, minute, second) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        }
    }

    fn write(self, code: &str) -> String {
        let is_12_hours = code.to_ascii_uppercase().contains("AM/PM");
        let mut written = String::new();
        let mut last_unit = ' ';
        let mut rest = code;
        while let Some(c) = rest.chars().next() {
            let unit = c.to_ascii_lowercase();
            let n_chars = rest.chars().take_while(|next| next.eq_ignore_ascii_case(&c)).count();
            let (piece, n_bytes) = match unit {
                'y' | 'm' | 'd' | 'h' | 's' => {
                    let after = rest.get(n_chars..).unwrap_or_default();
                    let is_minute = unit == 'm' && (last_unit == 'h' || before_seconds(after));
                    last_unit = unit;
                    let unit = if is_minute { 'n' } else { unit };
                    (self.unit(unit, n_chars, is_12_hours), n_chars)
                }
                'a' if rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("AM/PM")) => {
                    (if self.hour < 12 { "AM" } else { "PM" }.to_owned(), 5)
                }
                '[' => self.bracketed(rest, &mut last_unit),
                _ => literal(rest),
            };
            written.push_str(&piece);
            rest = rest.get(n_bytes..).unwrap_or_default();
        }
        written.trim().to_owned()
    }

    fn unit(self, unit: char, n_chars: usize, is_12_hours: bool) -> String {
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).copied().unwrap_or("");
        let padded = |n: u8| if n_chars > 1 { format!("{n:02}") } else { n.to_string() };
        match (unit, n_chars) {
            ('y', 1 | 2) => format!("{:02}", self.year % 100),
            ('y', _) => format!("{:04}", self.year),
            ('m', 3) => month.get(..3).unwrap_or(month).to_owned(),
            ('m', 5) => month.get(..1).unwrap_or(month).to_owned(),
            ('m', n) if n > 3 => month.to_owned(),
            ('m', _) => padded(self.month),
            ('d', 1 | 2) => padded(self.day),
            // The day of the week is left out: it follows from the date.
            ('d', _) => String::new(),
            ('h', _) if is_12_hours => padded((self.hour + 11) % 12 + 1),
            ('h', _) => padded(self.hour),
            ('n', _) => padded(self.minute),
            _ => padded(self.second),
        }
    }

    /// Writes what is in brackets: hours that count on past a day; a colour or country not.
    fn bracketed(self, rest: &str, last_unit: &mut char) -> (String, usize) {
        let n_bytes = rest.find(']').map_or(rest.len(), |end| end + 1);
        let inside = rest.get(1..n_bytes).unwrap_or_default();
        if inside.starts_with(['h', 'H']) {
            *last_unit = 'h';
            return (self.total_hours.to_string(), n_bytes);
        }
        (String::new(), n_bytes)
    }
}

/// Tells whether seconds come next, so that an `m` before them means minutes.
fn before_seconds(after: &str) -> bool {
    after.trim_start_matches([':', '.', ' ']).starts_with(['s', 'S'])
}

/// Returns the text at the start of a code that is written as it is, and its length there.
fn literal(rest: &str) -> (String, usize) {
    let mut chars = rest.chars();
    match chars.next() {
        Some('"') => {
            let inside: String = chars.take_while(|c| *c != '"').collect();
            let n_bytes = (inside.len() + 2).min(rest.len());
            (inside, n_bytes)
        }
        Some('\\') => {
            let next = chars.next();
            (next.map(String::from).unwrap_or_default(), 1 + next.map_or(0, char::len_utf8))
        }
        Some(c @ ('_' | '*')) => {
            (String::new(), c.len_utf8() + chars.next().map_or(0, char::len_utf8))
        }
        Some(c @ ('@' | ';' | '0')) => (String::new(), c.len_utf8()),
        Some(c) => (c.to_string(), c.len_utf8()),
        None => (String::new(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_sheet_shows_them() {
        let cases = [
            (45_356.0, "mm-dd-yy", "2024-03-05"),
            (45_356.0, "d mmm yyyy", "5 Mar 2024"),
            (45_356.0, "yyyy\"年\"m\"月\"d\"日\"", "2024年3月5日"),
            (45_356.5, "yyyy-mm-dd hh:mm", "2024-03-05 12:00"),
            (45_356.75, "h:mm AM/PM", "6:00 PM"),
            (1.5, "[h]:mm", "36:00"),
        ];
        for (value, code, expected) in cases {
            assert_eq!(shown(value, code), expected, "{code}");
        }
    }

    #[test]
    fn dates_are_told_from_numbers() {
        assert!(is_date("d/m/yy") && is_date("[h]:mm") && is_date("[Red]hh:mm"));
        assert!(!is_date("0.00") && !is_date("\"day\" 0") && !is_date("[Red]0"));
    }
}
