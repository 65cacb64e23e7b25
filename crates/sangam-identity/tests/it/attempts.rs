//! The limit on attempts, and the sign-in that keeps it.

use std::time::Duration;

use sangam_identity::{ATTEMPTS_WINDOW, AuditFilter, IdentityError, Role, SIGN_IN, UNKNOWN, WRONG_PASSWORD};

use crate::world::{World, origin, password};

fn retry_after(error: &IdentityError) -> Duration {
    let IdentityError::TooManyAttempts { retry_after } = error else { panic!("{error}") };
    *retry_after
}

#[tokio::test]
async fn the_eleventh_guess_at_a_name_is_refused_from_wherever_and_after_a_restart() {
    let world = World::new().await;
    for n in 0..10 {
        world.people.attempts.begin("ada", origin(n).address).await.unwrap();
    }
    world.pass(Duration::from_mins(5));
    let world = world.restarted().await;
    let refused = world.people.attempts.begin(" ADA", origin(99).address).await.unwrap_err();
    assert_eq!(retry_after(&refused), Duration::from_mins(10));
    assert_eq!(refused.to_string(), "too many attempts to sign in; try again in 10 minutes");
    world.people.attempts.begin("bob", origin(99).address).await.unwrap();
    world.pass(Duration::from_mins(10));
    world.people.attempts.begin("ada", origin(99).address).await.unwrap();
}

#[tokio::test]
async fn guesses_at_many_names_from_one_address_are_refused() {
    let world = World::new().await;
    for n in 0..50 {
        world.people.attempts.begin(&format!("name{n}"), origin(1).address).await.unwrap();
    }
    let refused = world.people.attempts.begin("another", origin(1).address).await.unwrap_err();
    assert_eq!(retry_after(&refused), ATTEMPTS_WINDOW);
    world.people.attempts.begin("another", origin(2).address).await.unwrap();
}

#[tokio::test]
async fn a_right_password_takes_back_the_guesses_at_its_name_only() {
    let world = World::new().await;
    for n in 0..50 {
        world.people.attempts.begin(&format!("name{}", n / 9), origin(1).address).await.unwrap();
    }
    world.people.attempts.succeeded("name0", origin(1).address).await.unwrap();
    world.people.attempts.begin("name0", origin(1).address).await.unwrap();
    assert!(world.people.attempts.begin("name0", origin(1).address).await.is_err(), "the address still counts");
}

#[tokio::test]
async fn a_sign_in_keeps_the_limit_and_is_in_the_trail() {
    let world = World::new().await;
    world.account("ada", Role::Searcher).await;
    let sign_in = async |name: &str, password: &str| world.people.sign_in(name, password.into(), &origin(1)).await;
    assert!(sign_in("my password by mistake", "ada").await.unwrap().is_none());
    for _ in 0..9 {
        assert!(sign_in("ada", "wrong").await.unwrap().is_none());
    }
    assert!(sign_in("ada", crate::world::PASSWORD).await.unwrap().is_some());
    for _ in 0..10 {
        assert!(sign_in("ada", "wrong").await.unwrap().is_none(), "counted anew");
    }
    assert!(matches!(sign_in("ada", crate::world::PASSWORD).await, Err(IdentityError::TooManyAttempts { .. })));
    let events = world.people.audit.list(&AuditFilter::default(), None, 100).await.unwrap();
    assert_eq!(events.len(), 21);
    let first = &events[20].event;
    assert_eq!((first.actor.as_str(), first.outcome.as_str()), (UNKNOWN, WRONG_PASSWORD));
    assert_eq!(first.name, "", "what was typed into the wrong field is not kept");
    let good = &events[10].event;
    assert_eq!((good.actor.as_str(), good.action.as_str(), good.outcome.as_str()), ("local:ada", SIGN_IN, "ok"));
    assert_eq!(good.address.as_deref(), Some("192.0.2.1"));
}

#[tokio::test]
async fn of_many_guesses_at_once_no_more_are_looked_at() {
    let world = World::new().await;
    let mut guesses = tokio::task::JoinSet::new();
    for n in 0..30 {
        let people = world.people.clone();
        guesses.spawn(async move { people.sign_in("ada", password(), &origin(n)).await });
    }
    let refused = |guess: &Result<_, IdentityError>| matches!(guess, Err(IdentityError::TooManyAttempts { .. }));
    assert_eq!(guesses.join_all().await.iter().filter(|guess| refused(guess)).count(), 20);
}
