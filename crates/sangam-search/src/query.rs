//! `Query`: the documents that answer, with excerpts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use roaring::RoaringBitmap;
use sangam_engine::{EngineError, FacetValue, Filter, LexicalQuery, StoredDocument, View};
use sangam_ingest::Index;
use sangam_store::Store;

use crate::excerpt::{Terms, excerpt};
use crate::rank::{Candidate, Ranking, rank};
use crate::searcher::{confidence, filter_of, page, question_vector, shown_attributes, view_for};
use crate::{
    Confidence, RESULTS_MAX, RankingWeights, SearchError, SearchItem, SearchRequest, SearchResponse, Searcher,
};

/// A page's results before their document ids are known.
struct Found {
    total: u64,
    results: Vec<(u32, SearchItem)>,
    facets: Vec<Vec<FacetValue>>,
}

impl Searcher {
    /// Answers a query: at most [`RESULTS_MAX`] results over all pages.
    pub async fn query(&self, store: &Store, request: &SearchRequest) -> Result<SearchResponse, SearchError> {
        let index = self.index(&request.index_id)?;
        let (weights, asked) = (self.weights, request.clone());
        let found = tokio::task::spawn_blocking(move || find(&index, &asked, weights));
        let found = found.await.map_err(|_| SearchError::CutOff)??;
        let ordinals: Vec<u32> = found.results.iter().map(|(ordinal, _)| *ordinal).collect();
        let mut ids = store.document_ids(&request.index_id, &ordinals).await?;
        // A result that was replaced meanwhile is left out: nobody may see a revision that is not current.
        let named = found
            .results
            .into_iter()
            .filter_map(|(ordinal, item)| Some(SearchItem { document_id: ids.remove(&ordinal)?, ..item }));
        Ok(SearchResponse { total: found.total, items: named.collect(), facets: found.facets })
    }
}

fn find(index: &Arc<Index>, request: &SearchRequest, weights: RankingWeights) -> Result<Found, SearchError> {
    let query = LexicalQuery::from_text(&request.text);
    let is_browse = request.text.trim().is_empty();
    let vector = if is_browse { None } else { question_vector(index.embed(), &request.text)? };
    let view = view_for(index, &request.audience)?;
    let filter = filter_of(&view, request);
    let engine = view.engine.as_ref();
    let Ranking { mut candidates, mut total } = rank(engine, &query, vector.as_deref(), &filter, weights)?;
    let mut facets = Vec::new();
    if is_browse || !request.facets.is_empty() || !request.sort.is_empty() {
        // Totals, facets and sorting are about all that match: by words, or among those closest in meaning.
        let pooled: RoaringBitmap = candidates.iter().map(|candidate| candidate.ordinal).collect();
        let matches = engine.matches((!is_browse).then_some(&query), &filter)? | pooled;
        facets = engine.facets(&matches, &request.facets)?;
        total = matches.len();
        if is_browse || !request.sort.is_empty() {
            candidates = sorted(engine, request, &matches, candidates)?;
        }
    }
    if request.sort.is_empty() && !is_browse && request.offset.saturating_add(request.limit) as usize > candidates.len()
    {
        extend(&mut candidates, engine, &query, &filter)?;
    }
    let shown = &candidates[page(request, candidates.len())];
    let ordinals: Vec<u32> = shown.iter().map(|candidate| candidate.ordinal).collect();
    let mut documents: HashMap<u32, StoredDocument> =
        engine.fetch(&ordinals)?.into_iter().map(|document| (document.ordinal, document)).collect();
    let terms = Terms::new(&query);
    let results = shown.iter().filter_map(|candidate| {
        let document = documents.remove(&candidate.ordinal)?;
        Some((candidate.ordinal, item(request, candidate, &document, &terms)))
    });
    Ok(Found { total, results: results.collect(), facets })
}

/// The matches in the order that the request asks for; equal ones by relevance.
fn sorted(
    engine: &dyn View,
    request: &SearchRequest,
    matches: &RoaringBitmap,
    ranked: Vec<Candidate>,
) -> Result<Vec<Candidate>, EngineError> {
    let by_relevance: Vec<u32> = ranked.iter().map(|candidate| candidate.ordinal).collect();
    let sorted = engine.sorted(matches, &request.sort, &by_relevance, RESULTS_MAX)?;
    let mut known: HashMap<u32, Candidate> =
        ranked.into_iter().map(|candidate| (candidate.ordinal, candidate)).collect();
    let candidate = |ordinal| known.remove(&ordinal).unwrap_or_else(|| Candidate::unranked(ordinal, None));
    Ok(sorted.into_iter().map(candidate).collect())
}

/// Behind the pooled candidates come the other matches by words, so that late pages go on where the fused ranking ends.
fn extend(
    candidates: &mut Vec<Candidate>,
    engine: &dyn View,
    query: &LexicalQuery,
    filter: &Filter,
) -> Result<(), EngineError> {
    let pooled: HashSet<u32> = candidates.iter().map(|candidate| candidate.ordinal).collect();
    let more =
        engine.lexical(query, filter, RESULTS_MAX)?.hits.into_iter().filter(|hit| !pooled.contains(&hit.ordinal));
    candidates.extend(more.map(|hit| Candidate::unranked(hit.ordinal, Some(hit.score))));
    candidates.truncate(RESULTS_MAX);
    Ok(())
}

fn item(request: &SearchRequest, candidate: &Candidate, document: &StoredDocument, terms: &Terms) -> SearchItem {
    let (uri, attributes) = shown_attributes(request, &document.attributes);
    let cosine = candidate.semantic.map(|hit| hit.cosine);
    SearchItem {
        document_id: String::new(),
        title: terms.highlight(&document.title),
        excerpt: excerpt(document, terms, candidate.semantic.map(|hit| hit.passage)),
        uri,
        attributes,
        confidence: cosine.map_or(Confidence::NotAvailable, confidence),
    }
}
