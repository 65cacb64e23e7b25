//! A socket that closes politely.
//!
//! Closing a socket while the client is still sending resets the connection, and the reset destroys an answer that is under way: a client
//! whose body is over the limit would see "connection reset" in place of the 413. So after such an answer our side is closed at once, which
//! the client sees, and what it still sends is thrown away for a moment.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a client may go on sending into the void. It costs a connection, no memory.
const LINGER: Duration = Duration::from_secs(5);

/// Bytes thrown away at a time.
const SINK_BYTES: usize = 16 * 1024;

/// Asks the connection of a request to linger when it is closed.
#[derive(Clone, Debug, Default)]
pub(super) struct Linger(Arc<AtomicBool>);

impl Linger {
    pub(super) fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream that lingers when it was asked to.
pub(super) struct Lingering<S> {
    stream: S,
    linger: Linger,
    closed: bool,
    until: Option<Pin<Box<Sleep>>>,
}

impl<S> Lingering<S> {
    pub(super) fn new(stream: S, linger: Linger) -> Self {
        Self { stream, linger, closed: false, until: None }
    }
}

impl<S: AsyncRead + Unpin> Lingering<S> {
    /// Ready when the client has closed too, or the time is over.
    fn poll_sink(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = self.until.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + LINGER)));
        let mut sink = [0; SINK_BYTES];
        while until.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut sink);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => return Poll::Ready(()),
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lingering<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.closed {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.closed = true;
        }
        if self.linger.asked() {
            ready!(self.poll_sink(cx));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_reads_on_until_the_client_closes_or_time_is_over() {
        for client_closes in [true, false] {
            let linger = Linger::default();
            let (mut client, server) = duplex(64);
            let mut server = Lingering::new(server, linger.clone());
            linger.ask();
            let started = Instant::now();
            let closing = tokio::spawn(async move { server.shutdown().await });
            client.write_all(&[0; 4096]).await.unwrap();
            assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0, "the server's side is closed at once");
            assert!(started.elapsed() < LINGER);
            let kept = (!client_closes).then_some(client);
            closing.await.unwrap().unwrap();
            assert_eq!(started.elapsed() >= LINGER, !client_closes);
            drop(kept);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_reason_it_does_not_linger() {
        let (_client, server) = duplex(64);
        let started = Instant::now();
        Lingering::new(server, Linger::default()).shutdown().await.unwrap();
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}
