//! How many calls are under way at once, and when none may be.
//!
//! More at a time while the site keeps up, half as many when it does not, two when it says that the quota is nearly used up. A wait that
//! one call was told holds for all of them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::rates::Rates;
use crate::config::Hosting;

/// Calls that a crawl of a Cloud site may have under way at once. Cloud answers bursts of more with 429; at 50 ms an answer a dozen bring
/// more pages a second than can be stored.
pub(crate) const CONCURRENT_CALLS: usize = 12;

/// The same for Data Center, which does not say when it is too much but slows down for everybody.
const CONCURRENT_CALLS_DATA_CENTER: usize = 4;

/// Never fewer: one long answer would hold up everything else.
const CALLS_MIN: usize = 2;

/// How many at first: half of what may become of it.
const CALLS_AT_FIRST: usize = 6;

/// Answers in a row that are good, for each call at a time, before one more is tried.
const GOOD_PER_STEP: usize = 4;

/// How many calls may be under way at most with this hosting.
pub(super) fn most(hosting: Hosting) -> usize {
    match hosting {
        Hosting::Cloud => CONCURRENT_CALLS,
        Hosting::DataCenter => CONCURRENT_CALLS_DATA_CENTER,
    }
}

/// The pace of one site's calls.
#[derive(Debug)]
pub(super) struct Pace {
    permits: Arc<Semaphore>,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Calls at a time.
    limit: usize,
    /// Permits that are still out and must not come back.
    debt: usize,
    n_good: usize,
    lowered_at: Option<Instant>,
    is_near_limit: bool,
    points_left: Option<u64>,
    /// No call before this.
    resume_at: Option<Instant>,
}

/// One call under way.
#[derive(Debug)]
pub(super) struct Turn {
    pace: Arc<Pace>,
    permit: Option<OwnedSemaphorePermit>,
    began_at: Instant,
}

impl Pace {
    /// At most `most` calls at a time.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let limit = most.min(CALLS_AT_FIRST);
        let state = State {
            limit,
            debt: 0,
            n_good: 0,
            lowered_at: None,
            is_near_limit: false,
            points_left: None,
            resume_at: None,
        };
        Self { permits: Arc::new(Semaphore::new(limit)), most, state: Mutex::new(state) }
    }

    /// Waits for a turn.
    pub(super) async fn turn(self: &Arc<Self>) -> Turn {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.expect("the semaphore is never closed");
        Turn { pace: Arc::clone(self), permit: Some(permit), began_at: Instant::now() }
    }

    /// Takes in what an answer says of the quota.
    pub(super) fn learn(&self, rates: &Rates) {
        let mut state = self.state.lock();
        if rates.points_left.is_some() {
            state.points_left = rates.points_left;
        }
        if let Some(is_near) = rates.is_near_limit {
            state.is_near_limit = is_near;
            if is_near {
                self.lower_to(&mut state, CALLS_MIN);
            }
        }
    }

    pub(super) fn points_left(&self) -> Option<u64> {
        self.state.lock().points_left
    }

    /// No call for `wait` from now on.
    pub(super) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut state = self.state.lock();
        state.resume_at = Some(state.resume_at.map_or(until, |known| known.max(until)));
    }

    /// How long nobody may call yet.
    pub(super) fn held_for(&self) -> Option<Duration> {
        let mut state = self.state.lock();
        let left = state.resume_at?.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        if left.is_none() {
            state.resume_at = None;
        }
        left
    }

    fn lower_to(&self, state: &mut State, wanted: usize) {
        let wanted = wanted.clamp(CALLS_MIN.min(self.most), self.most);
        state.n_good = 0;
        if wanted >= state.limit {
            return;
        }
        let surplus = state.limit - wanted;
        state.limit = wanted;
        state.lowered_at = Some(Instant::now());
        state.debt += surplus - self.permits.forget_permits(surplus);
    }

    fn raise(&self, state: &mut State) {
        state.n_good = 0;
        state.limit += 1;
        if state.debt > 0 {
            state.debt -= 1;
        } else {
            self.permits.add_permits(1);
        }
    }
}

impl Turn {
    /// The site keeps up.
    pub(super) fn succeeded(&self) {
        let mut state = self.pace.state.lock();
        state.n_good += 1;
        if state.n_good >= state.limit * GOOD_PER_STEP && state.limit < self.pace.most && !state.is_near_limit {
            self.pace.raise(&mut state);
        }
    }

    /// The site does not keep up. Calls that were under way together count once.
    pub(super) fn troubled(&self) {
        let mut state = self.pace.state.lock();
        if state.lowered_at.is_none_or(|at| at < self.began_at) {
            let half = state.limit / 2;
            self.pace.lower_to(&mut state, half);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.pace.state.lock();
        if state.debt > 0
            && let Some(permit) = self.permit.take()
        {
            state.debt -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(pace: &Pace) -> usize {
        pace.state.lock().limit
    }

    #[tokio::test]
    async fn grows_while_the_site_keeps_up_and_halves_once_when_it_does_not() {
        let pace = Arc::new(Pace::new(8));
        assert_eq!((limit(&pace), pace.permits.available_permits()), (6, 6));
        for _ in 0..1000 {
            pace.turn().await.succeeded();
        }
        assert_eq!((limit(&pace), pace.permits.available_permits()), (8, 8));
        let turns = [pace.turn().await, pace.turn().await, pace.turn().await];
        turns.iter().for_each(Turn::troubled);
        assert_eq!(limit(&pace), 4, "calls under way together count once");
        drop(turns);
        assert_eq!(pace.permits.available_permits(), 4);
        for _ in 0..5 {
            pace.turn().await.troubled();
        }
        assert_eq!((limit(&pace), pace.permits.available_permits()), (2, 2));
    }

    #[tokio::test]
    async fn permits_that_are_out_are_not_given_out_again() {
        let pace = Arc::new(Pace::new(6));
        let mut turns = Vec::new();
        for _ in 0..6 {
            turns.push(pace.turn().await);
        }
        pace.learn(&Rates { is_near_limit: Some(true), points_left: Some(7), ..Rates::default() });
        assert_eq!((limit(&pace), pace.points_left()), (2, Some(7)));
        turns.truncate(3);
        assert_eq!(pace.permits.available_permits(), 0);
        drop(turns);
        assert_eq!(pace.permits.available_permits(), 2);
        for _ in 0..100 {
            pace.turn().await.succeeded();
        }
        assert_eq!(limit(&pace), 2, "near the limit it stays low");
    }

    #[test]
    fn the_longest_wait_holds() {
        let pace = Pace::new(4);
        assert_eq!(pace.held_for(), None);
        pace.hold(Duration::from_mins(1));
        pace.hold(Duration::from_secs(5));
        assert!(pace.held_for().unwrap() > Duration::from_secs(50));
    }
}
