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
    /// 200 with the HTML of a login page.
    HtmlLogin,
    /// No answer until the caller gives up or the server stops.
    Stall,
}

/// Decides for every call whether and how it fails.
pub type FaultHook = Arc<dyn Fn(&RequestInfo) -> Option<Fault> + Send + Sync>;
