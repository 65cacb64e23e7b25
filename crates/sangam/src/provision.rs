//! What an administrator does before a sync, as calls of the API: an index, the crawler's secret, a Confluence data source. The demo,
//! the tests and the benches do it with these.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sangam_api::Sensitive;
use sangam_api::kendra::{
    CreateDataSourceRequest, CreateDataSourceResponse, CreateIndexRequest, CreateIndexResponse,
    DataSourceConfiguration, DataSourceSyncJob, DataSourceType, DescribeIndexRequest, DescribeIndexResponse,
    DocumentAttributeValueType, DocumentMetadataConfiguration, IndexStatus, KendraRequest,
    ListDataSourceSyncJobsRequest, ListDataSourceSyncJobsResponse, Search, StartDataSourceSyncJobRequest,
    StartDataSourceSyncJobResponse, TemplateConfiguration, UpdateIndexRequest,
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
    /// Whether fields are mapped that search pages show and count, those of [`prepare_fields`].
    pub maps_fields: bool,
}

/// The form of dates that the connector takes.
const DATE_FORMAT: &str = "yyyy-MM-dd'T'HH:mm:ss'Z'";
const ENTITIES: &[&str] = &["space", "page", "blog", "comment", "attachment"];
const WRITTEN: &[&str] = &["page", "blog", "comment", "attachment"];

/// A field of the index, and what of Confluence is mapped to it.
struct MappedField {
    name: &'static str,
    kind: DocumentAttributeValueType,
    mapped_as: &'static str,
    source: &'static str,
    of: &'static [&'static str],
    is_counted: bool,
    is_sorted: bool,
}

const fn field(
    name: &'static str,
    mapped_as: &'static str,
    source: &'static str,
    of: &'static [&'static str],
) -> MappedField {
    let kind = match mapped_as.as_bytes() {
        b"DATE" => DocumentAttributeValueType::DateValue,
        b"STRING_LIST" => DocumentAttributeValueType::StringListValue,
        _ => DocumentAttributeValueType::StringValue,
    };
    MappedField { name, kind, mapped_as, source, of, is_counted: false, is_sorted: false }
}

/// What a search page shows of a document, counts and sorts by.
const FIELDS: &[MappedField] = &[
    MappedField { is_counted: true, is_sorted: true, ..field("_category", "STRING", "itemType", ENTITIES) },
    MappedField { is_counted: true, ..field("_authors", "STRING_LIST", "author", WRITTEN) },
    MappedField { is_sorted: true, ..field("_created_at", "DATE", "createdDate", WRITTEN) },
    MappedField {
        is_sorted: true,
        ..field("_last_updated_at", "DATE", "modifiedDate", &["page", "blog", "attachment"])
    },
    MappedField { is_counted: true, is_sorted: true, ..field("cf_space_name", "STRING", "spaceName", WRITTEN) },
    MappedField { is_counted: true, ..field("cf_labels", "STRING_LIST", "labels", &["page", "blog", "attachment"]) },
    field("cf_path", "STRING_LIST", "ancestors", &["page", "comment", "attachment"]),
];

/// Makes the fields that [`CrawledSite::maps_fields`] fills, and lets them be shown, counted and sorted by.
///
/// # Errors
/// A refused call.
pub async fn prepare_fields(client: &Client, index_id: &str) -> anyhow::Result<()> {
    let updates = FIELDS.iter().map(|field| DocumentMetadataConfiguration {
        name: field.name.into(),
        r#type: field.kind,
        relevance: None,
        search: Some(Search {
            displayable: Some(true),
            facetable: Some(field.is_counted),
            searchable: Some(false),
            sortable: Some(field.is_sorted),
        }),
    });
    let request = UpdateIndexRequest {
        id: index_id.into(),
        document_metadata_configuration_updates: Some(updates.collect()),
        ..UpdateIndexRequest::default()
    };
    let _: Value = client.kendra(&KendraRequest::UpdateIndex(Box::new(request))).await?;
    active(client, index_id).await
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
    active(client, &id).await?;
    Ok(id)
}

/// Waits until an index is ACTIVE.
async fn active(client: &Client, id: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    while began.elapsed() < INDEX_PATIENCE {
        let request = KendraRequest::DescribeIndex(Box::new(DescribeIndexRequest { id: id.to_owned() }));
        let described: DescribeIndexResponse = client.kendra(&request).await?;
        if described.status == Some(IndexStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("index `{id}` does not become active")
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
    let template = template(&site, stored.arn.as_deref(), additional);
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
fn template(site: &CrawledSite<'_>, secret_arn: Option<&str>, additional: &Value) -> Value {
    let entity = |entity: &str| {
        let mapped = FIELDS.iter().filter(|field| site.maps_fields && field.of.contains(&entity));
        let mappings = mapped.map(|field| {
            let mut mapping = json!({
                "indexFieldName": field.name,
                "indexFieldType": field.mapped_as,
                "dataSourceFieldName": field.source,
            });
            if field.mapped_as == "DATE" {
                mapping["dateFieldFormat"] = DATE_FORMAT.into();
            }
            mapping
        });
        json!({ "fieldMappings": mappings.collect::<Vec<_>>() })
    };
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "enableIdentityCrawler": true,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": { "type": "SAAS", "hostUrl": site.url, "authType": "Basic" }
        },
        "repositoryConfigurations": {
            "space": entity("space"), "page": entity("page"), "blog": entity("blog"), "comment": entity("comment"),
            "attachment": entity("attachment")
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
