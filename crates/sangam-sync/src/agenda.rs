//! What the scheduler asks of the installation that it runs in.

use async_trait::async_trait;

use crate::HostError;

/// A data source as the scheduler sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedSource {
    /// The index.
    pub index_id: String,
    /// The data source.
    pub data_source_id: String,
    /// When it is to be synced, as the API has it; `None` for on demand.
    pub schedule: Option<String>,
    /// The configuration that a connector understands.
    pub configuration: serde_json::Value,
    /// The tag that says how often access is refreshed, which goes before everything else.
    pub access_refresh: Option<String>,
    /// When it was created or changed last, milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// The data sources that are in use.
#[async_trait]
pub trait Agenda: Send + Sync {
    /// Those of active indices that a connector syncs, none that is being deleted.
    async fn sources(&self) -> Result<Vec<PlannedSource>, HostError>;
}
