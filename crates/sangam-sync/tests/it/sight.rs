use std::time::Duration;

use sangam_store::{JobStatus, SyncJob, now_ms};
use sangam_sync::SyncPolicy;

use crate::world::{INDEX, SOURCE, World};

const HOUR: i64 = 60 * 60_000;

async fn synced() -> World {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &["ada"]);
    world.scripted.page("b", "some fox", &[]);
    world.run("first").await;
    world
}

async fn look_in(world: &World, hours: i64) {
    world.scheduler(now_ms()).look(now_ms() + hours * HOUR).await;
}

fn warned(job: &SyncJob, words: &str) {
    assert!(job.warnings.iter().any(|warning| warning.contains(words)), "{:?}", job.warnings);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_keep_the_last_access_for_a_day_and_hide_everything_then_until_sight_is_back() {
    let world = synced().await;
    world.scripted.0.lock().refuses = true;
    let job = world.run("second").await;
    assert_eq!(job.status, JobStatus::Failed);
    warned(&job, "will be hidden in");
    look_in(&world, 23).await;
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
    look_in(&world, 25).await;
    assert_eq!(world.n_visible(), 0, "not even for a request that may see everything");

    let world = world.restart().await;
    assert_eq!(world.n_visible(), 0);
    let job = world.run("third").await;
    assert_eq!(job.status, JobStatus::Failed);
    warned(&job, "everything of this data source is hidden");

    // A job that can see again and breaks off shows nothing yet, not even what is new.
    {
        let mut script = world.scripted.0.lock();
        script.refuses = false;
        script.fails_after = Some(2);
    }
    world.scripted.page("a", "another fox", &["ada"]);
    world.scripted.page("c", "some fox", &[]);
    world.run("fourth").await;
    assert_eq!(world.n_visible(), 0);

    world.scripted.0.lock().fetched.clear();
    world.scripted.0.lock().fails_after = None;
    let refresh = world.sync.refresh_access(INDEX, SOURCE, false).await.unwrap();
    assert_eq!(world.ended(&refresh).await.status, JobStatus::Succeeded);
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
    assert_eq!(world.found("ben", "fox").await, ["b"]);
    assert!(world.scripted.0.lock().fetched.is_empty(), "without fetching");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawler_that_sees_nothing_any_more_has_lost_its_sight_and_removes_nothing() {
    let world = synced().await;
    let pages = std::mem::take(&mut world.scripted.0.lock().pages);
    let job = world.run("second").await;
    assert_eq!((job.status, job.counters.deleted), (JobStatus::Failed, 0));
    assert!(job.error_message.unwrap().contains("sees nothing"));
    world.scripted.0.lock().pages = pages;
    assert_eq!(world.run("third").await.status, JobStatus::Succeeded);
    assert_eq!(world.found("ada", "fox").await, ["a", "b"]);
    look_in(&world, 48).await;
    assert_eq!(world.n_visible(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_whose_only_document_is_gone_has_not_lost_its_sight_where_its_places_are_seen() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &["ada"]);
    world.run("first").await;
    world.scripted.0.lock().sees_places = true;
    world.scripted.0.lock().pages.clear();
    let job = world.run("second").await;
    assert_eq!((job.status, job.counters.deleted), (JobStatus::Succeeded, 1), "{:?}", job.error_message);
    assert_eq!(world.n_visible(), 0, "hidden at once");
    assert_eq!(world.run("third").await.status, JobStatus::Succeeded, "and removed by the second listing");
    world.scripted.page("b", "another fox", &["ada"]);
    assert_eq!(world.run("fourth").await.status, JobStatus::Succeeded);
    assert_eq!(world.found("ada", "fox").await, ["b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_does_not_answer_hides_nothing() {
    let world = synced().await;
    world.scripted.0.lock().fails_after = Some(0);
    assert_eq!(world.run("second").await.status, JobStatus::Failed);
    look_in(&world, 100).await;
    assert_eq!(world.n_visible(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_is_too_old_already_is_hidden_by_the_job_that_is_refused() {
    let world = World::under(SyncPolicy { access_max_age: Duration::ZERO, ..SyncPolicy::default() }).await;
    world.scripted.page("a", "some fox", &[]);
    world.run("first").await;
    world.scripted.0.lock().refuses = true;
    world.run("second").await;
    assert_eq!(world.n_visible(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_place_is_kept_and_removed_once_it_is_lost_for_too_long() {
    for (lost_after, kept) in [(Duration::from_hours(24), 2), (Duration::ZERO, 1)] {
        let world = World::under(SyncPolicy { lost_after, ..SyncPolicy::default() }).await;
        world.scripted.page("a", "some fox", &[]);
        world.scripted.page("b", "some fox", &[]);
        world.run("first").await;
        {
            let mut script = world.scripted.0.lock();
            script.lost.insert("b".into());
            script.incomplete = true;
        }
        let job = world.run("second").await;
        assert_eq!(job.status, JobStatus::Incomplete);
        assert_eq!(world.found("ada", "fox").await, ["a"]);
        tokio::time::sleep(Duration::from_millis(2)).await;
        world.run("third").await;
        assert_eq!(world.store.documents_of(INDEX, SOURCE).await.unwrap().len(), kept);
    }
}
