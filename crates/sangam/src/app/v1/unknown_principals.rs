//! `GET indices/{id}/unknown-principals`: accounts and groups that access lists or groups name and that no data source described.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{AccessId, AccessTable, LayerId, Principal, UnknownPrincipal, fold};
use sangam_api::ApiError;
use serde_json::{Value, json};

use super::people::Page;
use super::{Endpoints, internal};

/// Groups that are named of those that a principal is in.
const GROUPS_MAX: usize = 10;

impl Endpoints {
    /// A page of them, each with how much depends on it.
    pub(super) async fn unknown_principals(
        &self,
        index_id: &str,
        query: &[(String, String)],
    ) -> Result<Value, ApiError> {
        let (page, index) = (Page::read(query)?, self.open_index(index_id)?);
        let counts = self.store.documents_by_place(index_id).await.map_err(internal)?;
        let mut n_documents: HashMap<AccessId, u64> = HashMap::new();
        for count in counts {
            *n_documents.entry(count.access).or_default() += count.n_documents;
        }
        let catalogue = index.catalogue();
        let mut found = catalogue.directory().unknown_principals(catalogue.table());
        found.retain(|unknown| named(unknown).is_some_and(|(_, _, id)| fold(id).contains(&page.like)));
        let (shown, n, next) = page.cut(found);
        let by_layer = accesses_by_layer(catalogue.table());
        let told: Vec<Value> = shown
            .iter()
            .filter_map(|unknown| {
                let (kind, source, id) = named(unknown)?;
                // Each access once, however many of its layers name the principal.
                let accesses: BTreeSet<AccessId> =
                    unknown.layers.iter().filter_map(|layer| by_layer.get(layer)).flatten().copied().collect();
                let documents: u64 = accesses.iter().filter_map(|access| n_documents.get(access)).sum();
                let groups = unknown.groups.iter().take(GROUPS_MAX);
                Some(json!({
                    "dataSourceId": source,
                    "kind": kind,
                    "id": id,
                    "layers": unknown.layers.len(),
                    "documents": documents,
                    "groups": groups.map(|group| json!({ "id": group.id, "name": group.name })).collect::<Vec<_>>(),
                    "groupCount": unknown.groups.len(),
                }))
            })
            .collect();
        Ok(json!({ "principals": told, "total": n, "next": next }))
    }
}

/// Kind, data source and id.
fn named<'u>(unknown: &'u UnknownPrincipal<'_>) -> Option<(&'static str, &'u str, &'u str)> {
    match &unknown.principal {
        Principal::SourceUser { data_source, id } => Some(("user", data_source, id)),
        Principal::SourceGroup { data_source, id } => Some(("group", data_source, id)),
        _ => None,
    }
}

fn accesses_by_layer(table: &AccessTable) -> HashMap<LayerId, Vec<AccessId>> {
    let mut by_layer: HashMap<LayerId, Vec<AccessId>> = HashMap::new();
    for (access, layers) in table.accesses() {
        for layer in layers {
            by_layer.entry(*layer).or_default().push(access);
        }
    }
    by_layer
}
