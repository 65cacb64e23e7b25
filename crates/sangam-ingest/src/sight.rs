//! Hiding everything of a data source whose crawler lost its sight, and showing it again.

use sangam_store::failpoint::{self, FailPoint};

use crate::{Index, IngestError};

impl Index {
    /// Hides everything of a data source that lost its sight, from everybody, over restarts; returns how many documents that are.
    pub async fn hide_source(&self, data_source_id: &str) -> Result<usize, IngestError> {
        let _writer = self.lock().await;
        let change = self.store.hide_source(self.id(), data_source_id).await?;
        failpoint::hit(FailPoint::AfterSourceHidden);
        self.show(&change).await?;
        Ok(change.ordinals.len())
    }

    /// Notes that access was read to its end, and with `is_reconciled` all listings too. What was hidden for lost sight is shown again,
    /// all at once, under the access that it has now.
    pub async fn regain_sight(&self, data_source_id: &str, is_reconciled: bool) -> Result<(), IngestError> {
        let _writer = self.lock().await;
        let change = self.store.regain_sight(self.id(), data_source_id, is_reconciled).await?;
        failpoint::hit(FailPoint::AfterSightRegained);
        self.show(&change).await
    }
}
