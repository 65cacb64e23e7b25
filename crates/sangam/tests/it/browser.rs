//! The pages in a real browser: the walks of `tests/browser`, against the binary and a simulated Confluence of two teams.
//!
//! A walk may wish for something that no browser can do, such as a stopped server: it prints a line that begins with [`WISH`], and goes on
//! when the answer comes on its standard input. `SANGAM_WALKS` names the walks to walk, if not all.
//!
//! Without Node, Chromium and the modules that `tests/browser/setup` installs, it says so and is skipped; with `CI=true` it runs the setup.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use confluence_sim::{
    DcVersion, Entity, GENERATED_CRAWLER, Handle, OAuthApp, Reader, Shape, Site, Status, Subject, serve,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::data_center;
use crate::installation::Installation;

const CRAWLER: &str = "crawler@teams.example";
const TOKEN: &str = "crawler-token";
/// What the OpenID provider of the walk, and the two Confluences, know the server by.
const CLIENT_ID: &str = "sangam";
const CLIENT_SECRET: &str = "a-client-secret-of-this-test-only-0123456789";
/// What a walk's wish begins with.
const WISH: &str = "wish: ";
/// Later ones need what earlier ones made: the index and the accounts.
const WALKS: [&str; 15] = [
    "walk",
    "keyboard",
    "colleagues",
    "finding",
    "provider",
    "connect",
    "ways",
    "files",
    "stop",
    "auditor",
    "editors",
    "lost",
    "stopped",
    "numbers",
    "changed",
];
/// How long each call to the large Confluence takes, so that a sync of it can be stopped while it runs.
const SLUGGISH_MS: u64 = 150;
const ANALYSTS: [&str; 2] = ["analyst1@teams.example", "analyst2@teams.example"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser")
}

/// Whether the walks can be walked here.
fn is_set_up() -> bool {
    let modules = ["axe-core", "oidc-provider", "playwright-core"];
    let has_modules = modules.iter().all(|module| folder().join("node_modules").join(module).is_dir());
    let has_browser = Path::new("/usr/bin/chromium").exists();
    if has_modules && has_browser {
        return true;
    }
    if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
        let status = Command::new("bash").arg(folder().join("setup")).status().unwrap();
        assert!(status.success(), "tests/browser/setup failed");
        return true;
    }
    eprintln!("skipped: the browser's tests need `tests/browser/setup` to be run once");
    false
}

/// A link that signs an administrator in, from the command.
fn link(data: &Path, endpoint: &str) -> String {
    let listen = endpoint.trim_start_matches("http://");
    let output = Command::new(env!("CARGO_BIN_EXE_sangam"))
        .args(["--json", "console"])
        .env_clear()
        .env("SANGAM_DATA_DIR", data)
        .env("SANGAM_LISTEN", listen)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["url"].as_str().unwrap().to_owned()
}

/// How many documents a sync of everything finds, and how many of them somebody may read, by the simulator's own rule.
fn counts(site: &Site, email: Option<&str>) -> usize {
    let account = email.map(|email| site.everyone().find(|user| user.email == email).unwrap().account_id.clone());
    let in_scope = |status: Status| matches!(status, Status::Current);
    let documents = site.documents().into_iter().filter(|document| in_scope(document.status));
    let is_read = |document: &confluence_sim::Document| match &account {
        None => true,
        Some(account) => site.can_read_document(Reader::User(account), document),
    };
    documents.filter(|document| document.entity != Entity::Folder && is_read(document)).count()
}

/// Two ports that were free a moment ago: the provider and the server must know each other's before either listens.
fn free_ports() -> [u16; 2] {
    let taken = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    taken.map(|listener| listener.local_addr().unwrap().port())
}

/// What an administrator of Confluence does between two walks.
fn open_space_two_to_team_one(site: &mut Site) {
    let team = site.groups().find(|group| group.name == "team-one").unwrap().id.clone();
    site.grant("TWO", Subject::Group(team), "read", "space").unwrap();
}

