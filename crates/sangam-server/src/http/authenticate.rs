//! Who signed this request: framing, signature, key.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use bytes::Bytes;
use sangam_api::{ApiError, RequestContext};
use tokio::sync::OwnedSemaphorePermit;
use tracing::error;

use super::app::App;
use super::service::Service;
use super::{body, task};
use crate::keys::AccessKey;
use crate::policy::Policy;
use crate::sigv4::{Claim, Expected, Head, SignatureError};

/// A proven caller with the body that was signed.
pub(super) struct Caller {
    pub(super) ctx: RequestContext,
    pub(super) policy: Policy,
    pub(super) body: Bytes,
    /// The right to hold the body; to be kept as long as what was made of it.
    pub(super) memory: OwnedSemaphorePermit,
}

/// Reads and proves a request, in the order of the contract: size, then signature.
///
/// What the headers alone can tell is found out before the body is read: a stranger's body is read to its end and never kept.
pub(super) async fn caller(
    app: &Arc<App>,
    service: Service,
    scopes: &'static [&'static str],
    request_id: &str,
    parts: Parts,
    body: Body,
) -> Result<Caller, ApiError> {
    let limits = &app.settings.limits;
    let declared = body::declared_bytes(&parts.headers, limits)?;
    let (claim, key) = match identify(app, service, scopes, &parts).await {
        Ok(identified) => identified,
        Err(refusal) => {
            body::discard(body, limits).await?;
            return Err(refusal);
        }
    };
    let memory = app.memory(declared).await?;
    let body = body::read(body, limits).await?;
    let ctx = RequestContext {
        request_id: request_id.to_owned(),
        region: claim.region().to_owned(),
        account_id: app.settings.account_id.clone(),
        access_key_id: key.id,
    };
    let signed = body.clone();
    task::compute(service, body.len(), move || Ok(claim.verify(&head(&parts), &signed, &key.secret)?)).await?;
    Ok(Caller { ctx, policy: key.policy, body, memory })
}

async fn identify(
    app: &App,
    service: Service,
    scopes: &'static [&'static str],
    parts: &Parts,
) -> Result<(Claim, AccessKey), ApiError> {
    let expected = Expected { services: scopes, region: app.settings.region.as_deref(), now: (app.services.clock)() };
    let claim = Claim::read(&head(parts), &expected)?;
    match app.services.keys.find(claim.access_key_id()).await {
        Ok(Some(key)) => Ok((claim, key)),
        Ok(None) => Err(SignatureError::Unrecognized.into()),
        Err(failure) => {
            error!(error = &*failure.source, "access keys could not be read");
            Err(service.fault("access keys could not be read: try again"))
        }
    }
}

fn head(parts: &Parts) -> Head<'_> {
    Head {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
    }
}
