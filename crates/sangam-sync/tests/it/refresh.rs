use sangam_store::{JobKind, JobStatus, now_ms};
use sangam_sync::{AccessRefresh, CrawlMode, SyncPolicy};

use crate::world::{INDEX, SOURCE, World};

const MINUTE: i64 = 60_000;
/// Due once in this century, and not in these tests.
const RARELY: &str = "cron(0 0 1 1 ? 2098)";

async fn refresh(world: &World, reconcile: bool) -> sangam_store::SyncJob {
    let id = world.sync.refresh_access(INDEX, SOURCE, reconcile).await.unwrap();
    world.ended(&id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_changes_who_may_read_and_fetches_nothing() {
    let world = World::new().await;
    world.scripted.page("a", "the quick fox", &["ada"]);
    world.run("first").await;
    world.scripted.page("a", "the changed fox", &["ben"]);
    world.scripted.0.lock().fetched.clear();
    for reconcile in [false, true] {
        let job = refresh(&world, reconcile).await;
        assert_eq!((job.status, job.error_message), (JobStatus::Succeeded, None));
        assert_eq!(job.kind, JobKind::Access);
        assert!(world.found("ada", "fox").await.is_empty());
        assert_eq!(world.found("ben", "quick").await, ["a"], "the text is as it was");
    }
    assert_eq!(world.jobs(JobKind::Access).await[0].counters.modified, 0);
    assert!(world.store.job_documents(&world.jobs(JobKind::Access).await[1].id, "", 10).await.unwrap().is_empty());
    assert_eq!(world.jobs(JobKind::Sync).await.len(), 1, "it is no sync");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_refresh_that_walks_all_listings_hides_what_is_gone_and_it_comes_back() {
    let world = World::new().await;
    for page in ["a", "b"] {
        world.scripted.page(page, "some fox", &[]);
    }
    world.run("first").await;
    let gone = world.scripted.0.lock().pages.remove("b").unwrap();
    refresh(&world, true).await;
    assert_eq!(world.found("ada", "fox").await, ["a"]);
    world.scripted.0.lock().pages.insert("b".into(), gone);
    refresh(&world, true).await;
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_starts_ends_the_refresh_and_does_not_fail_because_of_it() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.run("first").await;
    world.scripted.0.lock().hangs_after = Some(0);
    let refresh = world.sync.refresh_access(INDEX, SOURCE, true).await.unwrap();
    world.until(&refresh, |job| job.checkpoint.is_some()).await;
    world.scripted.0.lock().hangs_after = None;
    assert_eq!(world.run("second").await.status, JobStatus::Succeeded);
    assert_eq!(world.ended(&refresh).await.status, JobStatus::Aborted);
    assert!(world.sync.refresh_access(INDEX, SOURCE, true).await.is_ok(), "and the next one may begin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_cut_off_by_a_restart_goes_on() {
    let world = World::new().await;
    for page in ["a", "b"] {
        world.scripted.page(page, "some fox", &[]);
    }
    world.run("first").await;
    world.scripted.0.lock().hangs_after = Some(1);
    let refresh = world.sync.refresh_access(INDEX, SOURCE, true).await.unwrap();
    world.until(&refresh, |job| job.counters.scanned == 1).await;
    world.scripted.0.lock().hangs_after = None;
    let world = world.restart().await;
    assert_eq!(world.ended(&refresh).await.status, JobStatus::Succeeded);
    assert_eq!(world.scripted.0.lock().modes.last(), Some(&CrawlMode::Access { reconcile: true }));
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
}

/// Looks once, some minutes from now; returns whether a refresh began, and waits for its end.
async fn begins(world: &World, minutes: i64) -> Option<CrawlMode> {
    let n_before = world.jobs(JobKind::Access).await.len();
    let now = now_ms() + minutes * MINUTE;
    world.scheduler(now - MINUTE).look(now).await;
    let job = world.jobs(JobKind::Access).await.into_iter().nth(n_before)?;
    world.ended(&job.id).await;
    world.scripted.0.lock().modes.last().copied()
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_come_as_often_as_schedule_tag_and_setting_say() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.plan(Some(RARELY), None, 0);
    assert_eq!(begins(&world, 30).await, None, "nothing was synced yet");
    world.run("first").await;
    assert_eq!(begins(&world, 9).await, None);
    assert_eq!(begins(&world, 11).await, Some(CrawlMode::Access { reconcile: false }));
    assert_eq!(begins(&world, 6 * 60 + 1).await, Some(CrawlMode::Access { reconcile: true }));
    world.plan(None, None, 0);
    assert_eq!(begins(&world, 11).await, None, "on demand");
    world.plan(None, Some("5m"), 0);
    assert!(begins(&world, 6).await.is_some(), "the tag goes before");
    world.plan(Some(RARELY), Some("off"), 0);
    assert_eq!(begins(&world, 60).await, None);

    let hourly = AccessRefresh::Every(std::time::Duration::from_hours(1));
    let world = World::under(SyncPolicy { access_refresh: hourly, ..SyncPolicy::default() }).await;
    world.scripted.page("a", "some fox", &[]);
    world.run("first").await;
    world.plan(Some(RARELY), None, 0);
    assert_eq!(begins(&world, 30).await, None);
    assert!(begins(&world, 61).await.is_some());
}
