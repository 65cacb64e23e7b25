//! A small client: one call, one JSON.

use std::fmt::Write as _;
use std::net::SocketAddr;

use confluence_sim::{Handle, Site, serve};
use serde_json::Value;

pub(crate) const CRAWLER: (&str, &str) = ("search-crawler@acme.example", "crawler-token");

/// A served site and a client that follows no redirect.
pub(crate) struct Sim {
    pub(crate) handle: Handle,
    client: reqwest::Client,
}

impl std::ops::Deref for Sim {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

/// Serves `site` on a free port.
pub(crate) async fn served(site: Site) -> Sim {
    let handle = serve(site, SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Sim { handle, client }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn call_as(sim: &Sim, who: Option<(&str, &str)>, path: &str, body: Option<Value>) -> Answer {
    let url = format!("{}{path}", sim.base_url());
    let mut request = if let Some(body) = body { sim.client.post(url).json(&body) } else { sim.client.get(url) };
    if let Some((email, token)) = who {
        request = request.basic_auth(email, Some(token));
    }
    answer(request).await
}

/// A GET with this `Authorization` header.
pub(crate) async fn get_with(sim: &Sim, authorization: &str, path: &str) -> Answer {
    let request = sim.client.get(format!("{}{path}", sim.base_url())).header("authorization", authorization);
    answer(request).await
}

/// A form, sent as browsers do, without credentials.
pub(crate) async fn send_form(sim: &Sim, path: &str, fields: &[(&str, &str)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let request = sim.client.post(format!("{}{path}", sim.base_url()));
    answer(request.header("content-type", "application/x-www-form-urlencoded").body(fields.join("&"))).await
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

/// A GET by the crawler.
pub(crate) async fn get(sim: &Sim, path: &str) -> Answer {
    call_as(sim, Some(CRAWLER), path, None).await
}

/// All results of a listing, following `next` as v2 (host) or v1 (base) means it, and the number
/// of pages that it took.
pub(crate) async fn walk(sim: &Sim, who: Option<(&str, &str)>, path: &str) -> (Vec<Value>, usize) {
    let mut results = Vec::new();
    let mut next = Some(path.to_owned());
    let mut n_pages = 0;
    while let Some(path) = next {
        n_pages += 1;
        assert!(n_pages < 1_000, "`{path}` goes in circles");
        let answer = call_as(sim, who, &path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let page = answer.json();
        results.extend(page["results"].as_array().unwrap().iter().cloned());
        next = page["_links"]["next"].as_str().map(|next| {
            assert_ne!(next, path);
            if next.starts_with("/rest/") { format!("/wiki{next}") } else { next.to_owned() }
        });
    }
    (results, n_pages)
}

pub(crate) fn ids(results: &[Value]) -> Vec<String> {
    results.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

/// A value for a query.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        write!(out, "%{byte:02X}").unwrap();
    }
    out
}
