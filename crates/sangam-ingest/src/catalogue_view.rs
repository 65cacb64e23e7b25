//! The access of every current ordinal in memory: four bytes each, in chunks that are freed when all of a chunk is dead.

use std::sync::Arc;

use roaring::RoaringBitmap;
use sangam_access::{AccessId, AccessTable, Directory};

/// Ordinals per chunk: small enough that a change copies 16 KiB, large enough that a million ordinals are 250 chunks.
const CHUNK: usize = 4_096;

type Chunk = [u32; CHUNK];

/// What readers of one index see, immutable; a change makes the next one.
#[derive(Clone, Default)]
pub struct CatalogueView {
    chunks: Vec<Option<Arc<Chunk>>>,
    table: Arc<AccessTable>,
    directory: Arc<Directory>,
    /// Moves with every change of ordinals or their access.
    ordinals_generation: u64,
    /// Moves with every change of layers, accesses or people.
    access_generation: u64,
}

impl CatalogueView {
    /// A view of `ordinals` under `table` and `directory`.
    pub(crate) fn new(
        ordinals: impl IntoIterator<Item = (u32, AccessId)>,
        table: AccessTable,
        directory: Directory,
    ) -> Self {
        let mut view = Self { table: Arc::new(table), directory: Arc::new(directory), ..Self::default() };
        for (ordinal, access) in ordinals {
            view.set(ordinal, access);
        }
        view
    }

    /// The next view, in which `ordinals` have these accesses and `retired` are gone.
    pub(crate) fn with_ordinals(&self, ordinals: &[(u32, AccessId)], retired: &[u32]) -> Self {
        let mut next = self.clone();
        next.ordinals_generation += 1;
        // First what goes: an ordinal that is in both lists is there.
        for ordinal in retired {
            next.set(*ordinal, AccessId::HIDDEN);
        }
        for (ordinal, access) in ordinals {
            next.set(*ordinal, *access);
        }
        next
    }

    /// The next view, under another table and directory.
    pub(crate) fn with_access(&self, table: AccessTable, directory: Directory) -> Self {
        Self {
            table: Arc::new(table),
            directory: Arc::new(directory),
            access_generation: self.access_generation + 1,
            ..self.clone()
        }
    }

    /// The next view, under another table.
    pub(crate) fn with_table(&self, table: AccessTable) -> Self {
        Self { table: Arc::new(table), access_generation: self.access_generation + 1, ..self.clone() }
    }

    /// The access of `ordinal`; hidden if no document holds it.
    pub fn access(&self, ordinal: u32) -> AccessId {
        let (chunk, place) = (ordinal as usize / CHUNK, ordinal as usize % CHUNK);
        self.chunks.get(chunk).and_then(Option::as_ref).map_or(AccessId::HIDDEN, |chunk| AccessId(chunk[place]))
    }

    /// Layers and accesses.
    pub fn table(&self) -> &AccessTable {
        &self.table
    }

    /// People and groups.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(crate) fn ordinals_generation(&self) -> u64 {
        self.ordinals_generation
    }

    pub(crate) fn access_generation(&self) -> u64 {
        self.access_generation
    }

    /// All ordinals whose access is one of `passing`.
    pub(crate) fn readable(&self, passing: &RoaringBitmap) -> RoaringBitmap {
        let largest = passing.max().unwrap_or(0) as usize;
        let mut passes = vec![false; largest + 1];
        passing.iter().for_each(|access| passes[access as usize] = true);
        passes[AccessId::HIDDEN.0 as usize] = false;
        let ordinals = self.present().filter(|(_, access)| passes.get(*access as usize).copied().unwrap_or(false));
        RoaringBitmap::from_sorted_iter(ordinals.map(|(ordinal, _)| ordinal))
            .expect("chunks are walked in rising order of ordinals")
    }

    /// All ordinals that are not hidden.
    pub(crate) fn all(&self) -> RoaringBitmap {
        RoaringBitmap::from_sorted_iter(self.present().map(|(ordinal, _)| ordinal))
            .expect("chunks are walked in rising order of ordinals")
    }

    fn present(&self) -> impl Iterator<Item = (u32, u32)> {
        self.chunks.iter().enumerate().flat_map(|(number, chunk)| {
            let accesses = chunk.iter().flat_map(|chunk| chunk.iter().copied().enumerate());
            accesses
                .filter(|(_, access)| *access != AccessId::HIDDEN.0)
                .map(move |(place, access)| ((number * CHUNK + place) as u32, access))
        })
    }

    fn set(&mut self, ordinal: u32, access: AccessId) {
        let (number, place) = (ordinal as usize / CHUNK, ordinal as usize % CHUNK);
        if number >= self.chunks.len() {
            if access == AccessId::HIDDEN {
                return;
            }
            self.chunks.resize(number + 1, None);
        }
        let chunk = self.chunks[number].get_or_insert_with(|| Arc::new([AccessId::HIDDEN.0; CHUNK]));
        Arc::make_mut(chunk)[place] = access.0;
        if access == AccessId::HIDDEN && chunk.iter().all(|access| *access == AccessId::HIDDEN.0) {
            self.chunks[number] = None;
        }
    }
}

impl std::fmt::Debug for CatalogueView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CatalogueView")
            .field("n_accesses", &self.table.n_accesses())
            .field("ordinals_generation", &self.ordinals_generation)
            .field("access_generation", &self.access_generation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(ids: &[u32]) -> RoaringBitmap {
        ids.iter().copied().collect()
    }

    #[test]
    fn only_ordinals_of_passing_accesses_are_readable_and_hidden_ones_never() {
        let far = 3 * CHUNK as u32 + 7;
        let ordinals = [(1, AccessId(2)), (2, AccessId(3)), (far, AccessId(2)), (5, AccessId::HIDDEN)];
        let view = CatalogueView::new(ordinals, AccessTable::default(), Directory::default());
        assert_eq!(view.readable(&passing(&[2])), RoaringBitmap::from([1, far]));
        assert_eq!(view.readable(&passing(&[0, 3])), RoaringBitmap::from([2]));
        assert_eq!(view.access(far), AccessId(2));
        assert_eq!(view.access(far + 1), AccessId::HIDDEN);
    }

    #[test]
    fn a_change_leaves_the_view_before_as_it_was_and_frees_dead_chunks() {
        let before = CatalogueView::new([(1, AccessId(2))], AccessTable::default(), Directory::default());
        let after = before.with_ordinals(&[(2, AccessId(2))], &[1]);
        assert_eq!(before.all(), RoaringBitmap::from([1]));
        assert_eq!(after.all(), RoaringBitmap::from([2]));
        let empty = after.with_ordinals(&[], &[2]);
        assert!(empty.chunks[0].is_none());
    }
}
