//! Schedules of data sources: EventBridge's `cron(minutes hours day-of-month month day-of-week year)`, in UTC.
//!
//! Our own code, because no library reads this dialect exactly: `SUN` is 1, the year is a field, one of the two day fields must be `?`,
//! and `L`, `W` and `#` mean what EventBridge says.

mod field;
mod next;

use self::field::{DAY_OF_MONTH, DAY_OF_WEEK, HOURS, MINUTES, MONTH, Set, YEAR};

/// When a data source is to be synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    minutes: Set,
    hours: Set,
    days: Days,
    months: Set,
    years: Set,
}

/// Which days of a month; the other one of the two day fields is `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    /// By the day's number.
    OfMonth(Vec<MonthDay>),
    /// By the day's name, Sunday being 1.
    OfWeek(Vec<WeekDay>),
}

/// One item of the field day-of-month.
#[derive(Debug, Clone, PartialEq, Eq)]
enum MonthDay {
    /// These days.
    Among(Set),
    /// `L`: the last day.
    Last,
    /// `LW`: the last day from Monday to Friday.
    LastWorkday,
    /// `15W`: the day from Monday to Friday that is nearest to the 15th, in the same month; none in a month without such a day.
    Workday(i8),
}

/// One item of the field day-of-week.
#[derive(Debug, Clone, PartialEq, Eq)]
enum WeekDay {
    /// These days.
    Among(Set),
    /// `6L`: the month's last Friday.
    Last(i8),
    /// `2#1`: the month's first Monday.
    Nth(i8, i8),
}

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence for the client of the API.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("rate(") {
            return Err("rate() is not supported in Schedule, use cron()".to_owned());
        }
        let inner = text.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')'));
        let fields: Vec<&str> = inner.map(|inner| inner.split_ascii_whitespace().collect()).unwrap_or_default();
        let [minutes, hours, day_of_month, month, day_of_week, year] = fields[..] else {
            return Err(
                "Schedule must have the form cron(minutes hours day-of-month month day-of-week year)".to_owned()
            );
        };
        Ok(Self {
            minutes: MINUTES.parse(minutes)?,
            hours: HOURS.parse(hours)?,
            days: days(day_of_month, day_of_week)?,
            months: MONTH.parse(month)?,
            years: YEAR.parse(year)?,
        })
    }
}

/// The two day fields: each is checked by itself first, so that the message names the one that is wrong.
fn days(of_month: &str, of_week: &str) -> Result<Days, String> {
    let month_days = (of_month != "?").then(|| DAY_OF_MONTH.items(of_month, MonthDay::parse)).transpose()?;
    let week_days = (of_week != "?").then(|| DAY_OF_WEEK.items(of_week, WeekDay::parse)).transpose()?;
    match (month_days, week_days) {
        (Some(days), None) => Ok(Days::OfMonth(days)),
        (None, Some(days)) => Ok(Days::OfWeek(days)),
        (Some(_), Some(_)) => Err("Schedule must have ? for day-of-month or for day-of-week".to_owned()),
        (None, None) => Err("Schedule cannot have ? for both day-of-month and day-of-week".to_owned()),
    }
}

impl MonthDay {
    fn parse(item: &str) -> Option<Self> {
        match item {
            "L" => Some(Self::Last),
            "LW" => Some(Self::LastWorkday),
            _ => match item.strip_suffix('W') {
                Some(day) => Some(Self::Workday(DAY_OF_MONTH.value(day)?)),
                None => Some(Self::Among(DAY_OF_MONTH.set(item)?)),
            },
        }
    }
}

impl WeekDay {
    fn parse(item: &str) -> Option<Self> {
        if item == "L" {
            // The week's last day.
            return Some(Self::Among(DAY_OF_WEEK.set("SAT")?));
        }
        if let Some(day) = item.strip_suffix('L') {
            return Some(Self::Last(DAY_OF_WEEK.value(day)?));
        }
        match item.split_once('#') {
            Some((day, nth)) => {
                let nth = field::number(nth).filter(|nth| (1..=5).contains(nth))?;
                Some(Self::Nth(DAY_OF_WEEK.value(day)?, nth as i8))
            }
            None => Some(Self::Among(DAY_OF_WEEK.set(item)?)),
        }
    }
}

#[cfg(test)]
mod tests;
