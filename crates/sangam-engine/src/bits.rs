//! A set of small numbers as bits: the documents of one segment that a filter lets through.

/// A dense set of numbers below a length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    /// Numbers are below this.
    end: usize,
}

impl Bits {
    /// The empty set of numbers below `end`.
    pub(crate) fn empty(end: usize) -> Self {
        Self { words: vec![0; end.div_ceil(64)], end }
    }

    /// The set of all numbers below `end`.
    pub(crate) fn full(end: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; end.div_ceil(64)], end };
        bits.trim();
        bits
    }

    /// Collects the numbers below `end` for which `keep` holds.
    pub(crate) fn filtered(end: usize, mut keep: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::empty(end);
        for index in 0..end {
            bits.words[index / 64] |= u64::from(keep(index)) << (index % 64);
        }
        bits
    }

    #[inline]
    pub(crate) fn insert(&mut self, index: usize) {
        debug_assert!(index < self.end);
        self.words[index / 64] |= 1 << (index % 64);
    }

    pub(crate) fn remove(&mut self, index: usize) {
        self.words[index / 64] &= !(1 << (index % 64));
    }

    #[inline]
    pub(crate) fn contains(&self, index: usize) -> bool {
        self.words[index / 64] >> (index % 64) & 1 == 1
    }

    /// Returns how many numbers are in the set.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the smallest number in the set that is not below `from`.
    pub(crate) fn next(&self, from: usize) -> Option<usize> {
        let mut at = from / 64;
        let mut word = self.words.get(at)? & (u64::MAX << (from % 64));
        while word == 0 {
            at += 1;
            word = *self.words.get(at)?;
        }
        Some(64 * at + word.trailing_zeros() as usize)
    }

    /// Returns the numbers in the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let words = self.words.iter().enumerate();
        words.flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.checked_sub(1)?;
                Some(64 * at + bit)
            })
        })
    }

    pub(crate) fn intersect(&mut self, other: &Self) {
        debug_assert_eq!(self.end, other.end);
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(crate) fn unite(&mut self, other: &Self) {
        debug_assert_eq!(self.end, other.end);
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub(crate) fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// Returns the memory that the set takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + 8 * self.words.len()
    }

    fn trim(&mut self) {
        if let Some(last) = self.words.last_mut()
            && !self.end.is_multiple_of(64)
        {
            *last &= (1 << (self.end % 64)) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn bits(len: usize, numbers: &BTreeSet<usize>) -> Bits {
        Bits::filtered(len, |index| numbers.contains(&index))
    }

    proptest! {
        #[test]
        fn bits_are_a_set(
            len in 0usize..200,
            left in prop::collection::btree_set(0usize..200, 0..50),
            right in prop::collection::btree_set(0usize..200, 0..50),
            from in 0usize..220,
        ) {
            let left: BTreeSet<usize> = left.into_iter().filter(|number| *number < len).collect();
            let right: BTreeSet<usize> = right.into_iter().filter(|number| *number < len).collect();
            let set = bits(len, &left);
            prop_assert_eq!(set.iter().collect::<BTreeSet<_>>(), left.clone());
            prop_assert_eq!(set.len(), left.len());
            prop_assert_eq!(set.next(from), left.range(from..).next().copied());
            let mut both = set.clone();
            both.intersect(&bits(len, &right));
            prop_assert_eq!(both, bits(len, &(&left & &right)));
            let mut either = set.clone();
            either.unite(&bits(len, &right));
            prop_assert_eq!(either, bits(len, &(&left | &right)));
            let mut rest = set;
            rest.invert();
            prop_assert_eq!(rest, bits(len, &(0..len).filter(|number| !left.contains(number)).collect()));
            prop_assert_eq!(Bits::full(len).iter().count(), len);
        }
    }
}
