//! The position of the lowest number in a range, in logarithmic time.

use std::ops::Range;

/// Numbers that answer where the lowest of a range is.
///
/// Scanning each range instead would be quadratic for a text whose ranks rise from start to end, which is easily made.
pub(super) struct Lowest {
    /// A complete binary tree in an array: `tree[i]` is the lower of `tree[2 * i]` and `tree[2 * i + 1]`, the second half has the
    /// leaves. A node holds a position, not a number.
    tree: Vec<u32>,
    numbers: Vec<u64>,
}

impl Lowest {
    pub(super) fn new(numbers: Vec<u64>) -> Self {
        let n = numbers.len();
        let mut tree = vec![0_u32; 2 * n];
        for position in 0..n {
            tree[n + position] = position as u32;
        }
        let mut lowest = Self { tree, numbers };
        for node in (1..n).rev() {
            lowest.tree[node] = lowest.lower(lowest.tree[2 * node], lowest.tree[2 * node + 1]);
        }
        lowest
    }

    /// The position of the lowest number in `range`, which must not be empty; the first one of equals.
    pub(super) fn position(&self, range: Range<usize>) -> usize {
        let n = self.numbers.len();
        let (mut left, mut right) = (range.start + n, range.end + n);
        let mut best = range.start as u32;
        while left < right {
            if left % 2 == 1 {
                best = self.lower(best, self.tree[left]);
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                best = self.lower(best, self.tree[right]);
            }
            left /= 2;
            right /= 2;
        }
        best as usize
    }

    fn lower(&self, a: u32, b: u32) -> u32 {
        let key = |position: u32| (self.numbers[position as usize], position);
        if key(b) < key(a) { b } else { a }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_scan_on_every_range() {
        let numbers: Vec<u64> = (0..37_u64).map(|i| (i * 7919) % 11).collect();
        let lowest = Lowest::new(numbers.clone());
        for start in 0..numbers.len() {
            for end in start + 1..=numbers.len() {
                let scanned = (start..end).min_by_key(|&i| (numbers[i], i));
                assert_eq!(Some(lowest.position(start..end)), scanned, "{start}..{end}");
            }
        }
    }
}
