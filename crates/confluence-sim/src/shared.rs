//! One site, several hands: the server reads it while a test changes it. The search index follows
//! with the lag that it is given.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::clock::Clock;
use crate::site::Site;

/// How long a change takes to show in searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchLag {
    /// It shows at once.
    None,
    /// It shows after so many more calls, of any endpoint.
    Calls(u64),
    /// It shows after so long, by the clock of the server.
    For(Duration),
}

/// A handle on a site that is being served. Clones are the same site.
///
/// Do not hold a guard across an `.await`: the server waits for it.
#[derive(Debug, Clone)]
pub struct SimSite(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    site: RwLock<Site>,
    clock: Arc<Clock>,
    lag: Mutex<SearchLag>,
    n_calls: AtomicU64,
    /// What the site was before each change that does not show in searches yet, oldest first.
    past: Mutex<VecDeque<Past>>,
}

#[derive(Debug)]
struct Past {
    site: Arc<Site>,
    changed_at: Duration,
    n_calls: u64,
}

impl SimSite {
    /// Looks at the site.
    pub fn read(&self) -> RwLockReadGuard<'_, Site> {
        self.0.site.read()
    }

    /// Changes the site; the next call sees the change.
    ///
    /// With a lag of the search index the site as it was is copied first, which takes its time
    /// when the site is large.
    pub fn write(&self) -> RwLockWriteGuard<'_, Site> {
        let mut guard = self.0.site.write();
        if *self.0.lag.lock() != SearchLag::None {
            let past = Past {
                site: Arc::new(guard.clone()),
                changed_at: self.0.clock.now(),
                n_calls: self.0.n_calls.load(Ordering::Relaxed),
            };
            self.0.past.lock().push_back(past);
        }
        guard.generation += 1;
        guard
    }

    /// Lets searches be late by `lag`, for changes from now on.
    pub fn set_search_lag(&self, lag: SearchLag) {
        *self.0.lag.lock() = lag;
        self.0.past.lock().clear();
    }

    pub(crate) fn clock(&self) -> &Arc<Clock> {
        &self.0.clock
    }

    pub(crate) fn count_call(&self) {
        self.0.n_calls.fetch_add(1, Ordering::Relaxed);
    }

    /// The site as searches find it, when that is not what it is now.
    pub(crate) fn as_indexed(&self) -> Option<Arc<Site>> {
        let lag = *self.0.lag.lock();
        let (now, n_calls) = (self.0.clock.now(), self.0.n_calls.load(Ordering::Relaxed));
        let shows = |past: &Past| match lag {
            SearchLag::None => true,
            SearchLag::Calls(calls) => n_calls > past.n_calls + calls,
            SearchLag::For(time) => now >= past.changed_at + time,
        };
        let mut past = self.0.past.lock();
        while past.front().is_some_and(shows) {
            past.pop_front();
        }
        past.front().map(|past| Arc::clone(&past.site))
    }
}

impl From<Site> for SimSite {
    fn from(site: Site) -> Self {
        Self(Arc::new(Inner {
            site: RwLock::new(site),
            clock: Arc::new(Clock::new()),
            lag: Mutex::new(SearchLag::None),
            n_calls: AtomicU64::new(0),
            past: Mutex::new(VecDeque::new()),
        }))
    }
}
