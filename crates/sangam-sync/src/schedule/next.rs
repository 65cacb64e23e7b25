//! When a schedule is due next.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Days, MonthDay, Schedule, WeekDay};

/// Days of a week.
const WEEK: i8 = 7;

impl Schedule {
    /// The first time after `after_ms` at which it is due; `None` if there is none any more. Milliseconds since 1970 UTC, always at a
    /// full minute.
    pub fn next_after(&self, after_ms: i64) -> Option<i64> {
        let after = Timestamp::from_millisecond(after_ms).ok()?.to_zoned(TimeZone::UTC).datetime();
        let today = after.date();
        if let Some(due) = self.first_of_day(today, Some(after)) {
            return milliseconds(due);
        }
        let mut date = today.tomorrow().ok()?;
        while date.year() <= self.years.last() {
            if !self.years.contains(date.year()) {
                date = Date::new(date.year() + 1, 1, 1).ok()?;
            } else if !self.months.contains(i16::from(date.month())) {
                date = date.last_of_month().tomorrow().ok()?;
            } else if let Some(due) = self.first_of_day(date, None) {
                return milliseconds(due);
            } else {
                date = date.tomorrow().ok()?;
            }
        }
        None
    }

    /// The first due time of `date`, after `after` if that is given.
    fn first_of_day(&self, date: Date, after: Option<DateTime>) -> Option<DateTime> {
        let is_due = self.years.contains(date.year())
            && self.months.contains(i16::from(date.month()))
            && self.days.contains(date);
        let mut times = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (hour, minute)));
        let is_later = |(hour, minute): &(i8, i8)| after.is_none_or(|after| date.at(*hour, *minute, 0, 0) > after);
        if is_due { times.find(is_later).map(|(hour, minute)| date.at(hour, minute, 0, 0)) } else { None }
    }
}

fn milliseconds(time: DateTime) -> Option<i64> {
    TimeZone::UTC.to_timestamp(time).ok().map(Timestamp::as_millisecond)
}

impl Days {
    fn contains(&self, date: Date) -> bool {
        match self {
            Self::OfMonth(items) => items.iter().any(|item| item.contains(date)),
            Self::OfWeek(items) => items.iter().any(|item| item.contains(date)),
        }
    }
}

impl MonthDay {
    fn contains(&self, date: Date) -> bool {
        let last = date.days_in_month();
        match self {
            Self::Among(days) => days.contains(i16::from(date.day())),
            Self::Last => date.day() == last,
            Self::LastWorkday => nearest_workday(date, last) == Some(date),
            Self::Workday(day) => *day <= last && nearest_workday(date, *day) == Some(date),
        }
    }
}

/// The day from Monday to Friday that is nearest to day `day` of the month of `date`, and in that month.
fn nearest_workday(date: Date, day: i8) -> Option<Date> {
    let wanted = Date::new(date.year(), date.month(), day).ok()?;
    let n_days = match wanted.weekday() {
        Weekday::Saturday if day == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if day == wanted.days_in_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    wanted.checked_add(n_days.days()).ok()
}

impl WeekDay {
    fn contains(&self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_one_offset();
        match self {
            Self::Among(days) => days.contains(i16::from(weekday)),
            Self::Last(day) => weekday == *day && date.day() + WEEK > date.days_in_month(),
            Self::Nth(day, nth) => weekday == *day && (date.day() - 1) / WEEK + 1 == *nth,
        }
    }
}
