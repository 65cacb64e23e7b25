//! What an administrator does: store the secret, create the index and the data source, sync. Each step is skipped if an earlier
//! start did it.

use std::time::{Duration, Instant};

use confluence_sim::DEMO_CRAWLER_TOKEN;
use sangam_api::Sensitive;
use sangam_api::kendra::{
    CreateDataSourceRequest, CreateDataSourceResponse, CreateIndexRequest, CreateIndexResponse,
    DataSourceConfiguration, DataSourceSyncJob, DataSourceSyncJobStatus, DataSourceType, DescribeIndexRequest,
    DescribeIndexResponse, IndexStatus, KendraRequest, ListDataSourceSyncJobsRequest, ListDataSourceSyncJobsResponse,
    ListDataSourcesRequest, ListDataSourcesResponse, ListIndicesRequest, ListIndicesResponse,
    StartDataSourceSyncJobRequest, StartDataSourceSyncJobResponse, TemplateConfiguration,
};
use sangam_api::secretsmanager::{CreateSecretRequest, CreateSecretResponse, SecretsRequest};
use serde_json::{Value, json};

use crate::client::Client;
use crate::failure::Failure;
use crate::output::{Output, thousands};

/// How often the job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Longer than any demo takes; after it the demo says that something is wrong.
const PATIENCE: Duration = Duration::from_secs(600);
const INDEX_NAME: &str = "demo";
const DATA_SOURCE_NAME: &str = "demo-confluence";
const SECRET_NAME: &str = "demo/confluence";
/// The crawler's account of the bundled site.
const CRAWLER: &str = "search-crawler@fernhill.example";
const ROLE: &str = "arn:aws:iam::000000000000:role/demo";

/// Makes what is missing and waits for the sync; returns the index's id.
pub(super) async fn run(client: &Client, site_url: &str, output: &Output) -> Result<String, Failure> {
    let index_id = index(client).await?;
    let data_source_id = match data_source(client, &index_id).await? {
        Some(id) => id,
        None => create_data_source(client, &index_id, site_url).await?,
    };
    let jobs = jobs(client, &index_id, &data_source_id).await?;
    let succeeded = |job: &DataSourceSyncJob| job.status == Some(DataSourceSyncJobStatus::Succeeded);
    let running = |job: &DataSourceSyncJob| {
        matches!(job.status, Some(DataSourceSyncJobStatus::Syncing | DataSourceSyncJobStatus::SyncingIndexing))
    };
    if !jobs.iter().any(|job| succeeded(job) || running(job)) {
        let request = StartDataSourceSyncJobRequest { id: data_source_id.clone(), index_id: index_id.clone() };
        let _: StartDataSourceSyncJobResponse =
            client.kendra(&KendraRequest::StartDataSourceSyncJob(Box::new(request))).await?;
    }
    wait(client, &index_id, &data_source_id, output).await?;
    Ok(index_id)
}

/// The demo's index, made if there is none, once it is ACTIVE.
async fn index(client: &Client) -> Result<String, Failure> {
    let request = KendraRequest::ListIndices(Box::new(ListIndicesRequest::default()));
    let listed: ListIndicesResponse = client.kendra(&request).await?;
    let known = listed.index_configuration_summary_items.into_iter().flatten();
    let known = known.filter(|index| index.name.as_deref() == Some(INDEX_NAME)).find_map(|index| index.id);
    let id = match known {
        Some(id) => id,
        None => {
            let request = CreateIndexRequest {
                name: INDEX_NAME.into(),
                role_arn: ROLE.into(),
                client_token: Some("demo".into()),
                ..CreateIndexRequest::default()
            };
            let created: CreateIndexResponse = client.kendra(&KendraRequest::CreateIndex(Box::new(request))).await?;
            created.id.ok_or_else(|| Failure::wrong_input("the index has no id"))?
        }
    };
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let request = KendraRequest::DescribeIndex(Box::new(DescribeIndexRequest { id: id.clone() }));
        let described: DescribeIndexResponse = client.kendra(&request).await?;
        if described.status == Some(IndexStatus::Active) {
            return Ok(id);
        }
        tokio::time::sleep(LOOK_EVERY / 5).await;
    }
    Err(Failure::wrong_input("the demo's index does not become active").hint("look at the log above"))
}

