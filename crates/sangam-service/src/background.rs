//! Work that outlives the request which began it: making and removing.
//!
//! A client may hang up at any moment and the server drops the request's future with it, so such work is spawned, and owned here
//! so that a shutdown waits for it. What a crash cuts off is found again by its row's state.

use std::future::Future;

use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinSet;
use tracing::Instrument;

/// Owner of the spawned work.
#[derive(Debug, Default)]
pub(crate) struct Background {
    tasks: Mutex<JoinSet<()>>,
}

impl Background {
    /// Spawns `work`; the receiver hears when it is done and may be dropped.
    pub(crate) async fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> oneshot::Receiver<()> {
        let (done, heard) = oneshot::channel();
        let task = async move {
            work.await;
            // Nobody may be listening any more, and that is fine.
            let _ = done.send(());
        };
        let mut tasks = self.tasks.lock().await;
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task.in_current_span());
        heard
    }

    /// Waits until all work is done.
    pub(crate) async fn finish(&self) {
        let mut tasks = self.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
    }
}
