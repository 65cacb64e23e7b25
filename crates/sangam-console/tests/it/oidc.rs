//! Signing in at an OpenID provider, and coming back as one should not.

use sangam_api::kendra::NOBODY;
use sangam_identity::{AuditFilter, Callback, OidcSettings};
use serde_json::json;

use crate::browser::{Browser, Page};
use crate::provider::Provider;
use crate::world::World;

async fn world() -> (Provider, World) {
    let provider = Provider::start().await;
    let world = World::with(Some(provider.settings())).await;
    (provider, world)
}

/// Goes to the provider and signs in there; returns what the browser is sent back with.
async fn to_provider(browser: &Browser, provider: &Provider, to: &str) -> Callback {
    let sent = browser.get(&format!("/sign-in/provider?to={to}")).await;
    assert!(sent.location().starts_with(provider.issuer()), "{}: {}", sent.location(), sent.html);
    provider.authorize(sent.location())
}

async fn back(browser: &Browser, callback: &Callback) -> Page {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("state", &callback.state);
    if let Some(code) = &callback.code {
        query.append_pair("code", code);
    }
    if let Some(error) = &callback.error {
        query.append_pair("error", error);
    }
    browser.get(&format!("/sign-in/callback?{}", query.finish())).await
}

#[tokio::test]
async fn whom_the_provider_knows_searches_as_themselves() {
    let (provider, world) = world().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert!(
        page.html.contains("Sign in with 127.0.0.1:") && page.html.contains("/sign-in/provider?to="),
        "{}",
        page.html
    );
    let callback = to_provider(&browser, &provider, "%2Fsearch%3Fq%3Dx").await;
    let landed = back(&browser, &callback).await;
    assert_eq!((landed.status, landed.location()), (303, "/search?q=x"));
    assert!(landed.is_not_kept());
    let page = browser.get("/search?q=x&UserId=boss").await;
    assert_eq!(world.index.asker(), (Some("ada@example.com".into()), None));
    assert!(page.html.contains("Ada Lovelace") && !page.html.contains("Only public documents"), "{}", page.html);

    let again = back(&world.browser(), &callback).await;
    assert_eq!((again.status, again.headers.contains_key("location")), (403, false), "a code is good once");
}

#[tokio::test]
async fn what_was_tampered_with_or_began_elsewhere_signs_nobody_in() {
    let (provider, world) = world().await;
    let (victim, attacker) = (world.browser(), world.browser());
    let callback = to_provider(&attacker, &provider, "%2F").await;

    // The attacker's sign-in in the victim's browser, with and without a cookie of its own.
    let refused = back(&victim, &callback).await;
    assert_eq!((refused.status, victim.session()), (403, None));
    victim.get("/sign-in").await;
    let refused = back(&victim, &callback).await;
    assert_eq!((refused.status, victim.session()), (403, None));
    assert!(refused.html.contains("began in another browser"), "{}", refused.html);

    let tampered = Callback { state: callback.state.chars().rev().collect(), ..callback.clone() };
    for state in [tampered.state.as_str(), "", "x"] {
        let refused = back(&attacker, &Callback { state: state.into(), ..callback.clone() }).await;
        assert_eq!((refused.status, attacker.session()), (403, None), "{state}");
        assert!(refused.html.contains("You are not signed in: this sign-in was used before"), "{}", refused.html);
    }
    // Nothing of that used up the sign-in of the browser that began it.
    assert_eq!(back(&attacker, &callback).await.location(), "/search");
}

