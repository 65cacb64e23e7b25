//! Rules about a data source's configuration, the same when it is created and when it is changed.

use sangam_api::kendra::{DataSourceConfiguration, DataSourceType};
use sangam_sync::Schedule;

use super::DataSourceDocument;
use crate::Service;
use crate::error::{Outcome, invalid};

/// Checks everything that can be checked without the network.
///
/// # Errors
/// `ValidationException`, for a connector's template with all that is wrong in it.
pub(crate) fn check(service: &Service, kind: DataSourceType, document: &DataSourceDocument) -> Outcome<()> {
    if kind == DataSourceType::Custom {
        return check_custom(document);
    }
    if document.role_arn.is_none() {
        return Err(invalid(format!("RoleArn is required for a data source of type {kind}")));
    }
    let Some(configuration) = &document.configuration else {
        return Err(invalid(format!("Configuration is required for a data source of type {kind}")));
    };
    check_members(kind, configuration)?;
    if let Some(schedule) = &document.schedule {
        Schedule::parse(schedule).map_err(invalid)?;
    }
    if let Some(template) = document.template() {
        check_type(template)?;
    }
    match document.connector_configuration() {
        Some(configuration) => check_for_connector(service, &configuration),
        None => Ok(()),
    }
}

/// The caller of a custom data source does the work, so there is nothing to configure.
fn check_custom(document: &DataSourceDocument) -> Outcome<()> {
    let given = [
        ("Configuration", document.configuration.is_some()),
        ("RoleArn", document.role_arn.is_some()),
        ("Schedule", document.schedule.is_some()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((member, _)) => Err(invalid(format!("{member} cannot be given for a data source of type CUSTOM"))),
        None => Ok(()),
    }
}

/// The configuration must have the member that belongs to the type, and no other.
fn check_members(kind: DataSourceType, configuration: &DataSourceConfiguration) -> Outcome<()> {
    let expected = member_of(kind);
    let json = serde_json::to_value(configuration).expect("it came from JSON and goes back to it");
    let given: Vec<&str> = json.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    if given != [expected] {
        return Err(invalid(format!(
            "Configuration for a data source of type {kind} must have {expected} and nothing else"
        )));
    }
    if kind == DataSourceType::Template && json[expected].get("Template").is_none_or(|template| !template.is_object()) {
        return Err(invalid("TemplateConfiguration must have a Template that is a JSON object"));
    }
    Ok(())
}

/// A template says by its `type` whom it is for; one that does not could never be synced.
fn check_type(template: &serde_json::Value) -> Outcome<()> {
    match template.get("type") {
        Some(serde_json::Value::String(kind)) if !kind.trim().is_empty() => Ok(()),
        Some(serde_json::Value::Null) | None => {
            Err(invalid("1 validation error detected: `type` of the Template must be present"))
        }
        Some(_) => {
            Err(invalid("1 validation error detected: `type` of the Template must be a string that is not empty"))
        }
    }
}

fn check_for_connector(service: &Service, configuration: &serde_json::Value) -> Outcome<()> {
    let connector = service.connector(configuration);
    let violations = connector.map(|connector| connector.validate(configuration)).unwrap_or_default();
    match violations.as_slice() {
        [] => Ok(()),
        [only] => Err(invalid(format!("1 validation error detected: {only}"))),
        several => Err(invalid(format!("{} validation errors detected: {}", several.len(), several.join("; ")))),
    }
}

fn member_of(kind: DataSourceType) -> &'static str {
    match kind {
        DataSourceType::S3 => "S3Configuration",
        DataSourceType::Sharepoint => "SharePointConfiguration",
        DataSourceType::Database => "DatabaseConfiguration",
        DataSourceType::Salesforce => "SalesforceConfiguration",
        DataSourceType::Onedrive => "OneDriveConfiguration",
        DataSourceType::Servicenow => "ServiceNowConfiguration",
        DataSourceType::Confluence => "ConfluenceConfiguration",
        DataSourceType::Googledrive => "GoogleDriveConfiguration",
        DataSourceType::Webcrawler => "WebCrawlerConfiguration",
        DataSourceType::Workdocs => "WorkDocsConfiguration",
        DataSourceType::Fsx => "FsxConfiguration",
        DataSourceType::Slack => "SlackConfiguration",
        DataSourceType::Box => "BoxConfiguration",
        DataSourceType::Quip => "QuipConfiguration",
        DataSourceType::Jira => "JiraConfiguration",
        DataSourceType::Github => "GitHubConfiguration",
        DataSourceType::Alfresco => "AlfrescoConfiguration",
        DataSourceType::Template => "TemplateConfiguration",
        // Never asked: a custom data source has no configuration.
        DataSourceType::Custom => "",
    }
}
