//! `DeleteIndex`

use sangam_api::ApiError;
use sangam_api::kendra::DeleteIndexRequest;
use sangam_store::{IndexState, StoreError};
use tokio::sync::oneshot;

use crate::Service;
use crate::error::{Outcome, ServiceError};

/// Data sources read at a time while their jobs are ended.
const SOURCES_PAGE: u32 = 100;

/// Marks the index as DELETING and removes it in the background. One that is being deleted already is left to that.
pub(crate) async fn delete(service: &Service, input: DeleteIndexRequest) -> Outcome<()> {
    let mut begins = false;
    let change = service.store().modify_index(&input.id, |record| {
        begins = record.state != IndexState::Deleting;
        if record.state == IndexState::Creating {
            let message = format!("index `{}` is in state CREATING", record.id);
            return Err(ServiceError::from(ApiError::conflict(message)));
        }
        record.state = IndexState::Deleting;
        Ok(())
    });
    change.await?;
    if begins {
        drop(begin_deletion(service, input.id).await);
    }
    Ok(())
}

/// Removes an index that is in state DELETING in the background.
pub(crate) async fn begin_deletion(service: &Service, id: String) -> oneshot::Receiver<()> {
    let owned = service.clone();
    let work = async move {
        match remove(&owned, &id).await {
            Ok(()) => tracing::info!(index.id = %id, "index `{id}` is deleted"),
            Err(error) => {
                // Left in DELETING, the next start tries again.
                let error = ApiError::from(error);
                tracing::error!(index.id = %id, %error, "index `{id}` could not be deleted");
            }
        }
    };
    service.background().spawn(work).await
}

/// Ends the jobs first, or they would write into what is being removed; the row last, or a crash would leave files without an owner.
async fn remove(service: &Service, id: &str) -> Outcome<()> {
    let mut after: Option<(i64, String)> = None;
    loop {
        let place = after.as_ref().map(|(created_at, id)| (*created_at, id.as_str()));
        let sources = service.store().data_sources(id, place, SOURCES_PAGE).await?;
        let Some(last) = sources.last() else { break };
        after = Some((last.created_at, last.id.clone()));
        for source in &sources {
            service.jobs().quiesce(id, &source.id).await?;
        }
    }
    service.host().remove(id).await?;
    match service.store().remove_index(id).await {
        Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
