//! The search page: as whom it asks, and what it makes of answers.

use sangam_api::kendra::NOBODY;
use sangam_identity::Role;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::world::World;

/// What an address could try to be somebody else with.
const HOSTILE: &str = "q=x&UserContext=boss&UserContext.UserId=boss&userId=boss&user=boss&reader=boss&groups=admins&index=other\
                       &f._user_id=boss&f._group_ids=admins&f.UserContext=boss";

fn answer(items: &[Value]) -> Value {
    json!({ "QueryId": "q", "TotalNumberOfResults": items.len(), "ResultItems": items, "FacetResults": [] })
}

fn item(title: &str, uri: &str) -> Value {
    json!({
        "Id": "q-1", "Type": "DOCUMENT", "DocumentId": "d", "DocumentURI": uri,
        "DocumentTitle": { "Text": title, "Highlights": [] },
        "DocumentExcerpt": { "Text": "für 🦀 Krabben", "Highlights": [{ "BeginOffset": 6, "EndOffset": 13 }] },
        "DocumentAttributes": [
            { "Key": "cf_space_name", "Value": { "StringValue": title } },
            { "Key": "_authors", "Value": { "StringListValue": [title] } },
        ],
    })
}

fn answers(world: &World, items: &[Value]) {
    *world.index.answer.lock() = serde_json::from_value(answer(items)).unwrap();
}

#[tokio::test]
async fn the_signed_in_person_asks_and_no_address_or_form_changes_that() {
    let world = World::new().await;
    let ada = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let ben = world.signed_in("ben", Role::Searcher, Some("ben@example.com")).await;
    for (browser, id) in [(&ada, "ada@example.com"), (&ben, "ben@example.com")] {
        assert_eq!(browser.get(&format!("/search?{HOSTILE}")).await.status, 200);
        assert_eq!(world.index.asker(), (Some(id.to_owned()), None));
        let asked = format!("{:?}", world.index.last());
        assert!(!asked.contains("boss") && !asked.contains("admins"), "{asked}");
    }
    let n_asked = world.index.asked.lock().len();
    let posted = ada.post("/search", &[("q", "x"), ("UserId", "boss")]).await;
    assert_eq!(posted.status, 405);
    assert_eq!(world.index.asked.lock().len(), n_asked, "the page is asked by its address only");
}

#[tokio::test]
async fn who_is_not_known_to_the_sources_asks_as_nobody_and_is_told() {
    let world = World::new().await;
    let browser = world.signed_in("stranger", Role::Searcher, None).await;
    let page = browser.get(&format!("/search?{HOSTILE}")).await;
    assert_eq!(world.index.asker(), (Some(NOBODY.to_owned()), None));
    assert!(page.html.contains("Only public documents are shown: your account"), "{}", page.html);
}

