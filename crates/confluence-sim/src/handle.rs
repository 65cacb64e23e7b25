//! How a test makes a served site awkward, beyond single faults.

use std::time::Duration;

use crate::conduct::Points;
use crate::server::Handle;
use crate::shared::SearchLag;

impl Handle {
    /// Moves the clock that tokens, cursors, budgets, keys and the lag of searches go by.
    pub fn advance(&self, by: Duration) {
        self.shared.conduct.advance(by);
    }

    /// Lets calls cost points, and 429 be the answer when they are used up; `None` ends that.
    pub fn set_points(&self, points: Option<Points>) {
        self.shared.conduct.set_points(points);
    }

    /// Lets cursors be refused so long after they were given out; `None` lets them live.
    pub fn set_cursor_lifetime(&self, lifetime: Option<Duration>) {
        self.shared.conduct.set_cursor_lifetime(lifetime);
    }

    /// Lets searches see changes from now on only after a while.
    pub fn set_search_lag(&self, lag: SearchLag) {
        self.shared.site.set_search_lag(lag);
    }

    /// How many pieces of content searches have looked at, to see whether they match.
    pub fn n_looked_at(&self) -> u64 {
        self.shared.searches.n_looked_at()
    }
}
