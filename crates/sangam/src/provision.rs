//! What an administrator does before a sync, as calls of the API: an index, the crawler's secret, a Confluence data source. The demo,
//! the tests and the benches do it with these.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sangam_api::Sensitive;
use sangam_api::kendra::{
    CreateDataSourceRequest, CreateDataSourceResponse, CreateIndexRequest, CreateIndexResponse,
    DataSourceConfiguration, DataSourceSyncJob, DataSourceType, DescribeIndexRequest, DescribeIndexResponse,
    IndexStatus, KendraRequest, ListDataSourceSyncJobsRequest, ListDataSourceSyncJobsResponse,
    StartDataSourceSyncJobRequest, StartDataSourceSyncJobResponse, TemplateConfiguration,
};
use sangam_api::secretsmanager::{CreateSecretRequest, CreateSecretResponse, SecretsRequest};
use serde_json::{Value, json};

use crate::client::Client;

/// The role in requests that need one; it is checked for its form and recorded.
const ROLE: &str = "arn:aws:iam::000000000000:role/sangam";
/// An index is made in much less.
const INDEX_PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Where a Confluence Cloud site is, and who crawls it.
#[derive(Debug, Clone, Copy)]
pub struct CrawledSite<'a> {
    /// Scheme, host and port.
    pub url: &'a str,
    /// The crawler's e-mail address.
    pub crawler: &'a str,
    /// Its API token.
    pub token: &'a str,
}

/// Makes the index `name`, the same one if it is asked for twice, and waits until it is ACTIVE; returns its id.
///
/// # Errors
/// A refused call, or an index that does not become active.
pub async fn create_index(client: &Client, name: &str) -> anyhow::Result<String> {
    let request = CreateIndexRequest {
        name: name.into(),
        role_arn: ROLE.into(),
        client_token: Some(name.into()),
        ..CreateIndexRequest::default()
    };
    let created: CreateIndexResponse = client.kendra(&KendraRequest::CreateIndex(Box::new(request))).await?;
    let id = created.id.context("the index has no id")?;
    let began = Instant::now();
    while began.elapsed() < INDEX_PATIENCE {
        let request = KendraRequest::DescribeIndex(Box::new(DescribeIndexRequest { id: id.clone() }));
        let described: DescribeIndexResponse = client.kendra(&request).await?;
        if described.status == Some(IndexStatus::Active) {
            return Ok(id);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("index `{name}` does not become active")
}

/// Stores the crawler's secret and makes a data source of the whole site, both called `name`; returns the data source's id.
///
/// `additional` is the template's `additionalProperties`.
///
/// # Errors
/// A refused call.
pub async fn create_source(
    client: &Client,
    index_id: &str,
    name: &str,
    site: CrawledSite<'_>,
    additional: &Value,
) -> anyhow::Result<String> {
    let secret = json!({ "username": site.crawler, "password": site.token }).to_string();
    let request = CreateSecretRequest {
        name: name.into(),
        // At least 32 characters; the same for the same name, so that a second try is the first one again.
        client_request_token: Some(format!("{name:0>32}").replace('/', "-")),
        secret_string: Some(Sensitive::from(secret)),
        ..CreateSecretRequest::default()
    };
    let stored: CreateSecretResponse = client.secrets(&SecretsRequest::CreateSecret(Box::new(request))).await?;
    let template = template(site.url, stored.arn.as_deref(), additional);
    let request = CreateDataSourceRequest {
        name: name.replace('/', "-"),
        index_id: index_id.into(),
        r#type: DataSourceType::Template,
        configuration: Some(DataSourceConfiguration {
            template_configuration: Some(TemplateConfiguration { template: Some(template) }),
            ..DataSourceConfiguration::default()
        }),
        vpc_configuration: None,
        description: None,
        schedule: None,
        role_arn: Some(ROLE.into()),
        tags: None,
        client_token: Some(name.into()),
        language_code: None,
        custom_document_enrichment_configuration: None,
    };
    let created: CreateDataSourceResponse = client.kendra(&KendraRequest::CreateDataSource(Box::new(request))).await?;
    Ok(created.id)
}

/// The connector's configuration, as the console of Kendra would write it.
fn template(site_url: &str, secret_arn: Option<&str>, additional: &Value) -> Value {
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
        "additionalProperties": additional
    })
}

/// Starts a sync job; returns its execution id.
///
/// # Errors
/// A refused call, e.g. because a job is in progress.
pub async fn start_job(client: &Client, index_id: &str, data_source_id: &str) -> anyhow::Result<String> {
    let request = StartDataSourceSyncJobRequest { id: data_source_id.into(), index_id: index_id.into() };
    let started: StartDataSourceSyncJobResponse =
        client.kendra(&KendraRequest::StartDataSourceSyncJob(Box::new(request))).await?;
    started.execution_id.context("the job has no execution id")
}

/// The newest jobs of a data source, newest first.
///
/// # Errors
/// A refused call.
pub async fn jobs(client: &Client, index_id: &str, data_source_id: &str) -> anyhow::Result<Vec<DataSourceSyncJob>> {
    let request = ListDataSourceSyncJobsRequest {
        id: data_source_id.into(),
        index_id: index_id.into(),
        ..ListDataSourceSyncJobsRequest::default()
    };
    let request = KendraRequest::ListDataSourceSyncJobs(Box::new(request));
    let listed: ListDataSourceSyncJobsResponse = client.kendra(&request).await?;
    Ok(listed.history.unwrap_or_default())
}
