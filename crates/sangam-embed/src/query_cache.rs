//! Vectors of the last queries: people ask the same thing again, page through results, and correct a filter.

use std::collections::HashMap;

/// Queries whose vectors are kept: under 1 MiB with 384 dimensions, and few enough to look through for the oldest.
pub const QUERY_CACHE_MAX: usize = 512;

/// The most recently used vectors, by text. The texts are people's queries: they are never printed.
#[derive(Default)]
pub(crate) struct QueryCache {
    vectors: HashMap<String, (u64, Vec<f32>)>,
    /// Counts uses; an entry remembers its last one.
    clock: u64,
}

impl QueryCache {
    pub(crate) fn get(&mut self, text: &str) -> Option<Vec<f32>> {
        self.clock += 1;
        let (used, vector) = self.vectors.get_mut(text)?;
        *used = self.clock;
        Some(vector.clone())
    }

    pub(crate) fn insert(&mut self, text: &str, vector: Vec<f32>) {
        self.clock += 1;
        if self.vectors.len() >= QUERY_CACHE_MAX && !self.vectors.contains_key(text) {
            let oldest = self.vectors.iter().min_by_key(|(_, (used, _))| *used).map(|(text, _)| text.clone());
            if let Some(oldest) = oldest {
                self.vectors.remove(&oldest);
            }
        }
        self.vectors.insert(text.to_owned(), (self.clock, vector));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_used_last_and_no_more_than_its_limit() {
        let mut cache = QueryCache::default();
        for i in 0..QUERY_CACHE_MAX {
            cache.insert(&format!("query {i}"), vec![i as f32]);
        }
        assert_eq!(cache.get("query 0"), Some(vec![0.0]));
        cache.insert("one more", vec![1.5]);
        assert_eq!(cache.vectors.len(), QUERY_CACHE_MAX);
        assert_eq!(cache.get("query 0"), Some(vec![0.0]));
        assert_eq!(cache.get("query 1"), None);
        assert_eq!(cache.get("one more"), Some(vec![1.5]));
    }
}
