//! The audit trail: rows are added and, in order, forgotten; none is changed.

use std::fmt;

use sqlx::{QueryBuilder, Sqlite};

use crate::{Store, StoreError};

/// How often rows are forgotten: with every so manieth one that is added.
const FORGET_EVERY: i64 = 256;

/// Something that somebody did.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AuditEvent {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Who, e.g. `local:ada`.
    pub actor: String,
    /// The actor's name, to show.
    pub name: String,
    /// What, e.g. `kendra:CreateIndex`.
    pub action: String,
    /// The id of what it was done to.
    pub subject: Option<String>,
    /// Where from.
    pub address: Option<String>,
    /// `ok`, or the code of an error.
    pub outcome: String,
    /// More, in words.
    pub detail: Option<String>,
}

impl fmt::Debug for AuditEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEvent")
            .field("action", &self.action)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// An event in the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place: counts up.
    pub seq: i64,
    /// What happened.
    pub event: AuditEvent,
}

/// Which events are wanted; what is `None` lets all pass.
#[derive(Clone, Default)]
pub struct AuditFilter {
    /// Of this actor.
    pub actor: Option<String>,
    /// Of this action: with its service, or whatever its service is.
    pub action: Option<String>,
    /// At or after, in milliseconds.
    pub from: Option<i64>,
    /// Before, in milliseconds.
    pub until: Option<i64>,
}

impl fmt::Debug for AuditFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditFilter").field("action", &self.action).finish_non_exhaustive()
    }
}

type AuditRow = (i64, i64, String, String, String, Option<String>, Option<String>, String, Option<String>);

fn record((seq, at, actor, name, action, subject, address, outcome, detail): AuditRow) -> AuditRecord {
    AuditRecord { seq, event: AuditEvent { at, actor, name, action, subject, address, outcome, detail } }
}

impl Store {
    /// Adds an event. Now and then, what is older than `n_max` events or than `from` (milliseconds) is forgotten.
    pub async fn append_audit(&self, event: &AuditEvent, n_max: i64, from: i64) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        let seq: i64 = sqlx::query_scalar(
            "INSERT INTO audit (at, actor, name, action, subject, address, outcome, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq",
        )
        .bind(event.at)
        .bind(&event.actor)
        .bind(&event.name)
        .bind(&event.action)
        .bind(&event.subject)
        .bind(&event.address)
        .bind(&event.outcome)
        .bind(&event.detail)
        .fetch_one(&mut *tx)
        .await?;
        if seq % FORGET_EVERY == 0 {
            let query = sqlx::query("DELETE FROM audit WHERE seq <= $1 OR at < $2");
            query.bind(seq - n_max).bind(from).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(seq)
    }

    /// At most `limit` events that `filter` lets pass, the newest first; with `before`, those that were added before that one.
    pub async fn audit(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "SELECT seq, at, actor, name, action, subject, address, outcome, detail FROM audit WHERE seq < ",
        );
        query.push_bind(before.unwrap_or(i64::MAX));
        if let Some(actor) = &filter.actor {
            query.push(" AND actor = ").push_bind(actor);
        }
        if let Some(action) = &filter.action {
            // `kendra:CreateIndex` is also found as `CreateIndex`.
            query.push(" AND (action = ").push_bind(action);
            query.push(" OR substr(action, instr(action, ':') + 1) = ").push_bind(action).push(")");
        }
        if let Some(from) = filter.from {
            query.push(" AND at >= ").push_bind(from);
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(until);
        }
        query.push(" ORDER BY seq DESC LIMIT ").push_bind(limit);
        let rows: Vec<AuditRow> = query.build_query_as().fetch_all(self.read()).await?;
        Ok(rows.into_iter().map(record).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn event(at: i64, actor: &str, action: &str) -> AuditEvent {
        let (actor, action) = (actor.to_owned(), action.to_owned());
        AuditEvent { at, actor, action, outcome: "ok".into(), ..AuditEvent::default() }
    }

    fn times(records: Vec<AuditRecord>) -> Vec<i64> {
        records.into_iter().map(|record| record.event.at).collect()
    }

    #[tokio::test]
    async fn the_newest_come_first_in_pages_and_filters_narrow() {
        let (_folder, store) = fixture::store().await;
        for (at, actor, action) in [(1, "a", "x"), (2, "b", "x"), (3, "a", "y"), (4, "a", "x")] {
            store.append_audit(&event(at, actor, action), 100, 0).await.unwrap();
        }
        let all = AuditFilter::default();
        let page = store.audit(&all, None, 3).await.unwrap();
        let last = page.last().unwrap().seq;
        assert_eq!(times(page), [4, 3, 2]);
        assert_eq!(times(store.audit(&all, Some(last), 3).await.unwrap()), [1]);
        let filter = AuditFilter { actor: Some("a".into()), action: Some("x".into()), ..all.clone() };
        assert_eq!(times(store.audit(&filter, None, 9).await.unwrap()), [4, 1]);
        let filter = AuditFilter { from: Some(2), until: Some(4), ..all };
        assert_eq!(times(store.audit(&filter, None, 9).await.unwrap()), [3, 2]);
    }

    #[tokio::test]
    async fn what_is_beyond_number_or_age_is_forgotten() {
        let (_folder, store) = fixture::store().await;
        for at in 1..=2 * FORGET_EVERY {
            store.append_audit(&event(at, "a", "x"), 10, 2 * FORGET_EVERY - 4).await.unwrap();
        }
        let kept = times(store.audit(&AuditFilter::default(), None, 1000).await.unwrap());
        assert_eq!((kept.len(), kept[4]), (5, 2 * FORGET_EVERY - 4));
    }
}
