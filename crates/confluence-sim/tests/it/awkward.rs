//! A site that is late, forgetful and stingy, as far as it was told to be.

use std::time::Duration;

use confluence_sim::{ContentId, Fault, Operation, Points, SearchLag, Site, error_rates};
use serde_json::json;

use crate::client::{CRAWLER, Sim, call_as, encoded, get, get_with, ids, served, walk};

fn cql(text: &str) -> String {
    format!("/wiki/rest/api/content/search?limit=200&cql={}", encoded(text))
}

async fn found(sim: &Sim, text: &str) -> Vec<String> {
    ids(&walk(sim, Some(CRAWLER), &cql(text)).await.0)
}

#[tokio::test]
async fn searches_show_changes_late() {
    let sim = served(Site::acme()).await;
    sim.set_search_lag(SearchLag::Calls(2));
    sim.site().write().edit(ContentId(65802), "<p>new</p>", "ada").unwrap();
    let recent = "lastmodified >= now(\"-5m\")";
    assert!(found(&sim, recent).await.is_empty());
    assert_eq!(get(&sim, "/wiki/api/v2/pages/65802").await.json()["version"]["number"], 8, "reads are not late");
    assert_eq!(found(&sim, recent).await, ["65802"]);

    sim.set_search_lag(SearchLag::For(Duration::from_mins(1)));
    sim.site().write().trash(ContentId(65802)).unwrap();
    sim.advance(Duration::from_secs(50));
    sim.site().write().edit(ContentId(65700), "<p>newer</p>", "ada").unwrap();
    assert_eq!(found(&sim, recent).await, ["65802"]);
    sim.advance(Duration::from_secs(20));
    assert!(found(&sim, recent).await.is_empty(), "the first change shows, the second does not yet");
    sim.advance(Duration::from_mins(1));
    assert_eq!(found(&sim, recent).await, ["65700"]);
}

#[tokio::test]
async fn cursors_age() {
    let sim = served(Site::acme()).await;
    sim.set_cursor_lifetime(Some(Duration::from_mins(5)));
    for path in ["/wiki/api/v2/pages?limit=1".to_owned(), cql("type = page").replace("limit=200", "limit=1")] {
        let next = get(&sim, &path).await.json()["_links"]["next"].as_str().unwrap().to_owned();
        let next = if next.starts_with("/rest") { format!("/wiki{next}") } else { next };
        assert_eq!(get(&sim, &next).await.status, 200, "{next}");
        sim.advance(Duration::from_mins(6));
        assert_eq!(get(&sim, &next).await.status, 400, "{next}");
    }
}

#[tokio::test]
async fn a_budget_really_runs_out() {
    let sim = served(Site::acme()).await;
    let account = sim.site().read().find_user("crawler").unwrap().account_id.clone();
    let pair = sim.oauth().mint("app", &account, &["read:page:confluence", "read:confluence-groups"]);
    let bearer = format!("Bearer {}", pair.access_token);
    let gateway = "/ex/confluence/1f2e3d4c-5b6a-4789-8abc-def012345678/wiki";
    let points = Points { budget: 20, window: Duration::from_mins(30), api_tokens_pay: false, bare: false };
    sim.set_points(Some(points));
    let groups = get_with(&sim, &bearer, &format!("{gateway}/rest/api/group")).await;
    assert_eq!(groups.header("x-ratelimit-remaining"), "11", "four groups at 2 points, and the call");
    assert_eq!(groups.header("x-ratelimit-nearlimit"), "false");
    let pages = format!("{gateway}/api/v2/pages?limit=8&sort=id");
    let near = get_with(&sim, &bearer, &pages).await;
    assert_eq!((near.header("x-ratelimit-remaining"), near.header("x-ratelimit-nearlimit")), ("2", "true"));
    assert_eq!(near.header("beta-ratelimit-policy"), "\"global-app-quota\";q=20;w=3600");
    get_with(&sim, &bearer, &pages).await;
    let limited = get_with(&sim, &bearer, &pages).await;
    assert_eq!((limited.status, limited.header("x-ratelimit-remaining")), (429, "0"));
    assert_eq!(limited.header("ratelimit-reason"), "confluence-quota-global-based");
    let wait_s: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1_790..=1_800).contains(&wait_s), "{wait_s}");
    assert_eq!(get(&sim, "/wiki/api/v2/pages").await.status, 200, "API tokens do not pay");
    sim.advance(Duration::from_secs(wait_s));
    assert_eq!(get_with(&sim, &bearer, &pages).await.status, 200);

    sim.set_points(Some(Points { budget: 0, api_tokens_pay: true, bare: true, ..points }));
    let bare = get(&sim, "/wiki/api/v2/pages").await;
    assert_eq!((bare.status, bare.text.as_str(), bare.header("retry-after")), (429, "", ""));
}

