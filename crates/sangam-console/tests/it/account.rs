//! Changing one's own password.

use sangam_identity::{AuditFilter, BrowserBinding, Role};

use crate::world::{PASSWORD, World};

const NEW: &str = "a sentence of my own";

#[tokio::test]
async fn a_password_is_changed_with_the_old_one_and_ends_other_sessions() {
    let world = World::new().await;
    let browser = world.signed_in("ada", Role::Searcher, None).await;
    let elsewhere = world.browser();
    elsewhere.sign_in("ada", PASSWORD, "").await;
    let csrf = browser.get("/account").await.csrf();
    let change = async |old: &str, new: &str, again: &str, csrf: &str| {
        let fields = [("_csrf", csrf), ("password", old), ("new_password", new), ("again", again)];
        browser.post("/account", &fields).await
    };
    for (old, new, again, told) in [
        ("wrong", NEW, NEW, "The password is wrong."),
        (PASSWORD, NEW, "another one", "This differs from the new password."),
        (PASSWORD, "short", "short", "A password needs at least 12 characters."),
    ] {
        let refused = change(old, new, again, &csrf).await;
        assert_eq!(refused.status, 422);
        assert!(refused.html.contains(told) && !refused.html.contains(NEW), "{told}: {}", refused.html);
    }
    change(PASSWORD, NEW, NEW, &BrowserBinding::generate().csrf()).await;
    assert!(world.people.accounts.verify("ada", NEW.into()).await.unwrap().is_none(), "a form without its token");

    let done = change(PASSWORD, NEW, NEW, &csrf).await;
    assert_eq!((done.status, done.location()), (303, "/account?said=changed"));
    assert!(browser.get("/account?said=changed").await.html.contains("The password is changed."));
    assert!(elsewhere.get("/search").await.location().starts_with("/sign-in"));
    assert_eq!(world.browser().sign_in("ada", PASSWORD, "").await.status, 401);
    assert_eq!(world.browser().sign_in("ada", NEW, "").await.status, 303);
    let filter = AuditFilter { action: Some("ChangePassword".into()), ..AuditFilter::default() };
    assert_eq!(world.people.audit.list(&filter, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_has_no_password_here_has_no_page() {
    let world = World::new().await;
    let token = world.people.links.make(Role::Administrator).await.unwrap();
    let browser = world.browser();
    let token = secrecy::ExposeSecret::expose_secret(&token);
    let csrf = browser.get(&format!("/sign-in/link?token={token}")).await.csrf();
    browser.post("/sign-in/link", &[("_csrf", &csrf), ("token", token)]).await;
    assert_eq!(browser.get("/account").await.status, 404);
    assert_eq!(world.browser().get("/account").await.location(), "/sign-in?to=%2Faccount");
}
