//! Reading a body: bounded in size and in time, and kept only if somebody wants it.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use sangam_api::{ApiError, ErrorKind};
use tokio::time::{Instant, timeout_at};

use super::limits::Limits;

/// Memory that a body may have before its first byte; what is declared is not yet sent.
const FIRST_BYTES: usize = 64 * 1024;

/// The declared length of a body, if it has one.
///
/// # Errors
/// 413 if the declaration is over the limit: then nothing of the body is read.
pub(super) fn declared_bytes(headers: &HeaderMap, limits: &Limits) -> Result<Option<u64>, ApiError> {
    let declared =
        headers.get("content-length").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    match declared {
        Some(bytes) if bytes > limits.max_body_bytes => Err(too_large(limits)),
        declared => Ok(declared),
    }
}

/// Reads a body and returns it.
///
/// # Errors
/// 413 once more than the limit has come, 408 if it stalls or takes too long, 400 if the connection breaks.
pub(super) async fn read(body: Body, limits: &Limits) -> Result<Bytes, ApiError> {
    let mut buffer =
        BytesMut::with_capacity(FIRST_BYTES.min(usize::try_from(limits.max_body_bytes).unwrap_or(FIRST_BYTES)));
    each_chunk(body, limits, |chunk| buffer.extend_from_slice(&chunk)).await?;
    Ok(buffer.freeze())
}

/// Reads a body to its end and forgets it, so that a client that is still sending gets its answer and not a reset connection.
///
/// # Errors
/// As [`read`].
pub(super) async fn discard(body: Body, limits: &Limits) -> Result<(), ApiError> {
    each_chunk(body, limits, drop).await
}

/// The body of a page's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormBody {
    /// What came of it, up to the limit.
    pub bytes: Bytes,
    /// Whether that is all.
    pub is_whole: bool,
}

/// Reads the body of a form. Of one with more than `bytes_max` only the beginning is kept, but it is read to its end, so that a browser that
/// is still sending gets to see the answer.
///
/// # Errors
/// As [`read`].
pub(super) async fn read_form(body: Body, bytes_max: usize, limits: &Limits) -> Result<FormBody, ApiError> {
    let (mut kept, mut is_whole) = (BytesMut::new(), true);
    let limits = Limits { body_timeout: limits.form_timeout, ..*limits };
    each_chunk(body, &limits, |chunk| {
        let n_kept = chunk.len().min(bytes_max - kept.len());
        kept.extend_from_slice(&chunk[..n_kept]);
        is_whole &= n_kept == chunk.len();
    })
    .await?;
    Ok(FormBody { bytes: kept.freeze(), is_whole })
}

async fn each_chunk(body: Body, limits: &Limits, mut take: impl FnMut(Bytes)) -> Result<(), ApiError> {
    let (mut stream, mut seen) = (body.into_data_stream(), 0_u64);
    let end = Instant::now() + limits.body_timeout;
    loop {
        let deadline = end.min(Instant::now() + limits.stall_timeout);
        let chunk = timeout_at(deadline, stream.next())
            .await
            .map_err(|_| too_slow(limits.stall_timeout, limits.body_timeout))?;
        let chunk = match chunk {
            None => return Ok(()),
            Some(Ok(chunk)) => chunk,
            Some(Err(_)) => return Err(ApiError::serialization("the request body ended early or is malformed")),
        };
        seen += chunk.len() as u64;
        if seen > limits.max_body_bytes {
            return Err(too_large(limits));
        }
        take(chunk);
    }
}

fn too_large(limits: &Limits) -> ApiError {
    let message = format!("the request body is over the limit of {} bytes (`max_body_bytes`)", limits.max_body_bytes);
    ApiError::new(ErrorKind::RequestEntityTooLarge, message)
}

fn too_slow(stall: Duration, total: Duration) -> ApiError {
    let message =
        format!("the request body stalled for {} s, or took longer than {} s", stall.as_secs(), total.as_secs());
    ApiError::new(ErrorKind::RequestTimeout, message)
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn chunks(chunks: &[&'static str]) -> Body {
        let chunks: Vec<_> =
            chunks.iter().map(|chunk| Ok::<_, std::io::Error>(Bytes::from_static(chunk.as_bytes()))).collect();
        Body::from_stream(stream::iter(chunks))
    }

    fn limits() -> Limits {
        Limits { max_body_bytes: 8, ..Limits::default() }
    }

    #[tokio::test]
    async fn a_body_is_counted_while_it_comes() {
        assert_eq!(read(chunks(&["1234", "5678"]), &limits()).await.unwrap(), "12345678");
        let error = read(chunks(&["1234", "56789"]), &limits()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RequestEntityTooLarge);
        assert_eq!(discard(chunks(&["123456789"]), &limits()).await.unwrap_err().status(), 413);
    }

    #[tokio::test]
    async fn of_a_form_that_is_too_large_the_beginning_is_kept() {
        let limits = Limits { max_body_bytes: 99, ..Limits::default() };
        for (body, kept, is_whole) in [
            (chunks(&["1234", "5678"]), "12345678", true),
            (chunks(&["1234", "56789", "0"]), "12345678", false),
            (Body::empty(), "", true),
        ] {
            let read = read_form(body, 8, &limits).await.unwrap();
            assert_eq!((&read.bytes[..], read.is_whole), (kept.as_bytes(), is_whole));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_cut_after_the_limit() {
        let silent = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let started = Instant::now();
        assert_eq!(read(silent(), &limits()).await.unwrap_err().kind, ErrorKind::RequestTimeout);
        assert_eq!(started.elapsed().as_secs(), 90);
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_is_cut_too() {
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(80)).await;
            Some((Ok::<_, std::io::Error>(Bytes::new()), ()))
        });
        let started = Instant::now();
        assert_eq!(read(Body::from_stream(trickle), &limits()).await.unwrap_err().kind, ErrorKind::RequestTimeout);
        assert_eq!(started.elapsed().as_secs(), 15 * 60);
    }

    #[test]
    fn only_a_declaration_over_the_limit_is_refused() {
        let mut headers = HeaderMap::new();
        assert_eq!(declared_bytes(&headers, &limits()), Ok(None));
        headers.insert("content-length", 8.into());
        assert_eq!(declared_bytes(&headers, &limits()), Ok(Some(8)));
        headers.insert("content-length", 9.into());
        assert_eq!(declared_bytes(&headers, &limits()).unwrap_err().status(), 413);
    }
}
