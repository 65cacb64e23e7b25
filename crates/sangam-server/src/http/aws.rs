//! `POST /`: AWS JSON 1.1.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use sangam_api::ApiError;

use super::app::App;
use super::exchange::Exchange;
use super::linger::Linger;
use super::operation::Operation;
use super::peer::Peer;
use super::permission::{self, Wish};
use super::service::Service;
use super::trail::{self, Deed};
use super::{authenticate, exchange, task};

/// Scopes accepted while nobody knows which service is meant: an unknown target is told so only to those who can sign.
const ANY_SCOPE: &[&str] = &["kendra", "secretsmanager"];

/// Answers one request.
pub(super) async fn handle(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let linger = request.extensions().get::<Linger>().cloned();
    exchange::answer(&app, linger, Service::Kendra, async |exchange| dispatch(&app, exchange, request).await).await
}

/// The order of checks: framing, size and signature; target; JSON, types and constraints; permission; and then the operation itself.
async fn dispatch(app: &Arc<App>, exchange: &mut Exchange, request: Request) -> Result<Vec<u8>, ApiError> {
    let (parts, body) = request.into_parts();
    exchange.address = Peer::of(&parts.extensions);
    let target = Operation::from_headers(&parts.headers).ok_or_else(|| Operation::unknown(&parts.headers));
    let (service, scopes) = match &target {
        Ok(operation) => (operation.service(), operation.service().scopes()),
        Err(_) => (Service::Kendra, ANY_SCOPE),
    };
    if let Ok(operation) = &target {
        exchange.asks_for(service, operation.name());
    }
    let caller = authenticate::caller(app, service, scopes, &exchange.request_id, parts, body).await?;
    let operation = target?;
    let (ctx, body, memory) = (caller.ctx, caller.body, caller.memory);
    let call = task::compute(service, body.len(), move || operation.parse(&body)).await?;
    let wish = Wish { service, operation: operation.name(), index_id: call.index_id(), subject: call.subject() };
    let subject = trail::subject(&call, operation.name());
    let actor = ctx.access_key_id.clone();
    let deed = Deed { insider: &actor, address: exchange.address, service, operation: operation.name() };
    if let Err(denied) = permission::check(&caller.policy, &ctx, &wish) {
        let refused = Err(denied);
        trail::note(app, &deed, subject(&refused).as_deref(), refused.as_ref().err()).await;
        return refused;
    }
    let turn = app.turn().await?;
    let shared = Arc::clone(app);
    let done = task::owned(app, service, async move {
        let answer = call.run(&shared.services, &ctx).await;
        drop((turn, memory));
        answer
    })
    .await;
    trail::note(app, &deed, subject(&done).as_deref(), done.as_ref().err()).await;
    done
}
