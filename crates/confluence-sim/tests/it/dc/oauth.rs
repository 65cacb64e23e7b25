//! The OAuth 2.0 provider: consent, codes bound to a verifier, tokens that rotate and expire.

use std::time::Duration;

use confluence_sim::{AccountStatus, DcOptions, DcVersion, OAuthApp, Site};
use serde_json::{Value, json};

use super::{As, Dc, options, served};
use crate::client::Answer;

const CALLBACK: &str = "https://search.acme.example/oauth/callback";
/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn sim() -> Dc {
    let sim = served(Site::acme(), DcOptions::default()).await;
    sim.oauth().register(OAuthApp {
        client_id: "app".to_owned(),
        client_secret: "secret".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
    });
    sim
}

async fn form(sim: &Dc, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = fields.iter().map(|(name, value)| format!("{name}={}", crate::client::encoded(value)));
    let request = sim.client.post(format!("{}{path}", sim.base_url()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(body.collect::<Vec<_>>().join("&")).send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

async fn token(sim: &Dc, fields: &[(&str, &str)]) -> Answer {
    let client = [("client_id", "app"), ("client_secret", "secret"), ("redirect_uri", CALLBACK)];
    form(sim, "/rest/oauth2/latest/token", &[&client[..], fields].concat()).await
}

/// A code for the crawler, by way of the consent page.
async fn code(sim: &Dc, more: &str) -> String {
    let path = format!(
        "/rest/oauth2/latest/authorize?client_id=app&response_type=code&scope=READ&state=s%201&redirect_uri={}{more}",
        crate::client::encoded(CALLBACK)
    );
    let page = sim.call(As::Nobody, &path, None).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Allow") && page.text.contains("action=\"/confluence/rest/oauth2/latest/authorize?"));
    let denied = form(sim, &path, &[("decision", "deny")]).await;
    assert!(denied.header("location").contains("error=access_denied"));
    let allowed = form(sim, &path, &[("decision", "allow")]).await;
    let rest = allowed.header("location").strip_prefix(&format!("{CALLBACK}?code=")).unwrap().to_owned();
    rest.strip_suffix("&state=s%201").unwrap().to_owned()
}

fn text<'a>(pair: &'a Value, name: &str) -> &'a str {
    pair[name].as_str().unwrap()
}

#[tokio::test]
async fn a_code_becomes_tokens_that_are_renewed_with_the_address() {
    let sim = sim().await;
    let code = code(&sim, "").await;
    let grant = [("grant_type", "authorization_code"), ("code", code.as_str())];
    let answer = token(&sim, &grant).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let pair = answer.json();
    let fixture = format!("{}/../../fixtures/confluence/oauth-dc-token.json", env!("CARGO_MANIFEST_DIR"));
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(fixture).unwrap()).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&pair), names(&fixture["response"]["body"]));
    assert_eq!((text(&pair, "scope"), text(&pair, "token_type")), ("READ", "bearer"));
    assert_eq!(token(&sim, &grant).await.status, 400, "a code is good once");
    let who = sim.call(As::Bearer(text(&pair, "access_token")), "/rest/api/user/current", None).await;
    assert_eq!((who.status, who.header("x-ausername")), (200, "crawler"));

    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&pair, "refresh_token"))];
    let without = [&refresh[..], &[("client_id", "app"), ("client_secret", "secret")]].concat();
    let refused = form(&sim, "/rest/oauth2/latest/token", &without).await;
    assert_eq!((refused.status, refused.json()), (400, json!({"error": "invalid_request"})));
    let second = token(&sim, &refresh).await.json();
    assert_ne!(second["refresh_token"], pair["refresh_token"]);
    let again = token(&sim, &refresh).await;
    assert_eq!((again.status, again.json()), (400, json!({"error": "invalid_grant"})));
}

#[tokio::test]
async fn a_challenge_wants_its_verifier() {
    let sim = sim().await;
    let challenge = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    for (verifier, status) in [(None, 400), (Some("guessed"), 400), (Some(VERIFIER), 200)] {
        let code = code(&sim, &challenge).await;
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
        fields.extend(verifier.map(|text| ("code_verifier", text)));
        assert_eq!(token(&sim, &fields).await.status, status, "{verifier:?}");
    }
    let wrong = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_secret", "wrong")];
    let wrong = [&[("client_id", "app"), ("redirect_uri", CALLBACK)], &wrong[..]].concat();
    assert_eq!(form(&sim, "/rest/oauth2/latest/token", &wrong).await.status, 401);
}

#[tokio::test]
async fn tokens_expire_and_open_no_rows_of_spaces() {
    let sim = sim().await;
    sim.oauth().set_access_lifetime(Duration::from_mins(1));
    let crawler = sim.site().read().find_user("crawler").unwrap().account_id.clone();
    let pair = sim.oauth().mint("app", &crawler, &["READ", "offline_access"]);
    let who = As::Bearer(&pair.access_token);
    assert_eq!(sim.status_as(who, "/rest/api/content/65830").await, 200);
    assert_eq!(sim.status_as(who, "/rest/api/space/ENG/permissions").await, 403);
    assert_eq!(sim.status_as(super::CRAWLER, "/rest/api/space/ENG/permissions").await, 200);
    assert_eq!(sim.status_as(who, "/rest/api/permissions").await, 200);
    sim.oauth().advance(Duration::from_secs(61));
    assert_eq!(sim.status_as(who, "/rest/api/content/65830").await, 401);
    let pair = sim.oauth().mint("app", &crawler, &["READ"]);
    sim.site().write().set_user_status("crawler", AccountStatus::Inactive).unwrap();
    assert_eq!(sim.status_as(As::Bearer(&pair.access_token), "/rest/api/content/65830").await, 401);
}

#[tokio::test]
async fn the_remote_api_takes_tokens_of_oauth() {
    let sim = served(Site::acme(), options(DcVersion::V8_5)).await;
    let crawler = sim.site().read().find_user("crawler").unwrap().account_id.clone();
    let pair = sim.oauth().mint("app", &crawler, &["READ"]);
    let path = "/rpc/json-rpc/confluenceservice-v2/getSpacePermissionSets";
    let answer = sim.call(As::Bearer(&pair.access_token), path, Some(json!(["ENG"]))).await;
    assert_eq!(answer.json()[0]["type"], "VIEWSPACE");
}
