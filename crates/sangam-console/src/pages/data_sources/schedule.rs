//! *Sync run schedule*: how often, as people choose it, and as the API has it.

use serde_json::Value;

use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Action, Cell, Field, Html, Lines, Opt, Section};
use crate::visit::Visit;

/// How many of the next runs are shown.
const RUNS_SHOWN: &str = "5";
/// Said of a line whose years are over, or whose day never comes.
const NEVER: &str = "This schedule is never due again. Give a line with days to come, or choose another frequency.";
const DAYS: [(&str, &str); 7] = [
    ("MON", "Monday"),
    ("TUE", "Tuesday"),
    ("WED", "Wednesday"),
    ("THU", "Thursday"),
    ("FRI", "Friday"),
    ("SAT", "Saturday"),
    ("SUN", "Sunday"),
];

/// The fields, with the next runs if they were asked for.
pub(super) fn section(next_runs: Option<Html>) -> Section {
    let frequencies = [
        ("on-demand", "Run on demand"),
        ("hourly", "Hourly"),
        ("daily", "Daily"),
        ("weekly", "Weekly"),
        ("monthly", "Monthly"),
        ("custom", "Custom"),
    ];
    let days = DAYS.map(|(value, label)| Opt::new(value, label, "")).to_vec();
    let mut section = Section::new("Sync run schedule")
        .about("When documents are read again. Who may read them is refreshed between syncs too, every few minutes, if there is a schedule.")
        .field(
            Field::select("frequency", "Frequency", frequencies.map(|(value, label)| Opt::new(value, label, "")).to_vec())
                .default("on-demand"),
        )
        .field(
            Field::text("runAt", "Time of day, in UTC")
                .default("02:00")
                .help("Hour and minute, such as 02:30. Hourly takes the minute alone. Not used on demand, nor by a custom line."),
        )
        .field(Field::select("runDay", "Day, if weekly", days).default("MON"))
        .field(Field::text("runDayOfMonth", "Day of the month, if monthly").default("1").help("1 to 31, or L for the last one."))
        .field(
            Field::text("schedule", "Cron line, if custom").optional().placeholder("cron(0 3 ? * MON-FRI *)").help(
                "cron(minutes hours day-of-month month day-of-week year), in UTC. One of the two days is a question mark.",
            ),
        )
        .html(Action::submit("runs", "Show the next runs", "plain"));
    if let Some(runs) = next_runs {
        section = section.html(runs);
    }
    section
}

/// The API's `Schedule`; empty on demand.
pub(super) fn expression(typed: &Fields) -> Result<String, Troubles> {
    let frequency = typed.last("frequency");
    if matches!(frequency, "" | "on-demand") {
        return Ok(String::new());
    }
    if frequency == "custom" {
        let line = typed.last("schedule");
        if line.is_empty() {
            return Err(Troubles::default().about("schedule", "Give a cron line, or choose another frequency."));
        }
        let is_whole = line.contains('(');
        return Ok(if is_whole { line.to_owned() } else { format!("cron({line})") });
    }
    let (hour, minute) = time(typed).ok_or_else(|| {
        Troubles::default().about("runAt", "Give hour and minute, from 00:00 to 23:59, such as 02:30.")
    })?;
    let day_of_month = if typed.has("runDayOfMonth") { typed.last("runDayOfMonth") } else { "1" };
    let day = typed.given("runDay").unwrap_or("MON");
    Ok(match frequency {
        "hourly" => format!("cron({minute} * * * ? *)"),
        "weekly" => format!("cron({minute} {hour} ? * {day} *)"),
        "monthly" => {
            let is_day = day_of_month == "L" || day_of_month.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
            if !is_day {
                return Err(Troubles::default().about("runDayOfMonth", "Give a day from 1 to 31, or L."));
            }
            format!("cron({minute} {hour} {day_of_month} * ? *)")
        }
        _ => format!("cron({minute} {hour} * * ? *)"),
    })
}