/// All that the walks meet.
struct World {
    data: tempfile::TempDir,
    installation: Installation,
    settings: Vec<(&'static str, String)>,
    provider: u16,
    /// Two teams in the cloud.
    site: Handle,
    data_center: Handle,
    /// Many pages, answered slowly.
    large: Handle,
    shots: PathBuf,
}

impl World {
    async fn start() -> Self {
        let [listen, provider] = free_ports();
        let endpoint = format!("http://127.0.0.1:{listen}");
        let site = served(two_teams()).await;
        let data_center = served(data_center::site_of(DcVersion::V8_5)).await;
        for (sim, crawler) in [(&site, CRAWLER), (&data_center, data_center::CRAWLER.0)] {
            sim.oauth().register(OAuthApp {
                client_id: CLIENT_ID.into(),
                client_secret: CLIENT_SECRET.into(),
                redirect_uris: vec![format!("{endpoint}/console/connect/callback")],
            });
            sim.oauth().sign_in(crawler);
        }
        let large = served(Site::generated(&Shape { n_pages: 600, n_users: 20, ..Shape::default() })).await;
        large.set_latency_ms(SLUGGISH_MS);
        let settings = vec![
            ("SANGAM_LISTEN", format!("127.0.0.1:{listen}")),
            ("SANGAM_PUBLIC_URL", endpoint),
            ("SANGAM_CONFLUENCE__AUTH_URL", site.base_url().to_owned()),
            ("SANGAM_CONFLUENCE__API_URL", site.base_url().to_owned()),
            ("SANGAM_OIDC_ISSUER", format!("http://127.0.0.1:{provider}")),
            ("SANGAM_OIDC_CLIENT_ID", CLIENT_ID.to_owned()),
            ("SANGAM_OIDC_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("SANGAM_OIDC_ALLOWED_EMAIL_DOMAINS", "teams.example".to_owned()),
            ("SANGAM_OIDC_ADMINISTRATORS_GROUP", "search-admins".to_owned()),
        ];
        let data = tempfile::tempdir().unwrap();
        let installation = start_server(data.path(), &settings);
        let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        // Pictures of an earlier run would be taken for ones of this.
        std::fs::remove_dir_all(&shots).ok();
        Self { data, installation, settings, provider, site, data_center, large, shots }
    }

    /// What the walks are told.
    fn told(&self) -> Value {
        let site = self.site.site().read();
        json!({
            "endpoint": self.installation.endpoint,
            "site": self.site.base_url(),
            "crawler": CRAWLER,
            "token": TOKEN,
            "analysts": ANALYSTS,
            "scanned": counts(&site, None),
            "readable": ANALYSTS.map(|analyst| counts(&site, Some(analyst))),
            "shots": self.shots,
            "app": { "id": CLIENT_ID, "secret": CLIENT_SECRET },
            "dataCenter": { "url": self.data_center.base_url(), "token": data_center::CRAWLER.1 },
            "large": { "url": self.large.base_url(), "crawler": GENERATED_CRAWLER.0, "token": GENERATED_CRAWLER.1 },
            "provider": { "port": self.provider, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET },
        })
    }

    /// Walks, in one browser; what went wrong is on the standard error.
    async fn walk(&mut self, walks: &[&str]) {
        let file = self.data.path().join("world.json");
        std::fs::write(&file, self.told().to_string()).unwrap();
        let mut browser = tokio::process::Command::new("node")
            .arg("run.mjs")
            .args(walks)
            .current_dir(folder())
            .env("SANGAM_WORLD", file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut answers = browser.stdin.take().unwrap();
        let mut lines = BufReader::new(browser.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            match line.strip_prefix(WISH) {
                Some(wish) => {
                    let answer = self.grant(wish);
                    answers.write_all(format!("{answer}\n").as_bytes()).await.unwrap();
                }
                None => eprintln!("{line}"),
            }
        }
        let status = browser.wait().await.unwrap();
        assert!(status.success(), "{walks:?} failed; pictures of the steps are in {}", self.shots.display());
    }

    /// Does what no browser can.
    fn grant(&mut self, wish: &str) -> String {
        match wish {
            "a one-time link" => return link(&self.data.path().join("data"), &self.installation.endpoint),
            "the server is stopped" => self.installation.kill(),
            "the server is started" => self.installation = start_server(self.data.path(), &self.settings),
            "team one may read space two" => open_space_two_to_team_one(&mut self.site.site().write()),
            _ => panic!("nobody grants the wish `{wish}`"),
        }
        "done".to_owned()
    }
}

/// The site of `site.json`, with a title of 10,000 characters.
fn two_teams() -> Site {
    let text = std::fs::read_to_string(folder().join("site.json")).unwrap();
    Site::from_json(&text.replace("{endless}", &"Endless title ".repeat(10_000 / 14))).unwrap()
}

async fn served(site: Site) -> Handle {
    serve(site, ([127, 0, 0, 1], 0).into()).await.unwrap()
}

fn start_server(folder: &Path, settings: &[(&'static str, String)]) -> Installation {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Installation::start(folder, &settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_walked_with_clicks_and_typing() {
    if !is_set_up() {
        return;
    }
    let chosen = std::env::var("SANGAM_WALKS").unwrap_or_else(|_| WALKS.join(" "));
    let mut world = World::start().await;
    world.walk(&chosen.split_whitespace().collect::<Vec<_>>()).await;
}
