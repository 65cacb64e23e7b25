//! A web proxy between the source and the site, with and without a login.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::world::{World, acme};

/// A proxy for plain HTTP that counts what it let through, and lets through only what has its login.
struct Proxy {
    port: u16,
    n_passed: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    async fn start(site: std::net::SocketAddr, login: Option<&str>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let n_passed = Arc::new(AtomicU32::new(0));
        let wanted = login.map(|login| format!("proxy-authorization: basic {}", STANDARD.encode(login)).to_lowercase());
        let counted = Arc::clone(&n_passed);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, site, wanted.clone(), Arc::clone(&counted)));
            }
        });
        Self { port, n_passed, task }
    }
}

/// One connection: the head of its first request decides.
async fn pass(mut client: TcpStream, site: std::net::SocketAddr, wanted: Option<String>, n_passed: Arc<AtomicU32>) {
    let mut head = vec![0; 16 << 10];
    let Ok(n_bytes) = client.read(&mut head).await else { return };
    let text = String::from_utf8_lossy(&head[..n_bytes]).to_lowercase();
    if wanted.is_some_and(|wanted| !text.contains(&wanted)) {
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = client.write_all(answer).await;
        return;
    }
    n_passed.fetch_add(1, Ordering::SeqCst);
    let Ok(mut server) = TcpStream::connect(site).await else { return };
    if server.write_all(&head[..n_bytes]).await.is_ok() {
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}

#[tokio::test]
async fn the_configured_proxy_is_used() {
    let mut world = World::new(acme()).await;
    let proxy = Proxy::start(world.sim.addr(), None).await;
    world.more = json!({ "proxyHost": "127.0.0.1", "proxyPort": proxy.port.to_string() });
    assert!(world.source().await.probe().await.unwrap().n_spaces > 0);
    assert!(proxy.n_passed.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_and_gets_none_is_no_empty_site() {
    let mut world = World::new(acme()).await;
    let proxy = Proxy::start(world.sim.addr(), Some("user:word")).await;
    world.more = json!({ "proxyHost": "127.0.0.1", "proxyPort": proxy.port.to_string() });
    assert!(world.source().await.probe().await.is_err());
    assert_eq!(proxy.n_passed.load(Ordering::SeqCst), 0);
}
