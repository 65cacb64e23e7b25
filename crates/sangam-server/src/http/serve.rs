//! Accepting connections until told to stop, and then letting those under way finish.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use super::app::App;
use super::limits::Limits;
use super::linger::{Linger, Lingering};
use super::peer::{Network, Peer};

/// How long to wait after a failed accept: it fails for want of descriptors, and trying at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Bytes of a request's line and headers. A signature needs one kilobyte, and a session token would be a few more.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Why serving ended other than as asked.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Requests were still under way when the time for draining was over; they were given up.
    #[error("{connections} connections and {operations} operations were still under way {waited:?} after the stop")]
    NotDrained {
        /// Connections that were cut.
        connections: usize,
        /// Operations that were still running; they end with the process.
        operations: usize,
        /// How long they were waited for.
        waited: Duration,
    },
}

/// Serves until `shutdown` is cancelled, then takes no new connection, closes idle ones, and waits for requests under way, operations whose
/// client has left included. `pages` are served beside what the server has itself.
///
/// # Errors
/// [`ServeError::NotDrained`] when that took longer than the limit.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    pages: Router,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let limits = app.settings.limits;
    let door = Door {
        proxies: app.settings.trusted_proxies.as_slice().into(),
        router: super::router(Arc::clone(&app), pages),
        http: builder(&limits),
        stop: shutdown.clone(),
        cut: CancellationToken::new(),
        connections: TaskTracker::new(),
    };
    let places = Arc::new(Semaphore::new(limits.max_connections.clamp(1, Semaphore::MAX_PERMITS)));
    while let Some(((stream, peer), place)) = next(&listener, &places, &shutdown).await {
        door.connections.spawn(door.clone().connection(stream, peer, place));
    }
    // Dropped first, so that the kernel refuses newcomers while the others finish.
    drop(listener);
    info!(
        connections = door.connections.len(),
        operations = app.operations.len(),
        "stopping: waiting for requests under way"
    );
    drain(&door, &app, limits.drain_timeout).await
}

async fn drain(door: &Door, app: &App, limit: Duration) -> Result<(), ServeError> {
    let deadline = Instant::now() + limit;
    door.connections.close();
    let connections = timeout_at(deadline, door.connections.wait()).await;
    app.operations.close();
    let operations = timeout_at(deadline, app.operations.wait()).await;
    if connections.is_ok() && operations.is_ok() {
        return Ok(());
    }
    let left = (door.connections.len(), app.operations.len());
    door.cut.cancel();
    door.connections.wait().await;
    Err(ServeError::NotDrained { connections: left.0, operations: left.1, waited: limit })
}

/// The next connection and its place, or nothing once the server stops. With no place free, newcomers wait in the kernel's queue.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<((TcpStream, Peer), OwnedSemaphorePermit)> {
    let accepted = async {
        let place = Arc::clone(places).acquire_owned().await.expect("the semaphore is never closed");
        loop {
            match listener.accept().await {
                Ok((stream, from)) => return ((stream, Peer(from.ip())), place),
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    warn!(%error, "could not accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        accepted = accepted => Some(accepted),
    }
}

/// Whether the connection failed, and not the accepting.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_header_size(HEADER_BYTES_MAX);
    builder
}

/// What all connections share.
#[derive(Clone)]
struct Door {
    /// Proxies that are believed.
    proxies: Arc<[Network]>,
    router: Router,
    http: http1::Builder,
    /// No further requests.
    stop: CancellationToken,
    /// No further patience.
    cut: CancellationToken,
    connections: TaskTracker,
}

impl Door {
    async fn connection(self, stream: TcpStream, peer: Peer, place: OwnedSemaphorePermit) {
        // An answer is one small write; waiting to fill a packet would only delay it.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "could not set `TCP_NODELAY`");
        }
        let linger = Linger::default();
        let io = TokioIo::new(Lingering::new(stream, linger.clone()));
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(linger.clone());
            let peer = peer.behind(request.headers(), &self.proxies);
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let mut connection = std::pin::pin!(self.http.serve_connection(io, service));
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = self.cut.cancelled() => Ok(()),
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    result = connection.as_mut() => result,
                    () = self.cut.cancelled() => Ok(()),
                }
            }
        };
        if let Err(error) = result {
            debug!(%error, "a connection ended with an error");
        }
        drop(place);
    }
}
