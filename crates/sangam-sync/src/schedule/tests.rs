//! Against a reference that looks at every minute of two years and asks each field by itself, in another way than the code does.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::Schedule;

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;
/// Two years with a leap day in the first.
const FROM: Date = date(2028, 1, 1);
const N_DAYS: i64 = 366 + 365;

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

fn first_ms() -> i64 {
    TimeZone::UTC.to_timestamp(FROM.at(0, 0, 0, 0)).unwrap().as_millisecond()
}

/// The number behind a name or digits.
fn value(text: &str) -> i64 {
    let upper = text.to_uppercase();
    let named = WEEKDAYS.iter().position(|day| *day == upper).or(MONTHS.iter().position(|month| *month == upper));
    named.map_or_else(|| text.parse().unwrap(), |place| place as i64 + 1)
}

/// True if a plain item (star, value, range, step) holds `number`.
fn plain(item: &str, number: i64, first: i64, last: i64) -> bool {
    let (range, step) = item.split_once('/').unwrap_or((item, "1"));
    let (from, to) = match range {
        "*" => (first, last),
        _ => match range.split_once('-') {
            Some((from, to)) => (value(from), value(to)),
            None if item.contains('/') => (value(range), last),
            None => (value(range), value(range)),
        },
    };
    (from..=to).contains(&number) && (number - from) % step.parse::<i64>().unwrap() == 0
}

fn is_workday(day: Date) -> bool {
    !matches!(day.weekday().to_sunday_one_offset(), 1 | 7)
}

/// The day of the month nearest to the wanted one that is no weekend, found by looking ever further away on both sides.
fn nearest(day: Date, wanted: i64) -> Option<Date> {
    let in_month =
        |number: i64| i8::try_from(number).ok().and_then(|number| Date::new(day.year(), day.month(), number).ok());
    in_month(wanted)?;
    (0..4).flat_map(|away| [wanted - away, wanted + away]).filter_map(in_month).find(|day| is_workday(*day))
}

fn day_of_month(item: &str, day: Date) -> bool {
    let last = i64::from(day.days_in_month());
    match item {
        "L" => i64::from(day.day()) == last,
        "LW" => (1..=last).rev().find_map(|n| nearest(day, n).filter(|near| i64::from(near.day()) == n)) == Some(day),
        _ => match item.strip_suffix('W') {
            Some(wanted) => nearest(day, value(wanted)) == Some(day),
            None => plain(item, i64::from(day.day()), 1, 31),
        },
    }
}

fn day_of_week(item: &str, day: Date) -> bool {
    let weekday = i64::from(day.weekday().to_sunday_one_offset());
    let same_days = || {
        (1..=day.days_in_month()).filter(|n| Date::new(day.year(), day.month(), *n).unwrap().weekday() == day.weekday())
    };
    if item == "L" {
        return weekday == 7;
    }
    if let Some(name) = item.strip_suffix('L') {
        return weekday == value(name) && same_days().next_back() == Some(day.day());
    }
    match item.split_once('#') {
        Some((name, nth)) => {
            weekday == value(name) && same_days().nth(nth.parse::<usize>().unwrap() - 1) == Some(day.day())
        }
        None => plain(item, weekday, 1, 7),
    }
}

/// Every minute of the two years at which `text` is due, in milliseconds.
fn reference(text: &str) -> Vec<i64> {
    let inner = text.strip_prefix("cron(").unwrap().strip_suffix(')').unwrap();
    let fields: Vec<&str> = inner.split(' ').collect();
    let any = |field: &str, holds: &dyn Fn(&str) -> bool| field.split(',').any(holds);
    let of_day: Vec<bool> = (0..DAY_MINUTES)
        .map(|n| {
            any(fields[0], &|item| plain(item, n % 60, 0, 59)) && any(fields[1], &|item| plain(item, n / 60, 0, 23))
        })
        .collect();
    let mut due = Vec::new();
    let mut day = FROM;
    for n_day in 0..N_DAYS {
        let is_day = any(fields[5], &|item| plain(item, i64::from(day.year()), 1970, 2199))
            && any(fields[3], &|item| plain(item, i64::from(day.month()), 1, 12))
            && (fields[2] == "?" || any(fields[2], &|item| day_of_month(item, day)))
            && (fields[4] == "?" || any(fields[4], &|item| day_of_week(item, day)));
        if is_day {
            let begins = first_ms() + n_day * DAY_MINUTES * MINUTE_MS;
            let minutes = (0..DAY_MINUTES).filter(|n| of_day[*n as usize]);
            due.extend(minutes.map(|n| begins + n * MINUTE_MS));
        }
        day = day.tomorrow().unwrap();
    }
    due
}

