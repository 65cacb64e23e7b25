//! The form of time in signatures: `20261124T093000Z`.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};

/// How far a client's clock may be off, in either direction.
const SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

const FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// A time to the second, as signatures write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmzDate(Timestamp);

/// On which side of the window a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skew {
    /// Older than this.
    Past(AmzDate),
    /// Newer than this.
    Future(AmzDate),
}

impl AmzDate {
    /// That instant, its fraction of a second cut off when shown.
    pub(super) fn new(instant: Timestamp) -> Self {
        Self(instant)
    }

    /// Reads `YYYYMMDDTHHMMSSZ`, exactly.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
        if text.len() != 16 || !digits {
            return None;
        }
        let instant = civil::DateTime::strptime(FORMAT, text).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(Self(instant))
    }

    /// The day, as scopes have it: `20261124`.
    pub(super) fn day(self) -> String {
        self.0.strftime("%Y%m%d").to_string()
    }

    /// Whether the date is outside the window around `now`, and where the window ends.
    pub(super) fn skew(self, now: Timestamp) -> Option<Skew> {
        let (earliest, latest) = (now.saturating_sub(SKEW_MAX).ok()?, now.saturating_add(SKEW_MAX).ok()?);
        if self.0.as_second() < earliest.as_second() {
            return Some(Skew::Past(Self(earliest)));
        }
        (self.0.as_second() > latest.as_second()).then_some(Skew::Future(Self(latest)))
    }
}

impl fmt::Display for AmzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime(FORMAT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_and_written() {
        let date = AmzDate::parse("20261124T093000Z").unwrap();
        assert_eq!(date.0, "2026-11-24T09:30:00Z".parse().unwrap());
        assert_eq!((date.to_string().as_str(), date.day().as_str()), ("20261124T093000Z", "20261124"));
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "20261124",
            "2026-11-24T09:30:00Z",
            "20261324T093000Z",
            "20261124T093000",
            "20261124T093000z",
            "+0261124T093000Z",
        ] {
            assert_eq!(AmzDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_window_is_five_minutes_to_the_second() {
        let now: Timestamp = "2015-11-20T20:23:46Z".parse().unwrap();
        let skew = |text| AmzDate::parse(text).unwrap().skew(now);
        assert_eq!(skew("20151120T201846Z"), None);
        assert_eq!(skew("20151120T201845Z"), Some(Skew::Past(AmzDate::parse("20151120T201846Z").unwrap())));
        assert_eq!(skew("20151120T202846Z"), None);
        assert_eq!(skew("20151120T202847Z"), Some(Skew::Future(AmzDate::parse("20151120T202846Z").unwrap())));
    }
}
