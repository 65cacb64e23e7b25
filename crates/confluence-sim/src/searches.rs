//! What the last searches found, so that the next page of one costs what it shows, and not a look
//! at all that it might find.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::ids::ContentId;

/// So many searches are remembered: more than a crawl has under way at once.
const RECENT_MAX: usize = 64;

/// All that the results of a search depend on. The clock does too, so a query that asks for it is
/// not to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Of the site; every change makes a new one.
    pub(crate) generation: u64,
    /// Who asks, in whatever form tells callers apart.
    pub(crate) caller: String,
    /// The query, and what else narrows it.
    pub(crate) query: String,
}

#[derive(Debug, Default)]
pub(crate) struct Searches {
    recent: Mutex<VecDeque<(Key, Arc<[ContentId]>)>>,
    n_looked_at: AtomicU64,
}

impl Searches {
    /// What was found for `key`, or what `find` finds now.
    pub(crate) fn found(&self, key: Key, find: impl FnOnce() -> Vec<ContentId>) -> Arc<[ContentId]> {
        let known = self.recent.lock().iter().find(|(known, _)| *known == key).map(|(_, ids)| Arc::clone(ids));
        if let Some(ids) = known {
            return ids;
        }
        let ids: Arc<[ContentId]> = find().into();
        let mut recent = self.recent.lock();
        if recent.len() >= RECENT_MAX {
            recent.pop_front();
        }
        recent.push_back((key, Arc::clone(&ids)));
        ids
    }

    /// Notes that one more piece of content was looked at.
    pub(crate) fn look(&self) {
        self.n_looked_at.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn n_looked_at(&self) -> u64 {
        self.n_looked_at.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(generation: u64, query: &str) -> Key {
        Key { generation, caller: "ada".to_owned(), query: query.to_owned() }
    }

    #[test]
    fn a_search_is_made_once_until_the_site_changes() {
        let searches = Searches::default();
        let find = |key: Key| {
            searches.found(key, || {
                searches.look();
                vec![ContentId(7)]
            })
        };
        assert_eq!(find(key(1, "type=page"))[..], [ContentId(7)]);
        find(key(1, "type=page"));
        assert_eq!(searches.n_looked_at(), 1);
        find(key(2, "type=page"));
        find(key(1, "type=blogpost"));
        assert_eq!(searches.n_looked_at(), 3);
    }

    #[test]
    fn the_oldest_search_is_forgotten_first() {
        let searches = Searches::default();
        for nth in 0..=RECENT_MAX as u64 {
            searches.found(key(nth, ""), Vec::new);
        }
        let recent = searches.recent.lock();
        assert_eq!((recent.len(), recent[0].0.generation), (RECENT_MAX, 1));
    }
}