/// Every due time of the two years, asked for one after the other.
fn walked(schedule: &Schedule) -> Vec<i64> {
    let end = first_ms() + N_DAYS * DAY_MINUTES * MINUTE_MS;
    let mut due = Vec::new();
    let mut at = first_ms() - 1;
    while let Some(next) = schedule.next_after(at).filter(|next| *next < end) {
        assert!(next > at, "it goes on");
        due.push(next);
        at = next;
    }
    due
}

#[test]
fn over_two_years_it_is_due_exactly_when_the_reference_is() {
    for text in [
        "cron(0 12 * * ? *)",
        "cron(15 10 ? * 6L 2023-2029)",
        "cron(0/15 * * * ? *)",
        "cron(0/5 8-17 ? * MON-FRI *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(30 4 ? * SAT#5 *)",
        "cron(0 9 L * ? *)",
        "cron(0 9 LW * ? *)",
        "cron(0 9 15W * ? *)",
        "cron(0 9 1W * ? *)",
        "cron(0 9 31W * ? *)",
        "cron(0 9 30W,15,L * ? *)",
        "cron(0 9 ? * L *)",
        "cron(0 9 ? * 6L *)",
        "cron(0 9 ? * FRIL,2#2 *)",
        "cron(0 0 29 2 ? *)",
        "cron(0 0 29 FEB ? 2028/4)",
        "cron(59 23 31 DEC ? *)",
        "cron(0 0 30 2 ? *)",
        "cron(10,20-22,50/3 0/6,23 1/10 jan-mar,12 ? 2029)",
        "cron(*/7 */5 ? 2-11/3 */2 *)",
        "cron(0 0 1 1 ? 1999)",
    ] {
        let schedule = Schedule::parse(text).unwrap();
        assert_eq!(walked(&schedule), reference(text), "{text}");
    }
}

#[test]
fn a_due_time_is_not_its_own_next_and_the_last_one_has_none() {
    let schedule = Schedule::parse("cron(0 0 1 1 ? 2028)").unwrap();
    assert_eq!(schedule.next_after(first_ms() - 1), Some(first_ms()));
    assert_eq!(schedule.next_after(first_ms()), None);
    assert_eq!(Schedule::parse("cron(0 0 30 2 ? *)").unwrap().next_after(0), None, "there is no such day");
}

#[test]
fn the_forms_of_the_guide_are_accepted() {
    for schedule in [
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
        assert!(Schedule::parse(schedule).is_ok(), "{schedule}");
    }
}

#[test]
fn everything_else_is_refused() {
    for schedule in [
        "",
        "rate(5 minutes)",
        "cron(0 10 * * ?)",
        "cron(0 10 * * ? * *)",
        "0 10 * * ? *",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 0 * ? *)",
        "cron(0 10 * 13 ? *)",
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(0 10 ?,1 * ? *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * 2#6 *)",
        "cron(0 10 ? * 2#0 *)",
        "cron(0 10 L/2 * ? *)",
        "cron(0 10 32W * ? *)",
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
        assert!(Schedule::parse(schedule).is_err(), "{schedule}");
    }
    assert!(Schedule::parse("cron(0 10 * * * *)").unwrap_err().contains("must have ?"));
    assert!(Schedule::parse("cron(0 25 * * ? *)").unwrap_err().contains("hours field that is not valid: 25"));
}

/// A list of one to three plain items of a field.
fn list(first: i64, last: i64) -> impl Strategy<Value = String> {
    let item = (0..5, first..=last, first..=last, 1..=last.min(20)).prop_map(move |(form, a, b, step)| {
        let (from, to) = (a.min(b), a.max(b));
        match form {
            0 => "*".to_owned(),
            1 => from.to_string(),
            2 => format!("{from}-{to}"),
            3 => format!("{from}/{step}"),
            _ => format!("{from}-{to}/{step}"),
        }
    });
    prop::collection::vec(item, 1..4).prop_map(|items| items.join(","))
}

fn days() -> impl Strategy<Value = (String, String)> {
    let month = prop_oneof![
        list(1, 31),
        Just("L".to_owned()),
        Just("LW".to_owned()),
        (1_u8..=31).prop_map(|day| format!("{day}W")),
    ];
    let week = prop_oneof![
        list(1, 7),
        Just("L".to_owned()),
        (1_u8..=7).prop_map(|day| format!("{day}L")),
        (1_u8..=7, 1_u8..=5).prop_map(|(day, nth)| format!("{day}#{nth}")),
    ];
    prop_oneof![month.prop_map(|day| (day, "?".to_owned())), week.prop_map(|day| ("?".to_owned(), day))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_expression_it_is_due_exactly_when_the_reference_is(
        minutes in (0_u8..60).prop_map(|minute| minute.to_string()),
        hours in list(0, 23),
        (of_month, of_week) in days(),
        month in list(1, 12),
        year in list(2027, 2031),
    ) {
        let text = format!("cron({minutes} {hours} {of_month} {month} {of_week} {year})");
        let schedule = Schedule::parse(&text).unwrap();
        prop_assert_eq!(walked(&schedule), reference(&text));
    }
}
