//! Calls at the provider: short, small, few at once, and never redirected.

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::OidcError;
use super::settings::{OidcSettings, is_loopback};

/// Time to reach the provider.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for a whole call: somebody looks at a white page meanwhile.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer. A key set or a token with a thousand groups is far below.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Calls at once. Who comes when a slow provider has so many open is told to come back.
const CALLS_MAX: usize = 32;

/// A client of one provider.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    calls: Semaphore,
}

impl Http {
    /// A client for the provider of `settings`.
    pub(super) fn new(settings: &OidcSettings) -> Result<Self, OidcError> {
        let refused = |problem: &str| OidcError::Setting { setting: "extra_ca", problem: problem.to_owned() };
        let certificates = match &settings.extra_ca {
            None => Vec::new(),
            Some(pem) => {
                Certificate::from_pem_bundle(pem).map_err(|_| refused("it holds no certificate in PEM form"))?
            }
        };
        if settings.extra_ca.is_some() && certificates.is_empty() {
            return Err(refused("it holds no certificate in PEM form"));
        }
        let mut builder = ClientBuilder::new()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .tls_certs_merge(certificates)
            .user_agent(concat!("sangam/", env!("CARGO_PKG_VERSION")));
        if Url::parse(&settings.issuer).is_ok_and(|issuer| is_loopback(&issuer)) {
            // A proxy that the environment names has another loopback.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| refused("a certificate in it cannot be used"))?;
        Ok(Self { client, calls: Semaphore::new(CALLS_MAX) })
    }

    /// The JSON document at `url`.
    pub(super) async fn get<T: DeserializeOwned>(&self, what: &'static str, url: &Url) -> Result<T, OidcError> {
        let (status, body) = self.call(what, url, self.client.get(url.clone())).await?;
        expect_ok(what, status)?;
        parse(what, &body)
    }

    /// The JSON document at `url` that the bearer of `token` may read.
    pub(super) async fn get_as<T: DeserializeOwned>(
        &self,
        what: &'static str,
        url: &Url,
        token: &str,
    ) -> Result<T, OidcError> {
        let (status, body) = self.call(what, url, self.client.get(url.clone()).bearer_auth(token)).await?;
        expect_ok(what, status)?;
        parse(what, &body)
    }

    /// What `url` answers to a form, with its status.
    pub(super) async fn post(
        &self,
        what: &'static str,
        url: &Url,
        form: &[(&str, &str)],
        login: Option<(String, String)>,
    ) -> Result<(StatusCode, Vec<u8>), OidcError> {
        let mut request = self.client.post(url.clone()).form(form);
        if let Some((name, password)) = login {
            request = request.basic_auth(name, Some(password));
        }
        self.call(what, url, request).await
    }

    async fn call(
        &self,
        what: &'static str,
        url: &Url,
        request: RequestBuilder,
    ) -> Result<(StatusCode, Vec<u8>), OidcError> {
        let _place = self.calls.try_acquire().map_err(|_| OidcError::Busy)?;
        let unreachable = |error: reqwest::Error| OidcError::Unreachable {
            host: url.host_str().unwrap_or_default().to_owned(),
            source: error.without_url().into(),
        };
        let request = request.header(reqwest::header::ACCEPT, "application/json");
        let mut response: Response = request.send().await.map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(answer(what, format!("it is larger than {ANSWER_BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body))
    }
}

/// The document in `body`. What is wrong with it is not told: it may quote a token.
pub(super) fn parse<T: DeserializeOwned>(what: &'static str, body: &[u8]) -> Result<T, OidcError> {
    serde_json::from_slice(body).map_err(|_| answer(what, "it is not the JSON document that it should be".to_owned()))
}

/// An answer that cannot be used.
pub(super) fn answer(what: &'static str, problem: String) -> OidcError {
    OidcError::Answer { what, problem }
}

fn expect_ok(what: &'static str, status: StatusCode) -> Result<(), OidcError> {
    if status == StatusCode::OK {
        return Ok(());
    }
    Err(answer(what, format!("its status is {}", status.as_u16())))
}
