//! Bodies in the form of the editor, and pages that have no other.

use confluence_sim::{ContentId, Site};
use serde_json::{Value, json};

use crate::client::{get, served};

const PAGE: ContentId = ContentId(65802);

/// The document within the string of an answer.
fn document(body: &Value) -> Value {
    let body = &body["atlas_doc_format"];
    assert_eq!(body["representation"], "atlas_doc_format");
    serde_json::from_str(body["value"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn the_editors_document_is_a_string_of_json() {
    let sim = served(Site::acme()).await;
    let body = "<h2>Steps</h2><ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a && b]]>\
                </ac:plain-text-body></ac:structured-macro>";
    sim.site().write().edit(PAGE, body, "ada").unwrap();
    let expected = json!({"type": "doc", "version": 1, "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps"}]},
        {"type": "codeBlock", "attrs": {}, "content": [{"type": "text", "text": "a && b"}]},
    ]});
    let one = get(&sim, "/wiki/api/v2/pages/65802?body-format=atlas_doc_format").await.json();
    assert_eq!(document(&one["body"]), expected);
    let listed = get(&sim, "/wiki/api/v2/pages?id=65802&body-format=atlas_doc_format").await.json();
    assert_eq!(document(&listed["results"][0]["body"]), expected);
    let path = "/wiki/rest/api/content/search?cql=id%3D65802&expand=body.atlas_doc_format";
    assert_eq!(document(&get(&sim, path).await.json()["results"][0]["body"]), expected);
}

#[tokio::test]
async fn all_words_of_our_seeds_are_in_their_documents() {
    for site in [Site::acme(), Site::demo()] {
        let bodies: Vec<(ContentId, String)> = site
            .contents()
            .filter(|it| !it.storage().is_empty())
            .map(|it| (it.id, it.storage().into_owned()))
            .collect();
        let credentials = site.credentials()[0].clone();
        let sim = served(site).await;
        for (id, storage) in bodies {
            let who = Some((credentials.email.as_str(), credentials.token.as_str()));
            let path = format!("/wiki/api/v2/pages/{id}?body-format=atlas_doc_format");
            let answer = crate::client::call_as(&sim, who, &path, None).await;
            if answer.status != 200 || answer.json()["body"] == json!({}) {
                continue;
            }
            let text = document(&answer.json()["body"]).to_string();
            // Parameters are told in their own way, and entities not at all.
            let plain: Vec<&str> =
                storage.split('<').filter_map(|part| part.split_once('>')).map(|(_, it)| it).collect();
            for word in plain.join(" ").split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 5) {
                assert!(text.contains(word), "{id}: {word}\n{text}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_never_published_has_nothing_but_the_editors_document() {
    let sim = served(Site::acme()).await;
    sim.site().write().set_adf_only(PAGE, true).unwrap();
    for path in ["pages/65802?body-format=storage", "pages/65802?body-format=view", "pages/65802"] {
        assert_eq!(get(&sim, &format!("/wiki/api/v2/{path}")).await.json()["body"], json!({}), "{path}");
    }
    let one = get(&sim, "/wiki/api/v2/pages/65802?body-format=atlas_doc_format").await.json();
    assert!(!document(&one["body"])["content"].as_array().unwrap().is_empty());
    let found = get(&sim, "/wiki/rest/api/content/search?cql=id%3D65802&expand=body.storage").await.json();
    assert_eq!(found["results"][0]["body"].get("storage"), None);
    sim.site().write().set_adf_only(PAGE, false).unwrap();
    assert!(get(&sim, "/wiki/api/v2/pages/65802?body-format=storage").await.json()["body"]["storage"].is_object());
}
