//! An immutable file of vectors, mapped into memory.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use super::half;
use super::layout::{Header, Section, Shape, u16_at, u32_at, u64_at};
use super::quantize::row_stride;
use crate::document::TITLE_PASSAGE;
use crate::error::EngineError;

/// A verified segment. Rows are sorted by ordinal, then passage; a document's title comes last.
pub(super) struct Segment {
    id: u64,
    path: PathBuf,
    map: Mmap,
    shape: Shape,
    scales: Vec<f32>,
    passages: Vec<u16>,
    /// The documents of the segment, ascending.
    documents: Vec<u32>,
    /// Where each document's rows begin, and at the end the number of rows.
    starts: Vec<u32>,
}

/// Returns the name of a segment's file.
pub(super) fn file_name(id: u64) -> String {
    format!("{id:010}.vec")
}

impl Segment {
    /// Opens a segment and verifies every byte of it.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`] names the file and what does not fit.
    pub(super) fn open(dir: &Path, id: u64, fingerprint_hash: u64) -> Result<Self, EngineError> {
        let path = dir.join(file_name(id));
        let corrupt = |reason: String| EngineError::Corrupt { file: path.clone(), reason };
        let file = File::open(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => corrupt("it is missing".to_owned()),
            _ => EngineError::io(&path, error),
        })?;
        let bytes = file.metadata().map_err(|error| EngineError::io(&path, error))?.len();
        if bytes == 0 {
            return Err(corrupt("it is empty".to_owned()));
        }
        let map = map(&file).map_err(|error| EngineError::io(&path, error))?;
        let header = Header::decode(&map, bytes).map_err(corrupt)?;
        if header.fingerprint_hash != fingerprint_hash {
            return Err(corrupt("it was made by another model".to_owned()));
        }
        for (section, checksum) in Section::ALL.into_iter().zip(header.checksums) {
            if crc32c::crc32c(&map[header.shape.padded_range(section)]) != checksum {
                return Err(corrupt(format!("the checksum of its {section:?} does not fit")));
            }
        }
        let ordinals = Numbers::of(&map, header.shape, Section::Ordinals);
        let (documents, starts) =
            documents(ordinals.u32s()).ok_or_else(|| corrupt("its ordinals are not sorted".to_owned()))?;
        Ok(Self {
            id,
            scales: Numbers::of(&map, header.shape, Section::Scales).f32s().collect(),
            passages: Numbers::of(&map, header.shape, Section::Passages).u16s().collect(),
            shape: header.shape,
            documents,
            starts,
            map,
            path,
        })
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn n_rows(&self) -> usize {
        self.shape.n_rows
    }

    pub(super) fn dimensions(&self) -> usize {
        self.shape.dimensions
    }

    pub(super) fn disk_bytes(&self) -> u64 {
        self.map.len() as u64
    }

    /// The documents that have rows here, ascending.
    pub(super) fn documents(&self) -> &[u32] {
        &self.documents
    }

    /// Returns the rows of the document at `index` in [`Self::documents`].
    #[inline]
    pub(super) fn rows_at(&self, index: usize) -> Range<usize> {
        self.starts[index] as usize..self.starts[index + 1] as usize
    }

    /// Returns the rows of a document; empty if it has none.
    pub(super) fn rows_of(&self, ordinal: u32) -> Range<usize> {
        match self.documents.binary_search(&ordinal) {
            Ok(index) => self.rows_at(index),
            Err(_) => 0..0,
        }
    }

    /// Returns the row of one passage of a document.
    pub(super) fn row_of(&self, ordinal: u32, passage: u16) -> Option<usize> {
        let rows = self.rows_of(ordinal);
        let offset = self.passages[rows.clone()].binary_search(&passage);
        offset.ok().map(|offset| rows.start + offset)
    }

    /// Returns the bytes of consecutive rows.
    #[inline]
    pub(super) fn bytes(&self, rows: Range<usize>) -> &[u8] {
        let stride = row_stride(self.shape.dimensions);
        let start = self.shape.range(Section::Rows).start;
        &self.map[start + rows.start * stride..start + rows.end * stride]
    }

    /// Returns the half-precision values of a row, as bytes.
    pub(super) fn exact(&self, row: usize) -> &[u8] {
        let start = self.shape.range(Section::Exact).start;
        let bytes = Section::Exact.bytes_per_row(self.shape.dimensions);
        &self.map[start + row * bytes..start + (row + 1) * bytes]
    }

    /// Returns the values of a row.
    pub(super) fn values(&self, row: usize) -> Vec<f32> {
        let halves = self.exact(row).chunks_exact(2);
        halves.map(|bytes| half::to_f32(u16_at(bytes, 0))).collect()
    }

    #[inline]
    pub(super) fn scale(&self, row: usize) -> f32 {
        self.scales[row]
    }

    #[inline]
    pub(super) fn passage(&self, row: usize) -> u16 {
        self.passages[row]
    }

    /// Returns whether the row is a title's.
    #[inline]
    pub(super) fn is_title(&self, row: usize) -> bool {
        self.passages[row] == TITLE_PASSAGE
    }

    /// Returns the hash of the text that the row was made from.
    pub(super) fn text_hash(&self, row: usize) -> u64 {
        u64_at(&self.map, self.shape.range(Section::Hashes).start + 8 * row)
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment").field("id", &self.id).field("shape", &self.shape).finish_non_exhaustive()
    }
}

#[expect(unsafe_code, reason = "mapping a file is unsafe, since others could change it")]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: a segment is written once, synced, and never changed until it is unlinked, which
    // leaves mappings alone; the folder's lock keeps a second engine out.
    unsafe { Mmap::map(file) }
}

/// A section of numbers.
struct Numbers<'a> {
    bytes: &'a [u8],
}

impl<'a> Numbers<'a> {
    fn of(map: &'a [u8], shape: Shape, section: Section) -> Self {
        Self { bytes: &map[shape.range(section)] }
    }

    fn u16s(&self) -> impl Iterator<Item = u16> + 'a {
        self.bytes.chunks_exact(2).map(|bytes| u16_at(bytes, 0))
    }

    fn u32s(&self) -> impl Iterator<Item = u32> + 'a {
        self.bytes.chunks_exact(4).map(|bytes| u32_at(bytes, 0))
    }

    fn f32s(&self) -> impl Iterator<Item = f32> + 'a {
        self.u32s().map(f32::from_bits)
    }
}

/// Groups the rows by document; `None` if the ordinals are not sorted.
fn documents(ordinals: impl Iterator<Item = u32>) -> Option<(Vec<u32>, Vec<u32>)> {
    let (mut documents, mut starts) = (Vec::new(), Vec::new());
    let mut n_rows = 0;
    for ordinal in ordinals {
        match documents.last() {
            Some(last) if *last > ordinal => return None,
            Some(last) if *last == ordinal => {}
            _ => {
                documents.push(ordinal);
                starts.push(n_rows);
            }
        }
        n_rows += 1;
    }
    starts.push(n_rows);
    Some((documents, starts))
}
