//! The audit trail.

use std::time::Duration;

use sangam_identity::{AuditFilter, Event, Identity, OK, Role};

use crate::world::{World, origin};

#[tokio::test]
async fn events_are_listed_newest_first_by_page_actor_action_and_time() {
    let world = World::new().await;
    let audit = &world.people.audit;
    let admin = Identity::of_link(Role::Administrator);
    let start = world.clock.now_ms();
    for action in ["kendra:CreateIndex", "kendra:DeleteIndex", "kendra:CreateIndex"] {
        let event =
            Event { subject: Some("index-1".into()), address: Some(origin(1).address), ..Event::of(&admin, action) };
        audit.record(event).await.unwrap();
        world.pass(Duration::from_secs(1));
    }
    audit
        .record(Event { actor: "local:ada".into(), outcome: "AccessDenied".into(), ..Event::default() })
        .await
        .unwrap();
    let all = AuditFilter::default();
    let page = audit.list(&all, None, 2).await.unwrap();
    assert_eq!((page[0].event.actor.as_str(), page[0].event.at), ("local:ada", start + 3000));
    let next = audit.list(&all, Some(page[1].seq), 2).await.unwrap();
    assert_eq!(next.iter().map(|record| record.event.at).collect::<Vec<_>>(), [start + 1000, start]);
    assert_eq!((next[0].event.outcome.as_str(), next[0].event.name.as_str()), (OK, "one-time link (administrator)"));
    let created = AuditFilter { action: Some("kendra:CreateIndex".into()), actor: Some(admin.subject), ..all.clone() };
    assert_eq!(audit.list(&created, None, 9).await.unwrap().len(), 2);
    let between = AuditFilter { from: Some(start + 1000), until: Some(start + 3000), ..all };
    assert_eq!(audit.list(&between, None, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn long_and_odd_values_are_cut_and_survive_a_restart() {
    let world = World::new().await;
    let event = Event {
        name: "Ada\u{202e}\n".into(),
        detail: Some("x".repeat(100_000)),
        subject: Some("y".repeat(100_000)),
        ..Event::default()
    };
    world.people.audit.record(event).await.unwrap();
    let world = world.restarted().await;
    let events = world.people.audit.list(&AuditFilter::default(), None, i64::MAX).await.unwrap();
    let event = &events[0].event;
    let lengths = [&event.detail, &event.subject].map(|value| value.as_ref().map_or(0, String::len));
    assert_eq!((event.name.as_str(), lengths), ("Ada", [1000, 512]));
}
