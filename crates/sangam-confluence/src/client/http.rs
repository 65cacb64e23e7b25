//! The HTTP client of one source: its proxy, and whose certificates it believes.

use std::error::Error;
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Proxy, Response};
use sangam_sync::SourceError;
use secrecy::ExposeSecret;

use crate::config::{ConfluenceConfig, is_loopback};

/// Time to reach the site.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest silence in an answer: a search over a large space takes its time, a dead connection takes for ever.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// What a certificate in DER form begins with; the rest is looked at when it is used.
const DER_SEQUENCE: u8 = 0x30;

/// How the verifier's reasons begin.
const REFUSED: &str = "invalid peer certificate:";

/// What the verifier says of a certificate for another host.
const OTHER_NAME: &str = "not valid for";

/// Largest answer of the hosts that hand out tokens: a grant for hundreds of sites, with their scopes, is below.
const SMALL_BYTES_MAX: usize = 1 << 20;

/// What of a source's connection is in files.
#[derive(Debug, Default, Clone)]
pub(crate) struct Extras {
    /// Authorities that are believed beside the system's.
    pub certificates: Vec<Certificate>,
}

/// A client for the site of `config`. Certificates are always verified.
pub(super) fn build(config: &ConfluenceConfig, extras: Extras) -> Result<reqwest::Client, SourceError> {
    let mut builder = ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .tls_certs_merge(extras.certificates)
        .user_agent(concat!("sangam/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy_config) = &config.proxy {
        let address = format!("http://{}:{}", proxy_config.host, proxy_config.port);
        let mut proxy = Proxy::all(address).map_err(|_| wrong_client("the proxy's host is no host"))?;
        if let Some(login) = &proxy_config.login {
            proxy = proxy.basic_auth(&login.user_name, login.password.expose_secret());
        }
        builder = builder.proxy(proxy);
    } else if is_loopback(&config.host_url) {
        // A proxy that the environment names has another loopback.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|_| wrong_client("the HTTP client could not be set up: a certificate of `confluence.ca_file` or `sslCertificatePath` cannot be used"))
}

fn wrong_client(message: &str) -> SourceError {
    SourceError::Configuration { message: message.to_owned(), code: None }
}

/// The certificates in a file: PEM with any number of them, or DER with one.
///
/// # Errors
/// [`SourceError::Configuration`] if there is none; `what` names the file.
pub(crate) fn certificates(bytes: &[u8], what: &str) -> Result<Vec<Certificate>, SourceError> {
    let is_pem = bytes.windows(11).any(|window| window == b"-----BEGIN ");
    let parsed = if is_pem {
        Certificate::from_pem_bundle(bytes)
    } else if bytes.first() == Some(&DER_SEQUENCE) {
        Certificate::from_der(bytes).map(|certificate| vec![certificate])
    } else {
        Ok(Vec::new())
    };
    match parsed {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(wrong_client(&format!("{what} holds no certificate in PEM or DER form"))),
    }
}

/// What is wrong with the certificate because of which a connection was refused, and what to do; `None` if it failed for another reason.
///
/// The library that verifies keeps its reasons to itself behind the client's error, so they are found by their words.
pub(crate) fn certificate_refused(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source()?;
    let reason = loop {
        if let Some((_, reason)) = cause.to_string().split_once(REFUSED) {
            break reason.trim().to_owned();
        }
        cause = cause.source()?;
    };
    let todo = if reason.contains(OTHER_NAME) || reason.contains("NotValidForName") {
        "it is for another host: `hostUrl` must name the one that the certificate is for"
    } else if reason.contains("UnknownIssuer") || reason.contains("BadSignature") {
        // The latter with an authority of the same name and another key.
        "its authority is not known: name a file with it in `sslCertificatePath` or in `confluence.ca_file`"
    } else {
        "the site must present a valid one"
    };
    Some(format!("the certificate of the host is refused ({reason}); {todo}"))
}

/// A small answer; `None` if it breaks off or is not small.
pub(crate) async fn read_small(mut response: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if bytes.len() + chunk.len() > SMALL_BYTES_MAX {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes)
}
