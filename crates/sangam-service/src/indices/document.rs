//! What an index says of itself beyond its name and state.

use sangam_api::kendra::{IndexEdition, UserContextPolicy, UserGroupResolutionConfiguration, UserTokenConfiguration};
use sangam_store::{IndexRecord, StoreError};
use serde::{Deserialize, Serialize};

use super::Field;

/// The stored form of an index, a JSON document in its row. What is only echoed is kept as the API has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexDocument {
    /// Never changes.
    pub edition: IndexEdition,
    /// Recorded, and of no use here.
    pub role_arn: String,
    /// Absent if never given, or cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Recorded, and of no use here: secrets are sealed with the installation's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// The fields that documents may use, predefined ones first.
    pub fields: Vec<Field>,
    /// Recorded; the storage here is the disk's.
    pub storage_units: i32,
    /// Recorded; the speed here is the machine's.
    pub query_units: i32,
    /// How readers are named in queries.
    pub user_context_policy: UserContextPolicy,
    /// How tokens are read, at most one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_token_configurations: Option<Vec<UserTokenConfiguration>>,
    /// Where groups are looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_group_resolution: Option<UserGroupResolutionConfiguration>,
    /// Why the index could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl IndexDocument {
    /// The document of a stored index.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if another version wrote it.
    pub fn of(record: &IndexRecord) -> Result<Self, StoreError> {
        Self::deserialize(&record.document).map_err(|source| StoreError::Corrupt { table: "indices", source })
    }

    /// As JSON, for the store.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("names are strings and numbers are finite")
    }

    /// The field `name`, if the index has it.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}
