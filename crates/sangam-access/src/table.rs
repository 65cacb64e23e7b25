//! The layers and interned accesses of one index, evaluated once per reader.

use std::collections::HashMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::{LayerRecord, Reader};

/// Identifies an interned access within an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessId(pub u32);

impl AccessId {
    /// Readable by nobody: not yet known, hidden, or gone.
    pub const HIDDEN: Self = Self(0);
    /// No layer at all: readable by everyone.
    pub const PUBLIC: Self = Self(1);
    /// The first id that a stored access may have.
    pub const FIRST_STORED: Self = Self(2);
}

/// Identifies a layer within an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerId(pub u32);

/// Layers and accesses of one index.
///
/// An access that names a layer which the table does not hold is readable by nobody. A clone shares what the table holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessTable {
    layers: HashMap<LayerId, Arc<LayerRecord>>,
    accesses: HashMap<AccessId, Arc<[LayerId]>>,
}

impl AccessTable {
    /// Adds or replaces a layer.
    pub fn put_layer(&mut self, id: LayerId, record: LayerRecord) {
        self.layers.insert(id, Arc::new(record));
    }

    /// Adds or replaces an access. The reserved ids cannot be redefined and are ignored.
    pub fn put_access(&mut self, id: AccessId, layers: impl Into<Arc<[LayerId]>>) {
        if id >= AccessId::FIRST_STORED {
            self.accesses.insert(id, layers.into());
        }
    }

    /// Adds or replaces layers.
    pub fn put_layers(&mut self, layers: impl IntoIterator<Item = (LayerId, LayerRecord)>) {
        self.layers.extend(layers.into_iter().map(|(id, record)| (id, Arc::new(record))));
    }

    /// Adds all of `other`, whose layers and accesses replace those of the same ids.
    pub fn extend(&mut self, other: Self) {
        self.layers.extend(other.layers);
        self.accesses.extend(other.accesses);
    }

    /// The layer `id`, if the table holds it.
    pub fn layer(&self, id: LayerId) -> Option<&LayerRecord> {
        self.layers.get(&id).map(AsRef::as_ref)
    }

    /// The layers of access `id`, in order; `None` for one that the table does not hold and for [`AccessId::HIDDEN`].
    pub fn layers_of(&self, id: AccessId) -> Option<&[LayerId]> {
        match id {
            AccessId::HIDDEN => None,
            AccessId::PUBLIC => Some(&[]),
            _ => self.accesses.get(&id).map(AsRef::as_ref),
        }
    }

    /// Every layer with its id, in no order.
    pub fn layers(&self) -> impl Iterator<Item = (LayerId, &LayerRecord)> {
        self.layers.iter().map(|(id, record)| (*id, record.as_ref()))
    }

    /// Every stored access with its layers, in no order.
    pub fn accesses(&self) -> impl Iterator<Item = (AccessId, &[LayerId])> {
        self.accesses.iter().map(|(id, layers)| (*id, layers.as_ref()))
    }

    /// Number of stored accesses.
    pub fn n_accesses(&self) -> usize {
        self.accesses.len()
    }

    /// The ids of all accesses that `reader` passes. Each layer is evaluated once.
    pub fn passing(&self, reader: &Reader) -> RoaringBitmap {
        let passed: HashMap<LayerId, bool> =
            self.layers.iter().map(|(id, record)| (*id, record.layer.passes(reader))).collect();
        let mut passing: RoaringBitmap = self
            .accesses
            .iter()
            .filter(|(_, layers)| layers.iter().all(|layer| passed.get(layer).copied().unwrap_or(false)))
            .map(|(id, _)| id.0)
            .collect();
        passing.insert(AccessId::PUBLIC.0);
        passing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, LayerOrigin, Principal};

    fn record(names: &[&str]) -> LayerRecord {
        LayerRecord::known(
            Layer::only(names.iter().map(|name| Principal::User { name: (*name).into() })),
            LayerOrigin::AccessControlList { level: 0 },
        )
    }

    fn ada() -> Reader {
        Reader::Named([Principal::User { name: "ada".into() }].into())
    }

    #[test]
    fn every_layer_must_be_passed() {
        let mut table = AccessTable::default();
        table.put_layer(LayerId(1), record(&["ada", "ben"]));
        table.put_layer(LayerId(2), record(&["cho"]));
        table.put_access(AccessId(2), [LayerId(1)]);
        table.put_access(AccessId(3), [LayerId(1), LayerId(2)]);
        assert_eq!(table.passing(&ada()), RoaringBitmap::from([1, 2]));
    }

    #[test]
    fn an_access_with_a_missing_layer_is_hidden() {
        let mut table = AccessTable::default();
        table.put_access(AccessId(2), [LayerId(9)]);
        assert_eq!(table.passing(&ada()), RoaringBitmap::from([1]));
    }

    #[test]
    fn reserved_ids_cannot_be_redefined() {
        let mut table = AccessTable::default();
        table.put_access(AccessId::HIDDEN, []);
        assert!(!table.passing(&ada()).contains(AccessId::HIDDEN.0));
        assert!(table.layers_of(AccessId::HIDDEN).is_none());
    }
}
