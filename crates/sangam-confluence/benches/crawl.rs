//! What a crawl of a Cloud site costs: calls for each document, documents for each second at 50 ms of latency, a sync of 50,000 unchanged
//! documents, and memory.
//!
//! `cargo bench --profile dev -p sangam-confluence --bench crawl` prints one line per figure. The site is served by a process of its own, so
//! that memory and processor time are those of the crawl.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use confluence_sim::{GENERATED_CRAWLER, Shape, Site, serve};
use sangam_access::{Allow, Layer, Principal};
use sangam_confluence::{ConfluenceConnector, ConfluenceSettings};
use sangam_sync::{
    Batch, BatchSink, Connector, CrawlMode, CrawlRequest, Fact, FieldType, HostError, KnownDocuments, Memory, Node,
    NodeAccess, OpenRequest, Progress, SecretLock, Source, SourceError, SourceSetup, SyncHost,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The argument with which the process serves a site instead of crawling it.
const SERVE: &str = "--serve-site";
/// Pages of the site that calls and speed are measured on.
const PAGES: usize = 5_000;
/// Pages of the large site.
const PAGES_LARGE: usize = 50_000;
const LATENCY: Duration = Duration::from_millis(50);

fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().collect();
    let serves = arguments.iter().position(|argument| argument == SERVE);
    let runtime = tokio::runtime::Runtime::new()?;
    match serves {
        Some(at) => runtime.block_on(serve_site(arguments.get(at + 1).map_or("1000", String::as_str).parse()?)),
        None => runtime.block_on(measure()),
    }
}

async fn measure() -> Result<(), BoxError> {
    calls_and_speed().await?;
    large_site().await
}

async fn calls_and_speed() -> Result<(), BoxError> {
    let mut site = Served::start(PAGES)?;
    let mut kept = Kept::default();
    let (documents, _) = crawl(&site, &mut kept, CrawlMode::Changes, true).await?;
    report_calls("first crawl, all entities", &mut site, documents)?;
    let (documents, _) = crawl(&site, &mut kept, CrawlMode::Changes, true).await?;
    report_calls("nothing changed", &mut site, documents)?;
    let (documents, _) = crawl(&site, &mut kept, CrawlMode::Access { reconcile: false }, true).await?;
    report_calls("access refresh", &mut site, documents)?;
    site.tell(&format!("latency {}", LATENCY.as_millis()))?;
    for (what, mode) in [("first crawl", CrawlMode::Changes), ("nothing changed", CrawlMode::Changes)] {
        if what == "first crawl" {
            kept = Kept::default();
        }
        let (documents, took) = crawl(&site, &mut kept, mode, false).await?;
        let rate = documents as f64 / took.as_secs_f64();
        println!("{:<52}{rate:>9.0} documents/s ({documents})", format!("{what}, {} ms away", LATENCY.as_millis()));
    }
    Ok(())
}

async fn large_site() -> Result<(), BoxError> {
    let site = Served::start(PAGES_LARGE)?;
    let mut kept = Kept::default();
    let before = peak_mib();
    let (documents, took) = crawl(&site, &mut kept, CrawlMode::Changes, false).await?;
    println!(
        "{:<52}{:>9.1} s, peak {} MiB (before: {before} MiB)",
        format!("crawl of {documents}"),
        took.as_secs_f64(),
        peak_mib()
    );
    let (documents, took) = crawl(&site, &mut kept, CrawlMode::Changes, false).await?;
    println!("{:<52}{:>9.1} s", format!("sync of {documents} unchanged"), took.as_secs_f64());
    let (documents, took) = crawl(&site, &mut kept, CrawlMode::Access { reconcile: true }, false).await?;
    println!("{:<52}{:>9.1} s", format!("access refresh of {documents}"), took.as_secs_f64());
    Ok(())
}

