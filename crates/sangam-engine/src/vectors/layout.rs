//! What is in a vector file, byte by byte. All numbers are little-endian.
//!
//! ```text
//! [header, 128 bytes]
//!     magic "SANGAMV1" | version u32 | dimensions u32 | rows u64 | fingerprint hash u64 | file bytes u64
//!     | CRC32C of each section, 6 × u32 | zeros | CRC32C of the 124 bytes before u32
//! [rows]      rows × stride   u8    signed byte + 128; the stride is a multiple of 64
//! [exact]     rows × dims     f16   the same vectors, for rescoring
//! [scales]    rows            f32
//! [ordinals]  rows            u32   ascending
//! [passages]  rows            u16   ascending within an ordinal; 65535 is the title
//! [hashes]    rows            u64   of the embedded text
//! ```
//!
//! Sections begin at multiples of 64 bytes and are padded with zeros, which their checksum covers.

use std::ops::Range;

use super::quantize::{ROW_ALIGN, row_stride};

/// Bytes before the first section.
pub(super) const HEADER_BYTES: usize = 128;

/// The first bytes of every vector file.
const MAGIC: [u8; 8] = *b"SANGAMV1";

/// The layout described above.
const VERSION: u32 = 1;

/// More rows are never put into one file: positions in it are `u32`.
pub(super) const ROWS_MAX: u64 = u32::MAX as u64 - 1;

/// No model has more; bounds what a damaged header can make us compute.
const DIMENSIONS_MAX: u32 = 65_536;

/// The parts of a file, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Rows,
    Exact,
    Scales,
    Ordinals,
    Passages,
    Hashes,
}

impl Section {
    pub(super) const ALL: [Self; 6] =
        [Self::Rows, Self::Exact, Self::Scales, Self::Ordinals, Self::Passages, Self::Hashes];

    /// Returns the bytes that a row takes in this section.
    pub(super) fn bytes_per_row(self, dimensions: usize) -> usize {
        match self {
            Self::Rows => row_stride(dimensions),
            Self::Exact => 2 * dimensions,
            Self::Scales | Self::Ordinals => 4,
            Self::Passages => 2,
            Self::Hashes => 8,
        }
    }
}

/// How large the parts of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) dimensions: usize,
    pub(super) n_rows: usize,
}

impl Shape {
    /// Returns where the section's rows are, without the padding after them.
    pub(super) fn range(self, section: Section) -> Range<usize> {
        let mut start = HEADER_BYTES;
        for other in Section::ALL {
            let bytes = other.bytes_per_row(self.dimensions) * self.n_rows;
            if other == section {
                return start..start + bytes;
            }
            start += bytes.next_multiple_of(ROW_ALIGN);
        }
        unreachable!("every section is in the list of all")
    }

    /// Returns where the section is, with its padding.
    pub(super) fn padded_range(self, section: Section) -> Range<usize> {
        let range = self.range(section);
        range.start..range.end.next_multiple_of(ROW_ALIGN)
    }

    /// Returns the size of the file.
    pub(super) fn file_bytes(self) -> usize {
        self.padded_range(Section::Hashes).end
    }
}

/// The first bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) shape: Shape,
    pub(super) fingerprint_hash: u64,
    /// In the order of [`Section::ALL`].
    pub(super) checksums: [u32; 6],
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.shape.dimensions as u32).to_le_bytes());
        bytes.extend((self.shape.n_rows as u64).to_le_bytes());
        bytes.extend(self.fingerprint_hash.to_le_bytes());
        bytes.extend((self.shape.file_bytes() as u64).to_le_bytes());
        bytes.extend(self.checksums.iter().flat_map(|sum| sum.to_le_bytes()));
        bytes.resize(HEADER_BYTES - 4, 0);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes.try_into().expect("the parts above fill the header")
    }

    /// Reads the header of a file of `file_bytes` bytes; the error says what does not fit.
    pub(super) fn decode(bytes: &[u8], file_bytes: u64) -> Result<Self, String> {
        let Some(bytes) = bytes.get(..HEADER_BYTES) else {
            return Err(format!("it ends within the header, after {file_bytes} bytes"));
        };
        if bytes[..8] != MAGIC {
            return Err("it is not a vector file".to_owned());
        }
        let (content, checksum) = bytes.split_at(HEADER_BYTES - 4);
        if crc32c::crc32c(content) != u32_at(checksum, 0) {
            return Err("the header's checksum does not fit".to_owned());
        }
        let version = u32_at(bytes, 8);
        if version != VERSION {
            return Err(format!("version `{version}` is not known"));
        }
        let (dimensions, n_rows) = (u32_at(bytes, 12), u64_at(bytes, 16));
        if dimensions == 0 || dimensions > DIMENSIONS_MAX || n_rows > ROWS_MAX {
            return Err(format!("it claims {n_rows} rows of {dimensions} dimensions"));
        }
        let shape = Shape { dimensions: dimensions as usize, n_rows: n_rows as usize };
        let expected = shape.file_bytes() as u64;
        if file_bytes != expected || u64_at(bytes, 32) != expected {
            return Err(format!("it has {file_bytes} bytes, not {expected}"));
        }
        let mut checksums = [0; 6];
        for (index, checksum) in checksums.iter_mut().enumerate() {
            *checksum = u32_at(bytes, 40 + 4 * index);
        }
        Ok(Self { shape, fingerprint_hash: u64_at(bytes, 24), checksums })
    }
}

/// Returns a hash that tells models apart in a file's header: FNV-1a, 64 bits.
pub(super) fn fingerprint_hash(fingerprint: &str) -> u64 {
    fingerprint
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(dimensions: usize, n_rows: usize) -> Header {
        Header {
            shape: Shape { dimensions, n_rows },
            fingerprint_hash: fingerprint_hash("mini-int8"),
            checksums: [1, 2, 3, 4, 5, 6],
        }
    }

    #[test]
    fn a_header_reads_back() {
        let header = header(384, 1000);
        let bytes = header.encode();
        let file_bytes = header.shape.file_bytes() as u64;
        assert_eq!(Header::decode(&bytes, file_bytes), Ok(header));
    }

    #[test]
    fn sections_are_aligned_and_follow_each_other() {
        for (dimensions, n_rows) in [(1, 1), (5, 3), (384, 1000), (384, 0)] {
            let shape = Shape { dimensions, n_rows };
            let mut end = HEADER_BYTES;
            for section in Section::ALL {
                let range = shape.padded_range(section);
                assert_eq!(range.start, end);
                assert!(range.start.is_multiple_of(ROW_ALIGN));
                end = range.end;
            }
            assert_eq!(end, shape.file_bytes());
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_in_the_header_is_noticed() {
        let header = header(7, 9);
        let file_bytes = header.shape.file_bytes() as u64;
        for at in 0..HEADER_BYTES {
            let mut bytes = header.encode();
            bytes[at] ^= 0x10;
            assert!(Header::decode(&bytes, file_bytes).is_err(), "byte {at}");
        }
        assert!(Header::decode(&header.encode(), file_bytes - 1).is_err());
        assert!(Header::decode(&header.encode()[..50], 50).is_err());
    }
}