#[tokio::test]
async fn every_role_searches_as_itself() {
    let world = World::new().await;
    for (name, role) in [("admin", Role::Administrator), ("auditor", Role::Auditor)] {
        let id = format!("{name}@example.com");
        let browser = world.signed_in(name, role, Some(&id)).await;
        let page = browser.get("/search?q=x").await;
        assert_eq!(page.status, 200, "{}", page.html);
        assert_eq!(world.index.asker(), (Some(id), None));
        assert!(page.html.contains(r#"href="/console""#));
    }
    let searcher = world.signed_in("searcher", Role::Searcher, None).await;
    assert!(!searcher.get("/search").await.html.contains(r#"href="/console""#));
    assert_eq!(searcher.get("/console/indices").await.location(), "/search");
}

#[tokio::test]
async fn texts_of_strangers_stay_texts() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let script = "<script>alert(1)</script>\" onmouseover=\"x' {{ 7*7 }} \u{202e}gpj.exe";
    answers(
        &world,
        &[
            item(script, "javascript:alert(1)"),
            item(&"a".repeat(10_000), "https://wiki.example/x?a=\"><script>"),
            item("", "https://wiki.example/plain"),
        ],
    );
    let page = browser.get("/search?q=%22%3E%3Cscript%3Ealert(2)%3C/script%3E").await;
    assert_eq!(page.html.matches("<script").count(), 1, "our own: {}", page.html);
    assert!(!page.html.contains(r#"href="javascript:"#) && !page.html.contains("\" onmouseover"), "{}", page.html);
    assert!(page.html.len() < 20_000, "{}", page.html.len());
    assert!(!page.html.contains('\u{202e}'), "{}", page.html);
    assert!(page.html.contains("für 🦀 <mark>Krabben</mark>"), "{}", page.html);
    let link = r#"<a data-hit href="https://wiki.example/plain" target="_blank" rel="noopener noreferrer">"#;
    assert!(page.html.contains(link) && page.html.contains("Untitled"), "{}", page.html);
    assert!(page.html.contains("<bdi>&lt;script&gt;") || page.html.contains("<bdi>&#60;script"), "{}", page.html);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn filters_sorting_and_pages_are_links() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let mut found = answer(&[item("One", "https://wiki.example/1")]);
    found["TotalNumberOfResults"] = 25.into();
    let value = |text: &str, n: i64| json!({ "DocumentAttributeValue": { "StringValue": text }, "Count": n });
    found["FacetResults"] = json!([{
        "DocumentAttributeKey": "_category",
        "DocumentAttributeValueCountPairs": [value("page", 20), value("blog", 5)],
    }]);
    *world.index.answer.lock() = serde_json::from_value(found).unwrap();
    let page = browser.get("/search?q=x").await;
    let button = r#"name="f._category" value="page""#;
    for expected in [button, "q=x&#38;sort=newest", "q=x&#38;page=2", "25 documents, page 1 of 3"] {
        assert!(page.html.contains(expected), "{expected}: {}", page.html);
    }
    browser.get("/search?q=x&f._category=page&sort=newest&page=2").await;
    let asked = world.index.asked.lock()[1].clone();
    assert_eq!((asked.page_number, asked.page_size), (Some(2), Some(10)));
    assert!(asked.attribute_filter.is_some() && asked.sorting_configuration.is_some());
    let page = browser.get("/search?q=x&f._category=page").await;
    assert!(page.html.contains(r#"class="chip" href="/search?q=x""#), "{}", page.html);
}

#[tokio::test]
async fn a_chosen_field_keeps_its_other_values_with_one_more_question() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let mut found = answer(&[item("One", "https://wiki.example/1")]);
    let value = |text: &str, n: i64| json!({ "DocumentAttributeValue": { "StringValue": text }, "Count": n });
    found["FacetResults"] = json!([{
        "DocumentAttributeKey": "_category", "DocumentAttributeValueCountPairs": [value("page", 20), value("blog", 5)],
    }]);
    *world.index.answer.lock() = serde_json::from_value(found).unwrap();
    let page = browser.get("/search?q=x&f._category=page&f._category=space").await;
    for expected in [r#"name="f._category" value="blog""#, "<bdi>page</bdi>", "f._category=space"] {
        assert!(page.html.contains(expected), "{expected}: {}", page.html);
    }
    let asked = world.index.asked.lock().clone();
    assert_eq!(asked.len(), 2);
    let filter = asked[0].attribute_filter.as_ref().unwrap().and_all_filters.as_ref().unwrap();
    assert_eq!(filter[0].or_all_filters.as_ref().unwrap().len(), 2, "either will do");
    assert_eq!((asked[1].page_size, &asked[1].attribute_filter), (Some(1), &None));
    assert!(
        asked.iter().all(|asked| asked.user_context.as_ref().unwrap().user_id.as_deref() == Some("ada@example.com"))
    );
}

#[tokio::test]
async fn pages_behind_the_last_one_lead_back() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let mut none = answer(&[]);
    none["TotalNumberOfResults"] = 150.into();
    *world.index.answer.lock() = serde_json::from_value(none).unwrap();
    let page = browser.get("/search?q=x&page=900").await;
    for expected in ["There is no page 900", "at page 15", r#"href="/search?q=x">Go to the first page"#] {
        assert!(page.html.contains(expected), "{expected}: {}", page.html);
    }
    assert!(!page.html.contains("Narrow down") && !page.html.contains("Previous"), "{}", page.html);
}

#[tokio::test]
async fn a_question_that_is_too_long_is_refused_in_plain_words_and_not_sent() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let page = browser.get(&format!("/search?q={}", "ä".repeat(1_001).replace('ä', "%C3%A4"))).await;
    assert!(page.html.contains("A question may have 1000 characters; this one has 1001."), "{}", page.html);
    assert!(world.index.asked.lock().is_empty());
    browser.get(&format!("/search?q={}", "%C3%A4".repeat(1_000))).await;
    assert_eq!(world.index.asked.lock().len(), 1);
    let filter = "a".repeat(3_000);
    let page = browser.get(&format!("/search?q=x&f._category={filter}")).await;
    assert!(!page.html.contains(&filter) && world.index.last().attribute_filter.is_none(), "{}", page.html);
}

#[tokio::test]
async fn results_of_several_sources_name_theirs() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let mut twice = item("Twice", "https://wiki.example/1");
    let source = json!({ "Key": "_data_source_id", "Value": { "StringValue": "s2" } });
    twice["DocumentAttributes"].as_array_mut().unwrap().push(source);
    answers(&world, &[twice]);
    let name = |world: &World, sources: Value| world.index.described.lock()["sources"] = sources;
    name(&world, json!([{ "id": "s2", "name": "Archive" }]));
    assert!(!browser.get("/search?q=x").await.html.contains("Archive"), "there is no other one");
    name(&world, json!([{ "id": "s1", "name": "Wiki" }, { "id": "s2", "name": "Archive" }]));
    let page = browser.get("/search?q=x").await;
    assert!(page.html.contains("from <bdi>Archive</bdi>"), "{}", page.html);
}

#[tokio::test]
async fn a_password_field_is_where_a_known_name_goes_on() {
    let world = World::new().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert!(
        page.html.contains(r#"spellcheck="false" autofocus"#) && !page.html.contains("Local account"),
        "{}",
        page.html
    );
    let again = browser.sign_in("ada", "not the password", "/search").await;
    assert!(
        again.html.contains(r#"value="ada""#) && again.html.contains(r#"current-password" autofocus"#),
        "{}",
        again.html
    );
    // A form that another page has sent has a name too.
    let kept = browser.post("/console/indices/new", &[("name", "An index")]).await;
    assert!(!kept.html.contains(r#"value="An index""#), "{}", kept.html);
}

#[tokio::test]
async fn too_many_attempts_are_told_in_one_sentence() {
    let world = World::new().await;
    let browser = world.browser();
    for _ in 0..10 {
        browser.sign_in("ada", "not the password", "/search").await;
    }
    let refused = browser.sign_in("ada", "not the password", "/search").await;
    assert_eq!(refused.status, 429);
    assert!(refused.html.contains("Too many attempts to sign in; try again in"), "{}", refused.html);
    assert_eq!(refused.html.matches("notice bad").count(), 2, "and the banner: {}", refused.html);
}

#[tokio::test]
async fn an_index_that_wants_tokens_is_not_asked() {
    let world = World::new().await;
    world.index.described.lock()["namedByToken"] = true.into();
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let page = browser.get("/search?q=x").await;
    assert!(page.html.contains("cannot be searched here yet"), "{}", page.html);
    assert!(world.index.asked.lock().is_empty());
}

#[tokio::test]
async fn nothing_found_helps_on() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, Some("ada@example.com")).await;
    let page = browser.get("/search?q=x&f._category=none").await;
    for expected in ["Nothing found", "Remove the filters", "ada@example.com"] {
        assert!(page.html.contains(expected), "{expected}: {}", page.html);
    }
    assert_eq!(browser.get("/search").await.status, 200);
    assert_eq!(world.index.asked.lock().len(), 2, "an empty page asks nothing");
    let nobody: &Browser = &world.browser();
    assert_eq!(nobody.get("/search?q=a%20b").await.location(), "/sign-in?to=%2Fsearch%3Fq%3Da%2520b");
}