async fn data_source(client: &Client, index_id: &str) -> Result<Option<String>, Failure> {
    let request = ListDataSourcesRequest { index_id: index_id.into(), ..ListDataSourcesRequest::default() };
    let listed: ListDataSourcesResponse = client.kendra(&KendraRequest::ListDataSources(Box::new(request))).await?;
    let known = listed.summary_items.into_iter().flatten();
    Ok(known.filter(|source| source.name.as_deref() == Some(DATA_SOURCE_NAME)).find_map(|source| source.id))
}

async fn create_data_source(client: &Client, index_id: &str, site_url: &str) -> Result<String, Failure> {
    let secret = json!({ "username": CRAWLER, "password": DEMO_CRAWLER_TOKEN }).to_string();
    let request = CreateSecretRequest {
        name: SECRET_NAME.into(),
        client_request_token: Some("demo-confluence-secret-of-the-first-start".into()),
        secret_string: Some(Sensitive::from(secret)),
        ..CreateSecretRequest::default()
    };
    let stored: CreateSecretResponse = client.secrets(&SecretsRequest::CreateSecret(Box::new(request))).await?;
    let template = TemplateConfiguration { template: Some(template(site_url, stored.arn.as_deref())) };
    let request = CreateDataSourceRequest {
        name: DATA_SOURCE_NAME.into(),
        index_id: index_id.into(),
        r#type: DataSourceType::Template,
        configuration: Some(DataSourceConfiguration {
            template_configuration: Some(template),
            ..DataSourceConfiguration::default()
        }),
        vpc_configuration: None,
        description: Some("The simulated Confluence of `sangam demo`".into()),
        schedule: None,
        role_arn: Some(ROLE.into()),
        tags: None,
        client_token: Some("demo".into()),
        language_code: None,
        custom_document_enrichment_configuration: None,
    };
    let created: CreateDataSourceResponse = client.kendra(&KendraRequest::CreateDataSource(Box::new(request))).await?;
    Ok(created.id)
}

/// The connector's configuration, as the console of Kendra would write it.
fn template(site_url: &str, secret_arn: Option<&str>) -> Value {
    let entity = || json!({ "fieldMappings": [] });
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "enableIdentityCrawler": true,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": { "type": "SAAS", "hostUrl": site_url, "authType": "Basic" }
        },
        "repositoryConfigurations": {
            "space": entity(), "page": entity(), "blog": entity(), "comment": entity(), "attachment": entity()
        },
        "additionalProperties": { "isCrawlAcl": true, "fieldForUserId": "email" }
    })
}

async fn jobs(client: &Client, index_id: &str, data_source_id: &str) -> Result<Vec<DataSourceSyncJob>, Failure> {
    let request = ListDataSourceSyncJobsRequest {
        id: data_source_id.into(),
        index_id: index_id.into(),
        ..ListDataSourceSyncJobsRequest::default()
    };
    let request = KendraRequest::ListDataSourceSyncJobs(Box::new(request));
    let listed: ListDataSourceSyncJobsResponse = client.kendra(&request).await?;
    Ok(listed.history.unwrap_or_default())
}

/// Waits until the newest job has ended.
async fn wait(client: &Client, index_id: &str, data_source_id: &str, output: &Output) -> Result<(), Failure> {
    let began = Instant::now();
    let mut told = String::new();
    while began.elapsed() < PATIENCE {
        let jobs = jobs(client, index_id, data_source_id).await?;
        let Some(job) = jobs.first() else { break };
        let scanned = job.metrics.as_ref().and_then(|metrics| metrics.documents_scanned.as_deref()).unwrap_or("0");
        let status = job.status.map_or("", |status| status.as_str());
        match job.status {
            Some(DataSourceSyncJobStatus::Succeeded) => {
                let scanned = scanned.parse().unwrap_or(0);
                output.talk(format!("synced {} documents", thousands(scanned)));
                return Ok(());
            }
            Some(DataSourceSyncJobStatus::Syncing | DataSourceSyncJobStatus::SyncingIndexing) => {}
            _ => {
                let message = job.error_message.as_deref().unwrap_or("it gives no reason");
                return Err(Failure::wrong_input(format!("the demo's sync ended {status}: {message}")));
            }
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
