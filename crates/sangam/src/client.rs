//! Our own commands as a client of the API: signed requests in, typed answers out.

mod error;

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response, Url};
use sangam_api::{KendraRequest, SecretsRequest};
use sangam_server::V1_PREFIX;
use sangam_server::sigv4::{Credentials, Unsigned, sign};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use error::ClientError;

use crate::failure::Failure;
use crate::settings::ClientSettings;

/// A server on this network answers a connection at once; a longer wait only hides a wrong address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The slowest operation is a query that waits for its turn on a busy server, 20 seconds at most.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// An answer of a hundred results with their attributes has a tenth of this; a larger one is not ours.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The content type of AWS JSON 1.1.
const AWS_JSON: &str = "application/x-amz-json-1.1";

/// A server, and the key to ask it with.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
    /// The `host` header: with the port, unless it is the scheme's own.
    host: String,
    credentials: Credentials,
    region: String,
}

/// One request before it is signed.
struct Call<'a> {
    method: Method,
    path: &'a str,
    /// Percent-encoded, without its question mark.
    query: &'a str,
    service: &'a str,
    target: Option<&'a str>,
    content_type: &'a str,
    body: Vec<u8>,
}

impl Client {
    /// A client for the server that the settings name.
    ///
    /// # Errors
    /// No key is set.
    pub fn new(settings: ClientSettings) -> Result<Self, Failure> {
        let Some(credentials) = settings.credentials else {
            return Err(Failure::wrong_input("no access key is set").hint(
                "set `SANGAM_ACCESS_KEY_ID` and `SANGAM_SECRET_ACCESS_KEY` (or AWS's own variables); the server's first start prints a key, `sangam keys create` makes one",
            ));
        };
        let mut builder = reqwest::Client::builder()
            // A signature is for one host and path: what is sent elsewhere would be refused there.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT);
        if is_loopback(&settings.endpoint) {
            // A proxy has another loopback.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Failure::failed(anyhow::Error::new(error)))?;
        let host = settings.endpoint.host_str().unwrap_or_default();
        let host = settings.endpoint.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { http, endpoint: settings.endpoint, host, credentials, region: settings.region })
    }

    /// Asks for a Kendra operation.
    pub async fn kendra<T: DeserializeOwned>(&self, request: &KendraRequest) -> Result<T, ClientError> {
        let body = request.body().map_err(ClientError::from_api)?;
        self.aws("kendra", &request.operation().target(), body).await
    }

    /// Asks for a Secrets Manager operation.
    pub async fn secrets<T: DeserializeOwned>(&self, request: &SecretsRequest) -> Result<T, ClientError> {
        let body = request.body().map_err(ClientError::from_api)?;
        self.aws("secretsmanager", &request.operation().target(), body).await
    }

    /// Posts to an endpoint below `/sangam/v1/`; `path` is percent-encoded.
    pub async fn v1(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        let path = format!("{V1_PREFIX}{path}");
        let (content_type, body) = ("application/json", body.to_string().into_bytes());
        self.ask(Call {
            method: Method::POST,
            path: &path,
            query: "",
            service: "sangam",
            target: None,
            content_type,
            body,
        })
        .await
    }

    /// The answer of the endpoint `GET /sangam/v1/<path>`.
    ///
    /// # Errors
    /// No answer, or one that is an error.
    pub async fn v1_get(&self, path: &str) -> Result<Value, ClientError> {
        let path = format!("{V1_PREFIX}{path}");
        let (content_type, body) = ("application/json", Vec::new());
        self.ask(Call {
            method: Method::GET,
            path: &path,
            query: "",
            service: "sangam",
            target: None,
            content_type,
            body,
        })
        .await
    }

