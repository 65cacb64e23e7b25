//! How a served site treats its callers: budgets that run out, cursors that age, and keys that
//! open everything for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::Clock;

/// The hourly budget that the rate headers tell of while none is set; it never runs out.
const QUOTA: u64 = 65_000;

/// What Atlassian counts by.
const WINDOW: Duration = Duration::from_hours(1);

/// A budget of points, as apps have it. A call costs 1, and 1 more for every object that it
/// returns, 2 for every person or group.
#[derive(Debug, Clone, Copy)]
pub struct Points {
    /// Points of one window.
    pub budget: u64,
    /// How long a window is; the first one begins when this is set.
    pub window: Duration,
    /// Whether API tokens pay too. The real ones do not.
    pub api_tokens_pay: bool,
    /// Whether the gateway answers in its own way, without saying when to come back.
    pub bare: bool,
}

/// What the headers tell of the budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Balance {
    pub(crate) budget: u64,
    pub(crate) left: u64,
    pub(crate) reset_in: Duration,
    pub(crate) bare: bool,
}

#[derive(Debug)]
pub(crate) struct Conduct {
    clock: Arc<Clock>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    points: Option<(Points, Duration)>,
    spent: u64,
    cursor_lifetime: Option<Duration>,
    /// Until when an account's admin key works.
    admin_keys: BTreeMap<String, Duration>,
}

impl Conduct {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        Self { clock, state: Mutex::new(State::default()) }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) fn set_points(&self, points: Option<Points>) {
        let mut state = self.state.lock();
        state.points = points.map(|points| (points, self.clock.now()));
        state.spent = 0;
    }

    pub(crate) fn set_cursor_lifetime(&self, lifetime: Option<Duration>) {
        self.state.lock().cursor_lifetime = lifetime;
    }

    /// What is left of the budget, for who pays; `None` when nobody set one or this one is exempt.
    fn balance_of(state: &mut State, now: Duration, is_app: bool) -> Option<Balance> {
        let (points, since) = state.points.as_mut()?;
        if !is_app && !points.api_tokens_pay {
            return None;
        }
        let window = points.window.max(Duration::from_millis(1));
        let passed = (now.saturating_sub(*since).as_nanos() / window.as_nanos()).try_into().unwrap_or(u32::MAX);
        if passed > 0 {
            *since += window * passed;
            state.spent = 0;
        }
        let reset_in = (*since + window).saturating_sub(now);
        let left = points.budget.saturating_sub(state.spent);
        Some(Balance { budget: points.budget, left, reset_in, bare: points.bare })
    }

    /// The balance when nothing is left of it.
    pub(crate) fn exhausted(&self, is_app: bool) -> Option<Balance> {
        let now = self.clock.now();
        Self::balance_of(&mut self.state.lock(), now, is_app).filter(|balance| balance.left == 0)
    }

    /// Pays for a call and says what is left.
    pub(crate) fn pay(&self, is_app: bool, cost: u64) -> Option<Balance> {
        let now = self.clock.now();
        let mut state = self.state.lock();
        Self::balance_of(&mut state, now, is_app)?;
        state.spent += cost;
        Self::balance_of(&mut state, now, is_app)
    }

    /// The mark of a cursor that is given out now, where cursors age.
    pub(crate) fn cursor_mark(&self) -> Option<u64> {
        let ages = self.state.lock().cursor_lifetime.is_some();
        ages.then(|| self.clock.now().as_millis().try_into().unwrap_or(u64::MAX))
    }

    /// Whether a cursor with this mark still works.
    pub(crate) fn is_fresh(&self, mark: Option<u64>) -> bool {
        let Some(lifetime) = self.state.lock().cursor_lifetime else { return true };
        mark.is_some_and(|at| self.clock.now() <= Duration::from_millis(at) + lifetime)
    }

    pub(crate) fn give_admin_key(&self, account_id: &str, lifetime: Duration) {
        let until = self.clock.now() + lifetime;
        self.state.lock().admin_keys.insert(account_id.to_owned(), until);
    }

    pub(crate) fn take_admin_key(&self, account_id: &str) {
        self.state.lock().admin_keys.remove(account_id);
    }

    /// How long the admin key of an account still works.
    pub(crate) fn admin_key(&self, account_id: &str) -> Option<Duration> {
        let until = self.state.lock().admin_keys.get(account_id).copied()?;
        until.checked_sub(self.clock.now()).filter(|left| !left.is_zero())
    }
}

/// What the headers say while there is no budget.
pub(crate) fn unlimited(n_calls: u64) -> Balance {
    Balance { budget: QUOTA, left: QUOTA - n_calls % QUOTA, reset_in: WINDOW, bare: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conduct(api_tokens_pay: bool) -> Conduct {
        let conduct = Conduct::new(Arc::new(Clock::new()));
        conduct.set_points(Some(Points { budget: 10, window: WINDOW, api_tokens_pay, bare: false }));
        conduct
    }

    #[test]
    fn a_budget_runs_out_and_comes_back() {
        let conduct = conduct(false);
        assert_eq!(conduct.pay(true, 4).unwrap().left, 6);
        assert!(conduct.exhausted(true).is_none());
        assert_eq!(conduct.pay(true, 400).unwrap().left, 0);
        assert!(conduct.exhausted(true).unwrap().reset_in <= WINDOW);
        assert!(conduct.exhausted(false).is_none(), "API tokens are exempt");
        conduct.advance(WINDOW);
        assert!(conduct.exhausted(true).is_none());
        assert_eq!(conduct.pay(true, 1).unwrap().left, 9);
    }

    #[test]
    fn api_tokens_can_be_made_to_pay() {
        assert_eq!(conduct(true).pay(false, 3).unwrap().left, 7);
    }

    #[test]
    fn cursors_age_only_where_they_are_told_to() {
        let conduct = conduct(false);
        assert_eq!(conduct.cursor_mark(), None);
        assert!(conduct.is_fresh(None));
        conduct.set_cursor_lifetime(Some(Duration::from_mins(5)));
        let mark = conduct.cursor_mark();
        assert!(conduct.is_fresh(mark) && !conduct.is_fresh(None));
        conduct.advance(Duration::from_mins(6));
        assert!(!conduct.is_fresh(mark));
    }

    #[test]
    fn an_admin_key_ends() {
        let conduct = conduct(false);
        conduct.give_admin_key("ada", Duration::from_mins(10));
        assert!(conduct.admin_key("ada").is_some() && conduct.admin_key("ben").is_none());
        conduct.advance(Duration::from_mins(10));
        assert!(conduct.admin_key("ada").is_none());
        conduct.give_admin_key("ada", Duration::from_mins(10));
        conduct.take_admin_key("ada");
        assert!(conduct.admin_key("ada").is_none());
    }
}
