//! `sangam connect confluence`, against a server and a simulated site.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use confluence_sim::{DEMO_CRAWLER_TOKEN, DcVersion, OAuthApp, Site};
use sangam::provision;
use sangam_api::kendra::DataSourceSyncJobStatus;
use serde_json::{Value, json};

use crate::data_center;
use crate::installation::{Installation, KEY_ID, KEY_SECRET, PATIENCE};

const CRAWLER: &str = "search-crawler@fernhill.example";

/// What a run wrote, and how it ended.
struct Connected {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs `connect confluence`, with secrets on its standard input; `browse` is called with the address that a person is to open.
fn connect(
    server: &Installation,
    hosts: &str,
    arguments: &[&str],
    secrets: &Value,
    browse: impl Fn(&str),
) -> Connected {
    connect_with(server, hosts, arguments, secrets, &[], browse)
}

/// The same with more in the environment.
fn connect_with(
    server: &Installation,
    hosts: &str,
    arguments: &[&str],
    secrets: &Value,
    env: &[(&str, &str)],
    browse: impl Fn(&str),
) -> Connected {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sangam"))
        .args(["connect", "confluence", "--secrets-stdin", "--json"])
        .args(arguments)
        .env_clear()
        .env("SANGAM_ENDPOINT", &server.endpoint)
        .env("SANGAM_ACCESS_KEY_ID", KEY_ID)
        .env("SANGAM_SECRET_ACCESS_KEY", KEY_SECRET)
        .env("SANGAM_CONFLUENCE__AUTH_URL", hosts)
        .env("SANGAM_CONFLUENCE__API_URL", hosts)
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(secrets.to_string().as_bytes()).unwrap();
    let mut stderr = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("http") {
            browse(&line);
        }
        stderr.push_str(&line);
        stderr.push('\n');
    }
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    Connected { code: child.wait().unwrap().code().unwrap(), stdout, stderr }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_a_site_is_connected_tested_and_crawled() {
    let sim = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index_id = server.create_index().await;
    let arguments = ["--hosting", "cloud", "--auth", "basic", "--username", CRAWLER, "--url", sim.base_url()];
    let more = ["--index", "test", "--name", "wiki", "--sync"];
    let arguments: Vec<&str> = arguments.into_iter().chain(more).collect();
    let secrets = json!({ "password": DEMO_CRAWLER_TOKEN });
    let ran = tokio::task::block_in_place(|| connect(&server, sim.base_url(), &arguments, &secrets, |_| {}));
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["test"]["connected"], true);
    assert!(told["test"]["probe"]["nSpaces"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["indexId"], index_id);
    let job = server.ended(&index_id, told["dataSourceId"].as_str().unwrap()).await;
    assert_eq!(job.status.map(DataSourceSyncJobStatus::as_str), Some("SUCCEEDED"), "{job:?}");

    let secrets = json!({ "password": "not-the-token" });
    let ran = tokio::task::block_in_place(|| connect(&server, sim.base_url(), &arguments[..8], &secrets, |_| {}));
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("CNF-5123") && !ran.stdout.contains("not-the-token"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("dataSourceId\": \""), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_fetched_through_the_browser_and_outlives_its_token() {
    let sim = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let hosts = sim.base_url();
    let settings =
        [("SANGAM_MODEL", "none"), ("SANGAM_CONFLUENCE__AUTH_URL", hosts), ("SANGAM_CONFLUENCE__API_URL", hosts)];
    let server = Installation::start(folder.path(), &settings);
    let index_id = server.create_index().await;
    let port = free_port();
    sim.oauth().register(OAuthApp {
        client_id: "app".into(),
        client_secret: "app-secret".into(),
        redirect_uris: vec![format!("http://127.0.0.1:{port}/callback")],
    });
    sim.oauth().sign_in(CRAWLER);
    let port = port.to_string();
    let arguments = [
        "--hosting",
        "cloud",
        "--auth",
        "oauth2",
        "--app-key",
        "app",
        "--port",
        &port,
        "--index",
        "test",
        "--name",
        "wiki",
    ];
    let secrets = json!({ "confluenceAppSecret": "app-secret" });
    let runtime = tokio::runtime::Handle::current();
    let ran = tokio::task::block_in_place(|| {
        connect(&server, hosts, &arguments, &secrets, |address| runtime.block_on(consent(address)))
    });
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("app-secret") && !ran.stderr.contains("app-secret"));
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let source = told["dataSourceId"].as_str().unwrap();
    for _ in 0..2 {
        sim.oauth().advance(std::time::Duration::from_hours(2));
        let before = sim.oauth().n_refreshes();
        server.start_job(&index_id, source).await;
        let job = server.ended(&index_id, source).await;
        assert_eq!(job.status.map(DataSourceSyncJobStatus::as_str), Some("SUCCEEDED"), "{job:?}");
        assert_eq!((sim.oauth().n_refreshes(), sim.oauth().n_refused()), (before + 1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_centers_grant_comes_with_a_proof_of_the_code_through_the_browser_that_is_opened() {
    // The last version whose remote interface tells permissions of spaces to a grant.
    let sim = confluence_sim::serve(data_center::site_of(DcVersion::V8_5), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index_id = server.create_index().await;
    let port = free_port();
    sim.oauth().register(OAuthApp {
        client_id: "app".into(),
        client_secret: "app-secret".into(),
        redirect_uris: vec![format!("http://127.0.0.1:{port}/callback")],
    });
    sim.oauth().sign_in(data_center::CRAWLER.0);
    let browser = Browser::new(folder.path());
    let port = port.to_string();
    let mut arguments = vec!["--hosting", "data-center", "--auth", "oauth2", "--url", sim.base_url()];
    arguments.extend(["--app-key", "app", "--port", &port, "--index", "test", "--name", "wiki"]);
    let secrets = json!({ "confluenceAppSecret": "app-secret" });
    let runtime = tokio::runtime::Handle::current();
    let printed = Mutex::new(Vec::new());
    let ran = tokio::task::block_in_place(|| {
        connect_with(&server, sim.base_url(), &arguments, &secrets, &browser.env(), |address| {
            printed.lock().unwrap().push(address.to_owned());
            runtime.block_on(consent(address));
        })
    });
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("app-secret") && !ran.stderr.contains("app-secret"));
    let printed = printed.lock().unwrap().clone();
    assert_eq!(printed.len(), 1, "{}", ran.stderr);
    assert!(printed[0].starts_with(&format!("{}/rest/oauth2/latest/authorize?", sim.base_url())), "{printed:?}");
    assert!(printed[0].contains("code_challenge_method=S256"), "{printed:?}");
    assert_eq!(
        browser.opened().await,
        format!("{} {}", printed[0], "no key"),
        "the same address, and none of our keys"
    );

    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let source = told["dataSourceId"].as_str().unwrap();
    let (page, text) = data_center::ADAS_PAGE;
    let page = format!("confluence/{source}/page/{page}");
    for _ in 0..2 {
        sim.oauth().advance(std::time::Duration::from_hours(3));
        let before = sim.oauth().n_refreshes();
        server.start_job(&index_id, source).await;
        let job = server.ended(&index_id, source).await;
        assert_eq!(job.status.map(DataSourceSyncJobStatus::as_str), Some("SUCCEEDED"), "{job:?}");
        assert_eq!((sim.oauth().n_refreshes(), sim.oauth().n_refused()), (before + 1, 0));
        assert!(server.found(&index_id, Some("ada"), text).await.contains(&page));
        assert!(!server.found(&index_id, Some("ben"), text).await.contains(&page));
    }
    sim.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_index_nothing_is_made_and_a_script_is_told_which_there_are() {
    let sim = confluence_sim::serve(data_center::site(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let arguments = ["--hosting", "data-center", "--auth", "personal-token", "--url", sim.base_url()];
    let secrets = json!({ "patToken": data_center::CRAWLER.1 });
    let run = || tokio::task::block_in_place(|| connect(&server, sim.base_url(), &arguments, &secrets, |_| {}));
    let ran = run();
    assert!(ran.code == 0 && ran.stderr.contains("there is no index"), "{}{}", ran.stdout, ran.stderr);
    provision::create_index(&server.client, "docs").await.unwrap();
    provision::create_index(&server.client, "wiki").await.unwrap();
    let ran = run();
    assert!(ran.code == 0 && ran.stderr.contains("`docs`") && ran.stderr.contains("`wiki`"), "{}", ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&told["dataSourceId"], &told["test"]["connected"]), (&Value::Null, &json!(true)));
    sim.shutdown().await;
}

/// A browser that only notes what it was given.
struct Browser {
    program: PathBuf,
    note: PathBuf,
}

impl Browser {
    fn new(folder: &Path) -> Self {
        let (program, note) = (folder.join("browser"), folder.join("opened"));
        let text = format!(
            "#!/bin/sh\nprintf '%s %s' \"$1\" \"${{SANGAM_SECRET_ACCESS_KEY-no key}}\" > '{0}.part'\nmv '{0}.part' '{0}'\n",
            note.display()
        );
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self { program, note }
    }

    fn env(&self) -> Vec<(&str, &str)> {
        let path = concat!("/usr/bin", ":", "/bin");
        vec![("BROWSER", self.program.to_str().unwrap()), ("PATH", path)]
    }

    /// What it noted, once it has.
    async fn opened(&self) -> String {
        let waiting = async {
            loop {
                if let Ok(text) = std::fs::read_to_string(&self.note) {
                    return text;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the browser is started")
    }
}

/// Consents as a browser does: the page, its form, and the way back.
async fn consent(address: &str) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = http.get(address).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mut sent = http.post(address);
    for (name, value) in form {
        sent = sent.header(name, value);
    }
    let back = sent.body("decision=allow").send().await.unwrap();
    assert!(back.status().is_success(), "{}", back.status());
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
