//! `/sangam/v1/…`: what neither of AWS's services has an operation for, signed and permitted in the same way.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, Uri};
use bytes::Bytes;
use sangam_api::{ApiError, ErrorKind, RequestContext};
use serde_json::Value;

use super::app::App;
use super::exchange::Exchange;
use super::linger::Linger;
use super::peer::Peer;
use super::permission::{self, Wish};
use super::service::Service;
use super::trail::{self, Deed};
use super::{authenticate, exchange, task};
use crate::policy::Policy;
use crate::sigv4;

type Segments = Vec<String>;
type Pairs = Vec<(String, String)>;

/// What all of these paths begin with.
pub const V1_PREFIX: &str = "/sangam/v1/";

/// A request below [`V1_PREFIX`], proven to come from whom it says.
#[derive(Clone, PartialEq, Eq)]
pub struct V1Request {
    /// The method, in capitals.
    pub method: String,
    /// What follows the prefix, segment by segment, decoded; none is empty.
    pub path: Vec<String>,
    /// The query string, decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// The body; not checked in any way.
    pub body: Bytes,
    /// What the caller may do, for endpoints whose answer depends on more than their own action.
    pub policy: Policy,
}

/// What a request would do, for policies and counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The operation's name, as in policies: `ExplainAccess` is `sangam:ExplainAccess`.
    pub operation: &'static str,
    /// The index that it is about, if it is about one.
    pub index_id: Option<String>,
    /// What it is about in the audit trail, if that is not the index: an account, a key, a session.
    pub subject: Option<String>,
}

/// Members of an answer that name what was made.
const MADE: &[&str] = &["name", "accessKeyId"];

impl Action {
    /// What it is about in the audit trail: what the answer says was made, if the request itself names nothing.
    pub(super) fn subject<'a>(&'a self, done: &'a Result<Value, ApiError>) -> Option<&'a str> {
        let made = || MADE.iter().find_map(|name| done.as_ref().ok()?.get(name)?.as_str());
        self.subject.as_deref().or(self.index_id.as_deref()).or_else(made)
    }
}

/// The endpoints below [`V1_PREFIX`].
#[async_trait]
pub trait SangamV1: Send + Sync {
    /// What the request would do, or nothing if there is no such endpoint. Looks at method, path and query only, and changes nothing.
    fn action(&self, request: &V1Request) -> Option<Action>;

    /// Does it. It is called only with a request that [`SangamV1::action`] knows and the caller's policy allows.
    ///
    /// # Errors
    /// Whatever the client shall see.
    async fn handle(&self, ctx: &RequestContext, request: V1Request) -> Result<Value, ApiError>;
}

/// Answers one request.
pub(super) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let linger = request.extensions().get::<Linger>().cloned();
    exchange::answer(&app, linger, Service::Sangam, async |exchange| dispatch(&app, exchange, request).await).await
}

async fn dispatch(app: &Arc<App>, exchange: &mut Exchange, request: Request) -> Result<Vec<u8>, ApiError> {
    let (service, (parts, body)) = (Service::Sangam, request.into_parts());
    exchange.address = Peer::of(&parts.extensions);
    let target = target(&parts.uri).map(|(path, query)| (parts.method.as_str().to_owned(), path, query));
    let caller = authenticate::caller(app, service, service.scopes(), &exchange.request_id, parts, body).await?;
    let (ctx, memory) = (caller.ctx, caller.memory);
    let (method, path, query) = target.ok_or_else(unknown)?;
    let endpoints = app.services.v1.clone().ok_or_else(unknown)?;
    let request = V1Request { method, path, query, body: caller.body, policy: caller.policy };
    let action = endpoints.action(&request).ok_or_else(unknown)?;
    exchange.asks_for(service, action.operation);
    let actor = ctx.access_key_id.clone();
    let index_id = action.index_id.as_deref();
    let wish = Wish { service, operation: action.operation, index_id, subject: index_id };
    let done = run(app, ctx, &wish, endpoints, request, memory).await;
    let deed = Deed { insider: &actor, address: exchange.address, service, operation: action.operation };
    trail::note(app, &deed, action.subject(&done), done.as_ref().err()).await;
    done.map(|answer| answer.to_string().into_bytes())
}

/// Checks whether the request may, and does what it wants. `memory` is held until that is done, whoever has left by then.
pub(super) async fn run<M: Send + 'static>(
    app: &Arc<App>,
    ctx: RequestContext,
    wish: &Wish<'_>,
    endpoints: Arc<dyn SangamV1>,
    request: V1Request,
    memory: M,
) -> Result<Value, ApiError> {
    permission::check(&request.policy, &ctx, wish)?;
    let turn = app.turn().await?;
    task::owned(app, wish.service, async move {
        let answer = endpoints.handle(&ctx, request).await;
        drop((turn, memory));
        answer
    })
    .await
}

/// Path and query, decoded. A path that is not in its normal form has none: the signature is over the normal form, so `/a/../b` could be
/// signed as one thing and routed as another.
fn target(uri: &Uri) -> Option<(Segments, Pairs)> {
    let below = uri.path().strip_prefix(V1_PREFIX)?;
    if below.is_empty() || below.ends_with('/') || sigv4::normalised_path(uri.path()) != uri.path() {
        return None;
    }
    let path = below.split('/').map(|segment| String::from_utf8(sigv4::decode(segment)).ok()).collect::<Option<_>>()?;
    Some((path, sigv4::decoded_pairs(uri.query().unwrap_or_default())?))
}

fn unknown() -> ApiError {
    ApiError::new(ErrorKind::UnknownOperation, "there is no such endpoint below `/sangam/v1`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_after_the_path_is_split() {
        let (path, query) = target(&"/sangam/v1/indices/a%2Fb/explain?user=ada%40x".parse().unwrap()).unwrap();
        assert_eq!(path, ["indices", "a/b", "explain"]);
        assert_eq!(query, [("user".to_owned(), "ada@x".to_owned())]);
    }

    #[test]
    fn paths_that_could_be_read_in_two_ways_are_none() {
        for path in [
            "/sangam/v1/a/../b",
            "/sangam/v1/a//b",
            "/sangam/v1/./a",
            "/sangam/v1/a/",
            "/sangam/v1/%ff",
            "/sangam/v2/a",
        ] {
            assert_eq!(target(&path.parse().unwrap()), None, "{path}");
        }
    }
}
