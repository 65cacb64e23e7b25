//! Pooling the two rankings and fusing their scores.
//!
//! Scores are fused, not ranks: each signal becomes a z-score over the pooled candidates of the query, and the weighted sum ranks.
//! Rank fusion was measured on four collections and is worse than words alone on one of them (docs/benchmarks.md).

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sangam_engine::{EngineError, Filter, LexicalQuery, SemanticHit, View};
use serde::Deserialize;

use crate::POOL;

/// What each signal counts.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingWeights {
    /// The words of title and body (BM25).
    pub lexical: f32,
    /// The cosine of the closest of its texts: its best passage, or its title.
    pub meaning: f32,
    /// The cosine of the title, once more.
    pub title: f32,
    /// The least cosine that a document must have which no word of the question is in: something is always closest, also to what nobody
    /// has written about.
    #[serde(default)]
    pub meaning_floor: f32,
}

/// Why weights were refused.
#[derive(Debug, thiserror::Error)]
#[error("ranking weights cannot be read: {0}")]
pub struct RankingWeightsError(#[from] serde_json::Error);

impl RankingWeights {
    /// The weights that come with the product.
    ///
    /// # Errors
    /// Never for the file as shipped, which a test reads.
    pub fn bundled() -> Result<Self, RankingWeightsError> {
        Self::parse(include_str!("../assets/ranking.json"))
    }

    /// Reads weights from JSON; unknown members are refused.
    pub fn parse(json: &str) -> Result<Self, RankingWeightsError> {
        Ok(serde_json::from_str(json)?)
    }
}

/// One candidate with what each signal says of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) ordinal: u32,
    /// `None` if no word of the query is in it.
    pub(crate) lexical: Option<f32>,
    pub(crate) semantic: Option<SemanticHit>,
    pub(crate) score: f32,
}

impl Candidate {
    /// A match behind the pooled ones.
    pub(crate) fn unranked(ordinal: u32, lexical: Option<f32>) -> Self {
        Self { ordinal, lexical, semantic: None, score: f32::NEG_INFINITY }
    }

    /// Whether words found it, or its meaning is near enough.
    fn is_match(&self, meaning_floor: f32) -> bool {
        self.lexical.is_some() || self.semantic.is_some_and(|hit| closest(hit) >= meaning_floor)
    }
}

/// The pooled candidates, best first, and how many documents match.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ranking {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) total: u64,
}

/// Ranks what `filter` lets through by words and, with a vector, by meaning.
pub(crate) fn rank(
    view: &dyn View,
    query: &LexicalQuery,
    vector: Option<&[f32]>,
    filter: &Filter,
    weights: RankingWeights,
) -> Result<Ranking, EngineError> {
    let lexical = view.lexical(query, filter, POOL)?;
    let semantic = match vector {
        Some(vector) => view.semantic(vector, filter, POOL)?,
        None => Vec::new(),
    };
    let mut pool: BTreeMap<u32, Candidate> = BTreeMap::new();
    let entry = |pool: &mut BTreeMap<u32, Candidate>, ordinal: u32| {
        pool.entry(ordinal).or_insert(Candidate { ordinal, lexical: None, semantic: None, score: 0.0 });
    };
    let by_words: RoaringBitmap = lexical.hits.iter().map(|hit| hit.ordinal).collect();
    let by_meaning: RoaringBitmap = semantic.iter().map(|hit| hit.ordinal).collect();
    (&by_words | &by_meaning).iter().for_each(|ordinal| entry(&mut pool, ordinal));
    // Each candidate gets every signal, not only the one that found it.
    let more_words = view.lexical_scores(query, &(&by_meaning - &by_words))?;
    for hit in lexical.hits.iter().chain(&more_words) {
        pool.entry(hit.ordinal).and_modify(|candidate| candidate.lexical = Some(hit.score));
    }
    let more_meaning = match vector {
        Some(vector) => view.semantic_scores(vector, &(&by_words - &by_meaning))?,
        None => Vec::new(),
    };
    for hit in semantic.iter().chain(&more_meaning) {
        pool.entry(hit.ordinal).and_modify(|candidate| candidate.semantic = Some(*hit));
    }
    let mut candidates: Vec<Candidate> = pool.into_values().collect();
    fuse(&mut candidates, weights);
    // Only now: what is far from the question is what the scores of the others are measured against.
    candidates.retain(|candidate| candidate.is_match(weights.meaning_floor));
    let only_by_meaning = candidates.iter().filter(|candidate| candidate.lexical.is_none()).count();
    Ok(Ranking { candidates, total: lexical.n_matches + only_by_meaning as u64 })
}

