//! The audit trail: who did what, when, from where, and how it ended. Never bodies, secrets or queries.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use sangam_store::{AuditEvent, AuditFilter, AuditRecord, Store};

use crate::text::clean;
use crate::{Clock, Identity, IdentityError};

/// Most events that are kept: some hundred megabytes.
pub const AUDIT_EVENTS_MAX: i64 = 1_000_000;
/// How long events are kept: a year, and the month in which somebody looks back at it.
pub const AUDIT_AGE_MAX: Duration = Duration::from_hours(24 * 400);
/// Events of one page of the trail at most.
pub const AUDIT_PAGE_MAX: i64 = 500;
/// Longest value of any field but the detail.
const FIELD_CHARS_MAX: usize = 512;
/// Longest detail.
const DETAIL_CHARS_MAX: usize = 1_000;
/// The outcome of what succeeded.
pub const OK: &str = "ok";

/// Something that somebody did, or tried to.
#[derive(Clone, Default)]
pub struct Event {
    /// The subject of who did it, e.g. `local:ada`.
    pub actor: String,
    /// Their name, to show.
    pub name: String,
    /// What: `SignIn`, `kendra:CreateIndex`, …
    pub action: String,
    /// The id of what it was done to.
    pub subject: Option<String>,
    /// Where from.
    pub address: Option<IpAddr>,
    /// [`OK`], or the code of an error.
    pub outcome: String,
    /// More, in words; nothing secret, no text of documents, no query.
    pub detail: Option<String>,
}

impl Event {
    /// `identity` did `action` with success.
    pub fn of(identity: &Identity, action: impl Into<String>) -> Self {
        let (actor, name) = (identity.subject.clone(), identity.name.clone());
        Self { actor, name, action: action.into(), outcome: OK.into(), ..Self::default() }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("action", &self.action).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// The audit trail of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Audit {
    store: Store,
    clock: Clock,
}

impl Audit {
    /// The trail in `store`.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Adds an event, which has happened now. Long values lose their end.
    pub async fn record(&self, event: Event) -> Result<(), IdentityError> {
        let at = self.clock.now_ms();
        let event = AuditEvent {
            at,
            actor: clean(&event.actor, FIELD_CHARS_MAX),
            name: clean(&event.name, FIELD_CHARS_MAX),
            action: clean(&event.action, FIELD_CHARS_MAX),
            subject: event.subject.map(|subject| clean(&subject, FIELD_CHARS_MAX)),
            address: event.address.map(|address| address.to_canonical().to_string()),
            outcome: clean(&event.outcome, FIELD_CHARS_MAX),
            detail: event.detail.map(|detail| clean(&detail, DETAIL_CHARS_MAX)),
        };
        self.store.append_audit(&event, AUDIT_EVENTS_MAX, at - AUDIT_AGE_MAX.as_millis() as i64).await?;
        Ok(())
    }

    /// At most `limit` events, no more than [`AUDIT_PAGE_MAX`], the newest first. The next page comes `after` the last one's `seq`.
    pub async fn list(
        &self,
        filter: &AuditFilter,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditRecord>, IdentityError> {
        Ok(self.store.audit(filter, after, limit.clamp(1, AUDIT_PAGE_MAX)).await?)
    }
}
