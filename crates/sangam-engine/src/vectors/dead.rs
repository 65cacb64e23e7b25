//! Which rows of the segments are deleted or replaced, and the file that says so.
//!
//! ```text
//! magic "SANGAMD1" | number of segments u32
//! | for each: segment id u64, bytes u32, a roaring bitmap of row numbers
//! | CRC32C of everything before u32
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use roaring::RoaringBitmap;

use super::files;
use super::layout::{u32_at, u64_at};
use crate::bits::Bits;
use crate::error::EngineError;

/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"SANGAMD1";

/// The rows of one segment that are no longer there.
#[derive(Clone, Debug, Default)]
pub(super) struct DeadRows {
    rows: RoaringBitmap,
    /// The same as bits, for the scan; `None` when every row lives.
    bits: Option<Bits>,
}

impl DeadRows {
    pub(super) fn new(rows: RoaringBitmap, n_rows: usize) -> Self {
        let bits = (!rows.is_empty()).then(|| {
            let mut bits = Bits::empty(n_rows);
            rows.iter().for_each(|row| bits.insert(row as usize));
            bits
        });
        Self { rows, bits }
    }

    #[inline]
    pub(super) fn contains(&self, row: usize) -> bool {
        self.bits.as_ref().is_some_and(|bits| bits.contains(row))
    }

    pub(super) fn rows(&self) -> &RoaringBitmap {
        &self.rows
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len() as usize
    }
}

/// Writes the dead rows of all segments and makes them durable.
pub(super) fn write<'a>(
    path: &Path,
    segments: impl Iterator<Item = (u64, &'a RoaringBitmap)>,
) -> Result<(), EngineError> {
    let segments: Vec<(u64, &RoaringBitmap)> = segments.collect();
    let mut bytes = MAGIC.to_vec();
    bytes.extend((segments.len() as u32).to_le_bytes());
    for (id, rows) in segments {
        bytes.extend(id.to_le_bytes());
        bytes.extend((rows.serialized_size() as u32).to_le_bytes());
        rows.serialize_into(&mut bytes).map_err(|error| EngineError::io(path, error))?;
    }
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    files::write_new(path, &bytes)
}

/// Reads the dead rows by segment id.
pub(super) fn read(path: &Path) -> Result<BTreeMap<u64, RoaringBitmap>, EngineError> {
    let bytes = files::read(path)?;
    decode(&bytes).ok_or_else(|| EngineError::Corrupt {
        file: path.to_owned(),
        reason: "it is not the list of deleted rows that was written".to_owned(),
    })
}

fn decode(bytes: &[u8]) -> Option<BTreeMap<u64, RoaringBitmap>> {
    let (content, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    if crc32c::crc32c(content) != u32_at(checksum, 0) {
        return None;
    }
    let mut rest = content.strip_prefix(&MAGIC)?;
    let n_segments = u32_at(rest.get(..4)?, 0);
    rest = &rest[4..];
    let mut segments = BTreeMap::new();
    for _ in 0..n_segments {
        let (head, tail) = rest.split_at_checked(12)?;
        let (bitmap, tail) = tail.split_at_checked(u32_at(head, 8) as usize)?;
        segments.insert(u64_at(head, 0), RoaringBitmap::deserialize_from(bitmap).ok()?);
        rest = tail;
    }
    rest.is_empty().then_some(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_reads_back_and_damage_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dead");
        let (few, many) = (RoaringBitmap::from([3]), (65_500..65_600).collect::<RoaringBitmap>());
        write(&path, [(4, &few), (9, &many)].into_iter()).unwrap();
        let read_back = read(&path).unwrap();
        assert_eq!(read_back, BTreeMap::from([(4, few), (9, many)]));
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, &bytes).unwrap();
            assert!(matches!(read(&path), Err(EngineError::Corrupt { .. })), "byte {at}");
            assert_eq!(decode(&good[..at]), None);
        }
    }
}
