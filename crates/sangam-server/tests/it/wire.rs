//! HTTP by hand, so that a test decides about every byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// One answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code in the body, which must be the one in the header.
    pub(crate) fn code(&self) -> String {
        let code = self.json()["__type"].as_str().unwrap().to_owned();
        assert_eq!(self.headers.get("x-amzn-errortype"), Some(&code));
        code
    }

    /// The message, whichever of its two names it has.
    pub(crate) fn message(&self) -> String {
        let json = self.json();
        json.get("Message").or(json.get("message")).unwrap().as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// One connection.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(address).await.unwrap()) }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
    }

    /// Sends a request with a length, unless the headers say how the body is framed.
    pub(crate) async fn request(&mut self, method: &str, target: &str, headers: &[(String, String)], body: &[u8]) {
        self.send(&head(method, target, headers, body.len())).await;
        self.send(body).await;
    }

    /// The next answer, or nothing if the server closed the connection.
    pub(crate) async fn reply(&mut self) -> Option<Reply> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = BTreeMap::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).await.unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        Some(Reply { status, headers, body })
    }

    /// Whether the server has closed its side, after waiting for that.
    pub(crate) async fn ends(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]).await, Ok(0) | Err(_))
    }
}

/// The bytes of a request's head.
pub(crate) fn head(method: &str, target: &str, headers: &[(String, String)], body_bytes: usize) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let framed = headers
        .iter()
        .any(|(name, _)| ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str()));
    if !framed {
        let _ = write!(head, "content-length: {body_bytes}\r\n");
    }
    (head + "\r\n").into_bytes()
}