#[tokio::test]
async fn endpoints_fail_at_a_rate() {
    let sim = served(Site::acme()).await;
    sim.set_faults(error_rates(&[("/wiki/api/v2/pages/{id}", 0.3, Fault::Status(503))]));
    let mut n_failed = 0;
    for _ in 0..100 {
        n_failed += u32::from(get(&sim, "/wiki/api/v2/pages/65802").await.status == 503);
    }
    assert!((15..=45).contains(&n_failed), "{n_failed}");
    assert_eq!(get(&sim, "/wiki/api/v2/spaces").await.status, 200);
    sim.set_faults(|_| Some(Fault::Slow(Duration::from_millis(30))));
    let before = std::time::Instant::now();
    assert_eq!(get(&sim, "/wiki/api/v2/spaces").await.status, 200);
    assert!(before.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn an_admin_key_opens_everything_for_a_while() {
    let mut site = Site::acme();
    site.add_member("confluence-admins-acme", "cho").unwrap();
    let sim = served(site).await;
    let cho = Some(("cho@acme.example", "cho-token"));
    let url = format!("{}/wiki/api/v2/pages/65830", sim.base_url());
    let with_key = async || {
        let request = reqwest::Client::new().get(&url).basic_auth("cho@acme.example", Some("cho-token"));
        request.header("Atl-Confluence-With-Admin-Key", "true").send().await.unwrap().status().as_u16()
    };
    assert_eq!(with_key().await, 404, "the header alone opens nothing");
    let given = call_as(&sim, cho, "/wiki/api/v2/admin-key", Some(json!({"durationInMinutes": 5}))).await;
    assert_eq!(given.status, 200);
    assert_eq!(with_key().await, 200);
    assert_eq!(call_as(&sim, cho, "/wiki/api/v2/pages/65830", None).await.status, 404, "nor does the key alone");
    sim.advance(Duration::from_mins(5));
    assert_eq!(with_key().await, 404);
    call_as(&sim, cho, "/wiki/api/v2/admin-key", Some(json!({}))).await;
    assert_eq!(with_key().await, 200);
    let key = format!("{}/wiki/api/v2/admin-key", sim.base_url());
    for _ in 0..2 {
        let deleted = reqwest::Client::new().delete(&key).basic_auth("cho@acme.example", Some("cho-token"));
        assert_eq!(deleted.send().await.unwrap().status(), 204);
    }
    assert_eq!(with_key().await, 404);
    let ada = Some(("ada@acme.example", "ada-token"));
    assert_eq!(call_as(&sim, ada, "/wiki/api/v2/admin-key", Some(json!({}))).await.status, 404);
}

#[tokio::test]
async fn the_audit_log_tells_names_to_administrators() {
    let sim = served(Site::acme()).await;
    let before = sim.site().read().now().as_millisecond();
    sim.site().write().restrict(ContentId(65802), Operation::Read, &["ada"], &[]).unwrap();
    sim.site().write().remove_member("engineering", "ben").unwrap();
    let path = format!("/wiki/rest/api/audit?startDate={before}&limit=1000");
    let log = get(&sim, &path).await.json();
    assert_eq!(log["results"][0]["summary"], "User removed from group");
    assert_eq!(log["results"][1]["affectedObject"], json!({"name": "Database failover", "objectType": "Page"}));
    assert_eq!(log["results"][1]["associatedObjects"], json!([{"name": "Engineering", "objectType": "Space"}]));
    assert!(!log.to_string().contains("65802"), "no ids");
    assert_eq!(call_as(&sim, Some(("ada@acme.example", "ada-token")), &path, None).await.status, 403);
    sim.site().write().settings.paid_plan = false;
    assert_eq!(get(&sim, &path).await.status, 403);
}

#[tokio::test]
async fn cql_knows_alternatives_and_words() {
    let sim = served(Site::acme()).await;
    for (query, expected) in [
        ("id in (65802, 65830) and type = page", vec!["65802", "65830"]),
        ("id = 65802 or id = 65830 and space = HR", vec!["65802"]),
        ("(id = 65802 or id = 65830) and not title = \"Database failover\"", vec!["65830"]),
        ("type = attachment and container = 65802 and title ~ \"topology\"", vec!["att66111"]),
        ("type = comment and container = 65802", vec!["66400", "66401", "66410"]),
        ("text ~ \"primary gone\"", vec!["65802"]),
        ("title !~ \"failover\" and id in (65802, 65830)", vec!["65830"]),
        ("id not in (65802) and ancestor = 65801 and type = page", vec!["65830"]),
    ] {
        assert_eq!(found(&sim, query).await, expected, "{query}");
    }
    for wrong in ["user = ada", "type = page or", "(type = page", "text = x", "type ~ page", "not", ""] {
        assert_eq!(get(&sim, &cql(wrong)).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn results_come_in_envelopes_with_marks() {
    let sim = served(Site::acme()).await;
    let path = format!("/wiki/rest/api/search?cql={}", encoded("text ~ \"failover\" and type = page"));
    let hit = get(&sim, &path).await.json();
    assert_eq!(hit["results"][0]["title"], "Database @@@hl@@@failover@@@endhl@@@");
    assert_eq!((&hit["totalSize"], &hit["results"][0]["content"]["title"]), (&json!(1), &json!("Database failover")));
    let plain = get(&sim, &format!("{path}&excerpt=none")).await.json();
    assert_eq!(plain["results"][0]["excerpt"], "");
    let people = walk(&sim, Some(CRAWLER), "/wiki/rest/api/search/user?cql=type=user&limit=2").await;
    assert_eq!((people.0.len(), people.1), (5, 3));
    assert_eq!(get(&sim, "/wiki/rest/api/search/user?cql=type=page").await.status, 400);
}
