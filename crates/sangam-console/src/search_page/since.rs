//! How recently documents were changed.

use jiff::Timestamp;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// A time until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    Week,
    Month,
    Year,
}

impl Since {
    /// All of them, the shortest first.
    pub(super) const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Year];
    /// What it is called in an address.
    pub(super) const NAME: &'static str = "since";

    /// Reads a value of an address.
    pub(super) fn read(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|since| since.value() == value)
    }

    /// What stands in an address.
    pub(super) const fn value(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// What is read.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Week => "In the past week",
            Self::Month => "In the past month",
            Self::Year => "In the past year",
        }
    }

    /// When it began, in seconds.
    pub(super) fn begins_at(self, now: Timestamp) -> i64 {
        let n_days = match self {
            Self::Week => 7,
            Self::Month => 31,
            Self::Year => 366,
        };
        now.as_second() - n_days * SECONDS_OF_A_DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        for since in Since::ALL {
            assert_eq!(Since::read(since.value()), Some(since));
        }
        assert_eq!(Since::read("decade"), None);
        assert_eq!(Since::Week.begins_at(Timestamp::from_second(8 * SECONDS_OF_A_DAY).unwrap()), SECONDS_OF_A_DAY);
    }
}
