//! `POST indices/{id}/explain`: why somebody may or may not read a document; `GET indices/{id}/reader`: who somebody is.

use sangam_access::{Directory, LayerExplanation, LayerOrigin, ReaderRequest, ScopedGroup};
use sangam_api::ApiError;
use sangam_server::V1Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::documents::may_search;
use super::{Endpoints, given, internal, read};

/// Ways into groups that are told: a reader may be in hundreds.
const CHAINS_MAX: usize = 20;

/// Whom to explain for, and what.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExplainRequest {
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    data_source_groups: Vec<DataSourceGroup>,
    document_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DataSourceGroup {
    group_id: String,
    data_source_id: String,
}

impl Endpoints {
    /// The explanation; `chains` are the ways from the reader to the groups that decided. Who may not search is told of restrictions by the
    /// ids of their pages: titles are content.
    pub(super) async fn explain(&self, index_id: &str, asked: &V1Request) -> Result<Value, ApiError> {
        let wanted: ExplainRequest = read(&asked.body, "a question to explain")?;
        let index = self.open_index(index_id)?;
        let groups = wanted.data_source_groups.into_iter();
        let request = ReaderRequest {
            user: wanted.user,
            groups: wanted.groups,
            data_source_groups: groups
                .map(|group| ScopedGroup { name: group.group_id, data_source: Some(group.data_source_id) })
                .collect(),
        };
        let told = self.searcher.explain(&self.store, index_id, &request, &wanted.document_id).await;
        let mut told = told.map_err(internal)?;
        if !may_search(asked, index_id) {
            told.access.layers.iter_mut().for_each(without_title);
        }
        let chains = chains(index.catalogue().directory(), &request, &told.access.layers);
        let mut told = serde_json::to_value(told).map_err(internal)?;
        told["chains"] = json!(chains);
        Ok(told)
    }

    /// The accounts that `user` finds, and which of the names nobody knows.
    pub(super) fn reader(&self, index_id: &str, query: &[(String, String)]) -> Result<Value, ApiError> {
        let index = self.open_index(index_id)?;
        let catalogue = index.catalogue();
        let groups = query.iter().filter(|(name, _)| name == "group").map(|(_, group)| group.clone());
        let request = ReaderRequest {
            user: given(query, "user").map(str::to_owned),
            groups: groups.collect(),
            data_source_groups: Vec::new(),
        };
        let accounts = request.user.as_deref().map_or_else(Vec::new, |user| catalogue.directory().accounts(user));
        let accounts: Vec<Value> = accounts
            .into_iter()
            .map(|(source, user)| {
                json!({ "dataSourceId": source, "id": user.id, "displayName": user.display_name, "state": user.state })
            })
            .collect();
        Ok(json!({ "accounts": accounts, "unknown": catalogue.directory().unknown_names(catalogue.table(), &request) }))
    }
}

fn without_title(layer: &mut LayerExplanation) {
    if let LayerOrigin::Restriction { title, .. } = &mut layer.origin {
        title.clear();
    }
}

fn chains(directory: &Directory, request: &ReaderRequest, layers: &[LayerExplanation]) -> Vec<Vec<String>> {
    let mut chains: Vec<Vec<String>> = Vec::new();
    for principal in layers.iter().flat_map(|layer| layer.matched.iter().chain(&layer.denied)) {
        if let Some(chain) = directory.chain(request, principal).filter(|chain| !chains.contains(chain)) {
            chains.push(chain);
        }
        if chains.len() == CHAINS_MAX {
            break;
        }
    }
    chains
}
