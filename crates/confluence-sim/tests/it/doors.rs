//! Who gets in, and what the others are told.

use confluence_sim::{AccountStatus, Site, WrongCredentials};
use serde_json::json;

use crate::client::{CRAWLER, call_as, get, ids, served, walk};

const SPACES: &str = "/wiki/api/v2/spaces?sort=id";

#[tokio::test]
async fn a_wrong_token_is_refused_like_the_recorded_one() {
    let sim = served(Site::acme()).await;
    for who in [("search-crawler@acme.example", "wrong"), ("nobody@acme.example", "crawler-token")] {
        let answer = call_as(&sim, Some(who), SPACES, None).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.text, "Client must be authenticated to access this resource.");
        assert_eq!(answer.header("www-authenticate"), "OAuth realm=\"https%3A%2F%2Facme.atlassian.net\"");
        assert_eq!(answer.header("x-seraph-loginreason"), "AUTHENTICATED_FAILED");
    }
    sim.site().write().set_user_status("crawler", AccountStatus::Inactive).unwrap();
    assert_eq!(get(&sim, SPACES).await.status, 401, "a deactivated account has no working token");
}

#[tokio::test]
async fn nobody_sees_nothing_until_the_site_is_open() {
    let sim = served(Site::acme()).await;
    assert_eq!(call_as(&sim, None, SPACES, None).await.status, 401);
    let v1 = call_as(&sim, None, "/wiki/rest/api/user/current", None).await;
    assert_eq!((v1.status, v1.json()["message"].as_str()), (403, Some("Current user not permitted to use Confluence")));
    assert_eq!(call_as(&sim, None, "/_edge/tenant_info", None).await.status, 200);

    sim.site().write().settings.anonymous_access = true;
    assert_eq!(ids(&walk(&sim, None, SPACES).await.0), ["131074"]);
    let me = call_as(&sim, None, "/wiki/rest/api/user/current", None).await.json();
    assert_eq!((&me["type"], me.get("accountId")), (&json!("anonymous"), None));
}

#[tokio::test]
async fn wrong_credentials_may_pass_as_anonymous() {
    let mut site = Site::acme();
    site.settings.anonymous_access = true;
    site.settings.wrong_credentials = WrongCredentials::Anonymous;
    let sim = served(site).await;
    let who = Some(("ada@acme.example", "expired"));
    assert_eq!(ids(&walk(&sim, who, SPACES).await.0), ["131074"]);
    assert_eq!(call_as(&sim, who, "/wiki/rest/api/user/current", None).await.json()["type"], "anonymous");
}

#[tokio::test]
async fn everybody_sees_their_own_site() {
    let sim = served(Site::acme()).await;
    for (who, spaces) in [
        (CRAWLER, vec!["65538", "98307", "131074", "163842", "196610"]),
        (("ada@acme.example", "ada-token"), vec!["65538", "131074", "196610"]),
        (("cho@acme.example", "cho-token"), vec!["65538", "98307", "131074", "163842", "196610"]),
        (("gia@partner.example", "gia-token"), vec!["131074"]),
    ] {
        assert_eq!(ids(&walk(&sim, Some(who), SPACES).await.0), spaces, "{who:?}");
    }
    let cho = Some(("cho@acme.example", "cho-token"));
    for path in [
        "/wiki/api/v2/pages/65802",
        "/wiki/api/v2/pages/65802/attachments",
        "/wiki/api/v2/pages/65802/footer-comments",
        "/wiki/api/v2/footer-comments/66400/children",
        "/wiki/api/v2/attachments/att66110",
        "/wiki/api/v2/folders/65820/direct-children",
        "/wiki/rest/api/content/65802/restriction/byOperation/read",
        "/wiki/rest/api/content/65802/child/attachment/att66110/download",
    ] {
        assert_eq!(call_as(&sim, cho, path, None).await.status, 404, "{path}");
        assert_ne!(get(&sim, path).await.status, 404, "{path}");
    }
    for listing in ["footer-comments", "inline-comments", "attachments"] {
        let path = format!("/wiki/api/v2/{listing}?limit=250");
        assert!(walk(&sim, cho, &path).await.0.is_empty(), "{listing}");
        assert!(!walk(&sim, Some(CRAWLER), &path).await.0.is_empty(), "{listing}");
    }
    let search = "/wiki/rest/api/content/search?cql=space%3DENG%20and%20type%20in%20(page,comment,attachment)";
    let titles: Vec<_> = walk(&sim, cho, search).await.0.iter().map(|it| it["title"].to_string()).collect();
    assert_eq!(titles, ["\"Engineering Home\"", "\"Standup notes\""]);
}

