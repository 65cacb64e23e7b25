//! How long a user waits: index creation, a document put until it is found by its words and by its meaning, and questions asked on the
//! demo site, alone and while passages are being embedded.
//!
//! `cargo bench -p sangam --bench latency` prints one line per figure, through the public API over HTTP on the same machine.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use confluence_sim::{DEMO_CRAWLER_TOKEN, DEMO_QUESTIONS, Site};
use sangam::app::App;
use sangam::client::Client;
use sangam::data_dir::DataDir;
use sangam::provision::{self, CrawledSite};
use sangam::settings::{ClientSettings, Settings, Sources};
use sangam_api::Blob;
use sangam_api::kendra::{
    BatchPutDocumentRequest, BatchPutDocumentResponse, ContentType, Document, KendraRequest, QueryRequest, QueryResult,
    UserContext,
};
use sangam_secrets::{KeySource, PresetKey};
use sangam_server::sigv4::Credentials;
use serde_json::json;

const KEY: (&str, &str) = ("AKIALATENCYBENCH0001", "the-bench-signs-its-requests-with-this-02");
const CRAWLER: &str = "search-crawler@fernhill.example";
/// Documents put one after the other, each waited for.
const PUTS: usize = 20;
/// Questions per figure.
const QUESTIONS: usize = 400;
/// Documents of about 300 words that keep the embedding busy meanwhile.
const BUSY_DOCUMENTS: usize = 600;
const LOOK_EVERY: Duration = Duration::from_millis(2);

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let folder = DataDir::lock(data.path())?;
    let began = Instant::now();
    let app = App::start(&settings(data.path())?, &folder).await?;
    println!("start                                   {:>8.1} ms", millis(began.elapsed()));
    let client = Arc::new(client(&app)?);
    let index_id = create_index(&client, "latency").await?;
    puts(&client, &index_id).await?;
    demo(&client).await?;
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

fn client(app: &App) -> anyhow::Result<Client> {
    let settings = ClientSettings {
        endpoint: format!("http://{}", app.address()).parse()?,
        credentials: Some(Credentials { access_key_id: KEY.0.into(), secret: KEY.1.into() }),
        region: "us-east-1".into(),
    };
    Client::new(settings).map_err(|failure| anyhow::anyhow!("{failure}"))
}

async fn create_index(client: &Client, name: &str) -> anyhow::Result<String> {
    let began = Instant::now();
    let id = provision::create_index(client, name).await?;
    println!("index created and ACTIVE                {:>8.1} ms", millis(began.elapsed()));
    Ok(id)
}

/// Puts documents one by one; each is looked for until it is found.
async fn puts(client: &Client, index_id: &str) -> anyhow::Result<()> {
    let (mut words, mut meaning) = (Vec::new(), Vec::new());
    for number in 0..PUTS {
        let began = Instant::now();
        put(client, index_id, &[(format!("put-{number}"), format!("The okapi numbered okapi{number}x sleeps."))])
            .await?;
        while !ask(client, index_id, None, &format!("okapi{number}x")).await?.contains(&format!("put-{number}")) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        words.push(began.elapsed());
        while pending(client, index_id).await? > 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        meaning.push(began.elapsed());
    }
    report("a document put is found by its words", words);
    report("a document put has its vectors", meaning);
    Ok(())
}

/// Syncs the demo site and asks its questions, alone and while another index is embedding.
async fn demo(client: &Arc<Client>) -> anyhow::Result<()> {
    let site = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await?;
    let index_id = create_index(client, "demo").await?;
    let crawled = CrawledSite { url: site.base_url(), crawler: CRAWLER, token: DEMO_CRAWLER_TOKEN, maps_fields: false };
    let source_id = provision::create_source(client, &index_id, "demo", crawled, &json!({})).await?;
    let began = Instant::now();
    provision::start_job(client, &index_id, &source_id).await?;
    while provision::jobs(client, &index_id, &source_id).await?.first().is_none_or(|job| job.end_time.is_none()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("demo site synced, words and meaning     {:>8.1} ms", millis(began.elapsed()));
    questions(client, &index_id).await?;
    report("a question, nothing else going on", questions(client, &index_id).await?);

    let busy_index = create_index(client, "busy").await?;
    let text = "Every paragraph of this page says something that nobody has said before it about pumps and valves. "
        .repeat(18);
    for chunk in 0..BUSY_DOCUMENTS / 10 {
        let documents: Vec<_> =
            (0..10).map(|n| (format!("busy-{chunk}-{n}"), format!("{text} {}", chunk * 10 + n))).collect();
        put(client, &busy_index, &documents).await?;
    }
    let under_load = questions(client, &index_id).await?;
    let still_busy = pending(client, &busy_index).await? > 0;
    report("a question while passages are embedded", under_load);
    anyhow::ensure!(still_busy, "the load ended before the questions did: the figure above is not under load");
    site.shutdown().await;
    Ok(())
}

/// Asks the demo's questions in turn, each time worded a little differently so that no cache answers.
async fn questions(client: &Client, index_id: &str) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::with_capacity(QUESTIONS);
    for number in 0..QUESTIONS {
        let question = DEMO_QUESTIONS[number % DEMO_QUESTIONS.len()];
        let asker = question.askers[number / DEMO_QUESTIONS.len() % 2].0;
        let text = format!("{} ({number} {})", question.text, took.len() % 7);
        let began = Instant::now();
        ask(client, index_id, Some(asker), &text).await?;
        took.push(began.elapsed());
    }
    Ok(took)
}

async fn put(client: &Client, index_id: &str, documents: &[(String, String)]) -> anyhow::Result<()> {
    let document = |(id, text): &(String, String)| Document {
        id: id.clone(),
        title: Some(id.clone()),
        blob: Some(Blob(text.as_bytes().to_vec())),
        content_type: Some(ContentType::PlainText),
        ..Document::default()
    };
    let request = BatchPutDocumentRequest {
        index_id: index_id.into(),
        documents: documents.iter().map(document).collect(),
        ..BatchPutDocumentRequest::default()
    };
    let _: BatchPutDocumentResponse = client.kendra(&KendraRequest::BatchPutDocument(Box::new(request))).await?;
    Ok(())
}

async fn ask(client: &Client, index_id: &str, user: Option<&str>, text: &str) -> anyhow::Result<Vec<String>> {
    let request = QueryRequest {
        index_id: index_id.into(),
        query_text: Some(text.into()),
        user_context: user.map(|user| UserContext { user_id: Some(user.into()), ..UserContext::default() }),
        ..QueryRequest::default()
    };
    let answer: QueryResult = client.kendra(&KendraRequest::Query(Box::new(request))).await?;
    Ok(answer.result_items.unwrap_or_default().into_iter().filter_map(|item| item.document_id).collect())
}

async fn pending(client: &Client, index_id: &str) -> anyhow::Result<u64> {
    let state = client.v1_get(&format!("indices/{index_id}")).await?;
    Ok(state["documents_pending"].as_u64().unwrap_or(0) + state["vectors_pending"].as_u64().unwrap_or(0))
}

fn report(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: f64| took.get((took.len().saturating_sub(1) as f64 * share).round() as usize);
    let shown = |share: f64| at(share).map_or(0.0, |took| millis(*took));
    println!("{what:<39} {:>8.1} ms p50  {:>8.1} ms p95  {:>8.1} ms max", shown(0.5), shown(0.95), shown(1.0));
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
