//! The simulated site behind a socket: doors, latency, faults, and a count of every call.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use bytes::Bytes;
use futures::{StreamExt, stream};
use parking_lot::{Mutex, RwLock};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::conduct::{Conduct, unlimited};
use crate::error::SimError;
use crate::faults::{Fault, FaultHook, RequestInfo};
use crate::http::call::Call;
use crate::http::dc;
use crate::http::door::{Door, GATEWAY, Visit, is_app, nowhere};
use crate::http::query::Query;
use crate::http::rate;
use crate::http::reply::{Reply, v1, v2};
use crate::http::routes::{Api, ROUTES, Route};
use crate::oauth::OAuth;
use crate::searches::Searches;
use crate::shared::SimSite;
use crate::site::Site;
use crate::visibility::Viewer;

/// The largest request body that is read: a bulk call of 250 ids is under 20 KiB.
const REQUEST_BODY_BYTES_MAX: usize = 1 << 20;

/// How long a shutdown waits for answers that are on their way.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// A site that is being served, until this is dropped or shut down.
pub struct Handle {
    addr: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

pub(crate) struct Shared {
    pub(crate) site: SimSite,
    origin: String,
    /// The origin with the context path of a Data Center.
    base: String,
    latency_ms: AtomicU64,
    faults: RwLock<Option<FaultHook>>,
    calls: Mutex<BTreeMap<String, u64>>,
    n_calls: AtomicU64,
    oauth: OAuth,
    pub(crate) conduct: Conduct,
    pub(crate) searches: Searches,
    stop: watch::Receiver<bool>,
}

/// Serves a site at `addr`; port 0 takes a free one.
///
/// Keep your own clone of a [`SimSite`], or use [`Handle::site`], to change the site meanwhile.
///
/// # Errors
/// [`SimError::Listen`] when the address is not to be had.
pub async fn serve(site: impl Into<SimSite>, addr: SocketAddr) -> Result<Handle, SimError> {
    let listener = TcpListener::bind(addr).await.map_err(|source| SimError::Listen { addr, source })?;
    let addr = listener.local_addr().map_err(|source| SimError::Listen { addr, source })?;
    let (stop, stopped) = watch::channel(false);
    let site: SimSite = site.into();
    let context = site.read().data_center().map(|dc| dc.options.context_path.clone()).unwrap_or_default();
    let clock = Arc::clone(site.clock());
    let shared = Arc::new(Shared {
        site,
        base: format!("http://{addr}{context}"),
        origin: format!("http://{addr}"),
        latency_ms: AtomicU64::new(0),
        faults: RwLock::new(None),
        calls: Mutex::new(BTreeMap::new()),
        n_calls: AtomicU64::new(0),
        oauth: OAuth::new(Arc::clone(&clock)),
        conduct: Conduct::new(clock),
        searches: Searches::default(),
        stop: stopped.clone(),
    });
    let app = router(&shared);
    let server = tokio::spawn(async move {
        let serving = axum::serve(listener, app).with_graceful_shutdown(wait_for_stop(stopped.clone()));
        tokio::select! {
            _ = serving => {}
            () = async { wait_for_stop(stopped).await; tokio::time::sleep(SHUTDOWN_GRACE).await } => {}
        }
    });
    Ok(Handle { addr, shared, stop, server: Some(server) })
}

impl Handle {
    /// Scheme, host and port, and a Data Center's context path, without a slash at the end: what a
    /// crawler is configured with.
    pub fn base_url(&self) -> &str {
        &self.shared.base
    }

    /// The address being listened on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The site, to look at and to change.
    pub fn site(&self) -> &SimSite {
        &self.shared.site
    }

    /// The identity service: apps, tokens, and what became of them.
    pub fn oauth(&self) -> &OAuth {
        &self.shared.oauth
    }

    /// How often each endpoint was called, by its route: `/wiki/api/v2/pages/{id}`, in a Data Center
    /// without the context path: `/rest/api/content/{id}`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.shared.calls.lock().clone()
    }

    /// How many calls there were.
    pub fn n_calls(&self) -> u64 {
        self.shared.n_calls.load(Ordering::Relaxed)
    }

    /// Starts counting at zero again.
    pub fn reset_calls(&self) {
        self.shared.calls.lock().clear();
        self.shared.n_calls.store(0, Ordering::Relaxed);
    }

    /// Lets every call wait so long before it is answered.
    pub fn set_latency_ms(&self, latency_ms: u64) {
        self.shared.latency_ms.store(latency_ms, Ordering::Relaxed);
    }

    /// Asks `hook` before every call whether it shall fail.
    pub fn set_faults(&self, hook: impl Fn(&RequestInfo) -> Option<Fault> + Send + Sync + 'static) {
        *self.shared.faults.write() = Some(Arc::new(hook));
    }

