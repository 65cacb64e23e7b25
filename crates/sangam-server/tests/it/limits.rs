//! How much and how long, with small limits.

use std::time::Duration;

use sangam_server::Limits;

use crate::world::{BATCH_DELETE, LIST_INDICES, QUERY, Signed, World, deletion, query};

const SHORT: Duration = Duration::from_millis(100);

fn small() -> Limits {
    Limits { max_body_bytes: 1024, ..Limits::default() }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_the_body() {
    let world = World::limited(small()).await;
    let mut connection = world.connect().await;
    // Unsigned, and not a byte of the body: size comes before everything.
    connection.request("POST", "/", &[header("host", "h"), header("content-length", "1025")], b"").await;
    let reply = connection.reply().await.unwrap();
    assert_eq!((reply.status, reply.code().as_str()), (413, "RequestEntityTooLargeException"));
    assert_eq!(reply.header("connection"), Some("close"));
    assert!(reply.message().contains("1024 bytes (`max_body_bytes`)"), "{}", reply.message());
    assert!(connection.ends().await);
}

#[tokio::test]
async fn a_client_that_sends_on_still_reads_why_it_was_refused() {
    let world = World::limited(small()).await;
    let mut connection = world.connect().await;
    let body = vec![b' '; 4 * 1024 * 1024];
    connection.request("POST", "/", &[header("host", "h")], &body).await;
    assert_eq!(connection.reply().await.unwrap().status, 413);
}

#[tokio::test]
async fn a_body_in_chunks_is_counted() {
    let world = World::limited(small()).await;
    let mut connection = world.connect().await;
    let mut headers = Signed::new(QUERY, &query()).headers();
    headers.push(header("transfer-encoding", "chunked"));
    connection.request("POST", "/", &headers, b"").await;
    connection.send(&[b"800\r\n".as_slice(), &[b' '; 0x800], b"\r\n"].concat()).await;
    assert_eq!(connection.reply().await.unwrap().status, 413);
    assert!(connection.ends().await);
}

#[tokio::test]
async fn a_body_at_the_limit_passes() {
    let world = World::limited(small()).await;
    let body = format!("{:1024}", query());
    assert_eq!(world.post(QUERY, &body).await.status, 200);
    assert_eq!(world.post(QUERY, &format!("{body} ")).await.status, 413);
}

#[tokio::test]
async fn a_body_that_stalls_is_cut() {
    let world = World::limited(Limits { stall_timeout: SHORT, ..small() }).await;
    for signed in [true, false] {
        let mut connection = world.connect().await;
        let mut headers = Signed::new(QUERY, &query()).headers();
        headers.retain(|(name, _)| signed || name != "authorization");
        headers.push(header("content-length", "100"));
        connection.request("POST", "/", &headers, b"half").await;
        let reply = connection.reply().await.unwrap();
        assert_eq!((reply.status, reply.code().as_str()), (408, "RequestTimeoutException"), "signed: {signed}");
        assert!(connection.ends().await);
    }
}

#[tokio::test]
async fn headers_that_stall_are_cut() {
    let world = World::limited(Limits { header_timeout: SHORT, ..Limits::default() }).await;
    for bytes in ["", "POST / HTTP/1.1\r\nhost: h\r\n"] {
        let mut connection = world.connect().await;
        connection.send(bytes.as_bytes()).await;
        assert!(connection.ends().await);
    }
}

#[tokio::test]
async fn a_strangers_body_is_read_and_forgotten() {
    let world = World::start().await;
    let mut connection = world.connect().await;
    let body = vec![b' '; 4 * 1024 * 1024];
    for _ in 0..2 {
        connection.request("POST", "/", &[header("host", "h")], &body).await;
        assert_eq!(connection.reply().await.unwrap().code(), "MissingAuthenticationTokenException");
    }
}

#[tokio::test]
async fn with_no_turn_free_a_request_is_told_to_come_again() {
    let world = World::limited(Limits { max_operations: 1, queue_timeout: SHORT, ..Limits::default() }).await;
    let (mut connection, slow) = (world.connect().await, Signed::new(BATCH_DELETE, &deletion()));
    slow.send(&mut connection).await;
    world.stub.began.acquire().await.unwrap().forget();
    let reply = world.post(LIST_INDICES, "{}").await;
    assert_eq!((reply.status, reply.code().as_str()), (503, "ServiceUnavailableException"));
    world.stub.may_end.add_permits(1);
    assert_eq!(connection.reply().await.unwrap().status, 200);
    assert_eq!(world.post(LIST_INDICES, "{}").await.status, 200);
}

#[tokio::test]
async fn memory_for_bodies_is_handed_out_and_given_back() {
    let unit = 64 * 1024;
    let world = World::limited(Limits { max_buffered_bytes: unit, queue_timeout: SHORT, ..Limits::default() }).await;
    let (mut connection, slow) = (world.connect().await, Signed::new(BATCH_DELETE, &deletion()));
    slow.send(&mut connection).await;
    world.stub.began.acquire().await.unwrap().forget();
    assert_eq!(world.post(LIST_INDICES, "{}").await.status, 503);
    world.stub.may_end.add_permits(1);
    assert_eq!(connection.reply().await.unwrap().status, 200);
    assert_eq!(world.post(LIST_INDICES, "{}").await.status, 200);
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_a_place() {
    let world = World::limited(Limits { max_connections: 1, ..Limits::default() }).await;
    let mut first = world.connect().await;
    Signed::new(LIST_INDICES, "{}").send(&mut first).await;
    assert_eq!(first.reply().await.unwrap().status, 200);
    let mut second = world.connect().await;
    Signed::new(LIST_INDICES, "{}").send(&mut second).await;
    assert!(tokio::time::timeout(SHORT, second.reply()).await.is_err(), "the only place is taken");
    drop(first);
    assert_eq!(second.reply().await.unwrap().status, 200);
}
