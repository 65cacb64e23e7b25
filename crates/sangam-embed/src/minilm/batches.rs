//! Which texts run through the network together.

/// Most tokens of a batch, padding included. Enough to fill the matrix kernels; more makes nothing faster and
/// lets a query wait longer for its share of the cores (about 50 ms on one core).
pub const BATCH_TOKENS_MAX: usize = 1024;

/// Groups texts of the given lengths in tokens into batches of at most [`BATCH_TOKENS_MAX`] tokens, or one text.
///
/// Returns indices into `lengths`. Texts of like length come together, because each is padded to the longest of its batch.
pub(super) fn plan(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&text| std::cmp::Reverse(lengths[text]));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for text in order {
        match batches.last_mut() {
            // The first text of a batch is its longest.
            Some(batch) if (batch.len() + 1) * lengths[batch[0]] <= BATCH_TOKENS_MAX => batch.push(text),
            _ => batches.push(vec![text]),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_one_batch_beside_texts_of_its_length() {
        let lengths: Vec<usize> = (0..100).map(|i| 2 + (i * 37) % 250).collect();
        let batches = plan(&lengths);
        let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
        for batch in &batches {
            assert!(batch.len() * lengths[batch[0]] <= BATCH_TOKENS_MAX);
        }
        let padded: usize = batches.iter().map(|batch| batch.len() * lengths[batch[0]]).sum();
        assert!(padded < lengths.iter().sum::<usize>() * 12 / 10);
    }

    #[test]
    fn no_texts_are_no_batches() {
        assert!(plan(&[]).is_empty());
    }
}
