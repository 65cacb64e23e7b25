//! Relevance on test collections in BEIR layout, through the public API and judged by the collections' own scorer.
//!
//! `cargo bench -p sangam --bench relevance -- FOLDER [COLLECTION …] [--floor N]` indexes each collection of FOLDER (or those named) with
//! BatchPutDocument, asks its queries with Query, writes `target/relevance/<collection>.run` and has FOLDER/score.py judge it. With
//! `--floor N` it fails if the mean nDCG@10 is under N. Without FOLDER it says so and does nothing.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sangam::app::App;
use sangam::client::Client;
use sangam::data_dir::DataDir;
use sangam::provision;
use sangam::settings::{ClientSettings, Settings, Sources};
use sangam_api::Blob;
use sangam_api::kendra::{
    BatchPutDocumentRequest, BatchPutDocumentResponse, ContentType, Document, KendraRequest, QueryRequest, QueryResult,
};
use sangam_secrets::{KeySource, PresetKey};
use sangam_server::sigv4::Credentials;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// The collections of the development set, in the order of their tables.
const COLLECTIONS: [&str; 4] = ["awsdocs", "scifact", "squad", "stackfaq"];
/// BatchPutDocument takes no more.
const PUT_AT_ONCE: usize = 10;
/// Requests under way at once.
const REQUESTS: usize = 4;
const RESULTS: i32 = 100;
/// Query takes no more characters; longer questions are cut, as Kendra's clients do.
const QUERY_CHARS: usize = 1_000;
const KEY: (&str, &str) = ("AKIARELEVANCEBENCH01", "the-bench-signs-its-requests-with-this-01");

struct Arguments {
    folder: PathBuf,
    collections: Vec<String>,
    floor: Option<f64>,
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("skipped: name the folder of the collections, e.g. `-- path/to/relevance stackfaq`");
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be started");
    match runtime.block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What follows `--` on the command line; cargo's own `--bench` is passed over.
fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let folder = PathBuf::from(given.next()?);
    let mut arguments = Arguments { folder, collections: Vec::new(), floor: None };
    while let Some(argument) = given.next() {
        if argument == "--floor" {
            arguments.floor = given.next().and_then(|floor| floor.parse().ok());
        } else {
            arguments.collections.push(argument);
        }
    }
    if arguments.collections.is_empty() {
        arguments.collections = COLLECTIONS.map(str::to_owned).to_vec();
    }
    Some(arguments)
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let folder = DataDir::lock(data.path())?;
    let settings = settings(data.path())?;
    let app = App::start(&settings, &folder).await?;
    let client = Arc::new(client(&app)?);
    let mut scores = Vec::new();
    for collection in &arguments.collections {
        let score = measure(&client, &arguments.folder, collection).await;
        scores.push(score.with_context(|| format!("collection `{collection}`"))?);
    }
    app.stop().await;
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    println!("mean nDCG@10 {mean:.4}");
    match arguments.floor {
        Some(floor) if mean < floor => bail!("the mean is under the floor of {floor}"),
        _ => Ok(()),
    }
}

