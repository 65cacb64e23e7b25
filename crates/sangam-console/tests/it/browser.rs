//! A browser without scripts: it keeps cookies and follows nothing by itself.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, redirect};

/// Somebody's browser.
pub(crate) struct Browser {
    http: Client,
    base: String,
    pub(crate) cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    /// Where it sends the browser; empty for nowhere.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).map(|location| location.to_str().unwrap()).unwrap_or_default()
    }

    /// The token that its forms carry.
    pub(crate) fn csrf(&self) -> String {
        let (_, rest) = self.html.split_once(r#"name="_csrf" value=""#).expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    /// Checks that it is not kept.
    pub(crate) fn is_not_kept(&self) -> bool {
        self.headers["cache-control"] == "no-store"
    }
}

impl Browser {
    pub(crate) fn new(base: &str) -> Self {
        let http = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { http, base: base.to_owned(), cookies: Mutex::default() }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(format!("{}{path}", self.base)).body(body);
        self.send(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    /// Signs in with a local account, and goes to `to` afterwards.
    pub(crate) async fn sign_in(&self, name: &str, password: &str, to: &str) -> Page {
        let csrf = self.get("/sign-in").await.csrf();
        self.post("/sign-in", &[("_csrf", &csrf), ("name", name), ("password", password), ("to", to)]).await
    }

    /// The token of the session, if there is one.
    pub(crate) fn session(&self) -> Option<String> {
        self.cookies.lock().get("sangam_session").cloned()
    }

    async fn send(&self, request: RequestBuilder) -> Page {
        let cookies: Vec<String> = self.cookies.lock().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.lock().remove(name),
                value => self.cookies.lock().insert(name.to_owned(), value.to_owned()),
            };
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { status, headers, html: answer.text().await.unwrap() }
    }
}