fn time(typed: &Fields) -> Option<(u8, u8)> {
    let text = if typed.has("runAt") { typed.last("runAt") } else { "02:00" };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// A schedule as the form has it.
pub(super) fn read(schedule: &str, into: &mut Fields) {
    let inner = schedule.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    let parts: Vec<&str> = inner.split_ascii_whitespace().collect();
    let number = |text: &str| text.parse::<u8>().ok();
    let at = |hour: u8, minute: u8| format!("{hour:02}:{minute:02}");
    let is_named = |day: &str| DAYS.iter().any(|(name, _)| *name == day);
    let read = match parts.as_slice() {
        _ if schedule.is_empty() => Some(("on-demand", "02:00".to_owned())),
        [minute, "*", "*", "*", "?", "*"] => number(minute).map(|minute| ("hourly", at(0, minute))),
        [minute, hour, "*", "*", "?", "*"] => both(minute, hour).map(|(minute, hour)| ("daily", at(hour, minute))),
        [minute, hour, "?", "*", day, "*"] if is_named(day) => {
            into.push("runDay", day);
            both(minute, hour).map(|(minute, hour)| ("weekly", at(hour, minute)))
        }
        [minute, hour, day, "*", "?", "*"] if *day == "L" || number(day).is_some() => {
            into.push("runDayOfMonth", day);
            both(minute, hour).map(|(minute, hour)| ("monthly", at(hour, minute)))
        }
        _ => None,
    };
    let (frequency, run_at) = read.unwrap_or(("custom", "02:00".to_owned()));
    into.push("frequency", frequency);
    into.push("runAt", &run_at);
    if frequency == "custom" {
        into.push("schedule", schedule);
    }
}

fn both(minute: &str, hour: &str) -> Option<(u8, u8)> {
    minute.parse().ok().zip(hour.parse().ok())
}

/// A schedule as the API has it.
pub(super) fn line(schedule: &str) -> Html {
    if schedule.is_empty() { Cell::text("Run on demand") } else { Cell::code(schedule) }
}

/// A schedule in words; a line that no choice of the form makes is shown as it is.
pub(super) fn told(schedule: &str) -> Html {
    let mut typed = Fields::default();
    read(schedule, &mut typed);
    let at = typed.last("runAt");
    let words = match typed.last("frequency") {
        "on-demand" => "Run on demand".to_owned(),
        "hourly" => format!("Hourly, at minute {}", at.trim_start_matches("00:")),
        "daily" => format!("Daily at {at} UTC"),
        "weekly" => {
            let day = typed.last("runDay");
            let name = DAYS.iter().find(|(known, _)| *known == day).map_or(day, |(_, name)| name);
            format!("Weekly, on {name} at {at} UTC")
        }
        "monthly" if typed.last("runDayOfMonth") == "L" => format!("Monthly, on the last day at {at} UTC"),
        "monthly" => format!("Monthly, on day {} at {at} UTC", typed.last("runDayOfMonth")),
        _ => return Cell::code(schedule),
    };
    Cell::text(&words)
}

/// The next runs, or what is wrong with the line.
pub(super) async fn next_runs(visit: &Visit, typed: &Fields) -> Result<Html, Troubles> {
    let expression = expression(typed)?;
    if expression.is_empty() {
        return Ok(Cell::muted("On demand: nothing runs by itself."));
    }
    let mut query = Fields::default();
    query.push("expression", &expression);
    query.push("count", RUNS_SHOWN);
    let answer = visit.v1("GET", &["schedules", "next"], &query, None).await;
    let field = if typed.last("frequency") == "custom" { "schedule" } else { "frequency" };
    let told = answer.map_err(|error| {
        let sentence = error.message.strip_prefix("`expression`: ").unwrap_or(&error.message).to_owned();
        Troubles::default().about(field, &sentence)
    })?;
    let times: Vec<Html> =
        told["next"].as_array().into_iter().flatten().filter_map(Value::as_i64).map(Lines::local_time).collect();
    if times.is_empty() {
        return Err(Troubles::default().about(field, NEVER));
    }
    Ok(Cell::text("The next runs:").then(&Lines::of(&times)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_become_cron_lines_and_come_back() {
        for (typed, line) in [
            ("frequency=on-demand", ""),
            ("frequency=hourly&runAt=00:15", "cron(15 * * * ? *)"),
            ("frequency=daily&runAt=03:30", "cron(30 3 * * ? *)"),
            ("frequency=weekly&runAt=03:30&runDay=FRI", "cron(30 3 ? * FRI *)"),
            ("frequency=monthly&runAt=23:59&runDayOfMonth=L", "cron(59 23 L * ? *)"),
            ("frequency=custom&schedule=0+3+%3F+*+MON-FRI+*", "cron(0 3 ? * MON-FRI *)"),
            ("frequency=custom&schedule=rate(1+day)", "rate(1 day)"),
        ] {
            assert_eq!(expression(&Fields::parse(typed)).unwrap(), line, "{typed}");
            let mut again = Fields::default();
            read(line, &mut again);
            assert_eq!(expression(&again).unwrap(), line, "{typed}");
        }
    }

    #[test]
    fn schedules_are_told_in_words() {
        for (line, words) in [
            ("", "Run on demand"),
            ("cron(15 * * * ? *)", "Hourly, at minute 15"),
            ("cron(30 3 * * ? *)", "Daily at 03:30 UTC"),
            ("cron(30 3 ? * FRI *)", "Weekly, on Friday at 03:30 UTC"),
            ("cron(59 23 L * ? *)", "Monthly, on the last day at 23:59 UTC"),
            ("cron(0 1 7 * ? *)", "Monthly, on day 7 at 01:00 UTC"),
            ("cron(0 3 ? * MON-FRI *)", "<code>cron(0 3 ? * MON-FRI *)</code>"),
        ] {
            assert_eq!(told(line).into_string(), words, "{line}");
        }
    }

    #[test]
    fn mistakes_stand_at_their_fields() {
        for (typed, field) in [
            ("frequency=custom&schedule=", "schedule"),
            ("frequency=daily&runAt=25:00", "runAt"),
            ("frequency=daily&runAt=noon", "runAt"),
            ("frequency=monthly&runAt=01:00&runDayOfMonth=32", "runDayOfMonth"),
        ] {
            assert!(expression(&Fields::parse(typed)).unwrap_err().concern(field), "{typed}");
        }
    }
}
