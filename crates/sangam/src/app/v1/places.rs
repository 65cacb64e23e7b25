//! What somebody can see, by place.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sangam_access::ReaderRequest;
use sangam_api::ApiError;
use sangam_engine::AttributeValue;
use sangam_ingest::Index;
use sangam_store::PlaceCount;
use serde_json::{Value, json};

use super::{Endpoints, internal};

/// The index field that tells the space of a document, in the connector's default mapping.
const SPACE_KEY: &str = "cf_space_key";

/// What a place is called.
struct Called {
    title: String,
    /// Its key, where documents can be found by it.
    space_key: Option<String>,
}

impl Endpoints {
    /// For each place of each data source: how many documents there are, and how many `account` can read.
    pub(super) async fn places(&self, index_id: &str, index: &Arc<Index>, account: &str) -> Result<Value, ApiError> {
        let counts = self.store.documents_by_place(index_id).await.map_err(internal)?;
        let catalogue = index.catalogue();
        let request = ReaderRequest { user: Some(account.to_owned()), ..ReaderRequest::default() };
        let passing = catalogue.table().passing(&catalogue.directory().resolve(&request));
        let mut places: BTreeMap<(String, Option<String>), (u64, u64)> = BTreeMap::new();
        for PlaceCount { data_source_id, place, access, n_documents } in counts {
            let (readable, all) = places.entry((data_source_id, place)).or_default();
            *all += n_documents;
            if access != sangam_access::AccessId::HIDDEN && passing.contains(access.0) {
                *readable += n_documents;
            }
        }
        let titles = self.titles_of_places(index_id, index, places.keys()).await?;
        let told = places.into_iter().map(|((source, place), (readable, all))| {
            let called = place.as_ref().and_then(|place| titles.get(&(source.clone(), place.clone())));
            json!({
                "dataSourceId": source,
                "place": place,
                "title": called.map(|called| &called.title),
                "spaceKey": called.and_then(|called| called.space_key.as_ref()),
                "readable": readable,
                "documents": all,
            })
        });
        Ok(told.collect())
    }

    /// What places are called: the title of the document that a source puts for the place itself.
    async fn titles_of_places<'k>(
        &self,
        index_id: &str,
        index: &Arc<Index>,
        places: impl Iterator<Item = &'k (String, Option<String>)>,
    ) -> Result<HashMap<(String, String), Called>, ApiError> {
        let of = |(source, place): &(String, Option<String>)| {
            let place = place.clone()?;
            Some((format!("confluence/{source}/{place}"), (source.clone(), place)))
        };
        let wanted: HashMap<String, (String, String)> = places.filter_map(of).collect();
        let ids: Vec<String> = wanted.keys().cloned().collect();
        let entries = self.store.entries(index_id, &ids).await.map_err(internal)?;
        let ordinals: HashMap<u32, String> =
            entries.iter().filter_map(|(id, entry)| Some((entry.ordinal?, id.clone()))).collect();
        let view = index.unfiltered_view().map_err(internal)?;
        let list: Vec<u32> = ordinals.keys().copied().collect();
        let stored = tokio::task::spawn_blocking(move || view.engine.fetch(&list));
        let stored = stored.await.map_err(internal)?.map_err(internal)?;
        let titled = stored.into_iter().filter_map(|document| {
            let place = wanted.get(ordinals.get(&document.ordinal)?)?;
            let space_key = document.attributes.into_iter().find_map(|(name, value)| match value {
                AttributeValue::String(key) if name == SPACE_KEY => Some(key),
                _ => None,
            });
            Some((place.clone(), Called { title: document.title, space_key }))
        });
        Ok(titled.collect())
    }
}
