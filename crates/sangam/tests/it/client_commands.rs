//! The commands that speak to a server, against one.

use std::fs::{self, File};
use std::process::Stdio;

use confluence_sim::{DEMO_CRAWLER_TOKEN, Site};
use sangam_api::kendra::{CreateDataSourceResponse, CreateIndexResponse, DescribeIndexResponse, IndexStatus};
use sangam_api::{KendraOperation, KendraRequest};
use serde_json::{Value, json};

use crate::installation::{KEY_ID, KEY_SECRET};
use crate::served::Served;

const PERSON: &str = "jonas.weber@fernhill.example";
const INSIDER: &str = "amara.okoye@fernhill.example";
const RESTRICTED: &str = "Project Juniper: severance package";
const CRAWLER: &str = "search-crawler@fernhill.example";

#[test]
fn secrets_go_in_and_never_come_out() {
    let served = Served::start();
    let file = served.binary.folder().join("value.json");
    fs::write(&file, "{\"username\":\"crawler\",\"password\":\"hunter2\"}\n").unwrap();
    let made = served.run_with(&["secrets", "create", "wiki/crawler"], Stdio::from(File::open(&file).unwrap()));
    assert!(made.code == 0 && made.stdout.starts_with("arn:aws:secretsmanager:"), "{}", made.shown());
    let arn = made.stdout.trim().to_owned();
    let keys = served.run(&["secrets", "show-keys", "wiki/crawler"]);
    assert_eq!((keys.code, keys.stdout.as_str()), (0, "username\npassword\n"), "{}", keys.shown());

    fs::write(&file, "{\"patToken\":\"hunter2\"}").unwrap();
    let put = served.run(&["secrets", "put", &arn, "--file", "value.json"]);
    assert_eq!(put.code, 0, "{}", put.shown());
    let keys = served.run(&["secrets", "show-keys", &arn, "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&keys.stdout).unwrap(), json!(["patToken"]));
    let listed = served.run(&["secrets", "list"]);
    assert!(listed.stdout.contains(&arn), "{}", listed.shown());
    for ran in [made, put, keys, listed] {
        assert!(!ran.shown().contains("hunter2"), "{}", ran.shown());
    }

    assert_eq!(served.run(&["secrets", "delete", &arn, "--force"]).code, 0);
    let gone = served.run(&["secrets", "show-keys", &arn]);
    assert!(gone.code == 1 && gone.stderr.contains("ResourceNotFoundException"), "{}", gone.shown());
}

#[test]
fn a_wrong_key_is_told_from_a_wrong_secret() {
    let served = Served::start();
    let run = |id: &str, secret: &str| served.run_as(&["secrets", "list"], id, secret);
    let ran = run("AKIASOMEBODYELSE", KEY_SECRET);
    assert!(ran.code == 1 && ran.stderr.contains("hint: the server has no such access key"), "{}", ran.shown());
    let ran = run(KEY_ID, "hunter2");
    assert!(ran.code == 1 && ran.stderr.contains("hint: check `SANGAM_SECRET_ACCESS_KEY`"), "{}", ran.shown());
    assert_eq!(run(KEY_ID, KEY_SECRET).code, 0);
}

#[test]
fn a_custom_data_source_is_not_waited_for() {
    let served = Served::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = &served.installation.client;
    runtime.block_on(async {
        let role = "arn:aws:iam::000000000000:role/anything";
        let made = request(KendraOperation::CreateIndex, &json!({ "Name": "docs", "RoleArn": role }));
        let index = client.kendra::<CreateIndexResponse>(&made).await.unwrap().id.unwrap();
        let look = request(KendraOperation::DescribeIndex, &json!({ "Id": index }));
        while client.kendra::<DescribeIndexResponse>(&look).await.unwrap().status != Some(IndexStatus::Active) {
            tokio::task::yield_now().await;
        }
        let made = json!({ "IndexId": index, "Name": "mine", "Type": "CUSTOM" });
        client.kendra::<CreateDataSourceResponse>(&request(KendraOperation::CreateDataSource, &made)).await.unwrap();
    });
    let ran = served.run(&["sync", "--index", "docs", "--data-source", "mine"]);
    assert!(ran.code == 1 && ran.stderr.contains("data source `mine` is CUSTOM"), "{}", ran.shown());
    let ran = served.run(&["sync", "--index", "docs", "--data-source", "mine", "--no-wait"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

fn request(operation: KendraOperation, input: &Value) -> KendraRequest {
    KendraRequest::parse(operation, input.to_string().as_bytes()).unwrap()
}

#[test]
fn a_folder_has_one_server_and_is_left_in_order() {
    let mut served = Served::start();
    let second = served.binary.run(&["serve"], &[("SANGAM_LISTEN", "127.0.0.1:0")]);
    assert_eq!(second.code, 1, "{}", second.shown());
    let holder = format!("is in use by another server (process {})", served.installation.process());
    assert!(second.stderr.contains(&holder) && second.stderr.contains("\nhint: "), "{}", second.shown());
    assert_eq!(served.installation.terminate().code(), Some(0));
}

#[test]
fn a_key_made_beside_the_server_works_with_its_policy() {
    let served = Served::start();
    let made = served.binary.run(&["keys", "create", "--policy", "query", "--json"], &[]);
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let (id, secret) = (made["AccessKeyId"].as_str().unwrap(), made["SecretAccessKey"].as_str().unwrap());
    let ran = served.run_as(&["search", "x", "--index", "docs"], id, secret);
    assert!(ran.stderr.contains("index `docs` not found"), "{}", ran.shown());
    let ran = served.run_as(&["secrets", "list"], id, secret);
    assert!(ran.code == 1 && ran.stderr.contains("AccessDeniedException"), "{}", ran.shown());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_is_followed_and_two_people_get_different_answers() {
    let site = confluence_sim::serve(Site::demo(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let served = Served::start();
    let index_id = served.installation.create_index().await;
    served.installation.create_data_source(&index_id, site.base_url(), CRAWLER, DEMO_CRAWLER_TOKEN).await;

    let synced = served.run(&["sync", "--index", "test", "--data-source", "SITE"]);
    assert_eq!(synced.code, 0, "{}", synced.shown());
    assert!(synced.stdout.starts_with("SUCCEEDED in ") && synced.stdout.contains(" 0 failed"), "{}", synced.shown());
    let again = served.run(&["sync", "--index", "test", "--data-source", "site", "--json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&again["Status"], &again["Metrics"]["DocumentsAdded"]), (&json!("SUCCEEDED"), &json!("0")));

    let search = |who: &str| served.run(&["search", "severance in Odense", "--index", "test", "--as", who]);
    let (insider, person) = (search(INSIDER), search(PERSON));
    assert!(insider.code == 0 && insider.stdout.contains(RESTRICTED), "{}", insider.shown());
    assert!(person.code == 0 && !person.stdout.contains(RESTRICTED), "{}", person.shown());
    let nothing = served.run(&["search", "xyzzyplugh", "--index", "test", "--group", "engineering"]);
    assert!(nothing.code == 1 && nothing.stderr.contains("nothing found"), "{}", nothing.shown());
    let passages = served.run(&["search", "severance in Odense", "--index", "test", "--as", INSIDER, "--retrieve"]);
    assert!(passages.stdout.contains(RESTRICTED), "{}", passages.shown());

    explained(&served);
    refused_by_the_site(&served);
}

/// Asks why, as both.
fn explained(served: &Served) {
    let found = served.run(&["search", RESTRICTED, "--index", "test", "--as", INSIDER, "--json"]);
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    let items = found["ResultItems"].as_array().unwrap();
    let item = items.iter().find(|item| item["DocumentTitle"]["Text"] == RESTRICTED).unwrap();
    let id = item["DocumentId"].as_str().unwrap();
    let explain = |who: &str| served.run(&["explain", "--index", "test", "--document", id, "--as", who]);
    let (insider, person) = (explain(INSIDER), explain(PERSON));
    assert!(insider.code == 0 && insider.stdout.starts_with("Yes: "), "{}", insider.shown());
    assert!(
        person.code == 1 && person.stdout.contains("stops   the restriction of “Restructuring”"),
        "{}",
        person.shown()
    );
    let unknown = served.run(&["explain", "--index", "test", "--document", "nope", "--as", PERSON]);
    assert!(unknown.code == 1 && unknown.stdout.contains("the index has no document `nope`"), "{}", unknown.shown());
}

/// A sync that fails says so, with what to do.
fn refused_by_the_site(served: &Served) {
    let value = served.binary.folder().join("wrong.json");
    fs::write(&value, json!({ "username": CRAWLER, "password": "no" }).to_string()).unwrap();
    assert_eq!(served.run(&["secrets", "put", "site", "--file", "wrong.json"]).code, 0);
    let failed = served.run(&["sync", "--index", "test", "--data-source", "site"]);
    assert_eq!(failed.code, 1, "{}", failed.shown());
    assert!(failed.stdout.starts_with("FAILED"), "{}", failed.shown());
    assert!(failed.stderr.contains("error: the job ended as FAILED: "), "{}", failed.shown());
    assert!(failed.stderr.contains("\nhint: "), "{}", failed.shown());
}
