//! The audit trail, as the server sees it.

use async_trait::async_trait;
use sangam_identity::{Event, People};
use sangam_server::{Trail, TrailEntry};

/// The trail in the store.
pub(super) struct StoredTrail(pub(super) People);

#[async_trait]
impl Trail for StoredTrail {
    async fn record(&self, entry: TrailEntry) {
        let event = Event {
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            address: entry.address,
            outcome: entry.error.map_or_else(|| sangam_identity::OK.to_owned(), str::to_owned),
            ..Event::default()
        };
        if let Err(error) = self.0.audit.record(event).await {
            tracing::error!(%error, "an entry of the audit trail was lost");
        }
    }
}
