//! Sessions: what a token is good for, and for how long.

use std::time::Duration;

use sangam_identity::{Identity, Reader, Role, SESSION_AGE_MAX, SESSION_IDLE_MAX};
use secrecy::ExposeSecret;

use crate::world::{World, origin};

fn somebody() -> Identity {
    Identity {
        subject: "oidc:https://id.example|42".into(),
        name: "Ada Lovelace".into(),
        role: Role::Searcher,
        reader: Reader { user_id: Some("ada@example.com".into()), groups: vec!["engineers".into()], gap: None },
        account_revision: None,
    }
}

#[tokio::test]
async fn a_token_finds_who_signed_in_until_it_is_ended() {
    let world = World::new().await;
    let sessions = &world.people.sessions;
    let token = sessions.start(&somebody(), &origin(7)).await.unwrap();
    let session = sessions.find(token.expose_secret()).await.unwrap().unwrap();
    assert!(*session.identity() == somebody());
    assert_eq!((session.info.address.as_str(), session.info.agent.as_str()), ("192.0.2.7", "Mozilla/5.0(X11)"));
    let other = sessions.start(&somebody(), &origin(8)).await.unwrap();
    for wrong in ["", "x", &"A".repeat(43), &session.info.id] {
        assert!(sessions.find(wrong).await.unwrap().is_none());
    }
    assert!(sessions.end(token.expose_secret()).await.unwrap());
    assert!(!sessions.end(token.expose_secret()).await.unwrap());
    assert!(sessions.find(token.expose_secret()).await.unwrap().is_none());
    let left = sessions.list().await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(sessions.end_by_id(&left[0].id).await.unwrap());
    assert!(sessions.find(other.expose_secret()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_session_signs_is_read_by_itself_for_that_purpose_only() {
    let world = World::new().await;
    let sessions = &world.people.sessions;
    let mut both = Vec::new();
    for _ in 0..2 {
        let token = sessions.start(&somebody(), &origin(7)).await.unwrap();
        both.push(sessions.find(token.expose_secret()).await.unwrap().unwrap());
    }
    let [mine, theirs] = both.as_slice() else { panic!("two sessions") };
    let signed = mine.sign("consent", "für wen");
    assert_eq!(mine.verified("consent", &signed).as_deref(), Some("für wen"));
    assert_eq!(mine.verified("other", &signed), None);
    assert_eq!(theirs.verified("consent", &signed), None);
    let (text, signature) = signed.split_once('.').unwrap();
    for forged in [format!("{text}x.{signature}"), format!("{text}."), text.to_owned(), String::new()] {
        assert_eq!(mine.verified("consent", &forged), None, "{forged}");
    }
    assert_eq!(mine.derive("verifier", "n").len(), 43);
}

#[tokio::test]
async fn a_session_ends_when_idle_and_when_old() {
    let world = World::new().await;
    let sessions = &world.people.sessions;
    let idle = sessions.start(&somebody(), &origin(1)).await.unwrap();
    let used = sessions.start(&somebody(), &origin(1)).await.unwrap();
    let found = async |token: &secrecy::SecretString| sessions.find(token.expose_secret()).await.unwrap();
    let almost = SESSION_IDLE_MAX.saturating_sub(Duration::from_mins(1));
    world.pass(almost);
    let info = found(&used).await.unwrap().info;
    assert_eq!(info.seen_at, info.created_at + almost.as_millis() as i64, "it counts as used");
    world.pass(Duration::from_mins(1));
    assert!(found(&idle).await.is_none(), "idle");
    assert_eq!(sessions.purge_due().await.unwrap(), 1);
    let mut n_found = 0;
    while found(&used).await.is_some() {
        n_found += 1;
        world.pass(almost);
    }
    assert_eq!(n_found, 3, "the age counts from the start, however much a session is used");
    assert!(almost * 3 < SESSION_AGE_MAX);
    assert_eq!(sessions.purge_due().await.unwrap(), 1);
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute() {
    let world = World::new().await;
    let sessions = &world.people.sessions;
    let token = sessions.start(&somebody(), &origin(1)).await.unwrap();
    let seen_at = async || {
        sessions.find(token.expose_secret()).await.unwrap();
        sessions.list().await.unwrap()[0].seen_at
    };
    let first = seen_at().await;
    world.pass(Duration::from_secs(59));
    assert_eq!(seen_at().await, first);
    world.pass(Duration::from_secs(1));
    assert_eq!(seen_at().await, first + 60_000);
}

#[tokio::test]
async fn forms_carry_what_only_their_session_has() {
    let world = World::new().await;
    let sessions = &world.people.sessions;
    let mut csrf = Vec::new();
    for _ in 0..2 {
        let token = sessions.start(&somebody(), &origin(1)).await.unwrap();
        let session = sessions.find(token.expose_secret()).await.unwrap().unwrap();
        assert!(session.csrf_matches(session.csrf()) && !session.csrf_matches(""));
        assert!(!session.csrf().contains(token.expose_secret()));
        csrf.push(session.csrf().to_owned());
        let again = sessions.find(token.expose_secret()).await.unwrap().unwrap();
        assert!(again.csrf_matches(session.csrf()), "the same for every page of a session");
    }
    assert_ne!(csrf[0], csrf[1]);
}

#[tokio::test]
async fn sessions_survive_a_restart_and_end_by_subject() {
    let world = World::new().await;
    let token = world.people.sessions.start(&somebody(), &origin(1)).await.unwrap();
    let world = world.restarted().await;
    let sessions = &world.people.sessions;
    assert!(sessions.find(token.expose_secret()).await.unwrap().is_some());
    assert_eq!(sessions.end_of("oidc:https://id.example|43").await.unwrap(), 0);
    assert_eq!(sessions.end_of(&somebody().subject).await.unwrap(), 1);
    assert!(sessions.find(token.expose_secret()).await.unwrap().is_none());
}

#[tokio::test]
async fn the_store_has_no_token() {
    let world = World::new().await;
    let token = world.people.sessions.start(&somebody(), &origin(1)).await.unwrap();
    let found = world.store.find_session(token.expose_secret().as_bytes(), 0, 0).await.unwrap();
    assert!(found.is_none(), "the row is known by a hash");
    let session = world.people.sessions.find(token.expose_secret()).await.unwrap().unwrap();
    let printed = format!("{session:?} {:?} {token:?}", session.info);
    for secret in [token.expose_secret(), session.csrf(), "Ada", "ada@example.com"] {
        assert!(!printed.contains(secret));
    }
}
