//! One try of one call: sent to the host that the credentials are for, and read up to its limit.

use std::sync::atomic::Ordering;

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ANSWER_BYTES_MAX, Client, pace::Turn, rates, retry::Failure, scopes, sign_in::Ticket};
use crate::{config::Hosting, error::ClientError};

/// How much of an error's body is looked at: the gateway tells a missing scope in a line.
const REFUSAL_BYTES_MAX: u64 = 4 << 10;

/// The header in which Data Center says whom it takes the caller for.
const ACCOUNT_HEADER: &str = "x-ausername";

/// The header with which Data Center asks administrators for their password again.
const WEBSUDO_HEADER: &str = "x-atlassian-websudo";

/// What to send.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) body: Option<Value>,
    pub(super) limit_bytes: u64,
    /// What errors and logs name: never the query, which may hold titles, nor where a redirect led.
    pub(super) path: String,
}

impl Call {
    pub(super) fn get(url: Url) -> Self {
        let path = url.path().to_owned();
        Self { url, method: Method::GET, body: None, limit_bytes: ANSWER_BYTES_MAX, path }
    }

    pub(super) fn post(url: Url, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(url) }
    }
}

/// An answer that has begun, and the turn that it takes until it is read.
pub(super) struct Answered {
    pub(super) response: Response,
    _turn: Turn,
}

impl Client {
    /// Makes a call and parses its answer.
    pub(super) async fn json_once<T: DeserializeOwned>(&self, call: &Call, ticket: Ticket) -> Result<T, Failure> {
        let answered = self.send(call, &ticket).await?;
        let path = call.path.as_str();
        if !is_json(answered.response.headers()) {
            return Err(page_for_people(path, answered.response.headers()).into());
        }
        let bytes = self.read(answered, path, call.limit_bytes).await?;
        decode(&bytes, path)
    }

    /// Makes a call and reads its answer whole, whatever its type.
    pub(super) async fn bytes_once(&self, call: &Call, ticket: Ticket) -> Result<Vec<u8>, Failure> {
        let answered = self.send(call, &ticket).await?;
        self.read(answered, &call.path, call.limit_bytes).await
    }

    /// Sends one request, and turns every status that is no success into an error.
    pub(super) async fn send(&self, call: &Call, ticket: &Ticket) -> Result<Answered, Failure> {
        let path = call.path.as_str();
        let shared = &self.shared;
        let turn = tokio::select! {
            () = self.stop.cancelled() => return Err(ClientError::Stopped.into()),
            turn = shared.pace.turn() => turn,
        };
        if shared.is_locked.load(Ordering::Relaxed) {
            return Err(ClientError::Locked { path: path.to_owned() }.into());
        }
        self.n_calls.fetch_add(1, Ordering::Relaxed);
        self.progress.count_call();
        let mut request = shared.http.request(call.method.clone(), ticket.address(&call.url));
        request = request.header(ACCEPT, "application/json");
        if let Some(authorization) = &ticket.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let sent = tokio::select! {
            () = self.stop.cancelled() => return Err(ClientError::Stopped.into()),
            sent = request.send() => sent,
        };
        let response = sent.map_err(|error| {
            turn.troubled();
            Failure::transport(path, &error)
        })?;
        let status = response.status();
        // A refusal may tell of another budget, as that of bursts, and one that is used up is full again after the wait.
        if status != StatusCode::TOO_MANY_REQUESTS {
            shared.pace.learn(&rates::read(response.headers()));
        }
        if status.is_success() {
            turn.succeeded();
            self.check_account(path, ticket, response.headers())?;
            return Ok(Answered { response, _turn: turn });
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            turn.troubled();
        }
        Err(self.refused(path, Answered { response, _turn: turn }).await)
    }

    /// What an answer without success means.
    async fn refused(&self, path: &str, answered: Answered) -> Failure {
        let (status, headers) = (answered.response.status(), answered.response.headers().clone());
        let failure = Failure::status(path, status, &headers);
        if failure.is_locked() {
            self.shared.is_locked.store(true, Ordering::Relaxed);
        }
        if status != StatusCode::UNAUTHORIZED {
            return failure;
        }
        let mut says_scope = scopes::is_told_in(&headers);
        if !says_scope && is_json(&headers) {
            let body = self.read(answered, path, REFUSAL_BYTES_MAX).await.unwrap_or_default();
            says_scope = scopes::is_told_by(&body);
        }
        if says_scope {
            ClientError::Scope { path: path.to_owned(), scopes: scopes::for_path(path) }.into()
        } else {
            failure
        }
    }

