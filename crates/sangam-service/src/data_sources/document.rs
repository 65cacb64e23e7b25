//! What a data source says of itself beyond its name, type and state.

use sangam_api::kendra::{
    CustomDocumentEnrichmentConfiguration, DataSourceConfiguration, DataSourceType, DataSourceVpcConfiguration,
};
use sangam_store::{DataSourceRecord, StoreError};
use serde::{Deserialize, Serialize};

/// The stored form of a data source, a JSON document in its row. All of it is echoed exactly as it was given, so it is kept as the API
/// has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataSourceDocument {
    /// Absent for custom data sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<DataSourceConfiguration>,
    /// Recorded, and of no use here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_configuration: Option<DataSourceVpcConfiguration>,
    /// Absent if never given, or cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When to sync, `cron(…)` in UTC; absent for on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Recorded, and of no use here; absent for custom data sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The language of documents that do not say theirs.
    pub language_code: String,
    /// What to do to documents on their way in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrichment: Option<CustomDocumentEnrichmentConfiguration>,
}

impl DataSourceDocument {
    /// The document of a stored data source.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if another version wrote it.
    pub fn of(record: &DataSourceRecord) -> Result<Self, StoreError> {
        Self::deserialize(&record.document).map_err(|source| StoreError::Corrupt { table: "data_sources", source })
    }

    /// As JSON, for the store.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("it came from JSON and goes back to it")
    }

    /// The template of a connector's configuration, if it has one.
    pub fn template(&self) -> Option<&serde_json::Value> {
        self.configuration.as_ref()?.template_configuration.as_ref()?.template.as_ref()
    }

    /// What a connector gets to read: the template, or `{"ConfluenceConfiguration": …}` of the first generation.
    pub fn connector_configuration(&self) -> Option<serde_json::Value> {
        let configuration = self.configuration.as_ref()?;
        match &configuration.confluence_configuration {
            Some(first_generation) => Some(serde_json::json!({ "ConfluenceConfiguration": first_generation })),
            None => self.template().cloned(),
        }
    }
}

/// The type of a stored data source.
///
/// # Errors
/// [`StoreError::Corrupt`] for a type that this version does not know.
pub(crate) fn kind_of(record: &DataSourceRecord) -> Result<DataSourceType, StoreError> {
    DataSourceType::deserialize(serde_json::Value::from(record.kind.as_str()))
        .map_err(|source| StoreError::Corrupt { table: "data_sources", source })
}
