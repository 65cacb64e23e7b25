//! Where the work of a request runs: not in the connection's task.

use sangam_api::ApiError;
use tracing::{Instrument as _, error};

use super::app::App;
use super::service::Service;

/// Above this many bytes, hashing and parsing leave the connection's thread: at 1 GB/s, hashing them takes a quarter of a millisecond.
const INLINE_BYTES_MAX: usize = 256 * 1024;

/// Runs an operation in a task that belongs to the server and waits for it. When the client hangs up only the waiting ends: a write that
/// began is finished. When the operation panics, its client gets an error and everybody else nothing.
pub(super) async fn owned<T: Send + 'static>(
    app: &App,
    service: Service,
    operation: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    app.operations.spawn(operation.in_current_span()).await.unwrap_or_else(|error| Err(lost(service, &error)))
}

/// Runs a computation over `bytes` many bytes, on a thread of its own if it would hold up others.
pub(super) async fn compute<T: Send + 'static>(
    service: Service,
    bytes: usize,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    if bytes <= INLINE_BYTES_MAX {
        return work();
    }
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await.unwrap_or_else(|error| Err(lost(service, &error)))
}

/// The panic hook has shown message and place; this line ties them to the request. The message may hold anything and is not sent.
fn lost(service: Service, error: &tokio::task::JoinError) -> ApiError {
    error!(panicked = error.is_panic(), "an operation ended without an answer");
    service.fault("the server failed; its log tells more under this request's id")
}
