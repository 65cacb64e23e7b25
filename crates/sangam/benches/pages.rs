//! How long a browser waits for each page on the demo, and how much it is sent.
//!
//! `cargo bench -p sangam --bench pages` prints one line per page: the server's time with the session's check and the calls of the page, over
//! HTTP on the same machine, and the page's bytes as they are sent, which is uncompressed. It fails if a page has no answer.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use confluence_sim::{DEMO_CRAWLER_TOKEN, DEMO_QUESTIONS, Site};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, StatusCode, redirect};
use sangam::app::App;
use sangam::client;
use sangam::data_dir::DataDir;
use sangam::provision::{self, CrawledSite};
use sangam::settings::{ClientSettings, Settings, Sources};
use sangam_identity::Role;
use sangam_secrets::{KeySource, PresetKey};
use sangam_server::sigv4::Credentials;
use secrecy::ExposeSecret as _;
use serde_json::json;

const KEY: (&str, &str) = ("AKIAPAGESBENCH000001", "the-bench-signs-its-requests-with-this-03");
const CRAWLER: &str = "search-crawler@fernhill.example";
const PASSWORD: &str = "a-password-of-the-bench";
/// How often a page is asked for; one more time before, to open what is opened once.
const ROUNDS: usize = 60;
/// The budget of every page, at the median.
const BUDGET: Duration = Duration::from_millis(50);
/// The budget of a page's bytes.
const BYTES_MAX: usize = 150_000;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let folder = DataDir::lock(data.path())?;
    let app = App::start(&settings(data.path())?, &folder).await?;
    let site = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await?;
    let [index, source, job] = demo(&app, site.base_url()).await?;
    let base = format!("http://{}", app.address());
    let link = app.people().links.make(Role::Administrator).await?;
    let admin = Browser::new(&base).enter("/sign-in/link", &[("token", link.expose_secret())]).await?;
    let reader = DEMO_QUESTIONS[0].askers[1].0;
    let account =
        app.people().accounts.create("reader", PASSWORD.to_owned().into(), Role::Searcher, Some(reader.into()));
    account.await?;
    let colleague = Browser::new(&base).enter("/sign-in", &[("name", "reader"), ("password", PASSWORD)]).await?;

    println!("{:<44} {:>8} {:>8} {:>8} {:>9}", "page", "p50 ms", "p95 ms", "max ms", "bytes");
    let mut worst = (Duration::ZERO, 0);
    for path in console(&index, &source, &job, reader) {
        worst = measure(&admin, &path, &path.replace(&index, "{index}").replace(&source, "{source}"), worst).await?;
    }
    for path in ["/search".to_owned(), searching(0), format!("{}&sort=newest", searching(1)), searching(2)] {
        worst = measure(&colleague, &path, path.split('=').next().unwrap_or_default(), worst).await?;
    }
    println!(
        "worst median {:.1} ms of {:.0}, largest page {} bytes of {BYTES_MAX}",
        millis(worst.0),
        millis(BUDGET),
        worst.1
    );
    site.shutdown().await;
    app.stop().await;
    Ok(())
}

fn settings(data: &Path) -> anyhow::Result<Settings> {
    Ok(Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: data.to_owned(),
        secrets_key: KeySource::File(data.join("secrets.key")),
        preset_key: Some(PresetKey { id: KEY.0.into(), secret: KEY.1.into() }),
        ..Settings::new(Sources::default())?
    })
}

