//! Consent, tokens that rotate and expire, and the sites that they lead to.

use std::time::Duration;

use confluence_sim::{Fault, OAuthApp, OtherSite, Site, TokenPair};
use serde_json::json;

use crate::client::{Answer, CRAWLER, Sim, call_as, encoded, get_with, send_form, served};

const CALLBACK: &str = "https://search.acme.example/oauth/callback";
const ADA: &str = "5b10ac8d82e05b22cc7d4ef5";
const CLOUD: &str = "1f2e3d4c-5b6a-4789-8abc-def012345678";

async fn sim() -> Sim {
    let sim = served(Site::acme()).await;
    sim.oauth().register(OAuthApp {
        client_id: "CLIENT".to_owned(),
        client_secret: "SECRET".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
    });
    sim
}

fn consent(scope: &str, redirect_uri: &str) -> String {
    format!(
        "/authorize?audience=api.atlassian.com&client_id=CLIENT&scope={}&redirect_uri={}&state=a%2Fb\
         &response_type=code&prompt=consent&login=ada",
        encoded(scope),
        encoded(redirect_uri)
    )
}

async fn refresh(sim: &Sim, secret: &str, token: &str) -> Answer {
    let body = json!({
        "grant_type": "refresh_token", "client_id": "CLIENT", "client_secret": secret, "refresh_token": token,
    });
    call_as(sim, None, "/oauth/token", Some(body)).await
}

fn pages() -> String {
    format!("/ex/confluence/{CLOUD}/wiki/api/v2/pages/65802")
}

async fn status_of(sim: &Sim, pair: &TokenPair) -> u16 {
    get_with(sim, &format!("Bearer {}", pair.access_token), &pages()).await.status
}

#[tokio::test]
async fn a_person_consents_and_the_app_fetches_its_tokens() {
    let sim = sim().await;
    let path = consent("read:page:confluence offline_access", CALLBACK);
    let page = call_as(&sim, None, &path, None).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Ada Okafor") && page.text.contains("<li>read:page:confluence</li>"), "{}", page.text);
    assert!(page.text.contains("method=\"post\" action=\"/authorize?"));

    let denied = send_form(&sim, &path, &[("decision", "deny")]).await;
    assert!(denied.header("location").contains("error=access_denied") && !denied.header("location").contains("code="));
    let allowed = send_form(&sim, &path, &[("decision", "allow")]).await;
    assert_eq!(allowed.status, 302);
    let query = allowed.header("location").strip_prefix(&format!("{CALLBACK}?code=")).unwrap();
    let (code, state) = query.split_once('&').unwrap();
    assert_eq!(state, "state=a%2Fb");

    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "CLIENT"),
        ("client_secret", "SECRET"),
        ("code", code),
        ("redirect_uri", CALLBACK),
    ];
    let answer = send_form(&sim, "/oauth/token", &fields).await.json();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(answer["scope"], "offline_access read:page:confluence");
    assert_eq!(sim.oauth().current("CLIENT", ADA).unwrap().refresh_token.as_deref(), answer["refresh_token"].as_str());
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    assert_eq!(get_with(&sim, &bearer, &pages()).await.json()["title"], "Database failover");
    assert_eq!(send_form(&sim, "/oauth/token", &fields).await.status, 403, "a code is good once");
}

#[tokio::test]
async fn a_consent_page_is_for_known_apps_and_their_own_callback() {
    let sim = sim().await;
    for wrong in [
        consent("read:page:confluence", "https://elsewhere.example/"),
        consent("read:page:confluence", CALLBACK).replace("CLIENT", "OTHER"),
        consent("read:page:confluence", CALLBACK).replace("login=ada", "login=zoe"),
        consent("read:page:confluence", CALLBACK).replace("response_type=code", "response_type=token"),
        consent(&"read:page:confluence ".repeat(51), CALLBACK),
    ] {
        let answer = call_as(&sim, None, &wrong, None).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{wrong}");
        assert_eq!(send_form(&sim, &wrong, &[("decision", "allow")]).await.status, 400);
    }
}

