//! The gateway: which tokens it takes, what scopes they need, and that answers look like the site's.

use confluence_sim::{Fault, Site};

use crate::client::{CRAWLER, Sim, call_as, get, get_with, served};

const GATEWAY: &str = "/ex/confluence/1f2e3d4c-5b6a-4789-8abc-def012345678";
const ADA: &str = "5b10ac8d82e05b22cc7d4ef5";

fn token(sim: &Sim, scopes: &[&str]) -> String {
    let account = sim.site().read().find_user("crawler").unwrap().account_id.clone();
    format!("Bearer {}", sim.oauth().mint("CLIENT", &account, scopes).access_token)
}

#[tokio::test]
async fn answers_are_those_of_the_site() {
    let sim = served(Site::acme()).await;
    let bearer = token(&sim, &["read:page:confluence", "search:confluence"]);
    for path in ["/wiki/api/v2/pages?limit=2&sort=id", "/wiki/rest/api/content/search?cql=type%3Dpage&limit=2"] {
        let through = get_with(&sim, &bearer, &format!("{GATEWAY}{path}")).await;
        assert_eq!(through.json(), get(&sim, path).await.json());
        assert_eq!(through.json()["_links"]["base"], "https://acme.atlassian.net/wiki");
        let short = get_with(&sim, &bearer, &format!("{GATEWAY}{}", path.trim_start_matches("/wiki"))).await;
        assert_eq!(short.json(), through.json(), "the form without `/wiki`");
    }
    let next = get_with(&sim, &bearer, &format!("{GATEWAY}/wiki/api/v2/pages?limit=2")).await.json();
    let next = next["_links"]["next"].as_str().unwrap().to_owned();
    assert!(next.starts_with("/wiki/api/v2/pages?"));
    assert_eq!(get_with(&sim, &bearer, &format!("{GATEWAY}{next}")).await.status, 200);
    assert_eq!(get_with(&sim, &bearer, &next).await.status, 401, "the site takes no such token");
    assert_eq!(get_with(&sim, &bearer, &format!("{GATEWAY}/wiki/api/v2/nonsense")).await.status, 404);
    assert_eq!(sim.calls().get("/wiki/api/v2/pages"), Some(&6), "counted as one endpoint");
}

#[tokio::test]
async fn a_token_needs_the_scope_of_the_call() {
    let sim = served(Site::acme()).await;
    let pages = token(&sim, &["read:page:confluence"]);
    let refused = get_with(&sim, &pages, &format!("{GATEWAY}/wiki/api/v2/spaces?limit=1")).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.text, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#);
    assert_eq!(refused.header("x-failure-category"), "FAILURE_CLIENT_SCOPE_CHECK");
    for (scope, path, status) in [
        ("read:space:confluence", "/wiki/api/v2/spaces", 200),
        ("read:confluence-content.all", "/wiki/api/v2/pages", 401),
        ("read:confluence-content.all", "/wiki/rest/api/content/65802/restriction", 200),
        ("read:content-details:confluence", "/wiki/rest/api/content/65802/restriction", 200),
        ("read:confluence-user", "/wiki/rest/api/user/current", 200),
        ("read:confluence-groups", "/wiki/rest/api/group", 200),
        ("read:confluence-groups", "/wiki/rest/api/user/current", 401),
        ("read:content.metadata:confluence", "/wiki/api/v2/pages/65802/ancestors", 200),
        ("read:hierarchical-content:confluence", "/wiki/api/v2/pages/65802/direct-children", 200),
    ] {
        let bearer = token(&sim, &[scope]);
        assert_eq!(get_with(&sim, &bearer, &format!("{GATEWAY}{path}")).await.status, status, "{scope} {path}");
    }
}

