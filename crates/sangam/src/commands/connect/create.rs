//! What is stored in the server: the secret and, if wanted, the data source.

use anyhow::Context;
use sangam_api::Sensitive;
use sangam_api::kendra::{
    CreateDataSourceRequest, CreateDataSourceResponse, DataSourceConfiguration, DataSourceType, KendraRequest,
    TemplateConfiguration,
};
use sangam_api::secretsmanager::{
    CreateSecretRequest, CreateSecretResponse, PutSecretValueRequest, PutSecretValueResponse, SecretsRequest,
};
use serde_json::Value;
use uuid::Uuid;

use super::Credentials;
use crate::client::Client;
use crate::commands::resolve;
use crate::failure::Failure;
use crate::provision;

/// The role in requests that need one; it is checked for its form and recorded.
const ROLE: &str = "arn:aws:iam::000000000000:role/sangam";
/// What the server answers when the name is taken.
const EXISTS: &str = "ResourceExistsException";

/// What was made.
pub(super) struct Made {
    pub(super) index_id: String,
    pub(super) data_source_id: String,
    pub(super) execution_id: Option<String>,
}

/// Stores the secret, or a new value of the one with this name; returns its ARN.
pub(super) async fn secret(client: &Client, name: &str, credentials: &Credentials) -> Result<String, Failure> {
    let value = Value::Object(credentials.members.clone()).to_string();
    let request = CreateSecretRequest {
        name: name.to_owned(),
        client_request_token: Some(Uuid::new_v4().to_string()),
        description: Some(format!("Confluence at {}", credentials.url)),
        secret_string: Some(Sensitive::from(value.clone())),
        ..CreateSecretRequest::default()
    };
    let created = client.secrets::<CreateSecretResponse>(&SecretsRequest::CreateSecret(Box::new(request))).await;
    let arn = match created {
        Ok(created) => created.arn,
        Err(error) if error.is(EXISTS) => {
            let request = PutSecretValueRequest {
                secret_id: name.to_owned(),
                client_request_token: Some(Uuid::new_v4().to_string()),
                secret_string: Some(Sensitive::from(value)),
                ..PutSecretValueRequest::default()
            };
            let request = SecretsRequest::PutSecretValue(Box::new(request));
            client.secrets::<PutSecretValueResponse>(&request).await?.arn
        }
        Err(error) => return Err(error.into()),
    };
    Ok(arn.context("the server stored a secret and did not say which")?)
}

/// Makes a data source, and starts its first sync if wanted.
pub(super) async fn data_source(
    client: &Client,
    index: &str,
    name: &str,
    template: &Value,
    is_synced: bool,
) -> Result<Made, Failure> {
    let index_id = resolve::index(client, index).await?;
    let request = CreateDataSourceRequest {
        name: name.to_owned(),
        index_id: index_id.clone(),
        r#type: DataSourceType::Template,
        configuration: Some(DataSourceConfiguration {
            template_configuration: Some(TemplateConfiguration { template: Some(template.clone()) }),
            ..DataSourceConfiguration::default()
        }),
        vpc_configuration: None,
        description: None,
        schedule: None,
        role_arn: Some(ROLE.into()),
        tags: None,
        client_token: Some(Uuid::new_v4().to_string()),
        language_code: None,
        custom_document_enrichment_configuration: None,
    };
    let created: CreateDataSourceResponse = client.kendra(&KendraRequest::CreateDataSource(Box::new(request))).await?;
    let data_source_id = created.id;
    let mut execution_id = None;
    if is_synced {
        execution_id = Some(provision::start_job(client, &index_id, &data_source_id).await?);
    }
    Ok(Made { index_id, data_source_id, execution_id })
}
