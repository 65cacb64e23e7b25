//! One-time links.

use std::time::Duration;

use sangam_identity::{LINK_AGE_MAX, Reader, Role};
use secrecy::ExposeSecret;
use tokio::task::JoinSet;

use crate::world::{World, origin};

#[tokio::test]
async fn a_link_signs_in_once_as_its_role_and_as_nobodys_reader() {
    let world = World::new().await;
    let links = &world.people.links;
    let token = links.make(Role::Administrator).await.unwrap();
    let identity = links.take(token.expose_secret()).await.unwrap().unwrap();
    assert_eq!((identity.subject.as_str(), identity.role), ("link:administrator", Role::Administrator));
    assert_eq!(identity.reader, Reader::default());
    assert!(links.take(token.expose_secret()).await.unwrap().is_none());
    let signed_in = world.people.start(identity, &origin(1)).await.unwrap();
    assert!(world.people.sessions.find(signed_in.token.expose_secret()).await.unwrap().is_some());
}

#[tokio::test]
async fn of_many_who_take_a_link_at_once_one_does() {
    let world = World::new().await;
    let token = world.people.links.make(Role::Auditor).await.unwrap();
    let mut takers = JoinSet::new();
    for _ in 0..16 {
        let (links, token) = (world.people.links.clone(), token.clone());
        takers.spawn(async move { links.take(token.expose_secret()).await.unwrap() });
    }
    assert_eq!(takers.join_all().await.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn a_link_is_good_for_its_time_and_over_a_restart() {
    let world = World::new().await;
    let early = world.people.links.make(Role::Administrator).await.unwrap();
    let late = world.people.links.make(Role::Administrator).await.unwrap();
    let world = world.restarted().await;
    world.pass(LINK_AGE_MAX.saturating_sub(Duration::from_secs(1)));
    assert!(world.people.links.take(early.expose_secret()).await.unwrap().is_some());
    world.pass(Duration::from_secs(1));
    assert!(world.people.links.take(late.expose_secret()).await.unwrap().is_none());
}
