//! The search page of a real server, asked as people with different rights.

use sangam_api::kendra::{
    BatchPutDocumentRequest, BatchPutDocumentResponse, CreateDataSourceRequest, CreateDataSourceResponse,
    CreateIndexRequest, CreateIndexResponse, Document, KendraRequest, Tag,
};
use serde_json::{Value, json};

use crate::installation::{Installation, PATIENCE};
use crate::person::Browser;

const PASSWORD: &str = "correct horse battery";
/// A title that would be a page of its own.
const HOSTILE: &str = "lantern <script>alert(1)</script> \u{202e}gpj";

/// Somebody in an access control list.
fn who(name: &str, access: &str) -> Value {
    json!({ "Name": name, "Type": "USER", "Access": access })
}

/// Documents that all have the word `lantern`, each with its own list.
fn documents() -> Vec<Document> {
    [
        ("public", HOSTILE, Value::Null),
        ("adas", "lantern of ada", json!([who("ada@example.com", "ALLOW")])),
        ("bens", "lantern of ben", json!([who("ben@example.com", "ALLOW")])),
        ("not-bens", "lantern of everybody but ben", json!([who("ben@example.com", "DENY")])),
    ]
    .map(|(id, title, list)| {
        let document = json!({
            "Id": id, "Title": title, "ContentType": "PLAIN_TEXT", "Blob": "bGFudGVybg==", "AccessControlList": list,
            "Attributes": [{ "Key": "_source_uri", "Value": { "StringValue": format!("https://wiki.example/{id}") } }],
        });
        serde_json::from_value(document).unwrap()
    })
    .to_vec()
}

