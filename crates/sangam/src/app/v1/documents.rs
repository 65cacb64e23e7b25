//! `GET indices/{id}/documents?like=`: which documents somebody means, by an address, a title or an id, whoever may read them. Titles and
//! addresses are content, as in a job's report: who may not search is told ids, of an address that they have or of an id.

mod address;

use std::collections::HashMap;

use sangam_access::fold;
use sangam_api::ApiError;
use sangam_engine::{AttributeValue, EngineError, FieldFilter, Filter, LexicalQuery, StoredDocument, View};
use sangam_server::V1Request;
use serde_json::{Value, json};

use self::address::Address;
use super::{Endpoints, given, internal, limit};

/// Documents in one answer: they are to be chosen from.
const FOUND_MAX: u32 = 20;
/// Documents whose titles are looked at: the best that have a word of the title, of which titles count more than texts.
const RANKED: usize = 200;
/// Data sources of an index that are looked through.
const SOURCES_MAX: u32 = 1_000;
/// Members that tell what a document says.
const CONTENT: [&str; 2] = ["documentTitle", "sourceUri"];
/// The index field of a document's address.
const SOURCE_URI: &str = "_source_uri";

/// How a title fits what was asked for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Same,
    Beginning,
    Part,
    Words,
}

impl Endpoints {
    /// The documents that `like` names.
    pub(super) async fn documents(&self, index_id: &str, request: &V1Request) -> Result<Value, ApiError> {
        let query = request.query.as_slice();
        let reads_content = may_search(request, index_id);
        let like = given(query, "like").unwrap_or_default().trim();
        if like.is_empty() {
            return Err(ApiError::validation("`like` must be an address, a title or an id"));
        }
        let limit = limit(query, FOUND_MAX)? as usize;
        self.open_index(index_id)?;
        let by_id = self.known(index_id, vec![like.to_owned()]).await?;
        let (by, mut ids) = match Address::parse(like) {
            _ if !by_id.is_empty() => ("id", by_id),
            Some(address) => ("address", self.at_address(index_id, &address).await?),
            None if reads_content => ("title", self.titled(index_id, like).await?),
            None => {
                return Err(ApiError::validation(
                    "`like` must be an address or an id: who may not search finds no titles",
                ));
            }
        };
        let n_found = ids.len();
        ids.truncate(limit);
        let mut documents = self.told(index_id, &ids).await?;
        if !reads_content {
            documents.iter_mut().for_each(without_content);
        }
        Ok(json!({ "by": by, "documents": documents, "isCut": n_found > limit }))
    }

    /// Those of the ids that the catalogue knows, in their order.
    async fn known(&self, index_id: &str, ids: Vec<String>) -> Result<Vec<String>, ApiError> {
        let entries = self.store.entries(index_id, &ids).await.map_err(internal)?;
        Ok(ids.into_iter().filter(|id| entries.contains_key(id)).collect())
    }

