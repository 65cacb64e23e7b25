//! Local accounts.

use sangam_identity::{IdentityError, Reader, Role};
use secrecy::ExposeSecret;

use crate::world::{World, origin, password};

#[tokio::test]
async fn an_account_signs_in_with_its_password_only() {
    let world = World::new().await;
    world.account("ada", Role::Auditor).await;
    let identity = world.verified(" ADA ").await.unwrap();
    assert_eq!((identity.subject.as_str(), identity.name.as_str(), identity.role), ("local:ada", "ada", Role::Auditor));
    assert_eq!(identity.reader, Reader { user_id: Some("ada@example.com".into()), ..Reader::default() });
    let accounts = &world.people.accounts;
    assert!(accounts.verify("ada", "correct horse batterz".into()).await.unwrap().is_none());
    assert!(accounts.verify("bob", password()).await.unwrap().is_none());
    assert!(accounts.verify("", "".into()).await.unwrap().is_none());
}

#[tokio::test]
async fn bad_names_user_ids_and_passwords_are_refused() {
    let world = World::new().await;
    let create = async |name: &str, password: &str, user_id: Option<&str>| {
        let user_id = user_id.map(str::to_owned);
        world.people.accounts.create(name, password.into(), Role::Searcher, user_id).await
    };
    for name in ["", "a b", "ada\u{202e}", "../x", &"a".repeat(65)] {
        let refused = create(name, "correct horse battery", None).await.unwrap_err();
        assert!(matches!(refused, IdentityError::Name { .. }), "{name:?}");
    }
    assert!(matches!(create("ada", "short", None).await, Err(IdentityError::PasswordTooShort { chars_min: 12 })));
    assert!(matches!(create("ada", "correct horse battery", Some("a\u{0}b")).await, Err(IdentityError::UserId { .. })));
    assert_eq!(create("ada", "correct horse battery", Some(" ")).await.unwrap().user_id, None);
    assert!(matches!(
        create("ADA", "correct horse battery", None).await,
        Err(IdentityError::AccountExists { name }) if name == "ada"
    ));
    assert_eq!(world.people.accounts.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_change_ends_the_sessions_of_that_account_only() {
    let world = World::new().await;
    world.account("ada", Role::Administrator).await;
    world.account("bob", Role::Searcher).await;
    let sessions = &world.people.sessions;
    let bob = sessions.start(&world.verified("bob").await.unwrap(), &origin(1)).await.unwrap();
    let accounts = &world.people.accounts;
    for n in 0..6 {
        let ada = world.verified("ada").await.unwrap();
        sessions.start(&ada, &origin(1)).await.unwrap();
        assert_eq!(sessions.list().await.unwrap().len(), 2);
        match n {
            0 => accounts.set_role("ada", Role::Searcher).await.unwrap(),
            1 => accounts.set_user_id("ada", None).await.unwrap(),
            2 => accounts.set_password("ada", password()).await.unwrap(),
            3 => {
                accounts.disable("ada").await.unwrap();
                assert!(world.verified("ada").await.is_none());
                assert!(accounts.find("ada").await.unwrap().unwrap().disabled);
                accounts.enable("ada").await.unwrap();
            }
            4 => accounts.enable("ada").await.unwrap(),
            _ => accounts.remove("ada").await.unwrap(),
        }
        assert_eq!(sessions.list().await.unwrap().len(), 1, "change {n}");
        let stale = sessions.start(&ada, &origin(1)).await;
        assert!(matches!(stale, Err(IdentityError::AccountChanged)), "change {n}");
    }
    assert!(matches!(accounts.remove("ada").await, Err(IdentityError::AccountNotFound { .. })));
    assert!(sessions.find(bob.expose_secret()).await.unwrap().is_some());
}

#[tokio::test]
async fn an_account_made_anew_is_another_one() {
    let world = World::new().await;
    world.account("ada", Role::Administrator).await;
    let before = world.verified("ada").await.unwrap();
    world.people.accounts.remove("ada").await.unwrap();
    world.pass(std::time::Duration::from_millis(1));
    world.account("ada", Role::Searcher).await;
    let stale = world.people.sessions.start(&before, &origin(1)).await;
    assert!(matches!(stale, Err(IdentityError::AccountChanged)));
}

#[tokio::test]
async fn the_store_has_no_password() {
    let world = World::new().await;
    world.account("ada", Role::Searcher).await;
    let record = world.store.find_account("ada").await.unwrap().unwrap();
    assert!(record.verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", record.verifier);
    assert!(!format!("{record:?}").contains("argon2"));
}