#[tokio::test]
async fn permission_check_is_for_administrators_and_oneself() {
    let sim = served(Site::acme()).await;
    let account = |who: &str| sim.site().read().find_user(who).unwrap().account_id.clone();
    let ask = |kind: &str, id: &str| json!({"subject": {"type": kind, "identifier": id}, "operation": "read"});
    let path = "/wiki/rest/api/content/65820/permission/check";
    let engineering = sim.site().read().find_group("engineering").unwrap().id.clone();
    for (kind, id, expected) in [
        ("user", account("ada"), true),
        ("user", account("ben"), true),
        ("user", account("cho"), false),
        ("user", "anonymous".to_owned(), false),
        ("user", "stranger".to_owned(), false),
        // The group passes the page above and has no row of its own in the space.
        ("group", engineering, false),
    ] {
        let answer = call_as(&sim, Some(CRAWLER), path, Some(ask(kind, &id))).await;
        assert_eq!(answer.json()["hasPermission"], expected, "{kind} {id}");
    }
    let ben = Some(("ben.ruiz@acme.example", "ben-token"));
    assert_eq!(call_as(&sim, ben, path, Some(ask("user", &account("ben")))).await.json()["hasPermission"], true);
    assert_eq!(call_as(&sim, ben, path, Some(ask("user", &account("ada")))).await.status, 403);
    sim.site().write().settings.checks_folders = false;
    assert_eq!(call_as(&sim, Some(CRAWLER), path, Some(ask("user", &account("ada")))).await.status, 404);
}

#[tokio::test]
async fn folders_hide_their_lists_and_the_dead_differ() {
    let mut site = Site::acme();
    let folder = site.find_titled("Incidents").unwrap().id;
    site.restrict(folder, confluence_sim::Operation::Read, &["ada"], &[]).unwrap();
    let page = site.find_titled("INC-42 post-mortem").unwrap().id;
    site.restrict(page, confluence_sim::Operation::Read, &["ben"], &["hr-private"]).unwrap();
    let sim = served(site).await;
    let read = |id| format!("/wiki/rest/api/content/{id}/restriction/byOperation/read");
    let hidden = get(&sim, &read(folder)).await.json();
    assert_eq!(hidden["restrictions"]["user"]["size"], 0);
    let hash = async || {
        get(&sim, &format!("/wiki/rest/api/content/{page}/restriction")).await.json()["restrictionsHash"].to_string()
    };
    let before = hash().await;
    sim.site().write().delete_user("ben").unwrap();
    sim.site().write().delete_group("hr-private").unwrap();
    let list = get(&sim, &read(page)).await.json();
    assert_eq!(list["restrictions"]["user"]["size"], 0, "deleted people are left out");
    assert_eq!(list["restrictions"]["group"]["results"][0]["name"], "hr-private", "deleted groups are not");
    assert_eq!(hash().await, before, "and the hash still tells that there is a list");
}

#[tokio::test]
async fn links_of_results_lead_to_a_page_for_those_who_may_see_it() {
    let sim = served(Site::demo()).await;
    let tomas = Some(("tomas.herrera@fernhill.example", "demo-tomas-token"));
    let jonas = Some(("jonas.weber@fernhill.example", "demo-jonas-token"));
    let found = "/wiki/rest/api/content/search?cql=title%3D%22Break-glass%20credentials%22";
    let link =
        call_as(&sim, tomas, found, None).await.json()["results"][0]["_links"]["webui"].as_str().unwrap().to_owned();
    let link = format!("/wiki{link}");
    let page = call_as(&sim, tomas, &link, None).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<h1>Break-glass credentials</h1>") && page.text.contains("only for engineering"));
    assert_eq!(call_as(&sim, jonas, &link, None).await.status, 404);
    let nobody = call_as(&sim, None, &link, None).await;
    assert_eq!(nobody.status, 401);
    assert!(nobody.header("www-authenticate").starts_with("Basic"));
    assert!(!nobody.text.contains("Break-glass"));
    assert_eq!(call_as(&sim, None, "/wiki/spaces/HB", None).await.status, 200);
    assert_eq!(call_as(&sim, None, "/wiki/spaces/PEO", None).await.status, 401);
}
