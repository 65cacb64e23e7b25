use sangam_store::{JobKind, JobStatus};

use crate::world::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// 1 January 2030, midnight.
const MIDNIGHT: i64 = 1_893_456_000_000;

/// Looks every minute of some hours; returns at which minutes a sync began.
async fn watch(world: &World, from: i64, hours: i64) -> Vec<i64> {
    let mut scheduler = world.scheduler(from);
    let mut began = Vec::new();
    for minute in 1..=hours * 60 {
        let n_before = world.jobs(JobKind::Sync).await.len();
        scheduler.look(from + minute * MINUTE).await;
        if let Some(job) = world.jobs(JobKind::Sync).await.get(n_before) {
            began.push(minute);
            world.ended(&job.id).await;
        }
    }
    began
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_starts_at_each_due_minute_and_at_no_other() {
    let world = World::new().await;
    world.plan(Some("cron(0/30 0-1 * * ? *)"), Some("off"), MIDNIGHT - HOUR);
    assert_eq!(watch(&world, MIDNIGHT - MINUTE, 3).await, [1, 31, 61, 91]);
    assert!(world.jobs(JobKind::Sync).await.iter().all(|job| job.status == JobStatus::Succeeded));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_on_creation_nor_for_what_was_due_while_the_server_was_down() {
    let world = World::new().await;
    // Made a second after it was due.
    world.plan(Some("cron(0 0 * * ? *)"), Some("off"), MIDNIGHT + 1_000);
    world.scheduler(MIDNIGHT - MINUTE).look(MIDNIGHT + 2_000).await;
    assert!(world.jobs(JobKind::Sync).await.is_empty());
    // Due an hour before the start.
    world.plan(Some("cron(0 0 * * ? *)"), Some("off"), 0);
    world.scheduler(MIDNIGHT + HOUR).look(MIDNIGHT + HOUR + MINUTE).await;
    assert!(world.jobs(JobKind::Sync).await.is_empty());
    // The machine slept over it.
    world.scheduler(MIDNIGHT - HOUR).look(MIDNIGHT + HOUR).await;
    assert!(world.jobs(JobKind::Sync).await.is_empty());
    // A look that came late.
    world.scheduler(MIDNIGHT - MINUTE).look(MIDNIGHT + 3 * MINUTE).await;
    assert_eq!(world.jobs(JobKind::Sync).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_or_removed_schedule_is_obeyed_at_the_next_look() {
    let world = World::new().await;
    let mut scheduler = world.scheduler(MIDNIGHT);
    world.plan(Some("cron(5 0 * * ? *)"), Some("off"), 0);
    scheduler.look(MIDNIGHT + MINUTE).await;
    world.plan(Some("cron(2 0 * * ? *)"), Some("off"), MIDNIGHT + MINUTE + 1);
    scheduler.look(MIDNIGHT + 2 * MINUTE).await;
    let jobs = world.jobs(JobKind::Sync).await;
    assert_eq!(jobs.len(), 1);
    world.ended(&jobs[0].id).await;
    for gone in [None, Some("cron(broken)")] {
        world.plan(gone, Some("off"), 0);
        scheduler.look(MIDNIGHT + 10 * MINUTE).await;
    }
    world.plan.0.lock().clear();
    scheduler.look(MIDNIGHT + 25 * HOUR).await;
    assert_eq!(world.jobs(JobKind::Sync).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_sync_is_left_out_while_one_is_under_way() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.scripted.0.lock().hangs_after = Some(0);
    world.plan(Some("cron(* * * * ? *)"), Some("off"), 0);
    let mut scheduler = world.scheduler(MIDNIGHT);
    scheduler.look(MIDNIGHT + MINUTE).await;
    scheduler.look(MIDNIGHT + 2 * MINUTE).await;
    let jobs = world.jobs(JobKind::Sync).await;
    assert_eq!(jobs.len(), 1);
    world.stop(&jobs[0].id).await;
    world.ended(&jobs[0].id).await;
    world.scripted.0.lock().hangs_after = None;
    scheduler.look(MIDNIGHT + 3 * MINUTE).await;
    assert_eq!(world.jobs(JobKind::Sync).await.len(), 2);
}