#[tokio::test]
async fn a_token_is_its_persons_and_sees_no_more() {
    let sim = served(Site::acme()).await;
    let cho = sim.site().read().find_user("cho").unwrap().account_id.clone();
    let path = format!("{GATEWAY}/wiki/api/v2/pages/65802");
    for (account, status) in [(ADA, 200), (cho.as_str(), 404)] {
        let bearer = format!("Bearer {}", sim.oauth().mint("C", account, &["read:page:confluence"]).access_token);
        assert_eq!(get_with(&sim, &bearer, &path).await.status, status);
    }
    let bearer = format!("Bearer {}", sim.oauth().mint("C", ADA, &["read:page:confluence"]).access_token);
    sim.site().write().set_user_status("ada", confluence_sim::AccountStatus::Inactive).unwrap();
    assert_eq!(get_with(&sim, &bearer, &path).await.status, 401);
}

#[tokio::test]
async fn each_door_takes_its_own_tokens() {
    let seed = r#"{
        "site": {"cloudId": "c"},
        "users": [{"handle": "ada", "name": "Ada", "email": "ada@acme.example"}, {"handle": "svc", "name": "Svc"}],
        "groups": [{"name": "users", "access": "user", "members": ["ada", "svc"]}],
        "credentials": [
            {"user": "ada", "token": "plain"},
            {"user": "ada", "token": "scoped", "scopes": ["read:space:confluence"]},
            {"user": "svc", "token": "service", "serviceAccount": true, "scopes": ["read:space:confluence"]}
        ],
        "spaces": [{"key": "S", "name": "S", "permissions": [{"class": "ALL_LICENSED_USERS"}]}]
    }"#;
    let sim = served(Site::from_json(seed).unwrap()).await;
    let (here, there) = ("/wiki/api/v2/spaces", "/ex/confluence/c/wiki/api/v2/spaces");
    let basic = |token| Some(("ada@acme.example", token));
    assert_eq!(call_as(&sim, basic("plain"), here, None).await.status, 200);
    assert_eq!(call_as(&sim, basic("plain"), there, None).await.status, 401);
    assert_eq!(call_as(&sim, basic("scoped"), here, None).await.status, 401);
    assert_eq!(call_as(&sim, basic("scoped"), there, None).await.status, 200);
    assert_eq!(get_with(&sim, "Bearer service", here).await.status, 401);
    assert_eq!(get_with(&sim, "Bearer service", there).await.status, 200);
    assert_eq!(get_with(&sim, "Bearer scoped", there).await.status, 401, "a person's token is no service account's");
    assert_eq!(call_as(&sim, None, there, None).await.status, 401);
    let scope = call_as(&sim, basic("scoped"), "/ex/confluence/c/wiki/api/v2/pages", None).await;
    assert_eq!(scope.header("x-failure-category"), "FAILURE_CLIENT_SCOPE_CHECK");
}

#[tokio::test]
async fn bytes_come_from_the_media_service_all_the_same() {
    let sim = served(Site::acme()).await;
    let bearer = token(&sim, &["read:attachment:confluence"]);
    let path = format!("{GATEWAY}/wiki/rest/api/content/65802/child/attachment/att66110/download");
    let redirect = get_with(&sim, &bearer, &path).await;
    assert_eq!(redirect.status, 302);
    let media = redirect.header("location").strip_prefix(sim.base_url()).unwrap().to_owned();
    assert_eq!(get_with(&sim, &bearer, &media).await.status, 400, "no credentials along with a signed address");
    assert_eq!(call_as(&sim, None, &media, None).await.text.len(), 482_133);
}

#[tokio::test]
async fn the_gateway_has_a_limit_of_its_own() {
    let sim = served(Site::acme()).await;
    let bearer = token(&sim, &["read:space:confluence"]);
    sim.set_faults(|info| info.gateway.then_some(Fault::GatewayRateLimited));
    let limited = get_with(&sim, &bearer, &format!("{GATEWAY}/wiki/api/v2/spaces")).await;
    assert_eq!((limited.status, limited.text.as_str(), limited.header("retry-after")), (429, "", ""));
    assert_eq!(limited.header("x-failure-category"), "FAILURE CLIENT RATE LIMITED");
    assert_eq!(call_as(&sim, Some(CRAWLER), "/wiki/api/v2/spaces", None).await.status, 200);
}
