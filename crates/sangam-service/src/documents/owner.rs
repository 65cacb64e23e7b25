//! Who owns a document: a data source, or nobody.
//!
//! An id belongs to whoever put it first. What a connector put is changed by its next sync only, and what a custom data source put is
//! changed within a job of that source.

use std::collections::HashMap;

use sangam_api::kendra::DataSourceType;
use sangam_store::{CatalogueEntry, DataSourceState, JobFilter, JobStatus, SyncJob};

use super::Refusal;
use crate::Service;
use crate::error::Outcome;

/// A custom data source as documents meet it: its job in progress, or why there is none for them.
type Custom = Result<SyncJob, Refusal>;

/// The custom data sources that one batch names, each looked up once.
#[derive(Default)]
pub(super) struct CustomSources {
    known: HashMap<String, Custom>,
}

impl CustomSources {
    /// The job that a document of data source `id` belongs to, `job_id` if it is given, the one in progress otherwise.
    pub(super) async fn job(
        &mut self,
        service: &Service,
        index_id: &str,
        id: &str,
        job_id: Option<&str>,
    ) -> Outcome<Result<String, Refusal>> {
        if !self.known.contains_key(id) {
            let found = find(service, index_id, id).await?;
            self.known.insert(id.to_owned(), found);
        }
        Ok(match self.known.get(id) {
            Some(Ok(job)) if job_id.is_none_or(|given| given == job.id) => Ok(job.id.clone()),
            Some(Ok(_)) | None => Err(format!("the given sync job of data source `{id}` is not in progress").into()),
            Some(Err(refusal)) => Err(refusal.clone()),
        })
    }
}

async fn find(service: &Service, index_id: &str, id: &str) -> Outcome<Custom> {
    let Some(source) = service.store().data_source(index_id, id).await? else {
        return Ok(Err(format!("data source `{id}` not found").into()));
    };
    if source.kind != DataSourceType::Custom.as_str() {
        return Ok(Err(format!("data source `{id}` is not of type CUSTOM: its documents come by its syncs").into()));
    }
    if source.state != DataSourceState::Active {
        return Ok(Err(format!("data source `{id}` is being deleted").into()));
    }
    let filter = JobFilter { status: Some(JobStatus::Syncing), ..JobFilter::default() };
    let job = service.store().jobs(id, &filter, 0, 1).await?.into_iter().next();
    Ok(job.ok_or_else(|| format!("data source `{id}` has no sync job in progress").into()))
}

/// Checks that `data_source_id`, or nobody, may put the document that the catalogue has as `entry`.
pub(super) fn may_put(entry: Option<&CatalogueEntry>, data_source_id: Option<&str>) -> Result<(), Refusal> {
    let Some(entry) = entry else { return Ok(()) };
    match (entry.data_source_id.as_deref(), data_source_id) {
        (owner, given) if owner == given => Ok(()),
        (Some(owner), _) => Err(format!("the document belongs to data source `{owner}`").into()),
        (None, _) => Err(Refusal::from("the document was put without a data source")),
    }
}
