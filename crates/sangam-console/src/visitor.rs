//! A request before anybody is known: where it comes from, and what it carries.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN, USER_AGENT};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::IntoResponse as _;
use sangam_identity::{BrowserBinding, Origin};
use sangam_server::{App, Peer};

use crate::answer::Answer;
use crate::console::Console;
use crate::cookie::Cookie;
use crate::failed::Failed;
use crate::fields::Fields;
use crate::upload::{self, Upload};

/// Bytes of a form: the longest is a data source with all its filters, and a secret has at most 64 KiB.
const FORM_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a form with a file: a certificate has a few thousand, a list of all addresses of a company a few million.
pub(crate) const UPLOAD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Fields of a form: the longest has about a hundred.
const FIELDS_MAX: usize = 2_000;

/// Somebody's request.
pub(crate) struct Visitor {
    pub(crate) console: Arc<Console>,
    pub(crate) headers: HeaderMap,
    pub(crate) is_post: bool,
    /// Path and query, as they were sent.
    pub(crate) target: String,
    pub(crate) path: String,
    pub(crate) query: Fields,
    pub(crate) form: Fields,
    /// The file of the form, if it has one.
    pub(crate) upload: Option<Upload>,
    pub(crate) origin: Origin,
}

impl Visitor {
    /// The token of a session, if the browser has one.
    pub(crate) fn session_token(&self) -> Option<&str> {
        Cookie::Session.read(&self.headers, self.console.secure)
    }

    /// What binds this browser, if it has been here.
    pub(crate) fn binding(&self) -> Option<BrowserBinding> {
        Cookie::Browser.read(&self.headers, self.console.secure).and_then(BrowserBinding::parse)
    }

    /// The host that the browser asked.
    pub(crate) fn host(&self) -> Option<&str> {
        self.headers.get(HOST).and_then(|host| host.to_str().ok())
    }

    /// Whether a form was sent by a page of another host; old browsers do not say.
    fn is_foreign(headers: &HeaderMap) -> bool {
        let sent = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let from = sent(ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
        let by_origin = matches!((from, sent(HOST)), (Some(from), Some(host)) if from != host);
        // Behind a proxy the host may be another; what the browser itself says of the two is then the better witness.
        let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        match site {
            Some(site) => !matches!(site, "same-origin" | "none"),
            None => by_origin,
        }
    }
}

impl FromRequest<Arc<Console>> for Visitor {
    type Rejection = Answer;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Answer> {
        let (parts, body) = request.into_parts();
        let is_post = parts.method == Method::POST;
        if is_post && Self::is_foreign(&parts.headers) {
            let told = "The form was sent by a page of another host.";
            return Err(Failed::new(StatusCode::FORBIDDEN, "Refused", told).into_response());
        }
        let (form, upload) = if is_post {
            read_form(&console.app, &parts.headers, body).await.map_err(Failed::into_response)?
        } else {
            (Fields::default(), None)
        };
        let address = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Self {
            console: Arc::clone(console),
            is_post,
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            path: parts.uri.path().to_owned(),
            query: Fields::parse(parts.uri.query().unwrap_or_default()),
            form,
            upload,
            headers: parts.headers,
            origin: Origin { address, agent },
        })
    }
}

async fn read_form(app: &App, headers: &HeaderMap, body: Body) -> Result<(Fields, Option<Upload>), Failed> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if let Some(boundary) = upload::boundary(kind) {
        return upload::read(app.read_form(body, UPLOAD_BYTES_MAX).await?, boundary).await;
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        let told = "A form is sent as `application/x-www-form-urlencoded`.";
        return Err(Failed::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Refused", told));
    }
    let too_large = |what: String| {
        let told = format!("A form may hold {what}; this one is larger. Nothing was saved.");
        Failed::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", told)
    };
    let read = app.read_form(body, FORM_BYTES_MAX).await?;
    if !read.is_whole {
        return Err(too_large(format!("{} KiB", FORM_BYTES_MAX / 1024)));
    }
    // Before it is taken apart: a field of two bytes would cost fifty.
    if read.bytes.split(|byte| *byte == b'&').count() > FIELDS_MAX {
        return Err(too_large(format!("{FIELDS_MAX} fields")));
    }
    let text = std::str::from_utf8(&read.bytes)
        .map_err(|_| Failed::new(StatusCode::BAD_REQUEST, "Refused", "The form is not UTF-8."))?;
    Ok((Fields::parse(text), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        Visitor::is_foreign(&headers)
    }

    #[test]
    fn forms_of_other_hosts_are_known_by_what_the_browser_says() {
        assert!(!foreign(&[("host", "a"), ("origin", "http://a")]));
        assert!(foreign(&[("host", "a"), ("origin", "http://b")]));
        assert!(foreign(&[("host", "a"), ("origin", "http://a"), ("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("host", "a"), ("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[("host", "inner"), ("origin", "https://outer"), ("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("host", "a")]));
    }
}
