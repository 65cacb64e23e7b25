//! Writes a vector file from new rows and from rows of other segments, in one pass per section.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::layout::{HEADER_BYTES, Header, Section, Shape, fingerprint_hash};
use super::quantize::{QuantizedRow, ROW_ALIGN};
use super::segment::Segment;
use crate::error::EngineError;

/// A row to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewRow<'a> {
    pub(super) ordinal: u32,
    pub(super) passage: u16,
    pub(super) text_hash: u64,
    pub(super) values: RowValues<'a>,
}

/// Where a row's numbers come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum RowValues<'a> {
    /// Added since the last commit.
    Fresh(&'a QuantizedRow),
    /// Copied from another segment.
    Stored(&'a Segment, usize),
}

impl NewRow<'_> {
    fn write(&self, section: Section, out: &mut impl Write) -> std::io::Result<()> {
        match (section, self.values) {
            (Section::Rows, RowValues::Fresh(row)) => out.write_all(&row.bytes),
            (Section::Rows, RowValues::Stored(segment, row)) => out.write_all(segment.bytes(row..row + 1)),
            (Section::Exact, RowValues::Fresh(row)) => out.write_all(&row.exact),
            (Section::Exact, RowValues::Stored(segment, row)) => out.write_all(segment.exact(row)),
            (Section::Scales, RowValues::Fresh(row)) => out.write_all(&row.scale.to_le_bytes()),
            (Section::Scales, RowValues::Stored(segment, row)) => out.write_all(&segment.scale(row).to_le_bytes()),
            (Section::Ordinals, _) => out.write_all(&self.ordinal.to_le_bytes()),
            (Section::Passages, _) => out.write_all(&self.passage.to_le_bytes()),
            (Section::Hashes, _) => out.write_all(&self.text_hash.to_le_bytes()),
        }
    }
}

/// Writes the rows, sorted by ordinal and passage, to a new file and makes it durable.
pub(super) fn write(path: &Path, dimensions: usize, fingerprint: &str, rows: &[NewRow<'_>]) -> Result<(), EngineError> {
    debug_assert!(rows.is_sorted_by_key(|row| (row.ordinal, row.passage)));
    let header = Header {
        shape: Shape { dimensions, n_rows: rows.len() },
        fingerprint_hash: fingerprint_hash(fingerprint),
        checksums: [0; 6],
    };
    write_file(path, header, rows).map_err(|error| EngineError::io(path, error))
}

fn write_file(path: &Path, mut header: Header, rows: &[NewRow<'_>]) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
    out.write_all(&[0; HEADER_BYTES])?;
    for (section, checksum) in Section::ALL.into_iter().zip(&mut header.checksums) {
        let mut summed = Summed { out: &mut out, checksum: 0 };
        for row in rows {
            row.write(section, &mut summed)?;
        }
        let bytes = header.shape.range(section).len();
        let padding = bytes.next_multiple_of(ROW_ALIGN) - bytes;
        summed.write_all(&[0; ROW_ALIGN][..padding])?;
        *checksum = summed.checksum;
    }
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&header.encode())?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}

/// Passes bytes on, and keeps their checksum.
struct Summed<'a, W> {
    out: &'a mut W,
    checksum: u32,
}

impl<W: Write> Write for Summed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write_all(bytes)?;
        self.checksum = crc32c::crc32c_append(self.checksum, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::TITLE_PASSAGE;

    fn values(seed: u32) -> Vec<f32> {
        (0..5).map(|index| ((seed * 7 + index) as f32).sin()).collect()
    }

    fn write_some(dir: &Path) -> Vec<QuantizedRow> {
        let rows: Vec<QuantizedRow> = (0..4).map(|seed| QuantizedRow::new(&values(seed))).collect();
        let keys = [(3, 0), (3, TITLE_PASSAGE), (9, 0), (9, 1)];
        let new: Vec<NewRow<'_>> = rows
            .iter()
            .zip(keys)
            .map(|(row, (ordinal, passage))| NewRow {
                ordinal,
                passage,
                text_hash: u64::MAX - u64::from(ordinal),
                values: RowValues::Fresh(row),
            })
            .collect();
        write(&dir.join("0000000007.vec"), 5, "model", &new).unwrap();
        rows
    }

    #[test]
    fn a_segment_reads_back_row_by_row() {
        let dir = tempfile::tempdir().unwrap();
        let rows = write_some(dir.path());
        let segment = Segment::open(dir.path(), 7, fingerprint_hash("model")).unwrap();
        assert_eq!(segment.documents(), [3, 9]);
        assert_eq!(segment.rows_of(9), 2..4);
        assert_eq!(segment.rows_of(4), 0..0);
        assert_eq!(segment.row_of(9, 1), Some(3));
        assert_eq!(segment.row_of(3, 1), None);
        assert!(segment.is_title(1));
        assert_eq!(segment.text_hash(2), u64::MAX - 9);
        for (index, row) in rows.iter().enumerate() {
            assert_eq!(segment.bytes(index..index + 1), &*row.bytes);
            assert_eq!(segment.exact(index), &*row.exact);
            assert_eq!(segment.scale(index).to_bits(), row.scale.to_bits());
        }
    }

    #[test]
    fn every_damaged_byte_is_noticed_and_the_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        write_some(dir.path());
        let path = dir.path().join("0000000007.vec");
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            let error = Segment::open(dir.path(), 7, fingerprint_hash("model")).unwrap_err();
            assert!(error.to_string().contains("0000000007.vec"), "byte {at}: {error}");
        }
        for length in [0, 1, 100, 128, good.len() - 1] {
            std::fs::write(&path, &good[..length]).unwrap();
            let opened = Segment::open(dir.path(), 7, fingerprint_hash("model"));
            assert!(matches!(opened, Err(EngineError::Corrupt { .. })), "{length} bytes");
        }
    }

    #[test]
    fn a_segment_of_another_model_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        write_some(dir.path());
        assert!(Segment::open(dir.path(), 7, fingerprint_hash("other")).is_err());
    }
}
