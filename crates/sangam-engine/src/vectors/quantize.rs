//! Vectors as int8 with a scale: what a scan reads, a quarter of the bytes of `f32`.
//!
//! A row is quantised from its half-precision values, never from the original ones. So a vector that
//! is read back and stored again, for a passage that did not change, gives the same bits.

use super::half;

/// Rows begin at multiples of this, so that a 512-bit load never crosses a cache line.
pub(super) const ROW_ALIGN: usize = 64;

/// A zero in a row: rows are unsigned, because the instruction that multiplies bytes wants one
/// unsigned and one signed operand.
pub(super) const ROW_ZERO: u8 = 128;

/// Returns the bytes a row takes, padding included.
pub(super) fn row_stride(dimensions: usize) -> usize {
    dimensions.next_multiple_of(ROW_ALIGN)
}

/// One vector as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QuantizedRow {
    /// Signed bytes plus 128, padded with zeros to the stride.
    pub(super) bytes: Box<[u8]>,
    /// What a byte counts for.
    pub(super) scale: f32,
    /// Little-endian halves.
    pub(super) exact: Box<[u8]>,
}

impl QuantizedRow {
    /// Quantises a vector of finite numbers.
    pub(super) fn new(values: &[f32]) -> Self {
        let halves: Vec<u16> = values.iter().map(|value| half::from_f32(*value)).collect();
        let values: Vec<f32> = halves.iter().map(|half| half::to_f32(*half)).collect();
        let (scale, quantized) = quantize(&values);
        let mut bytes = vec![ROW_ZERO; row_stride(values.len())];
        for (byte, value) in bytes.iter_mut().zip(quantized) {
            *byte = value.cast_unsigned() ^ 0x80;
        }
        Self { bytes: bytes.into(), scale, exact: halves.iter().flat_map(|half| half.to_le_bytes()).collect() }
    }
}

/// A query in the forms that the scan and the rescoring want.
#[derive(Clone, Debug)]
pub(super) struct QuantizedQuery {
    /// Signed bytes, padded with zeros to the stride.
    pub(super) bytes: Vec<i8>,
    /// What a byte counts for.
    scale: f32,
    /// 128 times the sum of the bytes: what the rows' offset adds to every product.
    offset: i32,
    /// The query at unit norm.
    pub(super) exact: Vec<f32>,
}

impl QuantizedQuery {
    /// Returns `None` for a vector without a direction: all zeros, or not finite.
    pub(super) fn new(values: &[f32]) -> Option<Self> {
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !norm.is_finite() || norm <= 0.0 {
            return None;
        }
        let exact: Vec<f32> = values.iter().map(|value| value / norm).collect();
        let (scale, mut bytes) = quantize(&exact);
        bytes.resize(row_stride(values.len()), 0);
        let sum: i32 = bytes.iter().map(|byte| i32::from(*byte)).sum();
        Some(Self { bytes, scale, offset: sum * i32::from(ROW_ZERO), exact })
    }

    /// Turns the product of a row's and the query's bytes into a cosine.
    #[inline]
    pub(super) fn cosine(&self, product: i32, row_scale: f32) -> f32 {
        (product - self.offset) as f32 * row_scale * self.scale
    }
}

/// Returns a scale, and numbers from −127 to 127 that times it are closest to `values`.
fn quantize(values: &[f32]) -> (f32, Vec<i8>) {
    let largest = values.iter().fold(0f32, |max, value| max.max(value.abs()));
    if largest <= 0.0 {
        return (0.0, vec![0; values.len()]);
    }
    let scale = largest / 127.0;
    let bytes = values.iter().map(|value| (value / scale).round() as i8);
    (scale, bytes.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(values: &[f32]) -> Vec<f32> {
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        values.iter().map(|value| value / norm).collect()
    }

    #[test]
    fn a_query_without_direction_is_none() {
        assert!(QuantizedQuery::new(&[0.0; 8]).is_none());
        assert!(QuantizedQuery::new(&[f32::NAN; 8]).is_none());
        assert!(QuantizedQuery::new(&[f32::INFINITY, 0.0]).is_none());
    }

    #[test]
    fn a_vector_of_zeros_is_a_row_of_zeros() {
        let row = QuantizedRow::new(&[0.0; 3]);
        assert!(row.bytes.iter().all(|byte| *byte == ROW_ZERO));
        assert_eq!(row.bytes.len(), ROW_ALIGN);
    }

    proptest! {
        #[test]
        fn storing_what_was_read_back_gives_the_same_bits(values in prop::collection::vec(-1.0f32..1.0, 1..130)) {
            let row = QuantizedRow::new(&values);
            let read: Vec<f32> = row.exact.chunks_exact(2)
                .map(|pair| half::to_f32(u16::from_le_bytes([pair[0], pair[1]]))).collect();
            prop_assert_eq!(QuantizedRow::new(&read), row);
        }

        #[test]
        fn the_cosine_is_close_to_the_true_one(pairs in prop::collection::vec((-1.0f32..1.0, -1.0f32..1.0), 64)) {
            let (left, right): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            prop_assume!(left.iter().any(|value| value.abs() > 0.01));
            let Some(query) = QuantizedQuery::new(&right) else { return Ok(()) };
            let left = unit(&left);
            let row = QuantizedRow::new(&left);
            let product = row.bytes.iter().zip(&query.bytes)
                .map(|(byte, other)| i32::from(*byte) * i32::from(*other)).sum();
            let expected: f32 = left.iter().zip(&query.exact).map(|(a, b)| a * b).sum();
            prop_assert!((query.cosine(product, row.scale) - expected).abs() < 0.02);
        }
    }
}
