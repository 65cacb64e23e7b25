//! Remembers which documents of a segment a filter lets through.
//!
//! Segments never change, so an entry is right for as long as it is asked for: its key names the
//! segment, the state of its deletions, and the filter. A reader's set is recognised by its address;
//! the entry keeps the set alive, so the address cannot come to mean another one.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use parking_lot::Mutex;
use roaring::RoaringBitmap;

use crate::bits::Bits;
use crate::error::EngineError;
use crate::filter::{FieldFilter, Filter};
use crate::text::SegmentIdentity;

/// What the bits may take. One filter on a million documents takes 250 KiB, so this is room for the
/// readers of the last minutes.
const BYTES_MAX: usize = 32 << 20;

/// What the entries may number: a small index has small bits, but every entry holds a reader's set.
const ENTRIES_MAX: usize = 1024;

/// What bits are of.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The documents of a text segment that satisfy a condition.
    Condition(SegmentIdentity, FieldFilter),
    /// The living documents of a text segment that a filter lets through.
    Text(SegmentIdentity, FilterKey),
    /// The documents of a vector segment that a filter lets through, with the text it was evaluated on
    /// if it has a condition.
    Vectors(u64, Option<Vec<SegmentIdentity>>, FilterKey),
}

/// A filter, recognised by its set's address and its condition.
#[derive(Clone)]
pub(super) struct FilterKey {
    readable: Arc<RoaringBitmap>,
    fields: Option<FieldFilter>,
}

impl FilterKey {
    pub(super) fn new(filter: &Filter) -> Self {
        Self { readable: Arc::clone(&filter.readable), fields: filter.fields.clone() }
    }
}

impl PartialEq for FilterKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.readable, &other.readable) && self.fields == other.fields
    }
}

impl Eq for FilterKey {}

impl Hash for FilterKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.readable).hash(state);
        self.fields.hash(state);
    }
}

/// Bits by what they are of, the least recently used ones forgotten.
#[derive(Default)]
pub(super) struct BitsCache {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    /// Counts uses, to tell which came last.
    clock: u64,
}

struct Entry {
    bits: Arc<Bits>,
    used: u64,
}

impl BitsCache {
    /// Returns the bits of `key`, computing them if they are not known. Two that ask at once may
    /// both compute them.
    pub(super) fn get(
        &self,
        key: Key,
        compute: impl FnOnce() -> Result<Bits, EngineError>,
    ) -> Result<Arc<Bits>, EngineError> {
        if let Some(bits) = self.state.lock().find(&key) {
            return Ok(bits);
        }
        let bits = Arc::new(compute()?);
        self.state.lock().insert(key, Arc::clone(&bits));
        Ok(bits)
    }
}

impl State {
    fn find(&mut self, key: &Key) -> Option<Arc<Bits>> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.clock;
        Some(Arc::clone(&entry.bits))
    }

    fn insert(&mut self, key: Key, bits: Arc<Bits>) {
        self.bytes += bits.bytes();
        let used = self.clock;
        if let Some(old) = self.entries.insert(key, Entry { bits, used }) {
            self.bytes -= old.bits.bytes();
        }
        if self.bytes > BYTES_MAX || self.entries.len() > ENTRIES_MAX {
            self.forget_half();
        }
    }

    /// Forgets the half that was not used for longest, so that the sorting is rare.
    fn forget_half(&mut self) {
        let mut uses: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        let middle = uses.len() / 2;
        let (_, median, _) = uses.select_nth_unstable(middle);
        let oldest_kept = *median;
        self.entries.retain(|_, entry| entry.used > oldest_kept);
        self.bytes = self.entries.values().map(|entry| entry.bits.bytes()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(readable: &Arc<RoaringBitmap>, segment: u64) -> Key {
        let filter = Filter::readable(Arc::clone(readable));
        Key::Vectors(segment, None, FilterKey::new(&filter))
    }

    #[test]
    fn known_bits_are_not_computed_again() {
        let cache = BitsCache::default();
        let readable = Arc::new(RoaringBitmap::from([1]));
        cache.get(key(&readable, 1), || Ok(Bits::full(3))).unwrap();
        let known = cache.get(key(&readable, 1), || panic!("it is known"));
        assert_eq!(*known.unwrap(), Bits::full(3));
        let equal_set = Arc::new(RoaringBitmap::from([1]));
        let other = cache.get(key(&equal_set, 1), || Ok(Bits::empty(3))).unwrap();
        assert_eq!(*other, Bits::empty(3));
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let cache = BitsCache::default();
        let readable = Arc::new(RoaringBitmap::new());
        for segment in 0..3 * ENTRIES_MAX as u64 {
            cache.get(key(&readable, 0), || Ok(Bits::full(1))).unwrap();
            cache.get(key(&readable, 1 + segment), || Ok(Bits::empty(1))).unwrap();
        }
        assert!(cache.state.lock().entries.len() <= ENTRIES_MAX);
        assert!(cache.state.lock().entries.contains_key(&key(&readable, 0)));
        for segment in 0..100 {
            let large = Bits::empty(BYTES_MAX * 8 / 20);
            cache.get(key(&readable, segment), || Ok(large)).unwrap();
        }
        let state = cache.state.lock();
        assert!(state.bytes <= BYTES_MAX);
        let bytes: usize = state.entries.values().map(|entry| entry.bits.bytes()).sum();
        assert_eq!(state.bytes, bytes);
    }
}
