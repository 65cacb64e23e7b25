//! What an administrator does: store the secret, create the index and the data source, sync. Each step is skipped if an earlier
//! start did it.

use std::time::{Duration, Instant};

use confluence_sim::DEMO_CRAWLER_TOKEN;
use sangam_api::kendra::{
    DataSourceSyncJob, DataSourceSyncJobStatus, KendraRequest, ListDataSourcesRequest, ListDataSourcesResponse,
    ListIndicesResponse,
};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::output::{Output, thousands};
use crate::provision::{self, CrawledSite};

/// How often the job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Longer than any demo takes; after it the demo says that something is wrong.
const PATIENCE: Duration = Duration::from_mins(10);
const INDEX_NAME: &str = "demo";
const DATA_SOURCE_NAME: &str = "demo-confluence";
/// The crawler's account of the bundled site.
const CRAWLER: &str = "search-crawler@fernhill.example";

/// Makes what is missing and waits for the sync; returns the index's id.
pub(super) async fn run(client: &Client, site_url: &str, output: &Output) -> Result<String, Failure> {
    let index_id = match index(client).await? {
        Some(id) => id,
        None => provision::create_index(client, INDEX_NAME).await?,
    };
    let data_source_id = if let Some(id) = data_source(client, &index_id).await? {
        id
    } else {
        provision::prepare_fields(client, &index_id).await?;
        let site = CrawledSite { url: site_url, crawler: CRAWLER, token: DEMO_CRAWLER_TOKEN, maps_fields: true };
        let additional = json!({ "isCrawlAcl": true, "fieldForUserId": "email" });
        provision::create_source(client, &index_id, DATA_SOURCE_NAME, site, &additional).await?
    };
    let jobs = provision::jobs(client, &index_id, &data_source_id).await?;
    if !jobs.iter().any(|job| is_running(job) || job.status == Some(DataSourceSyncJobStatus::Succeeded)) {
        provision::start_job(client, &index_id, &data_source_id).await?;
    }
    wait(client, &index_id, &data_source_id, output).await?;
    Ok(index_id)
}

async fn index(client: &Client) -> Result<Option<String>, Failure> {
    let listed: ListIndicesResponse = client.kendra(&KendraRequest::ListIndices(Box::default())).await?;
    let known = listed.index_configuration_summary_items.into_iter().flatten();
    Ok(known.filter(|index| index.name.as_deref() == Some(INDEX_NAME)).find_map(|index| index.id))
}

async fn data_source(client: &Client, index_id: &str) -> Result<Option<String>, Failure> {
    let request = ListDataSourcesRequest { index_id: index_id.into(), ..ListDataSourcesRequest::default() };
    let listed: ListDataSourcesResponse = client.kendra(&KendraRequest::ListDataSources(Box::new(request))).await?;
    let known = listed.summary_items.into_iter().flatten();
    Ok(known.filter(|source| source.name.as_deref() == Some(DATA_SOURCE_NAME)).find_map(|source| source.id))
}

fn is_running(job: &DataSourceSyncJob) -> bool {
    matches!(job.status, Some(DataSourceSyncJobStatus::Syncing | DataSourceSyncJobStatus::SyncingIndexing))
}

/// Waits until the newest job has ended.
async fn wait(client: &Client, index_id: &str, data_source_id: &str, output: &Output) -> Result<(), Failure> {
    let began = Instant::now();
    let mut told = String::new();
    while began.elapsed() < PATIENCE {
        let jobs = provision::jobs(client, index_id, data_source_id).await?;
        let Some(job) = jobs.first() else { break };
        let scanned = job.metrics.as_ref().and_then(|metrics| metrics.documents_scanned.as_deref()).unwrap_or("0");
        let status = job.status.map_or("", |status| status.as_str());
        if job.status == Some(DataSourceSyncJobStatus::Succeeded) {
            output.talk(format!("synced {} documents", thousands(scanned.parse().unwrap_or(0))));
            return Ok(());
        }
        if !is_running(job) {
            let message = job.error_message.as_deref().unwrap_or("it gives no reason");
            return Err(Failure::wrong_input(format!("the demo's sync ended {status}: {message}")));
        }
        let line = format!("{status}: {scanned} documents");
        if line != told {
            output.talk(&line);
            told = line;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Failure::wrong_input("the demo's sync does not end").hint("look at the log above"))
}
