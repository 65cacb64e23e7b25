//! Things that go wrong on purpose.

use std::sync::Arc;
use std::time::Duration;

/// What a fault hook is told about a call before it is answered.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// `GET` or `POST`.
    pub method: String,
    /// The route, with its placeholders: `/wiki/api/v2/pages/{id}`.
    pub endpoint: String,
    /// The path as called.
    pub path: String,
    /// The query as called, without the question mark.
    pub query: String,
    /// The how-manieth call of this endpoint it is, from 1.
    pub nth_of_endpoint: u64,
    /// The how-manieth call at all it is, from 1.
    pub nth: u64,
    /// Whether it came through the gateway; `endpoint` is the same either way.
    pub gateway: bool,
}

/// One way for a call to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status with an HTML body, as proxies send it.
    Status(u16),
    /// 429, with or without a `Retry-After`.
    RateLimited {
        /// After how long the caller is welcome again, in whole seconds.
        retry_after: Option<Duration>,
    },
    /// The 429 of the gateway itself, which never says when to come back.
    GatewayRateLimited,
    /// The right answer, cut in the middle of its body, and the connection with it.
    TruncatedBody,
    /// The right answer, so much later.
    Slow(Duration),
    /// 200 with the HTML of a login page.
    HtmlLogin,
    /// No answer until the caller gives up or the server stops.
    Stall,
}

/// Decides for every call whether and how it fails.
pub type FaultHook = Arc<dyn Fn(&RequestInfo) -> Option<Fault> + Send + Sync>;

/// A hook that fails calls of some endpoints at a rate between 0 and 1, always the same ones.
pub fn error_rates(rates: &[(&str, f64, Fault)]) -> impl Fn(&RequestInfo) -> Option<Fault> + Send + Sync + 'static {
    /// As fine as rates are told apart.
    const STEPS: u64 = 10_000;
    let rates: Vec<(String, u64, Fault)> = rates
        .iter()
        .map(|(endpoint, rate, fault)| ((*endpoint).to_owned(), (rate * STEPS as f64) as u64, fault.clone()))
        .collect();
    move |info| {
        let place = crate::generated::spread(info.nth_of_endpoint, crate::ids::stable_hash(&info.endpoint)) % STEPS;
        rates
            .iter()
            .find(|(endpoint, rate, _)| *endpoint == info.endpoint && place < *rate)
            .map(|(_, _, fault)| fault.clone())
    }
}
