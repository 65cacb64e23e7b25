//! Which segments a commit folds into the new one. A pure decision, so that it can be read in a table
//! of tests.

/// More segments than this are merged; each one costs a query a few microseconds and an open file.
const SEGMENTS_MAX: usize = 8;

/// A merge stops before this many rows, about 300 MB at 384 dimensions: it happens inside a commit,
/// which it may hold up for a second, not for a minute.
const MERGE_ROWS_MAX: usize = 250_000;

/// How full a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// Rows that are neither deleted nor replaced.
    pub(super) live: usize,
    /// All rows.
    pub(super) total: usize,
}

/// Returns the positions of the segments to fold into a new one, together with `n_new` new rows.
///
/// Empty segments go at once. A segment that is more than half dead is written again, a large one
/// alone. Beyond [`SEGMENTS_MAX`], the smallest are merged, and then each next one that is no larger
/// than what is merged already: so a row is copied about as often as its segment doubles.
pub(super) fn plan(sizes: &[Size], n_new: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|index| sizes[*index].live);
    let (mut folded, mut n_rows) = (Vec::new(), n_new);
    for &index in &order {
        let size = sizes[index];
        let mostly_dead = size.live * 2 < size.total;
        let fits = n_rows + size.live <= MERGE_ROWS_MAX;
        if size.live == 0 || mostly_dead && (fits || n_rows == n_new) {
            folded.push(index);
            n_rows += size.live;
        }
    }
    let n_after = sizes.len() - folded.len() + usize::from(n_rows > 0);
    if n_after > SEGMENTS_MAX {
        let rest: Vec<usize> = order.into_iter().filter(|index| !folded.contains(index)).collect();
        for (position, &index) in rest.iter().enumerate() {
            let live = sizes[index].live;
            let worth = position < 2 || live <= n_rows;
            if !worth || n_rows + live > MERGE_ROWS_MAX {
                break;
            }
            folded.push(index);
            n_rows += live;
        }
    }
    folded.sort_unstable();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan_of(sizes: &[(usize, usize)], n_new: usize) -> Vec<usize> {
        let sizes: Vec<Size> = sizes.iter().map(|&(live, total)| Size { live, total }).collect();
        plan(&sizes, n_new)
    }

    #[test]
    fn few_healthy_segments_are_left_alone() {
        assert!(plan_of(&[], 5).is_empty());
        assert!(plan_of(&[(10, 10), (50, 100), (1, 1)], 5).is_empty());
    }

    #[test]
    fn empty_and_mostly_dead_segments_are_folded() {
        assert_eq!(plan_of(&[(10, 10), (0, 100), (49, 100)], 0), [1, 2]);
    }

    #[test]
    fn a_large_dying_segment_is_rewritten_alone() {
        let large = (400_000, 1_000_000);
        assert_eq!(plan_of(&[(10, 10), large], 0), [1]);
        assert_eq!(plan_of(&[large, large], 7), [0]);
        assert_eq!(plan_of(&[(4, 10), large], 7), [0]);
    }

    #[test]
    fn too_many_small_segments_become_one() {
        assert_eq!(plan_of(&[(1, 1); 8], 1), [0, 1, 2, 3, 4, 5, 6, 7]);
        let sizes = [(1000, 1000), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)];
        assert_eq!(plan_of(&sizes, 1), [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn segments_at_the_limit_are_left_alone() {
        assert_eq!(plan_of(&[(200_000, 200_000); 12], 10), [0]);
        assert!(plan_of(&[(300_000, 300_000); 12], 10).is_empty());
    }

    #[test]
    fn many_small_commits_copy_each_row_a_few_times() {
        let (mut sizes, mut copied) = (Vec::<Size>::new(), 0);
        for _ in 0..10_000 {
            let folded = plan(&sizes, 1);
            let merged: usize = folded.iter().map(|index| sizes[*index].live).sum();
            copied += merged;
            let mut index = 0;
            sizes.retain(|_| {
                index += 1;
                !folded.contains(&(index - 1))
            });
            let live = merged + 1;
            sizes.push(Size { live, total: live });
            assert!(sizes.len() <= SEGMENTS_MAX);
        }
        assert!(copied < 10_000 * 10, "{copied}");
    }
}