    /// The same with parameters, which are signed in the order of their names.
    ///
    /// # Errors
    /// No answer, or one that is an error.
    pub async fn v1_list(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, ClientError> {
        let path = format!("{V1_PREFIX}{path}");
        let mut parts: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        parts.sort_unstable();
        let (content_type, query) = ("application/json", parts.join("&"));
        self.ask(Call {
            method: Method::GET,
            path: &path,
            query: &query,
            service: "sangam",
            target: None,
            content_type,
            body: Vec::new(),
        })
        .await
    }

    async fn aws<T: DeserializeOwned>(&self, service: &str, target: &str, body: Vec<u8>) -> Result<T, ClientError> {
        let (method, content_type) = (Method::POST, AWS_JSON);
        self.ask(Call { method, path: "/", query: "", service, target: Some(target), content_type, body }).await
    }

    async fn ask<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ClientError> {
        let response = self.send(call).await.map_err(|source| self.unanswered(source))?;
        let status = response.status();
        let body = self.read(response).await?;
        if !status.is_success() {
            return Err(ClientError::from_answer(self.endpoint.as_str(), status.as_u16(), &body));
        }
        serde_json::from_slice(&body)
            .map_err(|_| ClientError::Strange { endpoint: self.endpoint.to_string(), status: status.as_u16() })
    }

    async fn send(&self, call: Call<'_>) -> Result<Response, reqwest::Error> {
        let mut headers = vec![("host", self.host.as_str()), ("content-type", call.content_type)];
        headers.extend(call.target.map(|target| ("x-amz-target", target)));
        let unsigned = Unsigned {
            method: call.method.as_str(),
            path: call.path,
            query: call.query,
            headers: &headers,
            body: &call.body,
        };
        let signed = sign(&unsigned, &self.credentials, &self.region, call.service, Timestamp::now());
        let mut url = self.endpoint.clone();
        url.set_path(call.path);
        url.set_query(Some(call.query).filter(|query| !query.is_empty()));
        let mut request = self.http.request(call.method, url).header(CONTENT_TYPE, call.content_type);
        if let Some(target) = call.target {
            request = request.header("x-amz-target", target);
        }
        for (name, value) in signed {
            request = request.header(name, value);
        }
        request.body(call.body).send().await
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|source| self.unanswered(source))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                let (endpoint, status) = (self.endpoint.to_string(), response.status().as_u16());
                return Err(ClientError::Strange { endpoint, status });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn unanswered(&self, source: reqwest::Error) -> ClientError {
        // Without its address, which the message has already.
        ClientError::Unanswered { endpoint: self.endpoint.to_string(), source: source.without_url() }
    }
}

/// `text` with everything percent-encoded that is not unreserved, as signatures want it.
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a string cannot fail");
        }
        encoded
    })
}

/// Whether an address is this machine's own.
fn is_loopback(endpoint: &Url) -> bool {
    let host = endpoint.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(endpoint: &str) -> Client {
        let credentials = Credentials { access_key_id: "AKIA".to_owned(), secret: "s".into() };
        let region = "us-east-1".to_owned();
        Client::new(ClientSettings { endpoint: endpoint.parse().unwrap(), credentials: Some(credentials), region })
            .unwrap()
    }

    #[test]
    fn the_host_header_has_the_port_that_the_address_has() {
        for (endpoint, host) in [
            ("http://127.0.0.1:8722", "127.0.0.1:8722"),
            ("http://[::1]:8722", "[::1]:8722"),
            ("https://search.example", "search.example"),
            ("https://search.example:443", "search.example"),
        ] {
            assert_eq!(client(endpoint).host, host);
        }
    }

    #[test]
    fn loopback_has_several_names() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:1", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("http://localhost.example:1", false),
            ("http://10.0.0.1:1", false),
        ] {
            assert_eq!(is_loopback(&endpoint.parse().unwrap()), expected, "{endpoint}");
        }
    }

    #[test]
    fn without_a_key_the_message_says_where_one_comes_from() {
        let settings = ClientSettings {
            endpoint: "http://127.0.0.1:8722".parse().unwrap(),
            credentials: None,
            region: "us-east-1".to_owned(),
        };
        let failure = Client::new(settings).unwrap_err();
        assert!(failure.to_string().contains("hint: set `SANGAM_ACCESS_KEY_ID`"), "{failure}");
    }
}
