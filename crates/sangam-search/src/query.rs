//! `Query`: the documents that answer, with excerpts.

use std::collections::HashMap;
use std::sync::Arc;

use sangam_engine::{LexicalQuery, StoredDocument};
use sangam_ingest::Index;
use sangam_store::Store;

use crate::excerpt::{Terms, excerpt};
use crate::rank::{Candidate, Ranking, rank};
use crate::searcher::{confidence, filter_of, page, question_vector, view_for};
use crate::{QueryItem, QueryResponse, RESULTS_MAX, RankingWeights, SearchError, SearchRequest, Searcher};

/// A page's results before their document ids are known.
struct Found {
    total: u64,
    results: Vec<(Candidate, StoredDocument)>,
    terms: Terms,
}

impl Searcher {
    /// Answers a query on index `index_id`: at most [`RESULTS_MAX`] results over all pages.
    pub async fn query(
        &self,
        store: &Store,
        index_id: &str,
        request: SearchRequest,
    ) -> Result<QueryResponse, SearchError> {
        let index = self.index(index_id)?;
        let weights = self.weights;
        let found = tokio::task::spawn_blocking(move || find(&index, &request, weights));
        let found = found.await.map_err(|_| SearchError::CutOff)??;
        let ordinals: Vec<u32> = found.results.iter().map(|(candidate, _)| candidate.ordinal).collect();
        let ids = store.document_ids(index_id, &ordinals).await?;
        Ok(QueryResponse { total: found.total, items: items(found.results, &found.terms, &ids) })
    }
}

fn find(index: &Arc<Index>, request: &SearchRequest, weights: RankingWeights) -> Result<Found, SearchError> {
    let query = LexicalQuery::from_text(&request.text);
    let vector = question_vector(index.embed(), &request.text)?;
    let view = view_for(index, &request.audience)?;
    let filter = filter_of(&view, request);
    let Ranking { mut candidates, total } = rank(view.engine.as_ref(), &query, vector.as_deref(), &filter, weights)?;
    candidates.truncate(RESULTS_MAX);
    let shown = &candidates[page(request, candidates.len())];
    let ordinals: Vec<u32> = shown.iter().map(|candidate| candidate.ordinal).collect();
    let mut documents: HashMap<u32, StoredDocument> =
        view.engine.fetch(&ordinals)?.into_iter().map(|document| (document.ordinal, document)).collect();
    let results = shown.iter().filter_map(|candidate| Some((*candidate, documents.remove(&candidate.ordinal)?)));
    Ok(Found { total, results: results.collect(), terms: Terms::new(&query) })
}

/// Results whose ordinal no document holds any more (it was replaced meanwhile) are left out.
fn items(results: Vec<(Candidate, StoredDocument)>, terms: &Terms, ids: &HashMap<u32, String>) -> Vec<QueryItem> {
    let item = |(candidate, document): (Candidate, StoredDocument)| {
        let closest = candidate.semantic.map(|hit| hit.passage);
        Some(QueryItem {
            document_id: ids.get(&candidate.ordinal)?.clone(),
            title: terms.highlight(&document.title),
            excerpt: excerpt(&document, terms, closest),
            attributes: document.attributes,
            score: candidate.score,
            confidence: confidence(candidate.semantic.map(|hit| hit.cosine)),
        })
    };
    results.into_iter().filter_map(item).collect()
}
