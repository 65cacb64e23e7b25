use sangam_store::{JobStatus, StoreError};

use crate::world::{INDEX, SOURCE, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_ends_with_its_counters_and_each_person_finds_their_own() {
    let world = World::new().await;
    world.scripted.page("a", "the quick fox", &[]);
    world.scripted.page("b", "the secret fox", &["ada"]);
    let job = world.run("job").await;
    assert_eq!((job.status, job.error_message), (JobStatus::Succeeded, None));
    assert_eq!((job.counters.added, job.counters.scanned, job.counters.failed), (2, 2, 0));
    assert_eq!(world.found("ada@example.org", "fox").await, ["a", "b"]);
    assert_eq!(world.found("ben@example.org", "fox").await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn crawled_documents_are_counted_by_their_data_source_and_title_and_files_by_their_type() {
    let world = World::new().await;
    world.scripted.page("a", "the quick fox", &[]);
    world.scripted.page("b", "the lazy dog", &[]);
    world.scripted.page("c.csv", "the,file\n1,2\n", &[]);
    assert_eq!(world.run("job").await.status, JobStatus::Succeeded);
    assert_eq!(world.counted("_data_source_id"), [(SOURCE.to_owned(), 3)]);
    let titles = ["a", "b", "c.csv"].map(|id| (format!("Title of {id}"), 1));
    assert_eq!(world.counted("_document_title"), titles);
    assert_eq!(world.counted("_file_type"), [("csv".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_job_fetches_only_what_changed() {
    let world = World::new().await;
    world.scripted.page("a", "the quick fox", &[]);
    world.scripted.page("b", "the lazy dog", &[]);
    world.run("first").await;
    world.scripted.page("b", "the lazy cat", &[]);
    world.scripted.0.lock().fetched.clear();
    let job = world.run("second").await;
    assert_eq!(world.scripted.0.lock().fetched, ["b"]);
    assert_eq!((job.counters.added, job.counters.modified, job.counters.scanned), (0, 1, 2));
    assert!(world.found("ada", "dog").await.is_empty());
    assert_eq!(world.found("ada", "cat").await, ["b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_restriction_acts_without_fetching_and_is_counted_apart() {
    let world = World::new().await;
    world.scripted.page("a", "the quick fox", &["ada"]);
    world.run("first").await;
    {
        let mut script = world.scripted.0.lock();
        script.pages.get_mut("a").unwrap().readers = vec!["ben".into()];
        script.fetched.clear();
    }
    let job = world.run("second").await;
    assert!(world.scripted.0.lock().fetched.is_empty());
    assert_eq!((job.counters.modified, job.counters.scanned), (0, 1));
    assert!(world.found("ada", "fox").await.is_empty());
    assert_eq!(world.found("ben", "fox").await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cut_off_by_a_restart_goes_on_from_its_checkpoint_under_the_same_id() {
    let world = World::new().await;
    for page in ["a", "b", "c", "d"] {
        world.scripted.page(page, "some fox", &[]);
    }
    world.scripted.0.lock().hangs_after = Some(2);
    world.start("job").await;
    world.until("job", |job| job.counters.added == 2).await;
    let scripted = world.scripted.clone();
    scripted.0.lock().hangs_after = None;
    let world = world.restart().await;
    let job = world.ended("job").await;
    assert_eq!(job.status, JobStatus::Succeeded);
    assert_eq!((job.counters.added, job.counters.scanned), (4, 4));
    assert_eq!(scripted.0.lock().began_with[1], Some(serde_json::json!({ "after": "b" })));
    assert_eq!(scripted.0.lock().fetched, ["a", "b", "c", "d"], "nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_job_is_aborted_and_keeps_what_it_had() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.scripted.page("b", "some fox", &[]);
    world.scripted.0.lock().hangs_after = Some(1);
    world.start("job").await;
    world.until("job", |job| job.counters.added == 1).await;
    world.stop("job").await;
    assert_eq!(world.ended("job").await.status, JobStatus::Aborted);
    assert_eq!(world.found("ada", "fox").await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_fails_ends_the_job_and_removes_nothing() {
    let world = World::new().await;
    for page in ["a", "b", "c"] {
        world.scripted.page(page, "some fox", &[]);
    }
    world.run("first").await;
    {
        let mut script = world.scripted.0.lock();
        script.pages.remove("c");
        script.fails_after = Some(1);
    }
    let job = world.run("second").await;
    assert_eq!(job.status, JobStatus::Failed);
    assert_eq!(job.error_message.as_deref(), Some("the scripted site does not answer"));
    assert_eq!(job.data_source_error_code.as_deref(), Some("S-1"));
    assert_eq!(job.counters.deleted, 0);
    assert_eq!(world.store.documents_of(INDEX, SOURCE).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_job_at_a_time_is_in_progress() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.scripted.0.lock().hangs_after = Some(0);
    world.start("first").await;
    let refused = world.store.insert_job("second", INDEX, SOURCE).await;
    assert!(matches!(refused, Err(StoreError::Exists { id, .. }) if id == "first"));
    world.stop("first").await;
    world.ended("first").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_stopped_before_anybody_worked_on_it_does_not_begin() {
    let world = World::new().await;
    world.scripted.page("a", "some fox", &[]);
    world.store.insert_job("job", INDEX, SOURCE).await.unwrap();
    let job = world.store.job("job").await.unwrap().unwrap();
    world.stop("job").await;
    assert_eq!(world.ended("job").await.status, JobStatus::Aborted);
    world.work_on(job).await;
    assert!(world.scripted.0.lock().began_with.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_its_vectors_is_stopped_at_once_and_they_follow_without_it() {
    let world = World::new().await;
    world.gate.close();
    world.scripted.page("a", "some fox", &[]);
    world.start("job").await;
    world.until("job", |job| job.status == JobStatus::SyncingIndexing).await;
    assert!(world.store.move_job("job", JobStatus::SyncingIndexing, JobStatus::Stopping).await.unwrap());
    world.sync.stop("job").await.unwrap();
    let job = world.ended("job").await;
    assert_eq!((job.status, job.counters.added), (JobStatus::Aborted, 1));
    assert!(world.store.vectors_pending(INDEX).await.unwrap() > 0, "it did not wait for them");
    world.gate.open();
    assert_eq!(world.found("ada", "fox").await, ["a"], "what it brought stays");
    let next = world.run("next").await;
    assert_eq!((next.status, next.counters.added), (JobStatus::Succeeded, 0));
    assert_eq!(world.store.vectors_pending(INDEX).await.unwrap(), 0);
}
