//! Schedules of data sources: `cron(minutes hours day-of-month month day-of-week year)` in UTC.
//!
//! Only the form is checked here; what it means is the scheduler's.

/// One field of an expression.
struct Unit {
    name: &'static str,
    first: u32,
    last: u32,
    /// Names that stand for numbers, the first one for `first`.
    words: &'static [&'static str],
    /// Letters and signs of its own: `?`, `L`, `W`, `#`.
    extras: &'static str,
}

const UNITS: [Unit; 6] = [
    Unit { name: "minutes", first: 0, last: 59, words: &[], extras: "" },
    Unit { name: "hours", first: 0, last: 23, words: &[], extras: "" },
    Unit { name: "day-of-month", first: 1, last: 31, words: &[], extras: "?LW" },
    Unit {
        name: "month",
        first: 1,
        last: 12,
        words: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        extras: "",
    },
    Unit {
        name: "day-of-week",
        first: 1,
        last: 7,
        words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        extras: "?L#",
    },
    Unit { name: "year", first: 1970, last: 2199, words: &[], extras: "" },
];

/// Checks a schedule; the empty one means on demand.
///
/// # Errors
/// What is wrong with it, as a sentence for the client.
pub(crate) fn check(schedule: &str) -> Result<(), String> {
    if schedule.is_empty() {
        return Ok(());
    }
    if schedule.starts_with("rate(") {
        return Err("rate() is not supported in Schedule, use cron()".to_owned());
    }
    let inner = schedule.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')'));
    let fields: Vec<&str> = inner.map(|inner| inner.split_ascii_whitespace().collect()).unwrap_or_default();
    if fields.len() != UNITS.len() {
        return Err("Schedule must have the form cron(minutes hours day-of-month month day-of-week year)".to_owned());
    }
    for (field, unit) in fields.iter().zip(&UNITS) {
        if !field.split(',').all(|item| unit.accepts(item)) {
            return Err(format!("Schedule has a {} field that is not valid: {field}", unit.name));
        }
    }
    if fields[2] != "?" && fields[4] != "?" {
        return Err("Schedule must have ? for day-of-month or for day-of-week".to_owned());
    }
    Ok(())
}

impl Unit {
    fn accepts(&self, item: &str) -> bool {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        let step_fits = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0 && step <= self.last));
        step_fits && (range == "*" || (step.is_none() && self.is_extra(range)) || self.is_range(range))
    }

    fn is_range(&self, text: &str) -> bool {
        match text.split_once('-') {
            Some((from, to)) => matches!((self.value(from), self.value(to)), (Some(from), Some(to)) if from <= to),
            None => self.value(text).is_some(),
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        let word = self.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        let number = word.map_or_else(|| number(text), |word| Some(self.first + word as u32))?;
        (self.first..=self.last).contains(&number).then_some(number)
    }

    fn is_extra(&self, text: &str) -> bool {
        let allows = |sign: char| self.extras.contains(sign);
        match text {
            "?" => allows('?'),
            "L" => allows('L'),
            "LW" => allows('L') && allows('W'),
            _ => {
                text.strip_suffix('W').is_some_and(|day| allows('W') && self.value(day).is_some())
                    || text.strip_suffix('L').is_some_and(|day| allows('#') && self.value(day).is_some())
                    || text.split_once('#').is_some_and(|(day, nth)| {
                        allows('#')
                            && self.value(day).is_some()
                            && number(nth).is_some_and(|nth| (1..=5).contains(&nth))
                    })
            }
        }
    }
}

/// Digits only: `parse` would take a sign too.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_guide_are_accepted() {
        for schedule in [
            "",
            "cron(0 10 * * ? *)",
            "cron(15 12 * * ? *)",
            "cron(0 18 ? * MON-FRI *)",
            "cron(0 8 1 * ? *)",
            "cron(0/15 * * * ? *)",
            "cron(0/5 8-17 ? * mon-fri *)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 L * ? *)",
            "cron(0 9 ? * 6L *)",
            "cron(0 9 3W 1,7 ? 2026-2030)",
        ] {
            assert_eq!(check(schedule), Ok(()), "{schedule}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for schedule in [
            "rate(5 minutes)",
            "cron(0 10 * * ?)",
            "cron(0 10 * * ? * *)",
            "0 10 * * ? *",
            "cron(60 10 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 10 0 * ? *)",
            "cron(0 10 * 13 ? *)",
            "cron(0 10 * * * *)",
            "cron(0 10 ? * 8 *)",
            "cron(0 10 ? * 2#6 *)",
            "cron(? 10 * * ? *)",
            "cron(0 10 * * ? 1969)",
            "cron(0-a 10 * * ? *)",
            "cron(5-1 10 * * ? *)",
            "cron(0/0 10 * * ? *)",
            "cron(+1 10 * * ? *)",
            "cron(0, 10 * * ? *)",
            "daily",
            " ",
        ] {
            assert!(check(schedule).is_err(), "{schedule}");
        }
    }
}
