//! How fast a Confluence site is found, and synced again: documents found by their words for each second, with and without the model, a sync
//! of unchanged documents, a change of permissions at the next query, and memory.
//!
//! `cargo bench -p sangam --bench sync` prints one line per figure; `-- 10000 20000` has other numbers of pages, for the first sync and for the
//! sync without changes. The site is served 50 ms away by a process of its own on the same machine, so that memory and processor time are told
//! apart. On a machine that does other work too, the processor time of a document and the load are what to judge by.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use confluence_sim::{GENERATED_CRAWLER, Kind, Operation, Reader, Shape, Site};
use sangam::app::App;
use sangam::client::Client;
use sangam::data_dir::DataDir;
use sangam::provision::{self, CrawledSite};
use sangam::settings::{ClientSettings, ModelChoice, Settings, Sources};
use sangam_api::kendra::{
    DataSourceSyncJob, DataSourceSyncJobStatus, GroupMembers, KendraRequest, MemberUser, PutPrincipalMappingRequest,
    QueryRequest, QueryResult, UserContext,
};
use sangam_secrets::{KeySource, PresetKey};
use sangam_server::sigv4::Credentials;
use serde_json::{Value, json};

const KEY: (&str, &str) = ("AKIASYNCBENCH0000001", "the-bench-signs-its-requests-with-this-03");
/// The argument with which the process serves a site instead of syncing it.
const SERVE: &str = "--serve-site";
/// Pages of the site of the first sync.
const PAGES: usize = 10_000;
/// Pages of the site that is synced again.
const PAGES_LARGE: usize = 50_000;
const LATENCY: Duration = Duration::from_millis(50);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Documents looked for by their own words.
const SAMPLES: usize = 20;
/// Changes of a membership, each asked about at once.
const CHANGES: usize = 40;
/// A team that a space of its own is for.
const TEAM: &str = "team10";
/// Somebody whom the site does not know.
const VISITOR: &str = "visitor@elsewhere.example";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let serves = arguments.iter().position(|argument| argument == SERVE);
    let sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    match serves {
        Some(_) => runtime.block_on(serve_site(sizes.first().copied().unwrap_or(PAGES))),
        None => runtime
            .block_on(measure(sizes.first().copied().unwrap_or(PAGES), sizes.get(1).copied().unwrap_or(PAGES_LARGE))),
    }
}

async fn measure(pages: usize, pages_large: usize) -> anyhow::Result<()> {
    println!("first sync of {pages} pages, without a model");
    let mut world = World::start(pages, ModelChoice::None).await?;
    world.first_sync().await?;
    world.again().await?;
    world.changes().await?;
    world.stop().await;
    println!("first sync of {pages} pages, with the bundled model");
    let mut world = World::start(pages, ModelChoice::Bundled).await?;
    world.first_sync().await?;
    let state = world.client.v1_get(&format!("indices/{}", world.index_id)).await?;
    println!(
        "    {} of them have no vectors yet, and the job reads {:?}",
        state["vectors_pending"],
        world.job().await?.status
    );
    world.stop().await;
    if pages_large > pages {
        println!("sync of {pages_large} unchanged pages, without a model");
        let mut world = World::start(pages_large, ModelChoice::None).await?;
        world.first_sync().await?;
        world.again().await?;
        world.changes().await?;
        world.stop().await;
    }
    Ok(())
}

/// An installation and the site it is to sync.
struct World {
    app: App,
    client: Client,
    site: Served,
    index_id: String,
    source_id: String,
    _data: tempfile::TempDir,
}

impl World {
    async fn start(n_pages: usize, model: ModelChoice) -> anyhow::Result<Self> {
        forget_peak();
        let mut site = Served::start(n_pages)?;
        let data = tempfile::tempdir()?;
        let app = App::start(&settings(data.path(), model)?, &DataDir::lock(data.path())?).await?;
        let client = client(&app)?;
        let index_id = provision::create_index(&client, "sync").await?;
        let (crawler, token) = GENERATED_CRAWLER;
        let url = site.base_url.clone();
        let crawled = CrawledSite { url: &url, crawler, token, maps_fields: false };
        // The bytes of files are two calls each, and what they cost is told by the bench of the crawl.
        let no_files = json!({ "isCrawlPageAttachment": false, "isCrawlBlogAttachment": false });
        let source_id = provision::create_source(&client, &index_id, "farm", crawled, &no_files).await?;
        site.ask(&format!("latency {}", LATENCY.as_millis()))?;
        Ok(Self { app, client, site, index_id, source_id, _data: data })
    }

