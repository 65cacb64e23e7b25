//! `search-page` and `search-indices`: what the search page shows, as administrators set it and as the page learns it.
//!
//! Who may only search learns names of indices, of sources and of fields here, and nothing else of an index.

use sangam_api::kendra::{DescribeIndexRequest, DescribeIndexResponse, DocumentAttributeValueType, UserContextPolicy};
use sangam_api::{ApiError, RequestContext};
use sangam_server::V1Request;
use sangam_store::{DataSourceState, IndexRecord, IndexState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Endpoints, internal, read};

/// Where the setting is kept.
const SETTING: &str = "search-page";
/// Indices on the page: what a person can choose from in one list.
const INDICES_MAX: usize = 50;
/// Sources of an index that are named: as many conditions as a list in a filter takes.
const SOURCES_MAX: usize = 10;
/// Facets on the page: more than anybody looks at, and each is counted for every question.
const FACETS_MAX: usize = 12;
/// Longest name of a field or of anything else that is stored.
const NAME_CHARS_MAX: usize = 100;
/// Indices or sources read at once.
const PAGE: u32 = 100;
/// What "newest first" sorts by.
const NEWEST: &str = "_last_updated_at";

/// What the page shows. An empty list is all of them that have a data source.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SearchPage {
    /// The indices, the one that is searched first at the beginning.
    #[serde(default)]
    indices: Vec<Shown>,
    /// Fields that are counted.
    #[serde(default)]
    facets: Vec<String>,
}

/// An index on the page.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Shown {
    id: String,
    /// Its data sources; documents of no other one are found.
    #[serde(default)]
    sources: Vec<String>,
}

impl Endpoints {
    pub(super) async fn search_page(&self, request: &V1Request) -> Result<Value, ApiError> {
        if request.method == "GET" {
            return serde_json::to_value(self.shown().await?).map_err(internal);
        }
        let page: SearchPage = read(&request.body, "a setting of the search page")?;
        self.check(&page).await?;
        let text = serde_json::to_string(&page).map_err(internal)?;
        self.store.put_setting(SETTING, &text).await.map_err(internal)?;
        serde_json::to_value(page).map_err(internal)
    }

    /// The indices that somebody can choose from.
    pub(super) async fn search_indices(&self) -> Result<Value, ApiError> {
        let page = self.shown().await?;
        let active = self.active_indices().await?;
        let chosen: Vec<&IndexRecord> = if page.indices.is_empty() {
            let mut chosen = Vec::new();
            for index in active.iter().take(INDICES_MAX) {
                if self.is_shown_unasked(&index.id).await? {
                    chosen.push(index);
                }
            }
            chosen
        } else {
            page.indices.iter().filter_map(|shown| active.iter().find(|index| index.id == shown.id)).collect()
        };
        let indices: Vec<Value> = chosen.iter().map(|index| json!({ "id": index.id, "name": index.name })).collect();
        Ok(json!({ "indices": indices }))
    }

    /// What the page needs to know of one of them.
    pub(super) async fn search_index(&self, ctx: &RequestContext, id: &str) -> Result<Value, ApiError> {
        let missing = || ApiError::not_found(format!("index `{id}` is not on the search page"));
        let page = self.shown().await?;
        let shown = page.indices.iter().find(|shown| shown.id == id);
        let is_shown = if page.indices.is_empty() { self.is_shown_unasked(id).await? } else { shown.is_some() };
        if !is_shown {
            return Err(missing());
        }
        let record = self.store.index(id).await.map_err(internal)?;
        let record = record.filter(|record| record.state == IndexState::Active).ok_or_else(missing)?;
        let described = self.kendra.describe_index(ctx, DescribeIndexRequest { id: id.to_owned() }).await?;
        let only = shown.map(|shown| shown.sources.as_slice()).unwrap_or_default();
        let sources: Vec<Value> = self
            .sources(id)
            .await?
            .into_iter()
            .filter(|(source, _)| only.is_empty() || only.contains(source))
            .map(|(id, name)| json!({ "id": id, "name": name }))
            .collect();
        Ok(json!({
            "id": record.id,
            "name": record.name,
            "namedByToken": described.user_context_policy == Some(UserContextPolicy::UserToken),
            "facets": facets(&described, &page.facets),
            "newest": is_sortable(&described, NEWEST).then_some(NEWEST),
            "sources": sources,
            "only": only,
        }))
    }

