//! The pages in a real browser: the walks of `tests/browser`, against the binary and a simulated Confluence of two teams.
//!
//! Without Node, Chromium and the modules that `tests/browser/setup` installs, it says so and is skipped; with `CI=true` it runs the setup.

use std::path::{Path, PathBuf};
use std::process::Command;

use confluence_sim::{DcVersion, Entity, OAuthApp, Reader, Site, Status, Subject};
use serde_json::{Value, json};

use crate::data_center;
use crate::installation::Installation;

const CRAWLER: &str = "crawler@teams.example";
const TOKEN: &str = "crawler-token";
/// What the OpenID provider of the walk, and the two Confluences, know the server by.
const CLIENT_ID: &str = "sangam";
const CLIENT_SECRET: &str = "a-client-secret-of-this-test-only-0123456789";
/// One for each time that an administrator signs in.
const LINKS: usize = 5;
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

/// Walks, in one browser; what went wrong is on the standard error.
async fn walk(walks: &[&str], world: &Path, shots: &Path) {
    let status = tokio::process::Command::new("node")
        .arg("run.mjs")
        .args(walks)
        .current_dir(folder())
        .env("SANGAM_WORLD", world)
        .kill_on_drop(true)
        .status()
        .await
        .unwrap();
    assert!(status.success(), "{walks:?} failed; pictures of the steps are in {}", shots.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_walked_with_clicks_and_typing() {
    if !is_set_up() {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let data_center = data_center::site_of(DcVersion::V8_5);
    let data_center = confluence_sim::serve(data_center, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let site = Site::from_json(&std::fs::read_to_string(folder().join("site.json")).unwrap()).unwrap();
    let site = confluence_sim::serve(site, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let [listen, provider] = free_ports();
    let endpoint = format!("http://127.0.0.1:{listen}");
    let issuer = format!("http://127.0.0.1:{provider}");
    for (sim, crawler) in [(&site, CRAWLER), (&data_center, data_center::CRAWLER.0)] {
        sim.oauth().register(OAuthApp {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            redirect_uris: vec![format!("{endpoint}/console/connect/callback")],
        });
        sim.oauth().sign_in(crawler);
    }
    let installation = Installation::start(
        data.path(),
        &[
            ("SANGAM_LISTEN", endpoint.trim_start_matches("http://")),
            ("SANGAM_PUBLIC_URL", &endpoint),
            ("SANGAM_CONFLUENCE__AUTH_URL", site.base_url()),
            ("SANGAM_CONFLUENCE__API_URL", site.base_url()),
            ("SANGAM_OIDC_ISSUER", &issuer),
            ("SANGAM_OIDC_CLIENT_ID", CLIENT_ID),
            ("SANGAM_OIDC_CLIENT_SECRET", CLIENT_SECRET),
            ("SANGAM_OIDC_ALLOWED_EMAIL_DOMAINS", "teams.example"),
            ("SANGAM_OIDC_ADMINISTRATORS_GROUP", "search-admins"),
        ],
    );
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    let links: Vec<String> = (0..LINKS).map(|_| link(&data.path().join("data"), &installation.endpoint)).collect();
    let world = json!({
        "endpoint": installation.endpoint,
        "links": links,
        "site": site.base_url(),
        "crawler": CRAWLER,
        "token": TOKEN,
        "analysts": ANALYSTS,
        "scanned": counts(&site.site().read(), None),
        "readable": ANALYSTS.map(|analyst| counts(&site.site().read(), Some(analyst))),
        "shots": shots,
        "app": { "id": CLIENT_ID, "secret": CLIENT_SECRET },
        "dataCenter": data_center.base_url(),
        "provider": { "port": provider, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET },
    });
    let file = data.path().join("world.json");
    std::fs::write(&file, world.to_string()).unwrap();
    walk(&["walk", "colleagues", "provider", "connect"], &file, &shots).await;
    open_space_two_to_team_one(&mut site.site().write());
    walk(&["changed"], &file, &shots).await;
    site.shutdown().await;
    data_center.shutdown().await;
}