    /// Syncs until all text is found.
    async fn first_sync(&mut self) -> anyhow::Result<()> {
        let (took, n) = self.sync().await?;
        println!("    {n} documents found by their words   {:>8.1} s  {:>7.0} documents/s", secs(took), n / secs(took));
        let samples = self.site.ask(&format!("sample {SAMPLES}"))?;
        for sample in samples.as_array().context("a list")? {
            let (id, reader) = (sample[0].as_str().context("an id")?, sample[1].as_str().context("a reader")?);
            let found = self.ask(reader, &format!("mark{id}")).await?;
            ensure!(found.iter().any(|found| found.ends_with(&format!("/page/{id}"))), "page {id} is not found");
        }
        println!("    {SAMPLES} of {SAMPLES} pages are found by their own word");
        Ok(())
    }

    /// Syncs what has not changed.
    async fn again(&mut self) -> anyhow::Result<()> {
        let (took, n) = self.sync().await?;
        println!("    {n} unchanged documents synced       {:>8.1} s  {:>7.0} documents/s", secs(took), n / secs(took));
        Ok(())
    }

    /// One job, until it has left SYNCING; how long that took, and the documents it saw.
    async fn sync(&mut self) -> anyhow::Result<(Duration, f64)> {
        self.site.ask("reset")?;
        let (own_before, site_before) = (cpu_seconds("self"), cpu_seconds(&self.site.process.id().to_string()));
        let began = Instant::now();
        provision::start_job(&self.client, &self.index_id, &self.source_id).await?;
        let job = loop {
            let job = self.job().await?;
            if !matches!(job.status, Some(DataSourceSyncJobStatus::Syncing)) {
                break job;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        let took = began.elapsed();
        let is_well =
            matches!(job.status, Some(DataSourceSyncJobStatus::SyncingIndexing | DataSourceSyncJobStatus::Succeeded));
        ensure!(is_well, "the job ended badly: {job:?} {:?}", job.error_message);
        let scanned = job.metrics.and_then(|metrics| metrics.documents_scanned);
        let scanned = scanned.context("the job counts its documents")?.parse::<f64>()?;
        let own = cpu_seconds("self") - own_before;
        let site = cpu_seconds(&self.site.process.id().to_string()) - site_before;
        println!(
            "    processor: {own:.1} s here, {site:.1} s the site; a document {:.2} ms and {:.2} ms; {} calls; at most {} MiB \
             here; load {}",
            own * 1_000.0 / scanned,
            site * 1_000.0 / scanned,
            self.site.ask("calls")?,
            peak_mib(),
            load()
        );
        Ok((took, scanned))
    }

    async fn job(&self) -> anyhow::Result<DataSourceSyncJob> {
        provision::jobs(&self.client, &self.index_id, &self.source_id).await?.into_iter().next().context("a job")
    }

    /// Puts somebody into a team and out of it again; the next query, the only one asked, obeys. Then a view list on the site.
    async fn changes(&mut self) -> anyhow::Result<()> {
        let page = self.site.ask("home S02")?;
        let id = page.as_str().context("the home of the space")?.to_owned();
        let (mut calls, mut queries) = (Vec::new(), Vec::new());
        for change in 0..CHANGES {
            let is_member = change % 2 == 0;
            let began = Instant::now();
            self.put_team(if is_member { VISITOR } else { "nobody@elsewhere.example" }).await?;
            calls.push(began.elapsed());
            let began = Instant::now();
            let found = self.ask(VISITOR, &format!("mark{id}")).await?;
            queries.push(began.elapsed());
            let is_found = found.iter().any(|found| found.ends_with(&format!("/page/{id}")));
            ensure!(is_found == is_member, "change {change} is not obeyed by the next query");
        }
        println!("    {CHANGES} of {CHANGES} memberships obeyed by the next query");
        report("the call that changes one", calls);
        report("the query after it", queries);
        let restricted = self.site.ask("restrict")?;
        let (id, reader) = (restricted[0].as_str().context("an id")?, restricted[1].as_str().context("a reader")?);
        ensure!(!self.ask(reader, &format!("mark{id}")).await?.is_empty(), "the page is found before");
        let (took, _) = self.sync().await?;
        ensure!(self.ask(reader, &format!("mark{id}")).await?.is_empty(), "a page got a view list and is still found");
        println!("    a view list on the site, hidden from others after a sync of {:.1} s", secs(took));
        Ok(())
    }

    async fn put_team(&self, member: &str) -> anyhow::Result<()> {
        let request = PutPrincipalMappingRequest {
            index_id: self.index_id.clone(),
            data_source_id: Some(self.source_id.clone()),
            group_id: TEAM.into(),
            group_members: GroupMembers {
                member_users: Some(vec![MemberUser { user_id: member.into() }]),
                ..GroupMembers::default()
            },
            ..PutPrincipalMappingRequest::default()
        };
        let _: Value = self.client.kendra(&KendraRequest::PutPrincipalMapping(Box::new(request))).await?;
        Ok(())
    }

    async fn ask(&self, user: &str, text: &str) -> anyhow::Result<Vec<String>> {
        let request = QueryRequest {
            index_id: self.index_id.clone(),
            query_text: Some(text.into()),
            user_context: Some(UserContext { user_id: Some(user.into()), ..UserContext::default() }),
            ..QueryRequest::default()
        };
        let answer: QueryResult = self.client.kendra(&KendraRequest::Query(Box::new(request))).await?;
        Ok(answer.result_items.unwrap_or_default().into_iter().filter_map(|item| item.document_id).collect())
    }

    async fn stop(self) {
        println!("    at most {} MiB resident here", peak_mib());
        self.app.stop().await;
    }
}

fn settings(data: &Path, model: ModelChoice) -> anyhow::Result<Settings> {
    Ok(Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: data.to_owned(),
        secrets_key: KeySource::File(data.join("secrets.key")),
        preset_key: Some(PresetKey { id: KEY.0.into(), secret: KEY.1.into() }),
        model,
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

/// A site in a process of its own, which is told what to do by lines and answers each with one of JSON.
struct Served {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    base_url: String,
}

impl Served {
    fn start(n_pages: usize) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([SERVE, &n_pages.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().context("the process has no input")?;
        let output = BufReader::new(process.stdout.take().context("the process has no output")?);
        let mut served = Self { process, input, output, base_url: String::new() };
        let told = served.line()?;
        told.as_str().context("an address")?.clone_into(&mut served.base_url);
        Ok(served)
    }

    fn ask(&mut self, what: &str) -> anyhow::Result<Value> {
        writeln!(self.input, "{what}")?;
        self.line()
    }

    fn line(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        serde_json::from_str(&line).context("the site's process is gone")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is gone if this fails.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Serves a generated site until the standard input ends.
async fn serve_site(n_pages: usize) -> anyhow::Result<()> {
    let site = Site::generated(&Shape { n_pages, words_per_page: 300, ..Shape::default() });
    let handle = confluence_sim::serve(site, ([127, 0, 0, 1], 0).into()).await?;
    println!("{}", json!(handle.base_url()));
    let (sender, mut lines) = tokio::sync::mpsc::channel::<String>(1);
    let reading = tokio::task::spawn_blocking(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let answer = match line.split_once(' ').unwrap_or((&line, "")) {
            ("calls", _) => json!(handle.calls().values().sum::<u64>()),
            ("latency", ms) => {
                handle.set_latency_ms(ms.parse()?);
                json!("ok")
            }
            ("sample", n) => json!(readable(&handle.site().read(), n.parse()?)),
            ("home", key) => {
                let site = handle.site().read();
                json!(site.find_space(key).and_then(|space| space.homepage).map(|id| id.to_string()))
            }
            ("restrict", _) => {
                let mut site = handle.site().write();
                let sample = readable(&site, SAMPLES).into_iter().next_back().context("a page that somebody reads")?;
                let someone = site.everyone().find(|user| user.account_id != sample.1).context("somebody else")?;
                let someone = someone.handle.clone();
                let id = site.contents().map(|content| content.id).find(|id| id.to_string() == sample.0);
                site.restrict(id.context("the page")?, Operation::Read, &[&someone], &[])?;
                json!(sample)
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

/// Pages from all over the site, each with somebody who may read it.
fn readable(site: &Site, n: usize) -> Vec<(String, String)> {
    let pages: Vec<_> = site.contents().filter(|content| matches!(content.kind, Kind::Page { .. })).collect();
    let found = pages.iter().step_by((pages.len() / n.max(1)).max(1)).take(n).filter_map(|page| {
        let reader = site.everyone().find(|user| site.can_read(Reader::User(&user.account_id), page.id))?;
        Some((page.id.to_string(), reader.account_id.clone()))
    });
    found.collect()
}

fn report(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: f64| took.get((took.len().saturating_sub(1) as f64 * share).round() as usize);
    let shown = |share: f64| at(share).map_or(0.0, |took| secs(*took) * 1_000.0);
    println!("    {what:<36} {:>8.1} ms p50  {:>8.1} ms max", shown(0.5), shown(1.0));
}

fn secs(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

/// Processor time of a process so far, all threads, in the hundredths of a second that Linux counts.
fn cpu_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces; user and system time are the twelfth and thirteenth after it.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Threads that ran or waited for a processor, on average over the last minute, of the whole machine.
fn load() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// Begins the peak of resident memory anew.
fn forget_peak() {
    // Where it cannot be forgotten, the figure is that of the largest run.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// The most memory that this process has had resident, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