    async fn at_address(&self, index_id: &str, address: &Address) -> Result<Vec<String>, ApiError> {
        for spellings in address.spellings() {
            let ordinals = self.looked_up(index_id, move |view, all| {
                let is = |uri| FieldFilter::Equals(SOURCE_URI.to_owned(), AttributeValue::String(uri));
                let fields = FieldFilter::Or(spellings.into_iter().map(is).collect());
                Ok(view.matches(None, &all.with_fields(fields))?.into_iter().collect())
            });
            let found = self.ids_of(index_id, &ordinals.await?).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        // A page that was renamed, or never indexed.
        let ends = address.id_ends();
        let sources = self.store.data_sources(index_id, None, SOURCES_MAX).await.map_err(internal)?;
        let host = format!("//{}", address.host);
        let of_host = sources.iter().filter(|source| source.document.to_string().to_lowercase().contains(&host));
        let ids = of_host.flat_map(|source| ends.iter().map(|end| format!("confluence/{}/{end}", source.id)));
        self.known(index_id, ids.collect()).await
    }

    async fn titled(&self, index_id: &str, title: &str) -> Result<Vec<String>, ApiError> {
        let title = title.to_owned();
        let ordinals = self.looked_up(index_id, move |view, all| {
            let hits = view.lexical(&LexicalQuery::from_text(&title), &all, RANKED)?.hits;
            let ordinals: Vec<u32> = hits.iter().map(|hit| hit.ordinal).collect();
            let mut fitting: Vec<(Fit, u32)> = view
                .fetch(&ordinals)?
                .into_iter()
                .filter_map(|document| Some((fit(&document.title, &title)?, document.ordinal)))
                .collect();
            // Stable: equally fitting ones stay as they were ranked.
            fitting.sort_by_key(|(fit, _)| *fit);
            Ok(fitting.into_iter().map(|(_, ordinal)| ordinal).collect())
        });
        self.ids_of(index_id, &ordinals.await?).await
    }

    /// What a look at the engine finds among all current revisions, those included that nobody may read.
    async fn looked_up(
        &self,
        index_id: &str,
        look: impl FnOnce(&dyn View, Filter) -> Result<Vec<u32>, EngineError> + Send + 'static,
    ) -> Result<Vec<u32>, ApiError> {
        let all = Filter::readable(self.store.current_ordinals(index_id).await.map_err(internal)?);
        let view = self.open_index(index_id)?.unfiltered_view().map_err(internal)?.engine;
        let found = tokio::task::spawn_blocking(move || look(view.as_ref(), all));
        found.await.map_err(internal)?.map_err(internal)
    }

    async fn ids_of(&self, index_id: &str, ordinals: &[u32]) -> Result<Vec<String>, ApiError> {
        let ids = self.store.document_ids(index_id, ordinals).await.map_err(internal)?;
        Ok(ordinals.iter().filter_map(|ordinal| ids.get(ordinal).cloned()).collect())
    }

    async fn told(&self, index_id: &str, ids: &[String]) -> Result<Vec<Value>, ApiError> {
        let entries = self.store.entries(index_id, ids).await.map_err(internal)?;
        let ordinals: Vec<u32> = entries.values().filter_map(|entry| entry.ordinal).collect();
        let view = self.open_index(index_id)?.unfiltered_view().map_err(internal)?.engine;
        let stored = tokio::task::spawn_blocking(move || view.fetch(&ordinals));
        let stored = stored.await.map_err(internal)?.map_err(internal)?;
        let stored: HashMap<u32, StoredDocument> =
            stored.into_iter().map(|document| (document.ordinal, document)).collect();
        let entries = ids.iter().filter_map(|id| entries.get(id));
        let told = entries.map(|entry| {
            let stored = entry.ordinal.and_then(|ordinal| stored.get(&ordinal));
            json!({
                "documentId": entry.document_id,
                "documentTitle": stored.map(|stored| stored.title.as_str()),
                "sourceUri": stored.and_then(uri),
                "dataSourceId": entry.data_source_id,
                "status": entry.status,
            })
        });
        Ok(told.collect())
    }
}

/// Whether a caller may read content.
pub(super) fn may_search(request: &V1Request, index_id: &str) -> bool {
    request.policy.allows("kendra", "Query", Some(index_id))
}

/// Takes from a document or a record of one what its authors wrote: the title, and the address, which holds it.
pub(super) fn without_content(document: &mut Value) {
    let Some(members) = document.as_object_mut() else { return };
    for name in CONTENT {
        members.remove(name);
    }
}

fn uri(stored: &StoredDocument) -> Option<&str> {
    stored.attributes.iter().find_map(|(name, value)| match value {
        AttributeValue::String(uri) if name == SOURCE_URI => Some(uri.as_str()),
        _ => None,
    })
}

/// `None` for a title that lacks a word of those that were asked for.
fn fit(title: &str, wanted: &str) -> Option<Fit> {
    let (title, wanted) = (fold(title), fold(wanted));
    if title == wanted {
        Some(Fit::Same)
    } else if title.starts_with(&wanted) {
        Some(Fit::Beginning)
    } else if title.contains(&wanted) {
        Some(Fit::Part)
    } else {
        wanted.split_whitespace().all(|word| title.contains(word)).then_some(Fit::Words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_a_title_is_the_better_it_fits() {
        let fit = |title| fit(title, " severance POLICY");
        assert_eq!(fit("Severance policy"), Some(Fit::Same));
        assert_eq!(fit("Severance policy of 2026"), Some(Fit::Beginning));
        assert_eq!(fit("Re: Severance policy"), Some(Fit::Part));
        assert_eq!(fit("Policy on severance"), Some(Fit::Words));
        assert_eq!(fit("Severance"), None);
        assert!(Fit::Same < Fit::Beginning && Fit::Beginning < Fit::Part && Fit::Part < Fit::Words);
    }
}
