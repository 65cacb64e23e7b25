//! What is done about documents that a clean listing lacked, and the deletion guard.
//!
//! Each is looked up by its own id first. What does not answer is hidden from everybody at once, and removed only by the second
//! clean listing that lacks it, or when the source says that it is in the trash. The guard holds back removals, never hiding.

use std::collections::HashSet;

use sangam_ingest::{Index, IngestError};
use sangam_store::{JobCommit, SeenDocument, Store, UnseenDocument};

use crate::sink::Ids;
use crate::{CrawlEnd, Presence, Source, SourceError};

/// Ids looked up at once.
pub(crate) const CONFIRM_MANY: usize = 200;
/// Fewer removals than this never trip the guard: small data sources change by large parts.
const GUARD_FROM: usize = 20;

/// What the removals of a job need.
pub(crate) struct Removal<'a> {
    pub(crate) index: &'a Index,
    pub(crate) store: &'a Store,
    pub(crate) source: &'a dyn Source,
    pub(crate) ids: &'a Ids,
    pub(crate) job_id: &'a str,
    pub(crate) data_source_id: &'a str,
    /// `None` if the guard is off.
    pub(crate) threshold_percent: Option<u8>,
    /// False if everybody may read the documents: then what the guard holds back stays in sight.
    pub(crate) crawls_access: bool,
    /// Documents whose place was lost before this are removed, milliseconds since 1970 UTC.
    pub(crate) lost_before: i64,
}

/// Why removals were not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemovalError {
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("nothing of what was seen is visible")]
    NothingSeen,
}

/// What is to happen with the documents that the listing lacked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// They answered after all.
    pub(crate) present: Vec<UnseenDocument>,
    /// Gone for good: trashed, or lacked twice.
    pub(crate) remove: Vec<String>,
    /// Not answered for the first time.
    pub(crate) hide: Vec<String>,
    /// Left out by the configuration.
    pub(crate) excluded: Vec<String>,
    /// Their place was lost from sight too long ago.
    lost: Vec<String>,
    /// True if one was in the trash: whoever can tell that sees something.
    has_trashed: bool,
}

impl Removal<'_> {
    /// Makes the removals of a crawl that reached its end; returns how many the guard held back.
    pub(crate) async fn run(&self, end: &CrawlEnd) -> Result<u64, RemovalError> {
        let plan = self.plan(end).await?;
        self.keep(&plan.present).await?;
        let n_scanned = self.n_scanned().await?;
        if n_scanned == 0 && !end.sees_places && plan.shows_nothing() {
            return Err(RemovalError::NothingSeen);
        }
        self.remove(&plan.excluded).await?;
        self.remove(&plan.lost).await?;
        let n_deleted = plan.remove.len() + plan.hide.len();
        if !guard_trips(self.threshold_percent, n_scanned, n_deleted) {
            self.index.hide(self.job_id, &plan.hide).await?;
            self.remove(&plan.remove).await?;
            return Ok(0);
        }
        if self.crawls_access {
            let hidden: Vec<String> = plan.hide.iter().chain(&plan.remove).cloned().collect();
            self.index.hide(self.job_id, &hidden).await?;
        }
        self.store.protect_documents(self.job_id, n_deleted as u64).await.map_err(IngestError::from)?;
        Ok(n_deleted as u64)
    }

    async fn plan(&self, end: &CrawlEnd) -> Result<Plan, RemovalError> {
        let unseen = self.store.unseen_documents(self.index.id(), self.data_source_id, self.job_id).await;
        let unseen = unseen.map_err(IngestError::from)?;
        let is_lost = |document: &UnseenDocument| document.lost_at.is_some_and(|at| at < self.lost_before);
        let (lost, mut unseen): (Vec<_>, Vec<_>) = unseen.into_iter().partition(is_lost);
        if !end.incomplete.is_empty() {
            let listed = self.store.nodes_outside(self.data_source_id, &end.incomplete).await;
            let listed: HashSet<String> = listed.map_err(IngestError::from)?;
            // Only what was anchored where the listing ended cleanly may go.
            unseen.retain(|document| document.anchor.as_ref().is_some_and(|anchor| listed.contains(anchor)));
        }
        let lost = lost.into_iter().map(|document| document.document_id).collect();
        let mut plan = Plan { lost, ..Plan::default() };
        for chunk in unseen.chunks(CONFIRM_MANY) {
            let own: Vec<String> =
                chunk.iter().filter_map(|document| self.ids.own(&document.document_id)).map(Into::into).collect();
            if own.len() != chunk.len() {
                tracing::warn!(job.id = self.job_id, "documents with foreign ids are left alone");
                continue;
            }
            let answers = self.source.confirm(&own).await?;
            for (document, presence) in chunk.iter().zip(answers) {
                plan.add(document.clone(), presence);
            }
        }
        Ok(plan)
    }

    /// Counts documents that answered as seen, where they were.
    async fn keep(&self, present: &[UnseenDocument]) -> Result<(), IngestError> {
        if present.is_empty() {
            return Ok(());
        }
        let seen = present.iter().filter_map(|document| {
            let anchor = document.anchor.clone()?;
            Some(SeenDocument { document_id: document.document_id.clone(), anchor, version: None })
        });
        let batch = sangam_ingest::IndexBatch {
            seen: seen.collect(),
            job: Some(JobCommit {
                job_id: self.job_id.to_owned(),
                data_source_id: self.data_source_id.to_owned(),
                checkpoint: None,
            }),
            ..Default::default()
        };
        self.index.write(batch).await?;
        Ok(())
    }

    async fn remove(&self, document_ids: &[String]) -> Result<(), IngestError> {
        if document_ids.is_empty() {
            return Ok(());
        }
        // Those that an earlier job hid were counted then; hiding the others first counts each once, also over a kill.
        self.index.hide(self.job_id, document_ids).await?;
        self.index.remove(document_ids).await
    }

    async fn n_scanned(&self) -> Result<usize, IngestError> {
        let job = self.store.job(self.job_id).await?;
        Ok(job.map_or(0, |job| job.counters.scanned as usize))
    }
}