    /// Whether an index is on the page before anybody chose: one with a data source, which brings who may read what. What a program puts into
    /// an index of its own may be public there, and is not meant for everybody for that.
    async fn is_shown_unasked(&self, id: &str) -> Result<bool, ApiError> {
        Ok(!self.sources(id).await?.is_empty())
    }

    async fn shown(&self) -> Result<SearchPage, ApiError> {
        match self.store.setting(SETTING).await.map_err(internal)? {
            Some(text) => serde_json::from_str(&text).map_err(internal),
            None => Ok(SearchPage::default()),
        }
    }

    async fn check(&self, page: &SearchPage) -> Result<(), ApiError> {
        let limits = [("indices", page.indices.len(), INDICES_MAX), ("facets", page.facets.len(), FACETS_MAX)];
        for (member, n, n_max) in limits {
            if n > n_max {
                return Err(ApiError::validation(format!("`{member}` may hold {n_max} at most, not {n}")));
            }
        }
        if page.facets.iter().any(|name| name.is_empty() || name.chars().count() > NAME_CHARS_MAX) {
            return Err(ApiError::validation(format!("`facets`: a field has 1 to {NAME_CHARS_MAX} characters")));
        }
        for shown in &page.indices {
            let index = self.store.index(&shown.id).await.map_err(internal)?;
            let index =
                index.ok_or_else(|| ApiError::validation(format!("`indices`: there is no index `{}`", shown.id)))?;
            if shown.sources.len() > SOURCES_MAX {
                return Err(ApiError::validation(format!(
                    "`sources`: {SOURCES_MAX} of index `{}` can be named at most; none named means all of them",
                    index.name
                )));
            }
            let known = self.sources(&shown.id).await?;
            if let Some(unknown) = shown.sources.iter().find(|id| !known.iter().any(|(known, _)| known == *id)) {
                return Err(ApiError::validation(format!(
                    "`sources`: index `{}` has no data source `{unknown}`",
                    index.name
                )));
            }
        }
        Ok(())
    }

    async fn active_indices(&self) -> Result<Vec<IndexRecord>, ApiError> {
        let mut all: Vec<IndexRecord> = Vec::new();
        loop {
            let after = all.last().map(|last| (last.created_at, last.id.as_str()));
            let page = self.store.indices(after, PAGE).await.map_err(internal)?;
            if page.is_empty() {
                all.retain(|index| index.state == IndexState::Active);
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// Id and name of an index's data sources.
    async fn sources(&self, index_id: &str) -> Result<Vec<(String, String)>, ApiError> {
        let sources = self.store.data_sources(index_id, None, PAGE).await.map_err(internal)?;
        let kept = sources.into_iter().filter(|source| source.state != DataSourceState::Deleting);
        Ok(kept.map(|source| (source.id, source.name)).collect())
    }
}

/// The fields that the index counts and the setting wants: texts and lists of texts, as only they are chosen by clicking.
fn facets(described: &DescribeIndexResponse, wanted: &[String]) -> Vec<Value> {
    let fields = described.document_metadata_configurations.iter().flatten();
    let counted = fields.filter(|field| {
        let is_text = matches!(
            field.r#type,
            DocumentAttributeValueType::StringValue | DocumentAttributeValueType::StringListValue
        );
        let is_counted = field.search.as_ref().is_some_and(|search| search.facetable == Some(true));
        is_text && is_counted && (wanted.is_empty() || wanted.contains(&field.name))
    });
    let facet = |(name, is_list): (&String, bool)| json!({ "name": name, "isList": is_list });
    counted
        .map(|field| (&field.name, field.r#type == DocumentAttributeValueType::StringListValue))
        .take(FACETS_MAX)
        .map(facet)
        .collect()
}

fn is_sortable(described: &DescribeIndexResponse, name: &str) -> bool {
    let mut fields = described.document_metadata_configurations.iter().flatten();
    fields.any(|field| field.name == name && field.search.as_ref().is_some_and(|search| search.sortable == Some(true)))
}