#[tokio::test]
async fn refreshing_rotates_the_pair() {
    let sim = sim().await;
    let first = sim.oauth().mint("CLIENT", ADA, &["read:page:confluence", "offline_access"]);
    let token = first.refresh_token.clone().unwrap();
    let answer = refresh(&sim, "SECRET", &token).await;
    assert_eq!(answer.status, 200);
    assert_ne!(answer.json()["refresh_token"], json!(token));
    let dead = refresh(&sim, "SECRET", &token).await;
    assert_eq!(dead.status, 403);
    let expected = json!({"error": "unauthorized_client", "error_description": "refresh_token is invalid"});
    assert_eq!(dead.json(), expected);
    let second = sim.oauth().current("CLIENT", ADA).unwrap();
    let wrong = refresh(&sim, "WRONG", second.refresh_token.as_deref().unwrap()).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.json(), json!({"error": "access_denied", "error_description": "Unauthorized"}));
    assert_eq!((sim.oauth().n_refreshes(), sim.oauth().n_refused()), (1, 2));
    assert_eq!(status_of(&sim, &first).await, 200, "an access token lives until it expires");
    sim.oauth().kill(&second);
    assert_eq!((status_of(&sim, &first).await, status_of(&sim, &second).await), (401, 401));
    assert_eq!(sim.oauth().current("CLIENT", ADA), None);
}

#[tokio::test]
async fn access_tokens_really_expire() {
    let sim = sim().await;
    sim.oauth().set_access_lifetime(Duration::from_secs(3));
    let pair = sim.oauth().mint("CLIENT", ADA, &["read:page:confluence"]);
    assert_eq!(pair.refresh_token, None, "not without `offline_access`");
    assert_eq!(status_of(&sim, &pair).await, 200);
    sim.oauth().advance(Duration::from_secs(3));
    let answer = get_with(&sim, &format!("Bearer {}", pair.access_token), &pages()).await;
    assert_eq!((answer.status, answer.json()["code"].as_u64()), (401, Some(401)));
    assert_eq!(answer.header("x-failure-category"), "", "not the same as a missing scope");
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_tokens_have_changed() {
    let sim = sim().await;
    let first = sim.oauth().mint("CLIENT", ADA, &["offline_access"]);
    sim.set_faults(|info| (info.endpoint == "/oauth/token").then_some(Fault::TruncatedBody));
    let url = format!("{}/oauth/token", sim.base_url());
    let body = json!({
        "grant_type": "refresh_token", "client_id": "CLIENT", "client_secret": "SECRET",
        "refresh_token": first.refresh_token,
    });
    let response = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    assert!(response.bytes().await.is_err());
    assert_ne!(sim.oauth().current("CLIENT", ADA), Some(first));
}

#[tokio::test]
async fn a_token_may_lead_to_several_sites() {
    let sim = sim().await;
    sim.oauth().add_site(OtherSite {
        cloud_id: "other".to_owned(),
        url: "https://other.atlassian.net".to_owned(),
        name: "other".to_owned(),
    });
    let pair = sim.oauth().mint("CLIENT", ADA, &["read:page:confluence", "offline_access"]);
    let bearer = format!("Bearer {}", pair.access_token);
    let list = get_with(&sim, &bearer, "/oauth/token/accessible-resources").await.json();
    let urls: Vec<_> = list.as_array().unwrap().iter().map(|site| site["url"].as_str().unwrap()).collect();
    assert_eq!(urls, ["https://other.atlassian.net", "https://acme.atlassian.net"]);
    assert_eq!((&list[1]["id"], &list[1]["scopes"]), (&json!(CLOUD), &json!(["read:page:confluence"])));
    assert_eq!(get_with(&sim, &bearer, "/ex/confluence/other/wiki/api/v2/spaces").await.status, 404);
    let basic = call_as(&sim, Some(CRAWLER), "/oauth/token/accessible-resources", None).await;
    assert_eq!(basic.status, 401);
}