    /// Lets everything work again.
    pub fn clear_faults(&self) {
        *self.shared.faults.write() = None;
    }

    /// Stops listening, lets answers that are on their way arrive, and returns when all is over.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            let _ = server.await;
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}

async fn wait_for_stop(mut stopped: watch::Receiver<bool>) {
    // An error means that the handle is gone, which is a stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// An endpoint of either hosting.
#[derive(Clone, Copy)]
enum Endpoint {
    Cloud(&'static Route, Door),
    DataCenter(&'static dc::routes::Route),
}

impl Endpoint {
    fn pattern(self) -> &'static str {
        match self {
            Self::Cloud(route, _) => route.pattern,
            Self::DataCenter(route) => route.pattern,
        }
    }
}

fn data_center_router(shared: &Arc<Shared>) -> Router {
    let context = shared.base.strip_prefix(&shared.origin).unwrap_or_default();
    let mut router = Router::new();
    for route in dc::routes::ROUTES {
        let filter = if route.post { MethodFilter::POST } else { MethodFilter::GET };
        let shared = Arc::clone(shared);
        let handler = on(filter, move |params: RawPathParams, request: Request| {
            let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            answer(Arc::clone(&shared), Endpoint::DataCenter(route), params, request)
        });
        router = router.route(&format!("{context}{}", route.pattern), handler);
    }
    router.fallback(|| async { send(dc::not_a_page()) })
}

fn router(shared: &Arc<Shared>) -> Router {
    if shared.site.read().is_data_center() {
        return data_center_router(shared);
    }
    let mut router = Router::new();
    for route in ROUTES {
        let filter = route.method.filter();
        let handler = |door: Door| {
            let shared = Arc::clone(shared);
            on(filter, move |params: RawPathParams, request: Request| {
                let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                answer(Arc::clone(&shared), Endpoint::Cloud(route, door), params, request)
            })
        };
        router = router.route(route.pattern, handler(Door::Site));
        if matches!(route.api, Api::V1 | Api::V2) {
            // The form without `/wiki` answers too.
            for path in [route.pattern, route.pattern.trim_start_matches("/wiki")] {
                router = router.route(&format!("{GATEWAY}{{cloud}}{path}"), handler(Door::Gateway));
            }
        }
    }
    router.fallback(|request: Request| async move {
        let v2_path = request.uri().path().starts_with("/wiki/api/v2");
        if request.uri().path().starts_with(GATEWAY) {
            return send(nowhere());
        }
        send(if v2_path { v2::not_found() } else { Reply::html(404, "<html><body>Page Not Found</body></html>") })
    })
}

async fn answer(
    shared: Arc<Shared>,
    endpoint: Endpoint,
    params: BTreeMap<String, String>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let info = count(&shared, endpoint, &head);
    let fault = shared.faults.read().clone().and_then(|hook| hook(&info));
    let latency_ms = shared.latency_ms.load(Ordering::Relaxed);
    if latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    }
    match fault {
        Some(Fault::Status(status)) => {
            return send(Reply::html(status, "<html><body>The service is not available.</body></html>"));
        }
        Some(Fault::RateLimited { retry_after }) => {
            return send(match endpoint {
                Endpoint::Cloud(..) => rate::limited(retry_after),
                Endpoint::DataCenter(_) => dc::rate_limited(retry_after),
            });
        }
        Some(Fault::GatewayRateLimited) => return send(rate::gateway_limited()),
        Some(Fault::Slow(by)) => tokio::time::sleep(by).await,
        Some(Fault::HtmlLogin) => {
            return send(Reply::html(200, "<html><head><title>Log in</title></head><body><form/></body></html>"));
        }
        Some(Fault::Stall) => wait_for_stop(shared.stop.clone()).await,
        Some(Fault::TruncatedBody) | None => {}
    }
    let Ok(body) = axum::body::to_bytes(body, REQUEST_BODY_BYTES_MAX).await else {
        return send(v1::bad_request("the body is too large or broken"));
    };
    let reply = match endpoint {
        Endpoint::Cloud(route, door) => dispatch(&shared, route, door, params, &head, &body),
        Endpoint::DataCenter(route) => dispatch_dc(&shared, route, params, &head, &body),
    };
    if fault == Some(Fault::TruncatedBody) { truncated(reply) } else { send(reply) }
}

fn count(shared: &Shared, endpoint: Endpoint, head: &axum::http::request::Parts) -> RequestInfo {
    shared.site.count_call();
    let mut calls = shared.calls.lock();
    let nth_of_endpoint = calls.entry(endpoint.pattern().to_owned()).or_default();
    *nth_of_endpoint += 1;
    RequestInfo {
        method: head.method.to_string(),
        endpoint: endpoint.pattern().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        nth_of_endpoint: *nth_of_endpoint,
        nth: shared.n_calls.fetch_add(1, Ordering::Relaxed) + 1,
        gateway: matches!(endpoint, Endpoint::Cloud(_, Door::Gateway)),
    }
}

fn dispatch_dc(
    shared: &Shared,
    route: &dc::routes::Route,
    params: BTreeMap<String, String>,
    head: &axum::http::request::Parts,
    body: &Bytes,
) -> Reply {
    let site = shared.site.read();
    match site.data_center() {
        Some(data_center) => {
            let (oauth, searches) = (&shared.oauth, &shared.searches);
            let server = dc::Server { dc: data_center, oauth, searches, origin: &shared.origin };
            dc::answer(&site, &server, route, params, head, body)
        }
        None => dc::not_a_page(),
    }
}

/// Everything that needs the site, in one look at it.
fn dispatch(
    shared: &Shared,
    route: &Route,
    door: Door,
    params: BTreeMap<String, String>,
    head: &axum::http::request::Parts,
    body: &Bytes,
) -> Reply {
    let live = shared.site.read();
    let past = if is_search(route) { shared.site.as_indexed() } else { None };
    let site: &Site = past.as_deref().unwrap_or(&live);
    let header = |name| head.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let origin = site.settings.base_url.as_deref().unwrap_or(&shared.origin);
    let authorization = header("authorization");
    if door == Door::Gateway && params.get("cloud") != Some(&site.settings.cloud_id) {
        return nowhere();
    }
    let wants_admin_key = header("atl-confluence-with-admin-key") == Some("true");
    let (oauth, conduct) = (&shared.oauth, &shared.conduct);
    let visit = Visit { site, oauth, route, door, authorization, wants_admin_key, conduct, origin };
    let caller = match visit.admit() {
        Ok(caller) => caller,
        Err(reply) => return reply,
    };
    let pays = matches!(route.api, Api::V1 | Api::V2);
    let is_app = is_app(oauth, authorization);
    if let Some(balance) = conduct.exhausted(is_app).filter(|_| pays) {
        return rate::exhausted(&balance, site);
    }
    let viewer = Viewer::new(site, caller.reader());
    let call = Call {
        site,
        viewer,
        caller: caller.clone(),
        oauth,
        conduct,
        searches: &shared.searches,
        authorization: authorization.map(str::to_owned),
        path: site_path(head.uri.path()),
        params,
        query: Query::parse(head.uri.query().unwrap_or_default()),
        body: body.to_vec(),
        served_origin: shared.origin.clone(),
    };
    let reply = match (route.handler)(&call) {
        Ok(reply) | Err(reply) => reply,
    };
    if pays { paid(reply, shared, route, is_app, site) } else { reply }
}

/// The path as it is at the site: links in answers never tell of the gateway.
fn site_path(path: &str) -> String {
    let Some(rest) = path.strip_prefix(GATEWAY).and_then(|rest| rest.find('/').map(|at| &rest[at..])) else {
        return path.to_owned();
    };
    if rest.starts_with("/wiki/") { rest.to_owned() } else { format!("/wiki{rest}") }
}

/// What searches look at may be behind the rest.
fn is_search(route: &Route) -> bool {
    matches!(route.pattern, "/wiki/rest/api/search" | "/wiki/rest/api/content/search")
}

/// Pays for an answer, and tells what is left.
fn paid(reply: Reply, shared: &Shared, route: &Route, is_app: bool, site: &Site) -> Reply {
    if let Some(balance) = shared.conduct.pay(is_app, rate::cost(route, &reply)) {
        return rate::headers(reply, &balance, site);
    }
    if route.api != Api::V2 {
        return reply;
    }
    rate::headers(reply, &unlimited(shared.n_calls.load(Ordering::Relaxed)), site)
}

fn send(reply: Reply) -> Response {
    build(reply.status, &reply.headers, Body::from(reply.body))
}

/// Announces the whole body, sends half of it and cuts the line.
fn truncated(mut reply: Reply) -> Response {
    let whole = reply.body.len();
    reply.body.truncate(whole / 2);
    reply.headers.push(("content-length", whole.to_string()));
    let half = stream::iter([Ok(Bytes::from(reply.body))]);
    // The pause lets the first half leave before the connection is given up.
    let cut = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::other("the line was cut on purpose"))
    });
    build(reply.status, &reply.headers, Body::from_stream(half.chain(cut)))
}

fn build(status: u16, headers: &[(&'static str, String)], body: Body) -> Response {
    let mut response =
        Response::builder().status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(body).expect("header names are constants and values are printable")
}
