//! Moments as people write them: RFC 3339 in, RFC 3339 in UTC out.

use std::fmt;

use super::Timestamp;
use crate::{Error, Result};

const MS_PER_DAY: i64 = 86_400_000;

impl Timestamp {
    /// Reads the moment whose state is asked for: a date-time such as `2026-03-01T12:00:00Z`, or a
    /// date such as `2026-03-01`, which means the end of that day in UTC; today means now.
    ///
    /// # Errors
    /// `Invalid` for anything else, for a day that does not exist, and for the future.
    pub fn read_as_of(text: &str, now: Self) -> Result<Self> {
        let unreadable = || {
            Error::invalid(format!("`{text}` is not a date"))
                .hint("Write a date such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z.")
        };
        let (date, time) = text.split_at_checked(10).ok_or_else(unreadable)?;
        let day_ms = days(date).ok_or_else(unreadable)? * MS_PER_DAY;
        let moment = if time.is_empty() {
            (day_ms + MS_PER_DAY - 1).min(now.0.max(day_ms))
        } else {
            day_ms + milliseconds(time).ok_or_else(unreadable)?
        };
        if now.0 < moment {
            return Err(Error::invalid(format!("`{text}` lies in the future")).hint(
                "Ask for a moment that has passed; without one, what holds now is searched.",
            ));
        }
        Ok(Self(moment))
    }
}

/// Writes the moment in UTC, to the second: `2026-03-01T12:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(MS_PER_DAY));
        let second = self.0.rem_euclid(MS_PER_DAY) / 1000;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Reads `YYYY-MM-DD` as days since 1970.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(digits);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let days = days_before(year, month, day);
    let is_whole = text.len() == 10 && parts.next().is_none();
    (is_whole && (1..=12).contains(&month) && date(days) == (year, month, day)).then_some(days)
}

/// Reads `THH:MM:SS[.fff](Z|±HH:MM)` as milliseconds since the day began in UTC.
fn milliseconds(text: &str) -> Option<i64> {
    let text = text.strip_prefix(['T', 't', ' '])?;
    let zone = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':').map(two_digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || 23 < hour || 59 < minute || 60 < second {
        return None;
    }
    digits(fraction)?;
    let thousandths = digits(format!("{fraction:0<3}").get(..3)?)?;
    let offset = minutes_east(zone)?;
    Some(((hour * 60 + minute - offset) * 60 + second) * 1000 + thousandths)
}

/// Reads `Z` or `±HH:MM` as minutes.
fn minutes_east(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text) } else { None }
}

fn digits(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// Counts the days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from
/// March, so that the leap day is the last of its year.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

/// Returns the year, month and day that begin so many days after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_772_366_400_000);

    fn read(text: &str) -> Result<String> {
        Timestamp::read_as_of(text, NOW).map(|moment| moment.to_string())
    }

    #[test]
    fn dates_and_times_are_read_in_utc() {
        assert_eq!(NOW.to_string(), "2026-03-01T12:00:00Z");
        for (text, moment) in [
            ("2026-03-01T11:59:59Z", "2026-03-01T11:59:59Z"),
            ("2026-02-28T23:30:00.25-02:00", "2026-03-01T01:30:00Z"),
            ("2024-02-29", "2024-02-29T23:59:59Z"),
            ("2026-03-01", "2026-03-01T12:00:00Z"),
            ("1969-12-31", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(read(text).unwrap(), moment, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_or_lies_ahead_is_refused_with_what_to_write() {
        for text in [
            "",
            "yesterday",
            "2026-02-29",
            "2026-13-01",
            "2026-3-1",
            "2026-03-01T12:00",
            "年年年年",
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message().ends_with("is not a date"), "{text}");
            assert!(error.advice().unwrap().contains("2026-03-01"));
        }
        for text in ["2026-03-02", "2026-03-01T12:00:01Z", "9999-12-31"] {
            assert!(read(text).unwrap_err().message().contains("in the future"), "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_read_back() {
        for day in -146_097..146_097 {
            let (year, month, day_of_month) = date(day);
            assert_eq!(days_before(year, month, day_of_month), day);
        }
    }
}
