//! What queries run with.

use std::ops::Range;
use std::sync::Arc;

use sangam_embed::EmbedService;
use sangam_engine::{AttributeValue, Filter};
use sangam_ingest::{Index, IndexRegistry, ReaderView};

use crate::{Audience, Confidence, RankingWeights, SearchError, SearchRequest};

/// The field that holds a document's address.
const SOURCE_URI: &str = "_source_uri";
/// Cosines of the best passage from which a result is that close. Set by hand; Kendra publishes no thresholds either.
const VERY_HIGH_FROM: f32 = 0.65;
const HIGH_FROM: f32 = 0.5;
const MEDIUM_FROM: f32 = 0.35;

/// Answers queries on the open indices of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Searcher {
    pub(crate) indices: Arc<IndexRegistry>,
    pub(crate) weights: RankingWeights,
}

impl Searcher {
    /// A searcher over `indices`.
    pub fn new(indices: Arc<IndexRegistry>, weights: RankingWeights) -> Self {
        Self { indices, weights }
    }

    pub(crate) fn index(&self, index_id: &str) -> Result<Arc<Index>, SearchError> {
        Ok(self.indices.get(index_id)?)
    }
}

/// A snapshot of `index` for the one who asks.
pub(crate) fn view_for(index: &Index, audience: &Audience) -> Result<ReaderView, SearchError> {
    Ok(match audience {
        Audience::Everything => index.unfiltered_view()?,
        Audience::Request(request) => index.reader_view(request)?,
    })
}

/// The filter of a request: what is readable, and its conditions.
pub(crate) fn filter_of(view: &ReaderView, request: &SearchRequest) -> Filter {
    let filter = Filter::readable(Arc::clone(&view.readable));
    match &request.filter {
        Some(fields) => filter.with_fields(fields.clone()),
        None => filter,
    }
}

/// The vector of the question, if the index has a model.
pub(crate) fn question_vector(embed: Option<&Arc<EmbedService>>, text: &str) -> Result<Option<Vec<f32>>, SearchError> {
    Ok(embed.map(|embed| embed.embed_query(text)).transpose()?)
}

/// How sure one may be of a passage of this cosine.
pub(crate) fn confidence(cosine: f32) -> Confidence {
    match cosine {
        cosine if cosine >= VERY_HIGH_FROM => Confidence::VeryHigh,
        cosine if cosine >= HIGH_FROM => Confidence::High,
        cosine if cosine >= MEDIUM_FROM => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// The slice of `n` results that is asked for.
pub(crate) fn page(request: &SearchRequest, n: usize) -> Range<usize> {
    let start = (request.offset as usize).min(n);
    start..start.saturating_add(request.limit as usize).min(n)
}

/// What of a document's attributes is asked for: the address, and the attributes of the request.
pub(crate) fn shown_attributes(
    request: &SearchRequest,
    attributes: &[(String, AttributeValue)],
) -> (Option<String>, Vec<(String, AttributeValue)>) {
    let uri = attributes.iter().find_map(|(name, value)| match value {
        AttributeValue::String(uri) if name == SOURCE_URI => Some(uri.clone()),
        _ => None,
    });
    (uri, attributes.iter().filter(|(name, _)| request.attributes.contains(name)).cloned().collect())
}
