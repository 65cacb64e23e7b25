//! The audit trail: who did what to what, from where, and what was refused.

use std::net::IpAddr;

use sangam_server::{Network, Settings, TrailEntry};

use crate::world::{BATCH_DELETE, INDEX, QUERY, Signed, World, deletion, query};

fn told(entry: &TrailEntry) -> (&str, &str, Option<&str>, Option<&str>) {
    (&entry.actor, &entry.action, entry.subject.as_deref(), entry.error)
}

#[tokio::test]
async fn changes_are_told_by_what_they_are_about_and_refusals_too() {
    let world = World::start().await;
    world.stub.may_end.add_permits(1);
    let asker = |signed: Signed| Signed { key: "ASKER", ..signed };
    for signed in [
        Signed::v1("POST", "/sangam/v1/accounts", "", "{}"),
        Signed::v1("PATCH", "/sangam/v1/accounts/ben", "", "{}"),
        asker(Signed::v1("PATCH", "/sangam/v1/accounts/ben", "", "{}")),
        Signed::new(BATCH_DELETE, &deletion()),
        asker(Signed::new(BATCH_DELETE, &deletion())),
        Signed::new(QUERY, &query()),
    ] {
        world.send(&signed).await;
    }
    let entries = world.stub.told.lock().unwrap();
    let denied = Some("AccessDeniedException");
    let expected = [
        ("ADMIN", "sangam:CreateAccount", Some("ada"), None),
        ("ADMIN", "sangam:UpdateAccount", Some("ben"), None),
        ("ASKER", "sangam:UpdateAccount", Some("ben"), denied),
        ("ADMIN", "kendra:BatchDeleteDocument", Some(INDEX), None),
        ("ASKER", "kendra:BatchDeleteDocument", Some(INDEX), denied),
    ];
    assert_eq!(entries.iter().map(told).collect::<Vec<_>>(), expected);
    let here: IpAddr = "127.0.0.1".parse().unwrap();
    assert!(entries.iter().all(|entry| entry.address == Some(here)));
}

#[tokio::test]
async fn behind_a_trusted_proxy_it_is_the_client_that_is_told() {
    let forwarded = |signed: Signed| {
        let mut signed = signed;
        signed.headers.push(("x-forwarded-for", "203.0.113.9, 198.51.100.7".to_owned()));
        signed
    };
    let create = || forwarded(Signed::v1("POST", "/sangam/v1/accounts", "", "{}"));
    let proxy = Network::parse("127.0.0.0/8").unwrap();
    for (trusted_proxies, expected) in [(vec![proxy], "198.51.100.7"), (Vec::new(), "127.0.0.1")] {
        let world = World::with(Settings { trusted_proxies, ..Settings::default() }).await;
        assert_eq!(world.send(&create()).await.status, 200);
        let seen = world.stub.told.lock().unwrap()[0].address;
        assert_eq!(seen, Some(expected.parse().unwrap()));
    }
}