/// The cosine of the closest text of a document. A title is a text like any passage: what asks nearly the same as a title is answered
/// by its document, however far its passages are.
fn closest(hit: SemanticHit) -> f32 {
    hit.title_cosine.map_or(hit.cosine, |title| title.max(hit.cosine))
}

/// Sets the fused scores and sorts by them; ties keep the older document first.
fn fuse(candidates: &mut [Candidate], weights: RankingWeights) {
    let lexical = z_scores(candidates.iter().map(|candidate| Some(candidate.lexical.unwrap_or(0.0))));
    let meaning = z_scores(candidates.iter().map(|candidate| candidate.semantic.map(closest)));
    let title = z_scores(candidates.iter().map(|candidate| candidate.semantic.and_then(|hit| hit.title_cosine)));
    for (place, candidate) in candidates.iter_mut().enumerate() {
        candidate.score =
            weights.lexical * lexical[place] + weights.meaning * meaning[place] + weights.title * title[place];
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.ordinal.cmp(&b.ordinal)));
}

/// Z-scores of the values that there are; one that is missing gets the lowest of the others.
pub(crate) fn z_scores(values: impl Iterator<Item = Option<f32>>) -> Vec<f32> {
    let values: Vec<Option<f32>> = values.collect();
    let known: Vec<f32> = values.iter().flatten().copied().collect();
    if known.is_empty() {
        return vec![0.0; values.len()];
    }
    let n = known.len() as f32;
    let mean = known.iter().sum::<f32>() / n;
    let variance = known.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / n;
    let deviation = variance.sqrt();
    if deviation <= f32::EPSILON {
        return vec![0.0; values.len()];
    }
    let lowest = known.iter().copied().fold(f32::INFINITY, f32::min);
    values.iter().map(|value| (value.unwrap_or(lowest) - mean) / deviation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(ordinal: u32, lexical: Option<f32>, cosine: Option<f32>) -> Candidate {
        let semantic = cosine.map(|cosine| SemanticHit { ordinal, passage: 0, cosine, title_cosine: None });
        Candidate { ordinal, lexical, semantic, score: 0.0 }
    }

    const EVEN: RankingWeights = RankingWeights { lexical: 0.5, meaning: 0.5, title: 0.0, meaning_floor: 0.0 };

    #[test]
    fn what_only_meaning_finds_must_be_near() {
        let is_match = |lexical, cosine| candidate(1, lexical, cosine).is_match(0.3);
        assert!(is_match(Some(1.0), Some(0.1)) && is_match(Some(1.0), None) && is_match(None, Some(0.3)));
        assert!(!is_match(None, Some(0.29)) && !is_match(None, None));
    }

    #[test]
    fn the_bundled_weights_can_be_read_and_an_unknown_one_is_refused() {
        let weights = RankingWeights::bundled().unwrap();
        assert!(weights.lexical > 0.0 && weights.meaning > 0.0);
        assert!(RankingWeights::parse(r#"{"lexical":1,"meaning":1,"title":0,"magic":1}"#).is_err());
    }

    #[test]
    fn both_signals_together_beat_either_alone() {
        let mut candidates =
            [candidate(1, Some(9.0), Some(0.1)), candidate(2, Some(8.0), Some(0.8)), candidate(3, None, Some(0.9))];
        fuse(&mut candidates, EVEN);
        assert_eq!(candidates[0].ordinal, 2);
    }

    #[test]
    fn a_title_close_to_the_question_counts_like_a_passage() {
        let titled = SemanticHit { ordinal: 2, passage: 0, cosine: 0.2, title_cosine: Some(0.9) };
        let mut candidates =
            [candidate(1, None, Some(0.5)), Candidate { semantic: Some(titled), ..candidate(2, None, None) }];
        fuse(&mut candidates, EVEN);
        assert_eq!(candidates[0].ordinal, 2);
    }

    #[test]
    fn a_missing_value_counts_as_the_lowest_and_equal_values_as_nothing() {
        assert_eq!(z_scores([Some(1.0), None, Some(3.0)].into_iter()), [-1.0, -1.0, 1.0]);
        assert_eq!(z_scores([Some(2.0), Some(2.0)].into_iter()), [0.0, 0.0]);
        assert_eq!(z_scores([None, None].into_iter()), [0.0, 0.0]);
    }
}