/// Calls by what they are for; those whose number does not follow the documents stand apart.
fn report_calls(what: &str, site: &mut Served, documents: usize) -> Result<(), BoxError> {
    let calls: BTreeMap<String, u64> = serde_json::from_str(&site.ask("calls")?)?;
    site.tell("reset")?;
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (endpoint, n) in &calls {
        let kind = match endpoint.as_str() {
            endpoint if endpoint.contains("download") || endpoint.starts_with("/media") => "bytes",
            endpoint if endpoint.contains("permission/check") || endpoint.contains("/folders/") => "folders",
            endpoint if endpoint.ends_with("/restriction") => "verification",
            endpoint if endpoint.contains("/group") || endpoint.contains("/user") => "identity",
            _ => "content",
        };
        *sums.entry(kind).or_default() += n;
    }
    let content = sums.get("content").copied().unwrap_or_default();
    let share = content as f64 / documents.max(1) as f64;
    println!("{what:<52}{share:>9.4} calls/document ({documents} documents; {sums:?})");
    Ok(())
}

/// One crawl; how many documents it met, and how long it took.
async fn crawl(site: &Served, kept: &mut Kept, mode: CrawlMode, files: bool) -> Result<(usize, Duration), BoxError> {
    kept.n_documents = 0;
    let known = kept.known();
    let source = open(&site.base_url, files).await?;
    let request =
        CrawlRequest { mode, checkpoint: None, stop: CancellationToken::new(), progress: Progress::default() };
    let began = Instant::now();
    let end = source.crawl(&request, &known, kept).await?;
    let took = began.elapsed();
    if !end.incomplete.is_empty() {
        return Err(format!("the crawl was incomplete: {:?}", end.incomplete).into());
    }
    Ok((kept.n_documents, took))
}

async fn open(base_url: &str, files: bool) -> Result<Box<dyn Source>, BoxError> {
    let (username, password) = GENERATED_CRAWLER;
    let secret = json!({ "username": username, "password": password }).to_string();
    let mapping =
        json!({ "dataSourceFieldName": "author", "indexFieldName": "_authors", "indexFieldType": "STRING_LIST" });
    let entity = json!({ "fieldMappings": [mapping] });
    let configuration = json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
        "connectionConfiguration": { "repositoryEndpointMetadata": { "hostUrl": base_url, "type": "SAAS", "authType": "Basic" } },
        "repositoryConfigurations": { "space": entity, "page": entity, "blog": entity, "comment": entity, "attachment": entity },
        "additionalProperties": { "isCrawlPageAttachment": files, "isCrawlBlogAttachment": files },
    });
    let request = OpenRequest {
        data_source_id: "bench".into(),
        configuration,
        secret: secret.clone().into(),
        host: Arc::new(Host(secret)),
    };
    Ok(ConfluenceConnector::new(ConfluenceSettings::default()).open(request).await?)
}

/// What a job would keep, as far as the next crawl asks for it.
#[derive(Default)]
struct Kept {
    versions: HashMap<String, String>,
    restricted: HashMap<String, BTreeSet<Principal>>,
    memories: HashMap<String, Memory>,
    n_documents: usize,
}

impl Kept {
    fn known(&self) -> Known {
        Known { versions: self.versions.clone(), restricted: self.restricted.clone(), memories: self.memories.clone() }
    }

    fn node(&mut self, node: Node) {
        match node.access {
            NodeAccess::Layer { layer: Layer { allow: Allow::Only(allowed), .. } } => {
                self.restricted.insert(node.id, allowed);
            }
            NodeAccess::Unknown { .. } => drop(self.restricted.insert(node.id, BTreeSet::new())),
            NodeAccess::Open | NodeAccess::Layer { .. } => drop(self.restricted.remove(&node.id)),
        }
    }
}

