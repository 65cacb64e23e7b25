//! `audit`: who did what, from where, and how it ended.

use sangam_api::ApiError;
use sangam_identity::{AUDIT_PAGE_MAX, AuditFilter};
use serde_json::{Value, json};

use super::accounts::refused;
use super::{Endpoints, given, limit};

impl Endpoints {
    pub(super) async fn audit(&self, query: &[(String, String)]) -> Result<Value, ApiError> {
        let filter = AuditFilter {
            actor: given(query, "actor").map(str::to_owned),
            action: given(query, "action").map(str::to_owned),
            ..AuditFilter::default()
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
