//! The server's explanation, as it comes over the wire. The same shape as `sangam_search::ReadExplanation`, which only writes it.

use sangam_access::{AccountState, LayerExplanation, Names};
use serde::Deserialize;

/// Whether somebody may read a document, and why.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    /// The document.
    pub(super) document_id: String,
    /// Whether the index knows it.
    pub(super) found: bool,
    /// Where its indexing is.
    pub(super) status: Option<String>,
    /// Set if it is hidden because the last clean listing lacked it.
    pub(super) missing_since_job: Option<String>,
    /// Set, in milliseconds since 1970 UTC, if everything of its data source is hidden since then.
    #[serde(default)]
    pub(super) source_hidden_since: Option<i64>,
    /// Why the crawler of its data source lost its sight.
    #[serde(default)]
    pub(super) source_lost_sight: Option<String>,
    /// Who the named user is, in the directories of the sources.
    pub(super) accounts: Vec<Account>,
    /// What people call the accounts and groups of the layers, by id.
    #[serde(default)]
    pub(super) names: Names,
    /// The verdict.
    pub(super) access: Access,
}

/// An account that the named user is.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) data_source_id: String,
    pub(super) id: String,
    pub(super) display_name: String,
    pub(super) state: AccountState,
}

/// The verdict and its layers.
#[derive(Debug, Deserialize)]
pub(super) struct Access {
    pub(super) readable: bool,
    pub(super) note: Option<String>,
    pub(super) layers: Vec<LayerExplanation>,
}
