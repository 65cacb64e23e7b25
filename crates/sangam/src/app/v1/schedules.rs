//! `GET schedules/next`: when a schedule would be due, or what is wrong with it.

use sangam_api::ApiError;
use sangam_store::now_ms;
use sangam_sync::Schedule;
use serde_json::{Value, json};

use super::{given, number};

/// Due times in one answer.
const TIMES_MAX: u32 = 50;

/// The next due times, in milliseconds since 1970 UTC; fewer than asked for where the schedule ends.
pub(super) fn next(query: &[(String, String)]) -> Result<Value, ApiError> {
    let expression = given(query, "expression").ok_or_else(|| ApiError::validation("`expression` must be given"))?;
    let schedule =
        Schedule::parse(expression).map_err(|error| ApiError::validation(format!("`expression`: {error}")))?;
    let count = number(query, "count", TIMES_MAX)?;
    let mut times = Vec::new();
    let mut after = now_ms();
    while let Some(due) = schedule.next_after(after).filter(|_| times.len() < count as usize) {
        times.push(due);
        after = due;
    }
    Ok(json!({ "next": times }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(expression: &str, count: &str) -> Result<Value, ApiError> {
        next(&[("expression".to_owned(), expression.to_owned()), ("count".to_owned(), count.to_owned())])
    }

    #[test]
    fn due_times_follow_each_other_and_a_schedule_may_end() {
        let told = asked("cron(0 3 * * ? *)", "3").unwrap();
        let times: Vec<i64> = told["next"].as_array().unwrap().iter().map(|time| time.as_i64().unwrap()).collect();
        assert_eq!(times.len(), 3);
        assert!(times[0] > now_ms() && times[1] - times[0] == 86_400_000, "{times:?}");
        assert_eq!(asked("cron(0 3 * * ? 2020)", "3").unwrap()["next"], json!([]));
    }

    #[test]
    fn a_broken_line_is_told() {
        let error = asked("cron(0 3 * * * *)", "3").unwrap_err();
        assert!(error.message.starts_with("`expression`: Schedule must have ?"), "{}", error.message);
        assert!(asked("cron(0 3 * * ? *)", "51").unwrap_err().message.contains("`count`"));
        assert!(next(&[]).is_err());
    }
}
