//! `DeleteDataSource`

use sangam_api::ApiError;
use sangam_api::kendra::DeleteDataSourceRequest;
use sangam_store::{DataSourceRecord, DataSourceState};
use tokio::sync::oneshot;

use crate::Service;
use crate::error::{Outcome, ServiceError};

/// Marks the data source as DELETING and removes it with its documents in the background. One that is being deleted already is left to
/// that.
pub(crate) async fn delete(service: &Service, input: DeleteDataSourceRequest) -> Outcome<()> {
    service.active_index(&input.index_id).await?;
    let mut begins = false;
    let change = service.store().modify_data_source(&input.index_id, &input.id, |record| {
        begins = record.state != DataSourceState::Deleting;
        record.state = DataSourceState::Deleting;
        Ok::<(), ServiceError>(())
    });
    let record = change.await?;
    if begins {
        drop(begin_deletion(service, record).await);
    }
    Ok(())
}

/// Removes a data source that is in state DELETING in the background.
pub(crate) async fn begin_deletion(service: &Service, source: DataSourceRecord) -> oneshot::Receiver<()> {
    let owned = service.clone();
    let work = async move {
        let id = &source.id;
        match remove(&owned, &source.index_id, id).await {
            Ok(()) => tracing::info!(data_source.id = %id, "data source `{id}` is deleted"),
            Err(error) => {
                // Left in DELETING, the next start tries again.
                let error = ApiError::from(error);
                tracing::error!(data_source.id = %id, %error, "data source `{id}` could not be deleted");
            }
        }
    };
    service.background().spawn(work).await
}

/// Ends its jobs, or they would go on writing; then its documents; the row last, which takes its history along.
async fn remove(service: &Service, index_id: &str, id: &str) -> Outcome<()> {
    service.jobs().quiesce(index_id, id).await?;
    service.host().remove_documents_of(index_id, id).await?;
    service.store().remove_data_source(index_id, id).await?;
    service.host().access_changed(index_id).await?;
    Ok(())
}
