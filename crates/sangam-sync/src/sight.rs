//! A crawler that lost its sight: what it saw keeps its last access for a while, and is hidden then.

use sangam_ingest::IngestError;
use sangam_store::Sight;

use crate::SyncService;

impl SyncService {
    /// Hides everything of a data source that lost its sight, if its access was read too long before `now_ms`.
    pub(crate) async fn hide_if_too_old(&self, sight: &Sight, now_ms: i64) -> Result<(), IngestError> {
        if !is_too_old(sight, self.policy().access_max_age.as_millis() as i64, now_ms) {
            return Ok(());
        }
        let index = self.indices().get(&sight.index_id)?;
        let n_documents = index.hide_source(&sight.data_source_id).await?;
        let id = &sight.data_source_id;
        tracing::warn!(
            data_source.id = %id, n_documents,
            "data source `{id}` lost its sight and its access is too old: everything of it is hidden"
        );
        Ok(())
    }
}

/// True if sight is lost and access older than `max_age_ms`; where none was ever read to its end, the loss counts.
fn is_too_old(sight: &Sight, max_age_ms: i64, now_ms: i64) -> bool {
    let read_at = sight.access_at.or(sight.lost_at);
    sight.lost_at.is_some() && sight.hidden_at.is_none() && read_at.is_some_and(|at| now_ms - at >= max_age_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_ages_from_when_it_was_last_read_and_only_lost_sight_hides() {
        let lost = Sight { access_at: Some(100), lost_at: Some(150), ..Sight::default() };
        assert!(!is_too_old(&lost, 100, 199));
        assert!(is_too_old(&lost, 100, 200));
        assert!(!is_too_old(&Sight { lost_at: None, ..lost.clone() }, 100, 500));
        assert!(!is_too_old(&Sight { hidden_at: Some(200), ..lost.clone() }, 100, 500));
        let never_read = Sight { access_at: None, ..lost };
        assert!(!is_too_old(&never_read, 100, 249));
        assert!(is_too_old(&never_read, 100, 250));
    }
}
