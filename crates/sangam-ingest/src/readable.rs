//! The ordinals that a reader may read, cached as long as nothing that they depend on has moved.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use parking_lot::Mutex;
use roaring::RoaringBitmap;
use sangam_access::{Principal, Reader};

use crate::CatalogueView;

/// Readers remembered per index; past it the cache starts over, which costs a few milliseconds a reader.
const READERS_MAX: usize = 1_024;
/// Bitmaps remembered per index: people with the same rights share one. 64 of a million ordinals are 8 MiB at most.
const BITMAPS_MAX: usize = 64;

/// Remembers evaluations by reader and by set of passing accesses.
#[derive(Default)]
pub(crate) struct ReadableCache {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    access_generation: u64,
    ordinals_generation: u64,
    /// By digest of the principals; the principals are kept so that a collision cannot lend one reader another's rights.
    passing: HashMap<u64, (Vec<Principal>, Arc<RoaringBitmap>)>,
    bitmaps: Vec<(Arc<RoaringBitmap>, Arc<RoaringBitmap>)>,
}

impl ReadableCache {
    /// The ordinals of `view` that `reader` may read. The same `Arc` comes back while nothing has changed.
    pub(crate) fn readable(&self, view: &CatalogueView, reader: &Reader) -> Arc<RoaringBitmap> {
        let mut state = self.state.lock();
        state.forget_stale(view);
        let passing = state.passing(view, reader);
        if let Some((_, readable)) = state.bitmaps.iter().find(|(known, _)| *known == passing) {
            return Arc::clone(readable);
        }
        let readable = Arc::new(view.readable(&passing));
        if state.bitmaps.len() >= BITMAPS_MAX {
            state.bitmaps.remove(0);
        }
        state.bitmaps.push((passing, Arc::clone(&readable)));
        readable
    }
}

impl State {
    fn forget_stale(&mut self, view: &CatalogueView) {
        // A slower query may come with an older view than the cache has seen: any difference empties it.
        if self.access_generation != view.access_generation() {
            self.passing.clear();
            self.bitmaps.clear();
        }
        if self.ordinals_generation != view.ordinals_generation() {
            self.bitmaps.clear();
        }
        self.access_generation = view.access_generation();
        self.ordinals_generation = view.ordinals_generation();
    }

    fn passing(&mut self, view: &CatalogueView, reader: &Reader) -> Arc<RoaringBitmap> {
        let Reader::Named(principals) = reader else {
            return Arc::new(view.table().passing(reader));
        };
        let mut principals: Vec<Principal> = principals.iter().cloned().collect();
        principals.sort_unstable();
        let mut hasher = DefaultHasher::new();
        principals.hash(&mut hasher);
        let key = hasher.finish();
        if let Some((known, passing)) = self.passing.get(&key)
            && *known == principals
        {
            return Arc::clone(passing);
        }
        let passing = Arc::new(view.table().passing(reader));
        if self.passing.len() >= READERS_MAX {
            self.passing.clear();
        }
        self.passing.insert(key, (principals, Arc::clone(&passing)));
        passing
    }
}

#[cfg(test)]
mod tests {
    use sangam_access::{AccessId, AccessTable, Directory, Layer, LayerId, LayerOrigin, LayerRecord};

    use super::*;

    fn user(name: &str) -> Principal {
        Principal::User { name: name.into() }
    }

    fn table(names: &[&str]) -> AccessTable {
        let mut table = AccessTable::default();
        let layer = Layer::only(names.iter().map(|name| user(name)));
        table.put_layer(LayerId(1), LayerRecord::known(layer, LayerOrigin::AccessControlList { level: 0 }));
        table.put_access(AccessId(2), [LayerId(1)]);
        table
    }

    #[test]
    fn the_cache_shares_bitmaps_and_follows_every_change() {
        let cache = ReadableCache::default();
        let ada = Reader::Named([user("ada")].into());
        let ben = Reader::Named([user("ben")].into());
        let view = CatalogueView::new([(1, AccessId(2)), (2, AccessId::PUBLIC)], table(&["ada"]), Directory::default());
        let first = cache.readable(&view, &ada);
        assert_eq!(*first, RoaringBitmap::from([1, 2]));
        assert!(Arc::ptr_eq(&first, &cache.readable(&view, &ada)));
        assert_eq!(*cache.readable(&view, &ben), RoaringBitmap::from([2]));

        let granted = view.with_access(table(&["ada", "ben"]), Directory::default());
        assert_eq!(*cache.readable(&granted, &ben), RoaringBitmap::from([1, 2]));
        let retired = granted.with_ordinals(&[], &[1]);
        assert_eq!(*cache.readable(&retired, &ada), RoaringBitmap::from([2]));
        assert_eq!(*cache.readable(&view, &ben), RoaringBitmap::from([2]), "an older view keeps its own answer");
    }
}
