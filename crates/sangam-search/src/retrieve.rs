//! `Retrieve`: the passages that answer, several of a document if they do.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;
use sangam_engine::{Filter, LexicalHit, LexicalQuery, PassageHit, StoredDocument, TITLE_PASSAGE, View};
use sangam_ingest::Index;
use sangam_store::Store;

use crate::excerpt::Terms;
use crate::rank::z_scores;
use crate::searcher::{confidence, filter_of, page, question_vector, shown_attributes, view_for};
use crate::{
    Confidence, POOL, PassageItem, PassagesResponse, RESULTS_MAX, RankingWeights, SearchError, SearchRequest, Searcher,
};

/// Words of a passage with its neighbours, as Kendra's.
const WORDS_MAX: usize = 200;

/// A passage with what the signals say of it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scored {
    ordinal: u32,
    passage: u16,
    cosine: Option<f32>,
    lexical: f32,
    score: f32,
}

impl Searcher {
    /// Retrieves passages: at most [`RESULTS_MAX`] over all pages.
    pub async fn retrieve(&self, store: &Store, request: &SearchRequest) -> Result<PassagesResponse, SearchError> {
        let index = self.index(&request.index_id)?;
        let (weights, asked) = (self.weights, request.clone());
        let found = tokio::task::spawn_blocking(move || find(&index, &asked, weights));
        let found = found.await.map_err(|_| SearchError::CutOff)??;
        let ordinals: Vec<u32> = found.iter().map(|(ordinal, _)| *ordinal).collect();
        let ids = store.document_ids(&request.index_id, &ordinals).await?;
        let named = found
            .into_iter()
            .filter_map(|(ordinal, item)| Some(PassageItem { document_id: ids.get(&ordinal)?.clone(), ..item }));
        Ok(PassagesResponse { items: named.collect() })
    }
}

fn find(
    index: &Arc<Index>,
    request: &SearchRequest,
    weights: RankingWeights,
) -> Result<Vec<(u32, PassageItem)>, SearchError> {
    let query = LexicalQuery::from_text(&request.text);
    let vector = question_vector(index.embed(), &request.text)?;
    let view = view_for(index, &request.audience)?;
    let filter = filter_of(&view, request);
    let mut scored = match &vector {
        Some(vector) => by_meaning(view.engine.as_ref(), &query, vector, &filter, weights)?,
        None => Vec::new(),
    };
    if scored.is_empty() {
        scored = by_words(view.engine.as_ref(), &query, &filter)?;
    }
    scored.truncate(RESULTS_MAX);
    let shown = scored[page(request, scored.len())].to_vec();
    let documents = fetch(view.engine.as_ref(), shown.iter().map(|scored| scored.ordinal))?;
    Ok(shown
        .into_iter()
        .filter_map(|scored| Some((scored.ordinal, item(request, scored, documents.get(&scored.ordinal)?))))
        .collect())
}

fn item(request: &SearchRequest, scored: Scored, document: &StoredDocument) -> PassageItem {
    let (uri, attributes) = shown_attributes(request, &document.attributes);
    PassageItem {
        document_id: String::new(),
        title: document.title.clone(),
        text: widened(document, scored.passage),
        uri,
        attributes,
        confidence: scored.cosine.map_or(Confidence::NotAvailable, confidence),
    }
}

/// The closest passages, and those of the documents that match best by words.
fn by_meaning(
    view: &dyn View,
    query: &LexicalQuery,
    vector: &[f32],
    filter: &Filter,
    weights: RankingWeights,
) -> Result<Vec<Scored>, SearchError> {
    let mut hits = view.passages(vector, filter, POOL)?;
    let words = view.lexical(query, filter, POOL)?.hits;
    let of_words: RoaringBitmap = words.iter().map(|hit| hit.ordinal).collect();
    let best = view.semantic_scores(vector, &of_words)?;
    hits.extend(best.iter().map(|hit| PassageHit { ordinal: hit.ordinal, passage: hit.passage, cosine: hit.cosine }));
    hits.retain(|hit| hit.passage != TITLE_PASSAGE);
    hits.sort_by_key(|hit| (hit.ordinal, hit.passage));
    hits.dedup_by_key(|hit| (hit.ordinal, hit.passage));
    let found: RoaringBitmap = hits.iter().map(|hit| hit.ordinal).collect();
    let more_words = view.lexical_scores(query, &(found - of_words))?;
    let lexical: HashMap<u32, f32> = words.iter().chain(&more_words).map(|hit| (hit.ordinal, hit.score)).collect();
    let mut scored: Vec<Scored> = hits
        .iter()
        .map(|hit| Scored {
            ordinal: hit.ordinal,
            passage: hit.passage,
            cosine: Some(hit.cosine),
            lexical: lexical.get(&hit.ordinal).copied().unwrap_or(0.0),
            score: 0.0,
        })
        .collect();
    if !scored.is_empty() {
        // Vectors follow the text: a document that waits for its own answers by its words until then.
        let embedded: RoaringBitmap = best.iter().map(|hit| hit.ordinal).collect();
        let waiting = words.iter().copied().filter(|hit| !embedded.contains(hit.ordinal));
        scored.extend(most_words(view, query, &waiting.collect::<Vec<_>>())?);
    }
    let cosines = z_scores(scored.iter().map(|scored| scored.cosine));
    let words = z_scores(scored.iter().map(|scored| Some(scored.lexical)));
    for (place, scored) in scored.iter_mut().enumerate() {
        scored.score = weights.meaning * cosines[place] + weights.lexical * words[place];
    }
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.ordinal, a.passage).cmp(&(b.ordinal, b.passage))));
    Ok(scored)
}