impl Plan {
    /// True if documents were lacking and not one answer shows that the source is still seen.
    pub(crate) fn shows_nothing(&self) -> bool {
        let is_lacking = !self.hide.is_empty() || !self.remove.is_empty();
        is_lacking && self.present.is_empty() && self.excluded.is_empty() && !self.has_trashed
    }

    pub(crate) fn add(&mut self, document: UnseenDocument, presence: Presence) {
        match presence {
            Presence::Present => self.present.push(document),
            Presence::Trashed => {
                self.has_trashed = true;
                self.remove.push(document.document_id);
            }
            Presence::Excluded => self.excluded.push(document.document_id),
            Presence::Unseen if document.missing_since.is_some() => self.remove.push(document.document_id),
            Presence::Unseen => self.hide.push(document.document_id),
        }
    }
}

/// True if so many of the documents would go that it looks like a mistake.
pub(crate) fn guard_trips(threshold_percent: Option<u8>, n_scanned: usize, n_deleted: usize) -> bool {
    let Some(threshold) = threshold_percent else { return false };
    n_deleted >= GUARD_FROM && 100 * n_deleted > usize::from(threshold) * (n_scanned + n_deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_trips_over_its_threshold_from_twenty_documents_on() {
        for (threshold, scanned, deleted, trips) in [
            (Some(15), 85, 15, false),
            (Some(15), 100, 19, false),
            (Some(15), 100, 20, true),
            (Some(15), 1_000, 100, false),
            (Some(15), 0, 500, true),
            (Some(0), 1_000, 20, true),
            (Some(100), 0, 500, false),
            (None, 0, 500, false),
        ] {
            assert_eq!(guard_trips(threshold, scanned, deleted), trips, "{threshold:?} {scanned} {deleted}");
        }
    }

    #[test]
    fn only_what_is_trashed_or_lacked_twice_is_removed() {
        let document = |missing_since: Option<&str>| UnseenDocument {
            document_id: "d".into(),
            anchor: Some("a".into()),
            missing_since: missing_since.map(Into::into),
            lost_at: None,
        };
        let mut plan = Plan::default();
        plan.add(document(None), Presence::Unseen);
        plan.add(document(None), Presence::Present);
        assert!(plan.remove.is_empty() && plan.hide.len() == 1 && plan.present.len() == 1);
        plan.add(document(Some("earlier")), Presence::Unseen);
        plan.add(document(None), Presence::Trashed);
        assert_eq!(plan.remove.len(), 2);
    }
}