#[tokio::test]
async fn a_refusal_and_a_provider_that_fails_are_told_in_words() {
    let (provider, world) = world().await;
    let browser = world.browser();
    let callback = to_provider(&browser, &provider, "%2F").await;
    let refused = Callback { code: None, error: Some("access_denied".into()), ..callback };
    let page = back(&browser, &refused).await;
    assert_eq!(page.status, 403);
    assert!(page.html.contains("the provider refused the sign-in: <code>access_denied</code>"), "{}", page.html);

    let callback = to_provider(&browser, &provider, "%2F").await;
    provider.behave(|it| drop(it.claims.insert("aud".into(), json!("somebody-else"))));
    let page = back(&browser, &callback).await;
    assert_eq!((page.status, browser.session()), (502, None));
    assert!(page.html.contains("meant for another application"), "{}", page.html);
    let filter = AuditFilter { action: Some("SignIn".into()), ..AuditFilter::default() };
    let events = world.people.audit.list(&filter, None, 10).await.unwrap();
    let outcomes: Vec<&str> = events.iter().map(|record| record.event.outcome.as_str()).collect();
    assert_eq!(outcomes, ["TokenNotValid", "Refused"]);

    let settings = OidcSettings::new("http://127.0.0.1:1", "sangam", None, "https://search.example/");
    let down = World::with(Some(settings)).await;
    let page = down.browser().get("/sign-in/provider").await;
    assert_eq!(page.status, 502);
    assert!(page.html.contains("does not answer") && page.html.contains("Password"), "{}", page.html);
}

#[tokio::test]
async fn who_is_not_vouched_for_finds_public_documents_and_is_told_why() {
    let (provider, world) = world().await;
    provider.behave(|it| drop(it.claims.insert("email_verified".into(), json!(false))));
    let browser = world.browser();
    let callback = to_provider(&browser, &provider, "%2F").await;
    back(&browser, &callback).await;
    let page = browser.get("/search?q=x").await;
    assert_eq!(world.index.asker(), (Some(NOBODY.to_owned()), None));
    assert!(page.html.contains("the provider has not verified your e-mail address"), "{}", page.html);
    assert_eq!(browser.get("/account").await.status, 404, "there is no password of theirs here");
}

#[tokio::test]
async fn groups_make_administrators_and_signing_out_leads_to_the_provider() {
    let provider = Provider::start().await;
    let settings = OidcSettings { administrators_group: Some("admins".into()), ..provider.settings() };
    let world = World::with(Some(settings)).await;
    provider.behave(|it| drop(it.claims.insert("groups".into(), json!(["admins"]))));
    let browser = world.browser();
    let callback = to_provider(&browser, &provider, "%2F").await;
    assert_eq!(back(&browser, &callback).await.location(), "/console");
    let csrf = browser.get("/search").await.csrf();
    browser.post("/sign-out", &[("_csrf", &csrf)]).await;
    let page = browser.get("/sign-in?said=out").await;
    assert!(page.html.contains(r#"href="/sign-out/provider""#), "{}", page.html);
    let out = browser.get("/sign-out/provider").await;
    assert!(out.location().starts_with(&format!("{}/end?", provider.issuer())), "{}", out.location());
    assert!(out.location().contains("post_logout_redirect_uri=http%3A%2F%2F127.0.0.1"), "{}", out.location());
    assert!(out.location().contains("id_token_hint=ey"), "the provider need not ask who signs out: {}", out.location());
    let again = browser.get("/sign-out/provider").await;
    assert!(!again.location().contains("id_token_hint"), "{}", again.location());
}

#[tokio::test]
async fn a_form_of_a_lost_session_waits_for_the_provider() {
    let provider = Provider::start().await;
    let settings = OidcSettings { administrators_group: Some("admins".into()), ..provider.settings() };
    let world = World::with(Some(settings)).await;
    provider.behave(|it| drop(it.claims.insert("groups".into(), json!(["admins"]))));
    let browser = world.browser();
    let lost = browser.post("/console/indices/new", &[("name", "typed <before>")]).await;
    assert_eq!(lost.status, 401);
    assert!(lost.html.contains("what you typed is kept"), "{}", lost.html);
    let callback = to_provider(&browser, &provider, "%2Fconsole%2Findices%2Fnew").await;
    let page = back(&browser, &callback).await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains(r#"action="/console/indices/new""#), "{}", page.html);
    assert!(page.html.contains("typed &#60;before&#62;"), "{}", page.html);
    // Once, and for nobody else.
    let callback = to_provider(&browser, &provider, "%2Fconsole%2Findices%2Fnew").await;
    assert_eq!(back(&browser, &callback).await.location(), "/console/indices/new");
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_to_one() {
    let world = World::new().await;
    let browser = world.browser();
    assert!(!browser.get("/sign-in").await.html.contains("/sign-in/provider"));
    for path in ["/sign-in/provider", "/sign-in/callback?state=x&code=y", "/sign-out/provider"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}
