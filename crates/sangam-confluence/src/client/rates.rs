//! What an answer says of the quota. All headers are optional and their names differ by product and year.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Points left in this hour.
const REMAINING: &str = "x-ratelimit-remaining";
/// When there are points again, as an instant.
const RESET: &str = "x-ratelimit-reset";
/// `true` below a fifth of the points.
const NEAR_LIMIT: &str = "x-ratelimit-nearlimit";
/// The structured form, and its name once it is no beta any more: `"global-app-quota";r=9100;t=1847`.
const STRUCTURED: [&str; 2] = ["beta-ratelimit", "ratelimit"];

/// What an answer says of the quota.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rates {
    /// Points left in this hour.
    pub(super) points_left: Option<u64>,
    /// Whether most of them are used up.
    pub(super) is_near_limit: Option<bool>,
    /// After how long there are points again.
    pub(super) reset_in: Option<Duration>,
}

/// Reads what is there.
pub(super) fn read(headers: &HeaderMap) -> Rates {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let structured = STRUCTURED.iter().find_map(|name| text(name));
    let part = |name: &str| {
        structured?.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=')?.parse::<u64>().ok())
    };
    let reset_at = text(RESET).and_then(|text| text.parse::<Timestamp>().ok());
    Rates {
        points_left: text(REMAINING).and_then(|text| text.parse().ok()).or_else(|| part("r")),
        is_near_limit: text(NEAR_LIMIT).map(|text| text.eq_ignore_ascii_case("true")),
        reset_in: part("t").map(Duration::from_secs).or_else(|| reset_at.map(until)),
    }
}

/// `Retry-After` in seconds or as a date; where it is absent and no points are left, the time until there are some.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let Some(text) = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()) else {
        let rates = read(headers);
        return rates.reset_in.filter(|_| rates.points_left == Some(0));
    };
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok().map(until)
}

fn until(at: Timestamp) -> Duration {
    Duration::from_secs((at.as_second() - Timestamp::now().as_second()).max(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            (name.to_ascii_lowercase().parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn every_spelling_is_read_and_none_is_needed() {
        assert_eq!(read(&HeaderMap::new()), Rates::default());
        let near = headers(&[("X-RateLimit-Remaining", "9100"), ("X-RateLimit-NearLimit", "true")]);
        assert_eq!(read(&near), Rates { points_left: Some(9100), is_near_limit: Some(true), reset_in: None });
        for name in ["Beta-RateLimit", "RateLimit"] {
            let structured = headers(&[(name, "\"global-app-quota\";r=12;t=1847")]);
            let expected =
                Rates { points_left: Some(12), is_near_limit: None, reset_in: Some(Duration::from_secs(1847)) };
            assert_eq!(read(&structured), expected);
        }
        let odd = headers(&[("X-RateLimit-Remaining", "many"), ("X-RateLimit-Reset", "soon")]);
        assert_eq!(read(&odd), Rates::default());
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_or_the_time_until_there_are_points() {
        let wait = |pairs: &[(&str, &str)]| retry_after(&headers(pairs));
        assert_eq!(wait(&[("Retry-After", "5")]), Some(Duration::from_secs(5)));
        assert_eq!(wait(&[("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(wait(&[("Retry-After", "soon")]), None);
        assert_eq!(wait(&[]), None);
        let used_up = [("X-RateLimit-Remaining", "0"), ("Beta-RateLimit", "\"q\";r=0;t=90")];
        assert_eq!(wait(&used_up), Some(Duration::from_secs(90)));
        assert_eq!(wait(&[("X-RateLimit-Remaining", "5"), ("Beta-RateLimit", "\"q\";r=5;t=90")]), None);
    }
}
