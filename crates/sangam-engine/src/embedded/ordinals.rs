//! A set of ordinals that is asked about millions of times in a row.

use roaring::RoaringBitmap;

use crate::bits::Bits;

/// A set with a range of this many ordinals is always held as bits: 1 MiB.
const SPAN_ALWAYS_DENSE: u64 = 8 << 20;

/// A wider set is held as bits as long as they take at most eight bytes a member.
const SPAN_PER_MEMBER: u64 = 64;

/// Bits if that is affordable, because a bitmap's search for a container costs ten times a bit's
/// look-up; else the bitmap.
pub(super) enum OrdinalSet<'a> {
    Dense { first: u32, bits: Bits, len: usize },
    Sparse(&'a RoaringBitmap),
}

impl<'a> OrdinalSet<'a> {
    pub(super) fn new(ordinals: &'a RoaringBitmap) -> Self {
        let (Some(first), Some(last)) = (ordinals.min(), ordinals.max()) else {
            return Self::Sparse(ordinals);
        };
        let span = u64::from(last - first) + 1;
        if span > SPAN_ALWAYS_DENSE && span > SPAN_PER_MEMBER * ordinals.len() {
            return Self::Sparse(ordinals);
        }
        let len = span as usize;
        let mut bits = Bits::empty(len);
        for ordinal in ordinals {
            bits.insert((ordinal - first) as usize);
        }
        Self::Dense { first, bits, len }
    }

    #[inline]
    pub(super) fn contains(&self, ordinal: u32) -> bool {
        match self {
            Self::Dense { first, bits, len } => {
                let at = ordinal.wrapping_sub(*first) as usize;
                at < *len && bits.contains(at)
            }
            Self::Sparse(ordinals) => ordinals.contains(ordinal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_and_sparse_sets_answer_alike() {
        for members in [vec![], vec![0], vec![u32::MAX], vec![5, 6, 900], vec![0, 7, u32::MAX]] {
            let ordinals: RoaringBitmap = members.iter().copied().collect();
            let set = OrdinalSet::new(&ordinals);
            for ordinal in [0, 4, 5, 6, 7, 8, 899, 900, 901, u32::MAX - 1, u32::MAX] {
                assert_eq!(set.contains(ordinal), members.contains(&ordinal), "{members:?} {ordinal}");
            }
        }
        let wide = RoaringBitmap::from([0, u32::MAX]);
        assert!(matches!(OrdinalSet::new(&wide), OrdinalSet::Sparse(_)));
    }
}