#[async_trait]
impl BatchSink for Kept {
    async fn send(&mut self, batch: Batch) -> Result<(), SourceError> {
        self.n_documents += batch.documents.len() + batch.unchanged.len();
        for fact in batch.facts {
            match fact {
                Fact::Nodes { nodes, .. } => nodes.into_iter().for_each(|node| self.node(node)),
                Fact::Memories(memories) => {
                    let memory = |value| Memory { value, stored_at: 0 };
                    self.memories.extend(memories.into_iter().map(|(key, value)| (key, memory(value))));
                }
                Fact::Directory(_) | Fact::Warning(_) => {}
            }
        }
        self.versions.extend(batch.documents.into_iter().map(|document| (document.id, document.version)));
        Ok(())
    }
}

struct Known {
    versions: HashMap<String, String>,
    restricted: HashMap<String, BTreeSet<Principal>>,
    memories: HashMap<String, Memory>,
}

#[async_trait]
impl KnownDocuments for Known {
    async fn versions(&self, ids: &[String]) -> Result<HashMap<String, String>, SourceError> {
        Ok(ids.iter().filter_map(|id| Some((id.clone(), self.versions.get(id)?.clone()))).collect())
    }

    async fn restricted_nodes(&self) -> Result<HashMap<String, BTreeSet<Principal>>, SourceError> {
        Ok(self.restricted.clone())
    }

    async fn memories(&self, prefix: &str) -> Result<HashMap<String, Memory>, SourceError> {
        let own = self.memories.iter().filter(|(key, _)| key.starts_with(prefix));
        Ok(own.map(|(key, memory)| (key.clone(), memory.clone())).collect())
    }
}

/// An installation with one secret.
struct Host(String);

#[async_trait]
impl SyncHost for Host {
    async fn setup(&self, _index: &str, _source: &str) -> Result<Option<SourceSetup>, HostError> {
        Ok(None)
    }

    async fn fields(&self, _index: &str) -> Result<HashMap<String, FieldType>, HostError> {
        Ok(HashMap::new())
    }

    async fn secret(&self, _id: &str) -> Result<SecretString, HostError> {
        Ok(self.0.clone().into())
    }

    async fn lock_secret(&self, _id: &str) -> Result<Box<dyn SecretLock>, HostError> {
        Err(HostError("nothing is written back".into()))
    }

    async fn file(&self, _bucket: &str, _key: &str, _limit_bytes: u64) -> Result<Vec<u8>, HostError> {
        Err(HostError("there are no files".into()))
    }
}

/// A site in a process of its own, which is told what to do by lines.
struct Served {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    base_url: String,
}

impl Served {
    fn start(n_pages: usize) -> Result<Self, BoxError> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([SERVE, &n_pages.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().ok_or("the process has no input")?;
        let output = BufReader::new(process.stdout.take().ok_or("the process has no output")?);
        let mut served = Self { process, input, output, base_url: String::new() };
        served.base_url = served.line()?;
        Ok(served)
    }

    fn tell(&mut self, what: &str) -> Result<(), BoxError> {
        self.ask(what).map(drop)
    }

    fn ask(&mut self, what: &str) -> Result<String, BoxError> {
        writeln!(self.input, "{what}")?;
        self.line()
    }

    fn line(&mut self) -> Result<String, BoxError> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is gone if this fails.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Serves a generated site until the standard input ends; answers each line with one.
async fn serve_site(n_pages: usize) -> Result<(), BoxError> {
    let handle = serve(Site::generated(&Shape { n_pages, ..Shape::default() }), ([127, 0, 0, 1], 0).into()).await?;
    println!("{}", handle.base_url());
    let (sender, mut lines) = tokio::sync::mpsc::channel::<String>(1);
    let reading = tokio::task::spawn_blocking(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let answer: Value = match line.split_once(' ').unwrap_or((&line, "")) {
            ("calls", _) => serde_json::to_value(handle.calls())?,
            ("latency", ms) => {
                handle.set_latency_ms(ms.parse()?);
                json!("ok")
            }
            _ => {
                handle.reset_calls();
                json!("ok")
            }
        };
        println!("{answer}");
    }
    reading.await?;
    Ok(())
}

/// The most memory that this process has had resident, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
