//! What an operator decides about jobs.

use std::time::Duration;

/// The tag of a data source that says how often its access is refreshed between syncs: `off`, or a time such as `10m`.
pub const ACCESS_REFRESH_TAG: &str = "sangam:access-refresh";

/// How often access is refreshed between syncs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccessRefresh {
    /// As the connector says for data sources with a schedule; never for those on demand.
    #[default]
    Default,
    /// Never.
    Off,
    /// Every so often, for data sources with a schedule.
    Every(Duration),
}

/// The rules that jobs keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncPolicy {
    /// How long documents keep their last access once the crawler lost its sight, from when access was last read; then they are hidden.
    pub access_max_age: Duration,
    /// How long documents are kept whose place was lost from sight while others answer.
    pub lost_after: Duration,
    /// How often access is refreshed between syncs.
    pub access_refresh: AccessRefresh,
    /// The least time between two refreshes that walk all listings.
    pub reconcile_every: Duration,
}

impl Default for SyncPolicy {
    fn default() -> Self {
        Self {
            // A day: long enough to renew a credential that ran out over night, short enough for who was dismissed yesterday.
            access_max_age: Duration::from_hours(24),
            // A month: a licence or an admin who is away does not cost the embeddings of a space.
            lost_after: Duration::from_hours(30 * 24),
            access_refresh: AccessRefresh::Default,
            // A walk of all listings costs about as much as a sync without changes.
            reconcile_every: Duration::from_hours(6),
        }
    }
}

impl AccessRefresh {
    /// Reads a setting or a tag: `off`, or a time from a minute to a day with `s`, `m` or `h`.
    pub fn parse(text: &str) -> Option<Self> {
        const UNITS: [(char, u64); 3] = [('s', 1), ('m', 60), ('h', 3_600)];
        if text == "off" {
            return Some(Self::Off);
        }
        let (unit, seconds) = UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit))?;
        let number = text.strip_suffix(unit)?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let every = Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?);
        // Below a minute the scheduler would not see it; beyond a day a sync does as well.
        (Duration::from_mins(1)..=Duration::from_hours(24)).contains(&every).then_some(Self::Every(every))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_is_off_or_a_time_from_a_minute_to_a_day() {
        assert_eq!(AccessRefresh::parse("off"), Some(AccessRefresh::Off));
        assert_eq!(AccessRefresh::parse("10m"), Some(AccessRefresh::Every(Duration::from_mins(10))));
        assert_eq!(AccessRefresh::parse("60s"), Some(AccessRefresh::Every(Duration::from_mins(1))));
        for wrong in ["", "m", "10", "59s", "25h", "-1m", "1.5h", "10 m", "99999999999999999999h", "on", "é"] {
            assert_eq!(AccessRefresh::parse(wrong), None, "{wrong}");
        }
    }
}