    /// Data Center says whom it takes the caller for. Credentials that have expired are nobody's, and a site that is open to the public
    /// goes on answering them, with less.
    fn check_account(&self, path: &str, ticket: &Ticket, headers: &HeaderMap) -> Result<(), Failure> {
        if ticket.authorization.is_none() || self.hosting() == Hosting::Cloud {
            return Ok(());
        }
        let named = headers.get(ACCOUNT_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if named.eq_ignore_ascii_case("anonymous") {
            let what = "it takes the credentials for nobody's".to_owned();
            return Err(ClientError::Unauthorized { path: path.to_owned(), what }.into());
        }
        Ok(())
    }

    /// Reads a body up to its limit.
    pub(super) async fn read(&self, answered: Answered, path: &str, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
        let Answered { mut response, _turn } = answered;
        let too_large = || ClientError::TooLarge { path: path.to_owned(), limit_bytes };
        let announced = response.content_length();
        if announced.is_some_and(|length| length > limit_bytes) {
            return Err(too_large().into());
        }
        let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(limit_bytes) as usize);
        loop {
            let chunk = tokio::select! {
                () = self.stop.cancelled() => return Err(ClientError::Stopped.into()),
                chunk = response.chunk() => chunk,
            };
            let Some(chunk) = chunk.map_err(|error| Failure::transport(path, &error))? else { break };
            if (bytes.len() + chunk.len()) as u64 > limit_bytes {
                return Err(too_large().into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.to_ascii_lowercase().contains("json")
}

/// A page for people with status 200 is a login, a proxy or maintenance; none of it says anything about content.
fn page_for_people(path: &str, headers: &HeaderMap) -> ClientError {
    let path = path.to_owned();
    if headers.contains_key(WEBSUDO_HEADER) {
        return ClientError::Forbidden { path, what: "it asks administrators for their password again (WebSudo)" };
    }
    let what = "it answered with a web page instead of JSON, as a login page does".to_owned();
    ClientError::Unauthorized { path, what }
}

/// Parses an answer; an error that was wrapped in a success becomes the error it is.
fn decode<T: DeserializeOwned>(bytes: &[u8], path: &str) -> Result<T, Failure> {
    let malformed = |what| ClientError::Malformed { path: path.to_owned(), what };
    let value: Value = serde_json::from_slice(bytes).map_err(|_| malformed("it is not valid JSON"))?;
    let wrapped = value.get("statusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    if let Some(status) =
        wrapped.and_then(|status| StatusCode::from_u16(status).ok()).filter(|status| status.as_u16() >= 400)
    {
        return Err(Failure::status(path, status, &HeaderMap::new()));
    }
    serde_json::from_value(value).map_err(|_| malformed("a member is missing or of another type").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn an_error_wrapped_in_a_success_is_the_error() {
        let decoded = |body: &str| decode::<wire::Content>(body.as_bytes(), "/x");
        assert!(decoded(r#"{"id":"1"}"#).is_ok());
        assert!(format!("{:?}", decoded(r#"{"statusCode":404,"message":"gone"}"#).unwrap_err()).contains("NotFound"));
        let missing = format!("{:?}", decoded("{}").unwrap_err());
        assert!(missing.contains("Malformed"), "{missing}");
        assert!(format!("{:?}", decoded("<html>").unwrap_err()).contains("Malformed"));
    }

    #[test]
    fn a_page_that_asks_for_the_password_again_says_nothing_of_the_credentials() {
        let mut headers = HeaderMap::new();
        assert!(matches!(page_for_people("/x", &headers), ClientError::Unauthorized { .. }));
        headers.insert("X-Atlassian-WebSudo", "Has-Authentication".parse().unwrap());
        assert!(matches!(page_for_people("/x", &headers), ClientError::Forbidden { .. }));
    }
}
