//! Points in time, as AWS JSON 1.1 sends them.

use serde::{Deserialize, Serialize, Serializer};

/// Milliseconds in a second.
const MILLIS_PER_SECOND: f64 = 1000.0;

/// From here on an `f64` no longer holds every whole number, so that printing one as an integer would pretend to be exact.
const WHOLE_SECONDS_MAX: f64 = 9_007_199_254_740_992.0;

/// Seconds since 1970-01-01T00:00:00Z, with a fraction; on the wire always a JSON number, because the JavaScript SDK accepts nothing
/// else. Whole seconds have no fraction there.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub f64);

impl Timestamp {
    /// The point `millis` milliseconds after the epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis as f64 / MILLIS_PER_SECOND)
    }

    /// Milliseconds since the epoch, rounded; the nearest `i64` if there is no such number.
    pub fn as_millis(self) -> i64 {
        (self.0 * MILLIS_PER_SECOND).round() as i64
    }

    /// Seconds since the epoch.
    pub fn as_seconds(self) -> f64 {
        self.0
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < WHOLE_SECONDS_MAX {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_and_writes_numbers_with_and_without_fraction() {
        for text in ["1577934245.678", "1577934245", "0", "-1.5"] {
            let timestamp: Timestamp = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&timestamp).unwrap(), text);
        }
    }

    #[test]
    fn milliseconds_survive() {
        for millis in [0, 1, 1_577_934_245_678, -1, 253_402_300_799_999] {
            assert_eq!(Timestamp::from_millis(millis).as_millis(), millis);
        }
        assert_eq!(Timestamp(1e300).as_millis(), i64::MAX);
    }

    #[test]
    fn text_is_no_timestamp() {
        assert!(serde_json::from_str::<Timestamp>("\"2026-01-01T00:00:00Z\"").is_err());
    }
}
