//! Folders, whiteboards, databases and embeds: nodes of the page tree of which the API gives a title and a place, and no text.
//!
//! There is no listing of them: [`super::place_walk`] says how they are found. What is learnt differs by the way, so that of each only what
//! all ways tell is kept.

use std::collections::HashMap;

use sangam_sync::{Content as Text, SourceError};

use super::{Run, place_memory::PlaceMemory};
use crate::{
    config::Entity,
    map::{Item, place_uri},
    walk::{checkpoint::SpaceListing, spaces::CrawledSpace},
    wire::Content,
};

/// Under this key and a space's id it is remembered which places it has.
pub(super) const PLACES_KEY: &str = "places/";

/// What a look at a space's places told.
#[derive(Debug, Default)]
pub(super) struct LearntPlaces {
    pub memory: PlaceMemory,
    /// Nodes that were never asked yet what is below them.
    pub n_not_asked: usize,
    /// Places that are remembered, that nothing led to and that were not looked up.
    pub n_not_looked_up: usize,
    /// Document ids of places that are in another space now, with that one's id.
    pub moved: Vec<(String, String)>,
}

/// The kind of place that the API calls so.
pub(super) fn place_kind(kind: &str) -> Option<Entity> {
    Entity::PLACES.into_iter().find(|entity| entity.as_str() == kind)
}

impl Run<'_> {
    /// Keeps what was learnt of where a space's places are, and tells which were not looked for.
    pub(super) fn learn_places(&mut self, space: &CrawledSpace, learnt: LearntPlaces) {
        let (id, key) = (&space.space.id, &space.space.key);
        if learnt.n_not_asked > 0 {
            self.outbox.warn(format!(
                "space `{key}`: {} nodes were not asked yet for folders and whiteboards below them; the next syncs go on",
                learnt.n_not_asked
            ));
        }
        if learnt.n_not_looked_up > 0 {
            self.outbox.warn(format!(
                "space `{key}`: {} folders and whiteboards that are below no page are hidden until one of the next syncs looks them up",
                learnt.n_not_looked_up
            ));
        }
        self.moved_places.extend(learnt.moved);
        if self.place_memories.get(id) != Some(&learnt.memory) {
            self.outbox.remember(format!("{PLACES_KEY}{id}"), learnt.memory.write());
            self.place_memories.insert(id.clone(), learnt.memory);
        }
    }

    /// Has the next run look in the right spaces for places that were moved between spaces and that no page leads to.
    pub(super) fn hand_over_places(&mut self) {
        for (space_id, place) in std::mem::take(&mut self.moved_places) {
            let memory = self.place_memories.entry(space_id.clone()).or_default();
            if memory.add(&place) {
                self.outbox.remember(format!("{PLACES_KEY}{space_id}"), memory.write());
            }
        }
    }

    /// Sends the places of a space that are wanted. They come before the position moves into the space, and are sent again after an
    /// interruption: they are few.
    pub(super) async fn places(
        &mut self,
        space: &CrawledSpace,
        places: &[(Entity, Content)],
        ancestors: &HashMap<String, Vec<String>>,
    ) -> Result<(), SourceError> {
        if self.resume.is_past(&space.space.id, SpaceListing::Space, &space.space.id) {
            return Ok(());
        }
        let mut items = Vec::new();
        for (entity, row) in places {
            let uri = place_uri(*entity, &row.id, &space.facts.key, &self.base);
            let is_current = row.status.is_empty() || row.status == "current";
            if is_current && self.config.filters.wants(*entity, &row.title, &uri) {
                let mut item = Item::place(*entity, row, &space.facts, &self.base, self.anchor(&row.id));
                item.ancestors = ancestors.get(&row.id).cloned().unwrap_or_default();
                items.push((item.fingerprint(&self.config.mappings), item));
            }
        }
        let items = items.into_iter().map(|(version, item)| (item, version)).collect();
        let (same, changed) = self.split_known(items).await?;
        for item in same {
            self.outbox.unchanged(item.unchanged()).await?;
        }
        for (item, version) in changed {
            self.outbox.document(item.document(version, Text::None, &self.config.mappings, &self.names)).await?;
        }
        Ok(())
    }
}
