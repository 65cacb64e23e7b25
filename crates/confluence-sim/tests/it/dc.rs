//! The simulator as a Data Center.

mod access;
mod content;
mod doors;
mod oauth;
mod people;
mod scenarios;
mod seed;
mod shapes;

use std::net::SocketAddr;

use confluence_sim::{DcOptions, DcVersion, Handle, Site, serve};
use serde_json::Value;

use crate::client::Answer;

/// How a call proves who makes it.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    Nobody,
    Basic(&'a str, &'a str),
    Bearer(&'a str),
}

pub(crate) const CRAWLER: As<'static> = As::Bearer("crawler-token");

/// A served Data Center and a client that follows no redirect.
pub(crate) struct Dc {
    pub(crate) handle: Handle,
    pub(crate) client: reqwest::Client,
}

impl std::ops::Deref for Dc {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

pub(crate) fn options(version: DcVersion) -> DcOptions {
    DcOptions { version, ..DcOptions::default() }
}

pub(crate) async fn served(site: Site, options: DcOptions) -> Dc {
    served_as_is(site.into_data_center(options)).await
}

pub(crate) async fn served_as_is(site: Site) -> Dc {
    let handle = serve(site, SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Dc { handle, client }
}

/// Acme as a 9.2.
pub(crate) async fn acme() -> Dc {
    served(Site::acme(), DcOptions::default()).await
}

impl Dc {
    pub(crate) async fn call(&self, who: As<'_>, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}{path}", self.base_url());
        let mut request = if let Some(body) = body { self.client.post(url).json(&body) } else { self.client.get(url) };
        match who {
            As::Nobody => {}
            As::Basic(name, password) => request = request.basic_auth(name, Some(password)),
            As::Bearer(token) => request = request.bearer_auth(token),
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// A GET by the crawler that is answered with JSON.
    pub(crate) async fn json(&self, path: &str) -> Value {
        self.json_as(CRAWLER, path).await
    }

    pub(crate) async fn json_as(&self, who: As<'_>, path: &str) -> Value {
        let answer = self.call(who, path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn status_as(&self, who: As<'_>, path: &str) -> u16 {
        self.call(who, path, None).await.status
    }

    /// All results of a listing, following `next` as a path below the base, and the page sizes.
    pub(crate) async fn walk(&self, who: As<'_>, path: &str) -> (Vec<Value>, Vec<usize>) {
        let (mut results, mut sizes) = (Vec::new(), Vec::new());
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.json_as(who, &path).await;
            let rows = page["results"].as_array().unwrap();
            results.extend(rows.iter().cloned());
            sizes.push(rows.len());
            assert!(sizes.len() < 1_000, "`{path}` goes in circles");
            next = page["_links"]["next"].as_str().map(str::to_owned);
        }
        (results, sizes)
    }
}

/// The values of one field of every row.
pub(crate) fn column(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}
