//! Why somebody may or may not read a document.

use sangam_access::{AccessExplanation, AccessId, Directory, Names, Principal, ReaderRequest};
use sangam_store::{Sight, Store};
use serde::Serialize;

use crate::{SearchError, Searcher};

/// An account that the named user is, in one data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountFound {
    /// The data source.
    pub data_source_id: String,
    /// The account's id there.
    pub id: String,
    /// For people to read.
    pub display_name: String,
    /// Active, guest, inactive or app.
    pub state: sangam_access::AccountState,
}

/// The answer to "may they read this, and why?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadExplanation {
    /// The document.
    pub document_id: String,
    /// Whether the index knows it.
    pub found: bool,
    /// PROCESSING, INDEXED, FAILED, UPDATED, UPDATE_FAILED; `None` if unknown.
    pub status: Option<String>,
    /// Set if it is hidden because the last clean listing of its source lacked it.
    pub missing_since_job: Option<String>,
    /// Set, in milliseconds since 1970 UTC, if everything of its data source is hidden since then: the crawler lost its sight.
    pub source_hidden_since: Option<i64>,
    /// Why the crawler lost its sight, also while nothing is hidden yet.
    pub source_lost_sight: Option<String>,
    /// The accounts that the user named is; empty for a stranger.
    pub accounts: Vec<AccountFound>,
    /// What people call the accounts and groups of the layers, by id; those that the directory does not know are left out.
    pub names: Names,
    /// The layers and the verdict.
    pub access: AccessExplanation,
}

impl Searcher {
    /// Explains whether the reader that `request` names may read `document_id`.
    pub async fn explain(
        &self,
        store: &Store,
        index_id: &str,
        request: &ReaderRequest,
        document_id: &str,
    ) -> Result<ReadExplanation, SearchError> {
        let catalogue = self.index(index_id)?.catalogue();
        let entries = store.entries(index_id, &[document_id.to_owned()]).await?;
        let entry = entries.get(document_id);
        let sight = match entry.and_then(|entry| entry.data_source_id.as_deref()) {
            Some(data_source_id) => store.sight(data_source_id).await?,
            None => Sight::default(),
        };
        let access =
            entry.and_then(|entry| entry.ordinal).map_or(AccessId::HIDDEN, |ordinal| catalogue.access(ordinal));
        let reader = catalogue.directory().resolve(request);
        let told = catalogue.table().explain(access, &reader);
        let accounts = request.user.as_deref().map_or_else(Vec::new, |user| catalogue.directory().accounts(user));
        Ok(ReadExplanation {
            document_id: document_id.to_owned(),
            found: entry.is_some(),
            status: entry.map(|entry| entry.status.clone()),
            missing_since_job: entry.and_then(|entry| entry.missing_since.clone()),
            source_hidden_since: sight.hidden_at,
            source_lost_sight: sight.reason,
            accounts: accounts
                .into_iter()
                .map(|(data_source_id, user)| AccountFound {
                    data_source_id: data_source_id.to_owned(),
                    id: user.id.clone(),
                    display_name: user.display_name.clone(),
                    state: user.state,
                })
                .collect(),
            names: names(&told, catalogue.directory()),
            access: told,
        })
    }
}

fn names(told: &AccessExplanation, directory: &Directory) -> Names {
    let principals = told.layers.iter().flat_map(|layer| layer.allowed.iter().chain(&layer.denied));
    let named = principals.filter_map(|principal| match principal {
        Principal::SourceUser { id, .. } | Principal::SourceGroup { id, .. } => {
            Some((id.clone(), directory.name_of(principal)?.to_owned()))
        }
        _ => None,
    });
    named.collect()
}
