//! One condition of an access, and where it came from.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Principal, Reader};

/// Whom a layer lets in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// Everyone, also a request that names nobody, as long as the layer denies nobody.
    Everyone,
    /// Those named. An empty set lets nobody pass: it is what an unreadable list or one of strangers becomes.
    Only(BTreeSet<Principal>),
}

/// A set of principals of which a reader must match one, and a set of which they may match none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Layer {
    /// Who passes.
    pub allow: Allow,
    /// Who does not, whatever `allow` says.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub deny: BTreeSet<Principal>,
}

impl Layer {
    /// A layer that lets everyone pass.
    pub fn everyone() -> Self {
        Self { allow: Allow::Everyone, deny: BTreeSet::new() }
    }

    /// A layer that lets `principals` pass; with none, nobody.
    pub fn only(principals: impl IntoIterator<Item = Principal>) -> Self {
        Self { allow: Allow::Only(principals.into_iter().collect()), deny: BTreeSet::new() }
    }

    /// A layer that lets nobody pass.
    pub fn nobody() -> Self {
        Self::only([])
    }

    /// True if `reader` passes.
    ///
    /// A request that names nobody does not pass a layer that denies somebody: it cannot be shown that the one behind
    /// it is not the denied one.
    pub fn passes(&self, reader: &Reader) -> bool {
        match reader {
            Reader::Nobody => matches!(self.allow, Allow::Everyone) && self.deny.is_empty(),
            Reader::Named(principals) => {
                self.deny.iter().all(|denied| !principals.contains(denied))
                    && match &self.allow {
                        Allow::Everyone => true,
                        Allow::Only(allowed) => allowed.iter().any(|principal| principals.contains(principal)),
                    }
            }
        }
    }
}

/// Where a layer came from, for explanations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum LayerOrigin {
    /// Who may use the site at all.
    Site {
        /// The site's address or name.
        name: String,
    },
    /// The permissions of a space.
    Space {
        /// The space's key.
        key: String,
    },
    /// The view restriction of a page, folder or other node.
    Restriction {
        /// The node's id in the source.
        id: String,
        /// The node's title, shown to administrators only.
        title: String,
    },
    /// An access control list given through the API; `level` counts the levels of a hierarchical one from 0.
    AccessControlList {
        /// Level in the hierarchy.
        level: u32,
    },
}

/// Whether the list behind a layer could be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum LayerState {
    /// It was read to its end.
    Known,
    /// It could not be read, so the layer lets nobody pass.
    Unknown {
        /// Why, for the report and for `explain`.
        reason: String,
    },
}

/// A layer with its origin and state, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LayerRecord {
    /// The condition.
    pub layer: Layer,
    /// Where it came from.
    pub origin: LayerOrigin,
    /// Whether it could be read.
    pub state: LayerState,
}

impl LayerRecord {
    /// A layer that was read to its end.
    pub fn known(layer: Layer, origin: LayerOrigin) -> Self {
        Self { layer, origin, state: LayerState::Known }
    }

    /// A layer that could not be read: nobody passes.
    pub fn unknown(reason: impl Into<String>, origin: LayerOrigin) -> Self {
        Self { layer: Layer::nobody(), origin, state: LayerState::Unknown { reason: reason.into() } }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn user(name: &str) -> Principal {
        Principal::User { name: name.into() }
    }

    fn reader(names: &[&str]) -> Reader {
        Reader::Named(names.iter().map(|name| user(name)).collect::<HashSet<_>>())
    }

    #[test]
    fn an_empty_allow_list_lets_nobody_pass() {
        assert!(!Layer::nobody().passes(&reader(&["ada"])));
        assert!(!Layer::nobody().passes(&Reader::Nobody));
    }

    #[test]
    fn a_denied_reader_does_not_pass_whatever_is_allowed() {
        let layer = Layer { allow: Allow::Only([user("ada"), user("ben")].into()), deny: [user("ben")].into() };
        assert!(layer.passes(&reader(&["ada"])));
        assert!(!layer.passes(&reader(&["ada", "ben"])));
    }

    #[test]
    fn a_layer_of_denials_only_lets_the_named_pass_and_not_the_unnamed() {
        let layer = Layer { allow: Allow::Everyone, deny: [user("ben")].into() };
        assert!(layer.passes(&reader(&["ada"])));
        assert!(layer.passes(&reader(&[])));
        assert!(!layer.passes(&reader(&["ben"])));
        assert!(!layer.passes(&Reader::Nobody));
    }

    #[test]
    fn everyone_includes_a_request_that_names_nobody() {
        assert!(Layer::everyone().passes(&Reader::Nobody));
    }
}
