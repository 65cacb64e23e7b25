use sangam_store::{JobStatus, now_ms};
use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_says_what_it_waits_for_how_much_it_expects_and_takes_it_back_at_its_end() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    {
        let mut script = world.scripted.0.lock();
        script.hangs_after = Some(1);
        script.note = Some("waiting for the site".into());
    }
    world.scripted.page("b", "some fox", &[]);
    world.start("job").await;
    let job = world.until("job", |job| job.note.is_some()).await;
    assert_eq!((job.note.as_deref(), job.n_expected, job.n_calls), (Some("waiting for the site"), Some(2), 1));
    world.stop("job").await;
    assert_eq!(world.ended("job").await.note, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_sent_away_is_gone_on_with_by_the_next_one() {
    let world = World::new().await;
    for page in ["a", "b", "c"] {
        world.scripted.page(page, "some fox", &[]);
    }
    let later = now_ms() / 1_000 + 3_600;
    world.scripted.0.lock().sends_away = Some((2, later));
    let first = world.run("first").await;
    assert_eq!((first.status, first.retry_at), (JobStatus::Incomplete, Some(later * 1_000)));
    world.scripted.0.lock().sends_away = None;
    let second = world.run("second").await;
    assert_eq!(second.status, JobStatus::Succeeded);
    assert_eq!(world.scripted.0.lock().began_with[1], Some(json!({ "after": "b" })));
    assert_eq!((second.counters.added, second.counters.scanned, second.counters.deleted), (1, 3, 0));
    assert_eq!(world.found("ada", "fox").await, ["a", "b", "c"]);
    // And the one after that begins anew.
    world.run("third").await;
    assert_eq!(world.scripted.0.lock().began_with[2], None);
}
