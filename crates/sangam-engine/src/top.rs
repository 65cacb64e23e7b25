//! Keeps the best of many, in memory for twice as many as are wanted.

use std::cmp::Ordering;

/// The `k` items with the highest scores; equal scores by the smaller item.
#[derive(Debug)]
pub(crate) struct Top<T> {
    k: usize,
    items: Vec<(f32, T)>,
    /// What an item must reach to be among the best so far.
    threshold: f32,
}

impl<T: Ord> Top<T> {
    pub(crate) fn new(k: usize) -> Self {
        Self { k, items: Vec::new(), threshold: f32::NEG_INFINITY }
    }

    /// Turns away what scores less, from the start.
    pub(crate) fn require(&mut self, score: f32) {
        self.threshold = self.threshold.max(score);
    }

    /// Returns whether an item with this score could be among the best.
    #[inline]
    pub(crate) fn wants(&self, score: f32) -> bool {
        score >= self.threshold && self.k > 0
    }

    /// Offers an item.
    #[inline]
    pub(crate) fn push(&mut self, score: f32, item: T) {
        if self.wants(score) {
            self.items.push((score, item));
            if self.items.len() >= 2 * self.k.max(32) {
                self.shrink();
            }
        }
    }

    fn shrink(&mut self) {
        if self.items.len() > self.k {
            self.items.select_nth_unstable_by(self.k - 1, better);
            self.items.truncate(self.k);
            self.threshold = self.items[self.k - 1].0;
        }
    }

    /// Returns the best items, best first.
    pub(crate) fn into_sorted(mut self) -> Vec<(f32, T)> {
        self.items.sort_unstable_by(better);
        self.items.truncate(self.k);
        self.items
    }
}

fn better<T: Ord>(left: &(f32, T), right: &(f32, T)) -> Ordering {
    right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_best_are_what_sorting_gives(scores in prop::collection::vec(0u8..20, 0..300), k in 0usize..40) {
            let mut top = Top::new(k);
            let mut all: Vec<(f32, usize)> = Vec::new();
            for (item, score) in scores.into_iter().enumerate() {
                top.push(f32::from(score), item);
                all.push((f32::from(score), item));
            }
            all.sort_by(better);
            all.truncate(k);
            prop_assert_eq!(top.into_sorted(), all);
        }
    }
}
