//! The evaluation of one access for one reader, told layer by layer.

use serde::{Deserialize, Serialize};

use crate::{AccessId, AccessTable, Allow, LayerOrigin, LayerState, Principal, Reader};

/// Why a reader may or may not read what has an access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessExplanation {
    /// The verdict: all layers passed.
    pub readable: bool,
    /// Set if there are no layers to tell of: "public" or "hidden" and why.
    pub note: Option<String>,
    /// The layers in the order in which they are asked.
    pub layers: Vec<LayerExplanation>,
}

/// One layer's part of an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerExplanation {
    /// Where the layer came from.
    pub origin: LayerOrigin,
    /// Whether it could be read.
    pub state: LayerState,
    /// Whether the reader passes it.
    pub passed: bool,
    /// True if it is open to everyone who is not denied.
    pub everyone: bool,
    /// The reader's principals that it allows.
    pub matched: Vec<Principal>,
    /// The reader's principals that it denies.
    pub denied: Vec<Principal>,
    /// Whom it allows; one of these is missing if `matched` is empty.
    pub allowed: Vec<Principal>,
}

impl AccessTable {
    /// Explains access `id` for `reader`.
    pub fn explain(&self, id: AccessId, reader: &Reader) -> AccessExplanation {
        let Some(layers) = self.layers_of(id) else {
            let note = "hidden: the access of this document is not known";
            return AccessExplanation { readable: false, note: Some(note.into()), layers: Vec::new() };
        };
        if layers.is_empty() {
            let note = "public: the document has no access list";
            return AccessExplanation { readable: true, note: Some(note.into()), layers: Vec::new() };
        }
        let mut readable = true;
        let mut told = Vec::with_capacity(layers.len());
        for layer in layers {
            let Some(record) = self.layer(*layer) else {
                readable = false;
                continue;
            };
            let passed = record.layer.passes(reader);
            readable &= passed;
            let allowed: Vec<Principal> = match &record.layer.allow {
                Allow::Everyone => Vec::new(),
                Allow::Only(allowed) => allowed.iter().cloned().collect(),
            };
            told.push(LayerExplanation {
                origin: record.origin.clone(),
                state: record.state.clone(),
                passed,
                everyone: matches!(record.layer.allow, Allow::Everyone),
                matched: allowed.iter().filter(|principal| reader.is(principal)).cloned().collect(),
                denied: record.layer.deny.iter().filter(|principal| reader.is(principal)).cloned().collect(),
                allowed,
            });
        }
        AccessExplanation { readable, note: None, layers: told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, LayerId, LayerRecord};

    #[test]
    fn the_explanation_agrees_with_the_evaluation_and_names_what_matched() {
        let user = |name: &str| Principal::User { name: name.into() };
        let mut table = AccessTable::default();
        let origin = LayerOrigin::AccessControlList { level: 0 };
        table.put_layer(LayerId(1), LayerRecord::known(Layer::only([user("ada"), user("ben")]), origin.clone()));
        table.put_layer(LayerId(2), LayerRecord::unknown("the list was cut", origin));
        table.put_access(AccessId(2), [LayerId(1), LayerId(2)]);
        let ada = Reader::Named([user("ada")].into());
        let told = table.explain(AccessId(2), &ada);
        assert!(!told.readable);
        assert_eq!(told.layers[0].matched, [user("ada")]);
        assert!(told.layers[0].passed && !told.layers[1].passed);
        assert_eq!(told.readable, table.passing(&ada).contains(2));
    }

    #[test]
    fn public_and_hidden_say_so() {
        let table = AccessTable::default();
        assert!(table.explain(AccessId::PUBLIC, &Reader::Nobody).readable);
        assert!(!table.explain(AccessId::HIDDEN, &Reader::Nobody).readable);
    }
}