/// The demo's index and data source, synced: their ids, and the job's.
async fn demo(app: &App, site: &str) -> anyhow::Result<[String; 3]> {
    let settings = ClientSettings {
        endpoint: format!("http://{}", app.address()).parse()?,
        credentials: Some(Credentials { access_key_id: KEY.0.into(), secret: KEY.1.into() }),
        region: "us-east-1".into(),
    };
    let client = client::Client::new(settings).map_err(|failure| anyhow::anyhow!("{failure}"))?;
    let index = provision::create_index(&client, "demo").await?;
    provision::prepare_fields(&client, &index).await?;
    let crawled = CrawledSite { url: site, crawler: CRAWLER, token: DEMO_CRAWLER_TOKEN, maps_fields: true };
    let source = provision::create_source(&client, &index, "demo", crawled, &json!({ "isCrawlAcl": true })).await?;
    let job = provision::start_job(&client, &index, &source).await?;
    while provision::jobs(&client, &index, &source).await?.first().is_none_or(|job| job.end_time.is_none()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok([index, source, job])
}

/// The pages of the console that a browser opens by address.
fn console(index: &str, source: &str, job: &str, reader: &str) -> Vec<String> {
    let at = |below: &str| format!("/console/indices/{index}{below}");
    let mut pages: Vec<String> = ["indices", "indices/new", "secrets", "secrets/new", "files", "keys", "keys/new"]
        .into_iter()
        .chain(["accounts", "accounts/new", "sessions", "search-page", "audit"])
        .map(|page| format!("/console/{page}"))
        .collect();
    pages.extend(["", "/edit", "/fields", "/tags", "/data-sources", "/data-sources/add", "/people", "/groups"].map(at));
    pages.push(at("/data-sources/new?type=confluence"));
    pages.extend(["", "/edit"].map(|below| at(&format!("/data-sources/{source}{below}"))));
    pages.push(at(&format!("/data-sources/{source}/jobs/{job}")));
    pages.extend(["/search", "/search?browse=1", "/explain"].map(at));
    let question = form_urlencoded::byte_serialize(DEMO_QUESTIONS[0].text.as_bytes()).collect::<String>();
    pages.push(at(&format!("/search?q={question}&user={reader}")));
    pages
}

/// A question of the demo, as the search page's address has it.
fn searching(question: usize) -> String {
    let text = form_urlencoded::byte_serialize(DEMO_QUESTIONS[question].text.as_bytes()).collect::<String>();
    format!("/search?q={text}")
}

/// Asks for a page again and again; returns the worst median and the most bytes so far.
async fn measure(
    browser: &Browser,
    path: &str,
    title: &str,
    (slowest, largest): (Duration, usize),
) -> anyhow::Result<(Duration, usize)> {
    let mut n_bytes = browser.get(path).await?;
    let mut took = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        n_bytes = n_bytes.max(browser.get(path).await?);
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100];
    let title: String = title.chars().take(44).collect();
    println!("{title:<44} {:>8.1} {:>8.1} {:>8.1} {n_bytes:>9}", millis(at(50)), millis(at(95)), millis(at(100)));
    Ok((slowest.max(at(50)), largest.max(n_bytes)))
}

/// A browser with one cookie for each name, that follows no redirect.
struct Browser {
    http: Client,
    base: String,
    cookies: String,
}

impl Browser {
    fn new(base: &str) -> Self {
        let http = Client::builder().redirect(redirect::Policy::none()).build().expect("a client can be built");
        Self { http, base: base.to_owned(), cookies: String::new() }
    }

    /// Sends the form of a page on which one signs in.
    async fn enter(mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Self> {
        let page = self.http.get(format!("{}{path}", self.base)).send().await?;
        self.keep(&page);
        let html = page.text().await?;
        let csrf = html.split(r#"name="_csrf" value=""#).nth(1).and_then(|rest| rest.split('"').next());
        let fields: Vec<(&str, &str)> =
            fields.iter().copied().chain([("_csrf", csrf.context("the page has no form")?)]).collect();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(format!("{}{path}", self.base)).header(COOKIE, &self.cookies).body(body);
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await?;
        ensure!(answer.headers().contains_key(LOCATION), "{path} signs nobody in: {}", answer.status());
        self.keep(&answer);
        Ok(self)
    }

    fn keep(&mut self, answer: &reqwest::Response) {
        for cookie in answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
            self.cookies = format!("{}{}; ", self.cookies, cookie.split(';').next().unwrap_or_default());
        }
    }

    /// The bytes of a page.
    async fn get(&self, path: &str) -> anyhow::Result<usize> {
        let answer = self.http.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookies).send().await?;
        ensure!(answer.status() == StatusCode::OK, "{path}: {}", answer.status());
        Ok(answer.bytes().await?.len())
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
