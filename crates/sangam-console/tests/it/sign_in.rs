//! Signing in and out with local accounts.

use sangam_identity::{AuditFilter, Role, SIGN_OUT};

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn nobody_is_sent_to_another_host() {
    let world = World::new().await;
    world.account("ada", Role::Searcher, None).await;
    for (to, expected) in [
        ("//evil.example", "/search"),
        ("/\\evil.example", "/search"),
        ("https://evil.example/", "/search"),
        ("/\t/evil.example", "/search"),
        ("javascript:alert(1)", "/search"),
        ("", "/search"),
        ("/search?q=x", "/search?q=x"),
    ] {
        let answer = world.browser().sign_in("ada", PASSWORD, to).await;
        assert_eq!((answer.status, answer.location()), (303, expected), "{to:?}");
    }
}

#[tokio::test]
async fn a_form_without_its_token_does_nothing() {
    let world = World::new().await;
    world.account("ada", Role::Searcher, None).await;
    let browser = world.browser();
    let form = [("name", "ada"), ("password", PASSWORD)];
    assert_eq!(browser.post("/sign-in", &form).await.status, 403);
    assert_eq!(browser.session(), None);
    // The token of another browser is as good as none.
    let other = world.browser().get("/sign-in").await.csrf();
    browser.get("/sign-in").await;
    assert_eq!(browser.post("/sign-in", &[form[0], form[1], ("_csrf", &other)]).await.status, 403);
    assert_eq!(browser.session(), None);

    browser.sign_in("ada", PASSWORD, "").await;
    assert_eq!(browser.post("/sign-out", &[]).await.status, 403);
    assert_eq!(browser.get("/search").await.status, 200, "still signed in");
}

#[tokio::test]
async fn after_signing_out_the_cookie_is_dead_and_no_page_was_kept() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, None).await;
    let page = browser.get("/search").await;
    assert!(page.is_not_kept());
    let token = browser.session().unwrap();
    let out = browser.post("/sign-out", &[("_csrf", &page.csrf())]).await;
    assert_eq!((out.location(), browser.session()), ("/sign-in?said=out", None));
    assert_eq!(out.headers["clear-site-data"], "\"cache\"");
    assert!(browser.get("/sign-in?said=out").await.html.contains("You are signed out."));
    let events = world.people.audit.list(&AuditFilter::default(), None, 1).await.unwrap();
    assert_eq!((events[0].event.actor.as_str(), events[0].event.action.as_str()), ("local:ada", SIGN_OUT));

    browser.cookies.lock().insert("sangam_session".into(), token);
    let dead = browser.get("/search?q=x").await;
    assert!(dead.location().starts_with("/sign-in?to=") && dead.is_not_kept());
    assert!(world.index.asked.lock().is_empty());
}

#[tokio::test]
async fn signing_in_makes_another_session_and_ends_the_one_before() {
    let world = World::new().await;
    world.account("ada", Role::Searcher, None).await;
    let browser = world.browser();
    // A session that somebody else planted is not taken over.
    browser.cookies.lock().insert("sangam_session".into(), "A".repeat(43));
    browser.sign_in("ada", PASSWORD, "").await;
    let first = browser.session().unwrap();
    assert_ne!(first, "A".repeat(43));
    browser.sign_in("ada", PASSWORD, "").await;
    assert_ne!(browser.session().unwrap(), first);
    assert!(world.people.sessions.find(&first).await.unwrap().is_none());
    assert_eq!(world.people.sessions.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_too_many_are_stopped() {
    let world = World::new().await;
    world.account("ada", Role::Searcher, None).await;
    let browser = world.browser();
    let refused = browser.sign_in("ada", "wrong", "").await;
    assert_eq!(refused.status, 401);
    assert!(refused.html.contains("Name or password is wrong") && !refused.html.contains("wrong\""));
    let mut status = 401;
    for _ in 0..20 {
        status = browser.sign_in("ada", "wrong", "").await.status;
    }
    assert_eq!(status, 429);
}