fn settings(data: &Path) -> anyhow::Result<Settings> {
    let settings = Settings::new(Sources::default())?;
    Ok(Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: data.to_owned(),
        secrets_key: KeySource::File(data.join("secrets.key")),
        preset_key: Some(PresetKey { id: KEY.0.into(), secret: KEY.1.into() }),
        ..settings
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

/// Indexes, asks and scores one collection; returns its nDCG@10.
async fn measure(client: &Arc<Client>, folder: &Path, collection: &str) -> anyhow::Result<f64> {
    let place = folder.join(collection);
    let corpus = json_lines(&gunzip(&place.join("corpus.jsonl.gz"))?)?;
    let queries = json_lines(&fs::read_to_string(place.join("queries.jsonl"))?)?;
    let qrels = place.join("qrels/test.tsv");
    let wanted: std::collections::HashSet<String> =
        fs::read_to_string(&qrels)?.lines().skip(1).filter_map(|line| Some(line.split('\t').next()?.into())).collect();

    let began = Instant::now();
    let index_id = provision::create_index(client, collection).await?;
    put_all(client, &index_id, &corpus).await?;
    let by_words = settle(client, &index_id, "documents_pending").await?.duration_since(began);
    let by_meaning = settle(client, &index_id, "vectors_pending").await?.duration_since(began);

    let mut run = String::new();
    let mut took = Vec::new();
    for query in queries.iter().filter(|query| wanted.contains(text(query, "_id"))) {
        let asked = Instant::now();
        let found = ask(client, &index_id, text(query, "text")).await?;
        took.push(asked.elapsed());
        for (rank, id) in found.iter().enumerate() {
            writeln!(run, "{} Q0 {id} {} {} sangam", text(query, "_id"), rank + 1, RESULTS - rank as i32)?;
        }
    }
    let score = score(folder, &qrels, collection, &run)?;
    took.sort_unstable();
    println!(
        "{collection:<9} nDCG@10 {score:.4}  {} documents: words after {:.1} s, meaning after {:.1} s; query p50 {:.1} ms, p99 {:.1} ms",
        corpus.len(),
        by_words.as_secs_f64(),
        by_meaning.as_secs_f64(),
        quantile(&took, 0.5),
        quantile(&took, 0.99),
    );
    Ok(score)
}

async fn put_all(client: &Arc<Client>, index_id: &str, corpus: &[Value]) -> anyhow::Result<()> {
    let mut under_way = JoinSet::new();
    for chunk in corpus.chunks(PUT_AT_ONCE) {
        if under_way.len() >= REQUESTS {
            under_way.join_next().await.context("there are some")???;
        }
        let documents = chunk.iter().map(document).collect();
        let request =
            BatchPutDocumentRequest { index_id: index_id.into(), documents, ..BatchPutDocumentRequest::default() };
        let client = Arc::clone(client);
        under_way.spawn(async move {
            let answer: BatchPutDocumentResponse =
                client.kendra(&KendraRequest::BatchPutDocument(Box::new(request))).await?;
            match answer.failed_documents.as_deref() {
                None | Some([]) => anyhow::Ok(()),
                Some(failed) => bail!("{} documents were refused", failed.len()),
            }
        });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(())
}

fn document(line: &Value) -> Document {
    Document {
        id: text(line, "_id").into(),
        title: Some(text(line, "title").into()).filter(|title: &String| !title.is_empty()),
        blob: Some(Blob(text(line, "text").as_bytes().to_vec())),
        content_type: Some(ContentType::PlainText),
        ..Document::default()
    }
}

/// Waits until nothing is pending; returns when that was.
async fn settle(client: &Client, index_id: &str, what: &str) -> anyhow::Result<Instant> {
    loop {
        let state = client.v1_get(&format!("indices/{index_id}")).await?;
        if state[what] == json!(0) {
            return Ok(Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn ask(client: &Client, index_id: &str, text: &str) -> anyhow::Result<Vec<String>> {
    let request = QueryRequest {
        index_id: index_id.into(),
        query_text: Some(text.chars().take(QUERY_CHARS).collect()),
        page_size: Some(RESULTS),
        ..QueryRequest::default()
    };
    let answer: QueryResult = client.kendra(&KendraRequest::Query(Box::new(request))).await?;
    Ok(answer.result_items.unwrap_or_default().into_iter().filter_map(|item| item.document_id).collect())
}

/// Writes the run file and has the scorer judge it.
fn score(folder: &Path, qrels: &Path, collection: &str, run: &str) -> anyhow::Result<f64> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("relevance");
    fs::create_dir_all(&target)?;
    let file = target.join(format!("{collection}.run"));
    fs::write(&file, run)?;
    let judged = Command::new("python3").arg(folder.join("score.py")).arg(qrels).arg(&file).arg("--json").output()?;
    if !judged.status.success() {
        bail!("the scorer failed: {}", String::from_utf8_lossy(&judged.stderr));
    }
    let report: Value = serde_json::from_slice(&judged.stdout)?;
    find_number(&report, "ndcg@10").context("the scorer's report has no nDCG@10")
}

/// The first number called `name`, or its `mean`, at any depth.
fn find_number(value: &Value, name: &str) -> Option<f64> {
    let map = value.as_object()?;
    let here = map.get(name).and_then(|found| found.as_f64().or_else(|| found.get("mean")?.as_f64()));
    here.or_else(|| map.values().find_map(|inner| find_number(inner, name)))
}

fn gunzip(path: &Path) -> anyhow::Result<String> {
    let mut child = Command::new("gzip").arg("-dc").arg(path).stdout(Stdio::piped()).spawn()?;
    let mut text = String::new();
    child.stdout.take().context("the pipe was asked for")?.read_to_string(&mut text)?;
    if !child.wait()?.success() {
        bail!("`{}` cannot be unpacked", path.display());
    }
    Ok(text)
}

fn json_lines(text: &str) -> anyhow::Result<Vec<Value>> {
    text.lines().filter(|line| !line.is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn text<'a>(line: &'a Value, member: &str) -> &'a str {
    line[member].as_str().unwrap_or_default()
}

fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let place = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}
