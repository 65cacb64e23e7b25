//! Which places a space has, kept between runs: one that hangs at the top of a space, below no page, is found by its id alone.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::walk::checkpoint::id_order;

/// Places that are remembered of a space: 400 kB. Of more, those that no page leads to may be missed.
const REMEMBERED_MAX: usize = 10_000;

/// A place that does not answer is looked for so long: as long as the trash of a site keeps things, about.
const GONE_MINUTES_MAX: u32 = 30 * 24 * 60;

/// What is remembered of a space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PlaceMemory {
    /// The places in the order in which they are looked up if nothing leads to them.
    places: Vec<Remembered>,
    /// After the page with this id the next run goes on asking pages that seem to have nothing below them.
    after: Option<String>,
    /// True once all of those were asked.
    is_round: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    id: String,
    /// The minute since 1970 since which it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone: Option<u32>,
}

/// What became of a place that was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LookedUp {
    /// It is in the space.
    Here,
    /// It is in another space.
    Elsewhere,
    /// It is in the trash, or does not answer.
    Gone,
}

impl PlaceMemory {
    /// What was remembered, nothing if it is of another form.
    pub(super) fn read(value: &Value) -> Self {
        Self::deserialize(value).unwrap_or_default()
    }

    /// The form in which it is remembered.
    pub(super) fn write(&self) -> Value {
        serde_json::to_value(self).expect("it is made of strings and numbers")
    }

    /// The document ids of the places in the order in which to look them up.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.id.as_str())
    }

    /// Remembers another place. False if it is remembered already.
    pub(super) fn add(&mut self, id: &str) -> bool {
        let is_new = self.places.len() < REMEMBERED_MAX && self.ids().all(|known| known != id);
        if is_new {
            self.places.push(Remembered { id: id.to_owned(), gone: None });
        }
        is_new
    }

    /// Remembers that places were found, and what became of those that were looked up at `now`, in minutes; what was not looked up goes first
    /// the next time.
    pub(super) fn learn(&mut self, found: &[String], looked_up: &[(String, LookedUp)], now: u32) {
        let outcomes: std::collections::HashMap<&str, LookedUp> =
            looked_up.iter().map(|(id, outcome)| (id.as_str(), *outcome)).collect();
        let found_ids: std::collections::HashSet<&str> = found.iter().map(String::as_str).collect();
        let (mut places, mut last) = (Vec::new(), Vec::new());
        for mut place in std::mem::take(&mut self.places) {
            match outcomes.get(place.id.as_str()) {
                _ if found_ids.contains(place.id.as_str()) => places.push(Remembered { gone: None, ..place }),
                None => places.push(place),
                Some(LookedUp::Here) => last.push(Remembered { gone: None, ..place }),
                Some(LookedUp::Elsewhere) => {}
                Some(LookedUp::Gone) => {
                    let since = *place.gone.get_or_insert(now);
                    if now.saturating_sub(since) < GONE_MINUTES_MAX {
                        last.push(place);
                    }
                }
            }
        }
        // Always the same order of those that need no looking up, so that nothing is stored again for it.
        let known: std::collections::HashSet<String> =
            places.iter().chain(&last).map(|place: &Remembered| place.id.clone()).collect();
        let new = found.iter().filter(|id| !known.contains(*id));
        let mut new: Vec<Remembered> = new.map(|id| Remembered { id: id.clone(), gone: None }).collect();
        new.sort_by(|left, right| id_order(&left.id).cmp(&id_order(&right.id)));
        places.extend(last);
        places.extend(new);
        places.truncate(REMEMBERED_MAX);
        self.places = places;
    }

    /// Takes the next `most` of `leaves`, which are in the order of their ids, and how many have never been asked and are not among them.
    pub(super) fn next_leaves(&mut self, leaves: &[String], most: usize) -> (Vec<String>, usize) {
        let is_past = |id: &String| self.after.as_ref().is_some_and(|after| id_order(id) <= id_order(after));
        let n_past = leaves.iter().take_while(|id| is_past(id)).count();
        let n_ahead = leaves.len() - n_past;
        if leaves.len() <= most || n_ahead <= most {
            let mut taken = leaves[n_past..].to_vec();
            taken.extend(leaves[..n_past].iter().take(most - n_ahead.min(most)).cloned());
            self.after = (leaves.len() > most).then(|| taken.last().cloned()).flatten();
            self.is_round = true;
            return (taken, 0);
        }
        let taken = leaves[n_past..n_past + most].to_vec();
        self.after = taken.last().cloned();
        (taken, if self.is_round { 0 } else { n_ahead - most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(from: usize, to: usize) -> Vec<String> {
        (from..to).map(|n| n.to_string()).collect()
    }

    #[test]
    fn pages_without_pages_below_are_asked_in_turn() {
        let mut memory = PlaceMemory::default();
        let leaves = ids(1, 11);
        assert_eq!(memory.next_leaves(&leaves, 4), (ids(1, 5), 6));
        let mut memory = PlaceMemory::read(&memory.write());
        assert_eq!(memory.next_leaves(&leaves, 4), (ids(5, 9), 2));
        assert_eq!(memory.next_leaves(&leaves, 4), ([ids(9, 11), ids(1, 3)].concat(), 0));
        assert_eq!(memory.next_leaves(&leaves, 4), (ids(3, 7), 0), "all were asked once");
        assert_eq!(memory.next_leaves(&leaves[..3], 4).0.len(), 3);
    }

    #[test]
    fn what_was_looked_up_goes_last_and_what_is_gone_is_forgotten_after_a_month() {
        let mut memory = PlaceMemory::default();
        let found = ["folder/1", "folder/2", "folder/3"].map(str::to_owned);
        memory.learn(&found, &[], 0);
        memory.learn(&found[2..], &[("folder/1".into(), LookedUp::Here)], 0);
        assert_eq!(memory.ids().collect::<Vec<_>>(), ["folder/2", "folder/3", "folder/1"]);
        let gone = [("folder/1".to_owned(), LookedUp::Gone), ("folder/2".to_owned(), LookedUp::Elsewhere)];
        memory.learn(&[], &gone, 0);
        memory.learn(&[], &gone, GONE_MINUTES_MAX - 1);
        assert_eq!(memory.ids().collect::<Vec<_>>(), ["folder/3", "folder/1"]);
        memory.learn(&[], &gone, GONE_MINUTES_MAX);
        assert_eq!(memory.ids().collect::<Vec<_>>(), ["folder/3"]);
        assert!(memory.add("folder/9") && !memory.add("folder/9"));
        assert_eq!(PlaceMemory::read(&Value::Null), PlaceMemory::default());
    }
}
