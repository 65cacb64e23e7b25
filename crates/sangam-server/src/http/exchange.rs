//! One signed request from its arrival to its answer: id, span, counters.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::Response;
use sangam_api::{ApiError, ErrorKind};
use tracing::{Instrument as _, Span, field, info, info_span};
use uuid::Uuid;

use super::answer;
use super::app::App;
use super::linger::Linger;
use super::metrics::Labels;
use super::service::Service;

/// What an operation is called before it is known.
const UNKNOWN: &str = "unknown";

/// What is known of a request so far.
pub(super) struct Exchange {
    pub(super) request_id: String,
    /// Where it comes from.
    pub(super) address: Option<IpAddr>,
    service: Service,
    operation: &'static str,
}

impl Exchange {
    /// Says what the request asks for, for log and counters.
    pub(super) fn asks_for(&mut self, service: Service, operation: &'static str) {
        (self.service, self.operation) = (service, operation);
        Span::current().record("operation", operation);
    }
}

/// Answers a request with what `work` makes of it. The log gets one line: never a body, a query or a header.
pub(super) async fn answer<W>(app: &Arc<App>, linger: Option<Linger>, service: Service, work: W) -> Response<Body>
where
    W: AsyncFnOnce(&mut Exchange) -> Result<Vec<u8>, ApiError>,
{
    let started = Instant::now();
    let mut exchange = Exchange { request_id: Uuid::new_v4().to_string(), address: None, service, operation: UNKNOWN };
    let span = info_span!(
        "request",
        request.id = exchange.request_id,
        operation = UNKNOWN,
        status = field::Empty,
        duration_ms = field::Empty
    );
    let result = work(&mut exchange).instrument(span.clone()).await;
    let (duration, code) = (started.elapsed(), result.as_ref().err().map_or("OK", ApiError::code));
    let (service, operation) = (exchange.service.name(), exchange.operation);
    app.metrics.record(Labels { service, operation, code }, duration);
    let unread = result.as_ref().is_err_and(|error| leaves_body_unread(error.kind));
    let response = answer::aws(&exchange.request_id, result);
    let (status, duration_ms) = (response.status().as_u16(), duration.as_millis() as u64);
    span.record("status", status).record("duration_ms", duration_ms);
    span.in_scope(|| {
        info!(service, operation, code, status, duration_ms, "answered `{operation}` with {status} `{code}`");
    });
    if !unread {
        return response;
    }
    if let Some(linger) = linger {
        linger.ask();
    }
    answer::last(response)
}

/// Whether the rest of the body was not read: the connection cannot be used again.
const fn leaves_body_unread(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::RequestEntityTooLarge | ErrorKind::RequestTimeout | ErrorKind::ServiceUnavailable)
}