/// An index whose requests without a reader are answered with everything, and its documents.
pub(crate) async fn index(installation: &Installation, name: &str) -> String {
    let request = CreateIndexRequest {
        name: name.into(),
        role_arn: "arn:aws:iam::000000000000:role/sangam".into(),
        tags: Some(vec![Tag { key: "sangam:no-user-context".into(), value: "everything".into() }]),
        client_token: Some(name.into()),
        ..CreateIndexRequest::default()
    };
    let request = KendraRequest::CreateIndex(Box::new(request));
    let created: CreateIndexResponse = installation.client.kendra(&request).await.unwrap();
    let id = created.id.unwrap();
    let put =
        BatchPutDocumentRequest { index_id: id.clone(), documents: documents(), ..BatchPutDocumentRequest::default() };
    let put = KendraRequest::BatchPutDocument(Box::new(put));
    let waiting = async {
        // The index becomes ready in the background.
        while installation.client.kendra::<BatchPutDocumentResponse>(&put).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        while installation.found(&id, None, "lantern").await.len() < documents().len() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("everything can be found");
    id
}

/// Puts an index on the page: one with a data source is there before anybody chose.
async fn add_source(installation: &Installation, index_id: &str) {
    let request = json!({ "Name": "custom", "IndexId": index_id, "Type": "CUSTOM" });
    let request: CreateDataSourceRequest = serde_json::from_value(request).unwrap();
    let request = KendraRequest::CreateDataSource(Box::new(request));
    let _: CreateDataSourceResponse = installation.client.kendra(&request).await.unwrap();
}

/// A browser in which somebody with a new account has signed in.
pub(crate) async fn signed_in(installation: &Installation, name: &str, role: &str, user_id: &str) -> Browser {
    let account = json!({ "name": name, "password": PASSWORD, "role": role, "userId": user_id });
    installation.client.v1("accounts", &account).await.unwrap();
    let browser = Browser::new(&installation.endpoint);
    assert_eq!(browser.sign_in(name, PASSWORD, "/search").await.location(), "/search");
    browser
}

/// Ids of the documents that the page links.
async fn found(browser: &Browser, path: &str) -> Vec<String> {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.html);
    assert_eq!(page.html.matches("<script").count(), 1, "our own: {}", page.html);
    let links = page.html.split(r#"<a data-hit href="https://wiki.example/"#).skip(1);
    let mut ids: Vec<String> = links.map(|link| link.split('"').next().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn everybody_finds_what_they_may_read_also_where_everything_is_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("SANGAM_MODEL", "none"), ("SANGAM_NO_USER_CONTEXT", "everything")];
    let installation = Installation::start(folder.path(), &settings);
    let handbook = index(&installation, "handbook").await;
    add_source(&installation, &handbook).await;
    let ada = signed_in(&installation, "ada", "searcher", "ada@example.com").await;
    let ben = signed_in(&installation, "ben", "administrator", "ben@example.com").await;
    let stranger = signed_in(&installation, "stranger", "auditor", "").await;
    for path in ["/search?q=lantern", "/search?q=lantern&UserId=ada@example.com&f._user_id=ada@example.com"] {
        assert_eq!(found(&ada, path).await, ["adas", "not-bens", "public"], "{path}");
        assert_eq!(found(&ben, path).await, ["bens", "public"], "{path}");
        assert_eq!(found(&stranger, path).await, ["public"], "{path}");
    }
    let page = stranger.get("/search?q=lantern").await.html;
    assert!(page.contains("Only public documents are shown") && page.contains("1 document<"), "{page}");
}

#[tokio::test]
async fn administrators_say_which_indices_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let installation = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let (first, second) = (index(&installation, "first").await, index(&installation, "second").await);
    let ada = signed_in(&installation, "ada", "searcher", "ada@example.com").await;
    let admin = signed_in(&installation, "admin", "administrator", "").await;
    let auditor = signed_in(&installation, "auditor", "auditor", "").await;
    let shown = async || {
        let page = ada.get("/search").await.html;
        (page.contains(&first), page.contains(&second))
    };
    assert_eq!(shown().await, (false, false), "what a program keeps for itself is not for everybody");
    for index in [&first, &second] {
        add_source(&installation, index).await;
    }
    assert_eq!(shown().await, (true, true), "all of them, to choose from");

    let page = auditor.get("/console/search-page").await;
    assert_eq!(page.status, 200, "{}", page.html);
    assert!(page.html.contains("every index with a data source") && !page.html.contains(">Save<"), "{}", page.html);
    let page = admin.get("/console/search-page").await;
    let seen = page.html.split(r#"name="_seen" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let post = async |browser: &Browser, csrf: &str, index: &str| {
        let fields = [("_csrf", csrf), ("_seen", seen.as_str()), ("index", index)];
        browser.post("/console/search-page", &fields).await
    };
    let csrf = auditor.get("/search").await.csrf();
    assert_eq!(post(&auditor, &csrf, &second).await.location(), "");
    assert_eq!(shown().await, (true, true), "an auditor changes nothing");
    assert_eq!(post(&admin, &page.csrf(), &second).await.location(), "/console/search-page?said=saved");
    let late = post(&admin, &page.csrf(), &first).await;
    assert!(late.status == 422 && late.html.contains("Somebody else has changed the search page"), "{}", late.html);
    assert_eq!(found(&ada, &format!("/search?q=lantern&index={first}")).await, ["adas", "not-bens", "public"]);
    let page = ada.get(&format!("/search?q=lantern&index={first}")).await.html;
    assert!(!page.contains(&first), "an index that is not shown is not searched: {page}");

    // What an auditor may not do, nor a searcher: learn more than names.
    let listed = installation.client.v1_get("search-indices").await.unwrap();
    assert_eq!(listed, json!({ "indices": [{ "id": second, "name": "second" }] }));
    let page = admin.get("/console/search-page").await;
    let shows = page.html.contains("Show author, type and date");
    assert!(shows, "a fresh index shows little: {}", page.html);
    let csrf = page.csrf();
    let done = admin.post(&format!("/console/search-page/{second}/fields"), &[("_csrf", &csrf)]).await;
    assert_eq!(done.location(), "/console/search-page?said=fields");
    let described = installation.client.v1_get(&format!("search-indices/{second}")).await.unwrap();
    let facets: Vec<&str> =
        described["facets"].as_array().unwrap().iter().map(|facet| facet["name"].as_str().unwrap()).collect();
    assert_eq!(facets, ["_authors", "_category", "_data_source_id", "_file_type"]);
}
