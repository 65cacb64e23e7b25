//! The inner loop: products of many rows of bytes with one query, by the best instructions that the
//! processor has. Every kernel gives the same whole numbers.

use std::sync::LazyLock;

use super::quantize::ROW_ALIGN;

/// A set of instructions to multiply with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kernel {
    /// What every processor can do.
    Scalar,
    /// 32 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 64 bytes at a time, in one instruction.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

impl Kernel {
    /// Returns the fastest kernel of this processor.
    pub(super) fn best() -> Self {
        static BEST: LazyLock<Kernel> = LazyLock::new(|| {
            let kernels = Kernel::available();
            *kernels.last().expect("scalar is always available")
        });
        *BEST
    }

    /// Returns the kernels of this processor, fastest last.
    pub(super) fn available() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "only x86 has more"))]
        let mut kernels = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                kernels.push(Self::Avx2);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                kernels.push(Self::Avx512Vnni);
            }
        }
        kernels
    }

    /// Appends to `products` one number per row of `rows`: the sum of the products of its bytes,
    /// unsigned, and the query's, signed. Rows are as long as the query.
    ///
    /// # Panics
    /// If the query's length is not a multiple of [`ROW_ALIGN`], or `rows` not one of the query's.
    pub(super) fn products(self, rows: &[u8], query: &[i8], products: &mut Vec<i32>) {
        assert!(query.len().is_multiple_of(ROW_ALIGN) && rows.len().is_multiple_of(query.len()));
        match self {
            Self::Scalar => {
                products.extend(rows.chunks_exact(query.len()).map(|row| scalar(row, query)));
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::avx2_products(rows, query, products),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => x86::vnni_products(rows, query, products),
        }
    }
}

fn scalar(row: &[u8], query: &[i8]) -> i32 {
    row.iter().zip(query).map(|(byte, other)| i32::from(*byte) * i32::from(*other)).sum()
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "vector instructions load through pointers")]
mod x86 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_shuffle_epi32, _mm256_add_epi32,
        _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_cvtepu8_epi16, _mm256_extracti128_si256,
        _mm256_madd_epi16, _mm256_setzero_si256, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_reduce_add_epi32,
        _mm512_setzero_si512,
    };

    /// Must only be called where AVX2 is available; [`super::Kernel`] sees to that.
    pub(super) fn avx2_products(rows: &[u8], query: &[i8], products: &mut Vec<i32>) {
        assert!(is_x86_feature_detected!("avx2"));
        // SAFETY: the processor has AVX2, as just asserted.
        unsafe { avx2_rows(rows, query, products) }
    }

    /// Must only be called where AVX-512 VNNI is available; [`super::Kernel`] sees to that.
    pub(super) fn vnni_products(rows: &[u8], query: &[i8], products: &mut Vec<i32>) {
        assert!(is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni"));
        // SAFETY: the processor has the instructions, as just asserted.
        unsafe { vnni_rows(rows, query, products) }
    }

    #[target_feature(enable = "avx2")]
    fn avx2_rows(rows: &[u8], query: &[i8], products: &mut Vec<i32>) {
        for row in rows.chunks_exact(query.len()) {
            products.push(avx2(row, query));
        }
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    fn vnni_rows(rows: &[u8], query: &[i8], products: &mut Vec<i32>) {
        for row in rows.chunks_exact(query.len()) {
            products.push(vnni(row, query));
        }
    }

    /// Bytes are widened to 16 bits first: the instruction that multiplies bytes directly adds
    /// pairs with saturation at 16 bits, which a row of 255s would reach.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn avx2(row: &[u8], query: &[i8]) -> i32 {
        const STEP: usize = 16;
        let mut sums: [__m256i; 2] = [_mm256_setzero_si256(); 2];
        for (index, (bytes, others)) in row.chunks_exact(STEP).zip(query.chunks_exact(STEP)).enumerate() {
            // SAFETY: both chunks are 16 bytes long, and the loads need no alignment.
            let (bytes, others) = unsafe { (load(bytes), load(others)) };
            let products = _mm256_madd_epi16(_mm256_cvtepu8_epi16(bytes), _mm256_cvtepi8_epi16(others));
            sums[index % 2] = _mm256_add_epi32(sums[index % 2], products);
        }
        let sum = _mm256_add_epi32(sums[0], sums[1]);
        let sum = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256::<1>(sum));
        let sum = _mm_add_epi32(sum, _mm_shuffle_epi32::<0b01_00_11_10>(sum));
        let sum = _mm_add_epi32(sum, _mm_shuffle_epi32::<0b10_11_00_01>(sum));
        _mm_cvtsi128_si32(sum)
    }

    /// Loads 16 bytes from anywhere.
    ///
    /// # Safety
    /// There must be 16 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn load<T>(bytes: &[T]) -> __m128i {
        // SAFETY: the caller has seen to the length.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn vnni(row: &[u8], query: &[i8]) -> i32 {
        const STEP: usize = 64;
        let mut sum = _mm512_setzero_si512();
        for (bytes, others) in row.chunks_exact(STEP).zip(query.chunks_exact(STEP)) {
            // SAFETY: both chunks are 64 bytes long, and the loads need no alignment.
            let (bytes, others) =
                unsafe { (_mm512_loadu_si512(bytes.as_ptr().cast()), _mm512_loadu_si512(others.as_ptr().cast())) };
            sum = _mm512_dpbusd_epi32(sum, bytes, others);
        }
        _mm512_reduce_add_epi32(sum)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn products(kernel: Kernel, rows: &[u8], query: &[i8]) -> Vec<i32> {
        let mut products = Vec::new();
        kernel.products(rows, query, &mut products);
        products
    }

    #[test]
    fn the_extremes_do_not_saturate() {
        for kernel in Kernel::available() {
            for (byte, other) in [(255, 127), (255, -127), (0, 127), (255, -128)] {
                let found = products(kernel, &[byte; 384], &[other; 384]);
                assert_eq!(found, [384 * i32::from(byte) * i32::from(other)], "{kernel:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn all_kernels_agree(
            blocks in 1usize..8,
            n_rows in 0usize..5,
            seed in prop::collection::vec(any::<u8>(), 64),
        ) {
            let length = blocks * ROW_ALIGN;
            let byte = |at: usize| seed[at % 61].wrapping_mul((at / 61) as u8 | 1);
            let rows: Vec<u8> = (0..n_rows * length).map(byte).collect();
            let query: Vec<i8> = (0..length).map(|at| byte(at + 7).cast_signed()).collect();
            let expected = products(Kernel::Scalar, &rows, &query);
            prop_assert_eq!(expected.len(), n_rows);
            for kernel in Kernel::available() {
                prop_assert_eq!(&products(kernel, &rows, &query), &expected);
            }
        }
    }
}
