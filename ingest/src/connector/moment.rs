//! Moments as servers write them.

use footnote_core::clock::Timestamp;
use std::time::UNIX_EPOCH;

/// Reads a moment of ISO 8601: a day, or a time with its offset.
pub(super) fn of_iso(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(moment.as_millisecond()));
    }
    let day = text.parse::<jiff::civil::Date>().ok()?;
    let moment = day.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp(moment.as_millisecond()))
}

/// Reads a moment of HTTP, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn of_http(text: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_nonsense_is_none() {
        assert_eq!(of_iso("2026-03-01T12:30:00+02:00"), Some(Timestamp(1_772_361_000_000)));
        assert_eq!(of_iso("2009-10-12T17:50:30.000Z"), Some(Timestamp(1_255_369_830_000)));
        assert_eq!(of_iso("1970-01-02"), Some(Timestamp(86_400_000)));
        assert_eq!(of_http("Thu, 01 Jan 1970 00:00:01 GMT"), Some(Timestamp(1000)));
        assert_eq!((of_iso("yesterday"), of_http("2026")), (None, None));
    }
}
