//! Half precision floats, as the exact sidecar stores them.
//!
//! Numbers of a unit vector lie in −1 to 1, where half precision keeps 11 significant bits: a cosine
//! computed from it is right to about 0.0002, a tenth of what the embedding's own int8 arithmetic
//! costs, at half the size of `f32`.

/// Returns the nearest half, ties to even; what is too large becomes infinite.
pub(super) fn from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let magnitude = bits & 0x7FFF_FFFF;
    if magnitude >= 0x4780_0000 {
        // Beyond the largest half; infinity and NaN end here too, and are refused before.
        return sign | 0x7C00;
    }
    if magnitude < 0x3880_0000 {
        // A subnormal half is a whole number of steps of 2^-24; adding 0.5 makes the addition
        // itself round to such steps.
        let rounded = f32::from_bits(magnitude) + 0.5;
        return sign | (rounded.to_bits() - 0.5f32.to_bits()) as u16;
    }
    let odd = (magnitude >> 13) & 1;
    let rounded = magnitude - 0x3800_0000 + 0xFFF + odd;
    sign | (rounded >> 13) as u16
}

/// Returns the number that a finite half stands for.
#[inline]
pub(super) fn to_f32(half: u16) -> f32 {
    /// Moves the exponent from half's bias to single's: 2^112.
    const SCALE: f32 = f32::from_bits(0x7780_0000);
    let magnitude = f32::from_bits(u32::from(half & 0x7FFF) << 13) * SCALE;
    f32::from_bits(magnitude.to_bits() | u32::from(half & 0x8000) << 16)
}

/// Returns the dot product of `values` and the little-endian halves in `row`, of equal count.
pub(super) fn dot(row: &[u8], values: &[f32]) -> f32 {
    debug_assert_eq!(row.len(), 2 * values.len());
    // Eight sums side by side, so that the compiler can keep them in one register.
    const LANES: usize = 8;
    let mut sums = [0f32; LANES];
    let rows = row.chunks_exact(2 * LANES);
    let groups = values.chunks_exact(LANES);
    let tail: f32 = rows
        .remainder()
        .chunks_exact(2)
        .zip(groups.remainder())
        .map(|(half, value)| to_f32(u16::from_le_bytes([half[0], half[1]])) * value)
        .sum();
    for (halves, group) in rows.zip(groups) {
        for lane in 0..LANES {
            let half = u16::from_le_bytes([halves[2 * lane], halves[2 * lane + 1]]);
            sums[lane] += to_f32(half) * group[lane];
        }
    }
    sums.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_finite_half_survives_the_way_there_and_back() {
        for half in (0..=u16::MAX).filter(|half| half & 0x7C00 != 0x7C00) {
            assert_eq!(from_f32(to_f32(half)), half, "{half:#x}");
        }
    }

    #[test]
    fn known_values_are_encoded_as_the_standard_says() {
        for (value, half) in [
            (0.0, 0),
            (-0.0, 0x8000),
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (0.333_333_34, 0x3555),
            (65504.0, 0x7BFF),
            (5.960_464_5e-8, 1),
            (1e6, 0x7C00),
        ] {
            assert_eq!(from_f32(value), half, "{value}");
        }
    }

    proptest! {
        #[test]
        fn the_nearest_half_is_taken(value in -1.0f32..1.0) {
            let error = (to_f32(from_f32(value)) - value).abs();
            prop_assert!(error <= (value.abs() / 2048.0).max(3e-8), "{value}: {error}");
        }

        #[test]
        fn a_dot_product_is_the_sum_of_products(values in prop::collection::vec((-1.0f32..1.0, -1.0f32..1.0), 0..70)) {
            let row: Vec<u8> = values.iter().flat_map(|(left, _)| from_f32(*left).to_le_bytes()).collect();
            let right: Vec<f32> = values.iter().map(|(_, right)| *right).collect();
            let expected: f64 = values.iter().map(|(left, right)| f64::from(to_f32(from_f32(*left))) * f64::from(*right)).sum();
            prop_assert!((f64::from(dot(&row, &right)) - expected).abs() < 1e-4);
        }
    }
}
