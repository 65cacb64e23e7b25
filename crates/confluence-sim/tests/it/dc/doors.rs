//! Who gets in, how the others are told, and what goes wrong on purpose.

use std::time::Duration;

use confluence_sim::{AccountStatus, DcOptions, DcVersion, Fault, Site, WrongCredentials};

use super::{As, CRAWLER, acme, options, served};

const PAGE: &str = "/rest/api/content/65802";

#[tokio::test]
async fn password_and_token_open_the_same_door() {
    let sim = acme().await;
    for who in [As::Basic("Ben", "ben-token"), As::Bearer("ben-token")] {
        let answer = sim.call(who, PAGE, None).await;
        assert_eq!((answer.status, answer.header("x-ausername")), (200, "ben"));
    }
    for who in [As::Basic("ben", "wrong"), As::Basic("nobody", "x"), As::Bearer("wrong")] {
        let answer = sim.call(who, PAGE, None).await;
        assert_eq!((answer.status, answer.header("x-seraph-loginreason")), (401, "AUTHENTICATED_FAILED"));
        assert!(answer.header("www-authenticate").starts_with("OAuth realm="));
        assert_eq!(answer.header("x-ausername"), "anonymous");
    }
    assert_eq!(sim.status_as(As::Nobody, PAGE).await, 401);
    assert_eq!(sim.status_as(As::Bearer("gia-token"), PAGE).await, 403, "an account without a licence");
    sim.site().write().set_user_status("ben", AccountStatus::Inactive).unwrap();
    assert_eq!(sim.status_as(As::Bearer("ben-token"), PAGE).await, 401);
}

#[tokio::test]
async fn an_expired_token_is_refused_or_becomes_nobody() {
    let sim = acme().await;
    sim.site().write().expire_token("crawler-token").unwrap();
    assert_eq!(sim.status_as(CRAWLER, "/rest/api/space").await, 401);
    let mut open = Site::acme();
    open.settings.anonymous_access = true;
    let options = DcOptions { bad_tokens: WrongCredentials::Anonymous, ..DcOptions::default() };
    let sim = served(open, options).await;
    assert_eq!(sim.call(CRAWLER, "/rest/api/space", None).await.header("x-ausername"), "crawler");
    sim.site().write().expire_token("crawler-token").unwrap();
    let answer = sim.call(CRAWLER, "/rest/api/space", None).await;
    assert_eq!((answer.status, answer.header("x-ausername")), (200, "anonymous"));
    assert_eq!(answer.json()["results"].as_array().unwrap().len(), 1, "what is open to everybody");
}

#[tokio::test]
async fn a_puzzle_stands_before_a_password_and_not_before_a_token() {
    let sim = acme().await;
    sim.site().write().require_captcha("ben").unwrap();
    let answer = sim.call(As::Basic("ben", "ben-token"), PAGE, None).await;
    assert_eq!((answer.status, answer.header("x-seraph-loginreason")), (403, "AUTHENTICATION_DENIED"));
    assert!(answer.header("x-authentication-denied-reason").starts_with("CAPTCHA_CHALLENGE; login-url=http"));
    assert_eq!(sim.status_as(As::Bearer("ben-token"), PAGE).await, 200);
    sim.site().write().clear_captcha("ben").unwrap();
    assert_eq!(sim.status_as(As::Basic("ben", "ben-token"), PAGE).await, 200);
}

#[tokio::test]
async fn a_login_page_answers_200() {
    let sim = served(Site::acme(), DcOptions { sso_login: true, ..DcOptions::default() }).await;
    let answer = sim.call(CRAWLER, PAGE, None).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/html") && answer.text.contains("Sign in"));
}

#[tokio::test]
async fn every_version_can_be_told() {
    for version in DcVersion::ALL {
        let sim = served(Site::acme(), options(version)).await;
        let information = sim.call(CRAWLER, "/rest/api/server-information", None).await;
        if version == DcVersion::V7_19 {
            assert_eq!(information.status, 404);
        } else {
            assert_eq!(information.json()["version"], version.number());
        }
        let manifest = sim.call(As::Nobody, "/rest/applinks/1.0/manifest", None).await;
        assert!(manifest.text.contains(&format!("<version>{}</version>", version.number())));
        let start = sim.call(As::Nobody, "/", None).await;
        assert!(start.text.contains(&format!("\"ajs-version-number\" content=\"{}\"", version.number())));
        assert_eq!(sim.json("/rest/api/accessmode").await, "READ_WRITE");
    }
}

#[tokio::test]
async fn limits_and_faults_have_the_form_of_a_data_center() {
    let sim = served(Site::acme(), DcOptions { rate_headers: true, ..DcOptions::default() }).await;
    assert_eq!(sim.call(CRAWLER, PAGE, None).await.header("x-ratelimit-fillrate"), "10");
    sim.set_faults(|info| {
        (info.endpoint == "/rest/api/content/{id}")
            .then_some(Fault::RateLimited { retry_after: Some(Duration::from_secs(7)) })
    });
    let answer = sim.call(CRAWLER, PAGE, None).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    assert_eq!(answer.json()["message"], "Rate limit exceeded.");
    sim.set_faults(|_| Some(Fault::HtmlLogin));
    assert!(sim.call(CRAWLER, PAGE, None).await.text.contains("Log in"));
    sim.clear_faults();
    assert_eq!(sim.calls()["/rest/api/content/{id}"], 3);
}
