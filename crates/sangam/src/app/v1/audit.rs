//! `audit`: who did what, from where, and how it ended.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use sangam_api::ApiError;
use sangam_identity::{AUDIT_PAGE_MAX, AuditFilter};
use serde_json::{Value, json};

use super::accounts::refused;
use super::{Endpoints, given, limit};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Endpoints {
    pub(super) async fn audit(&self, query: &[(String, String)]) -> Result<Value, ApiError> {
        let filter = AuditFilter {
            actor: given(query, "actor").map(str::to_owned),
            action: given(query, "action").map(str::to_owned),
            from: day(query, "from")?,
            until: day(query, "until")?.map(|day| day + DAY_MS),
        };
        let after = given(query, "after").map(str::parse).transpose();
        let after = after.map_err(|_| ApiError::validation("`after` must be the `seq` of an event"))?;
        let limit = i64::from(limit(query, AUDIT_PAGE_MAX as u32)?);
        let events = self.people.audit.list(&filter, after, limit).await.map_err(refused)?;
        let shown = events.iter().map(|record| {
            let event = &record.event;
            json!({
                "seq": record.seq,
                "at": event.at,
                "actor": event.actor,
                "name": event.name,
                "action": event.action,
                "subject": event.subject,
                "address": event.address,
                "outcome": event.outcome,
                "detail": event.detail,
            })
        });
        Ok(json!({ "events": shown.collect::<Vec<_>>() }))
    }
}

/// The beginning of a day in UTC, in milliseconds, of a parameter such as `2026-11-24`.
fn day(query: &[(String, String)], name: &str) -> Result<Option<i64>, ApiError> {
    let Some(text) = given(query, name) else { return Ok(None) };
    let day: Option<Date> = text.parse().ok();
    let begin = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|begin| begin.timestamp().as_millisecond());
    let refused = || ApiError::validation(format!("`{name}` must be a day such as 2026-11-24"));
    begin.map(Some).ok_or_else(refused)
}