/// Without vectors: the documents that match best by words.
fn by_words(view: &dyn View, query: &LexicalQuery, filter: &Filter) -> Result<Vec<Scored>, SearchError> {
    let hits = view.lexical(query, filter, RESULTS_MAX)?.hits;
    most_words(view, query, &hits)
}

/// Of each document, the passage with most of the query's words.
fn most_words(view: &dyn View, query: &LexicalQuery, hits: &[LexicalHit]) -> Result<Vec<Scored>, SearchError> {
    let documents = fetch(view, hits.iter().map(|hit| hit.ordinal))?;
    let terms = Terms::new(query);
    Ok(hits
        .iter()
        .filter_map(|hit| {
            let document = documents.get(&hit.ordinal)?;
            let passage = (0..document.passages.len())
                .max_by_key(|number| (terms.coverage(passage_text(document, *number)), usize::MAX - number))?;
            let passage = u16::try_from(passage).ok()?;
            Some(Scored { ordinal: hit.ordinal, passage, cosine: None, lexical: hit.score, score: hit.score })
        })
        .collect())
}

fn fetch(
    view: &dyn View,
    ordinals: impl Iterator<Item = u32>,
) -> Result<HashMap<u32, Arc<StoredDocument>>, SearchError> {
    let mut ordinals: Vec<u32> = ordinals.collect();
    ordinals.sort_unstable();
    ordinals.dedup();
    Ok(view.fetch(&ordinals)?.into_iter().map(|document| (document.ordinal, Arc::new(document))).collect())
}

fn passage_text(document: &StoredDocument, number: usize) -> &str {
    let range = document.passages.get(number).map(|passage| passage.start as usize..passage.end as usize);
    range.and_then(|range| document.body.get(range)).unwrap_or_default()
}

/// The passage with as many whole neighbours as fit into [`WORDS_MAX`] words, after and before in turn.
fn widened(document: &StoredDocument, passage: u16) -> String {
    let words = |number: usize| passage_text(document, number).split_whitespace().count();
    let mut range: Range<usize> = usize::from(passage)..usize::from(passage) + 1;
    let mut n_words = words(usize::from(passage));
    loop {
        let before = range.end - range.start;
        if range.end < document.passages.len() && n_words + words(range.end) <= WORDS_MAX {
            n_words += words(range.end);
            range.end += 1;
        }
        if range.start > 0 && n_words + words(range.start - 1) <= WORDS_MAX {
            n_words += words(range.start - 1);
            range.start -= 1;
        }
        if range.end - range.start == before {
            break;
        }
    }
    let text: String = range.map(|number| passage_text(document, number)).collect();
    let text = text.trim();
    match text.split_whitespace().nth(WORDS_MAX) {
        Some(_) => text.split_whitespace().take(WORDS_MAX).collect::<Vec<_>>().join(" "),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use sangam_engine::Passage;

    use super::*;

    #[test]
    fn a_passage_takes_its_neighbours_along_up_to_two_hundred_words() {
        let part = "word ".repeat(80);
        let body = part.repeat(4);
        let passages = (0..4).map(|n| Passage { start: n * 400, end: (n + 1) * 400 }).collect();
        let document = StoredDocument {
            ordinal: 1,
            title: String::new(),
            body,
            language: "en".into(),
            attributes: Vec::new(),
            passages,
        };
        assert_eq!(widened(&document, 1).split_whitespace().count(), 160);
        let long = StoredDocument { passages: vec![Passage { start: 0, end: 1_600 }], ..document };
        assert_eq!(widened(&long, 0).split_whitespace().count(), WORDS_MAX);
    }
}
