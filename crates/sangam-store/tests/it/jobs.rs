//! Sync jobs: at most one in progress, each document counted once, and an end that stays.

use sangam_store::{
    DocumentAction, DocumentFailure, FailureStage, JobCounters, JobDocument, JobEnd, JobFilter, JobStatus, StoreError,
    now_ms,
};

use crate::world::{INDEX, OTHER, SOURCE, World};

fn end_with(status: JobStatus) -> JobEnd {
    JobEnd { status, error_code: None, error_message: None, data_source_error_code: None }
}

/// Starts and ends a job in a millisecond of its own, and returns when it started.
async fn past_job(world: &World, id: &str, status: JobStatus) -> i64 {
    let last = now_ms();
    while now_ms() == last {
        tokio::task::yield_now().await;
    }
    world.start_job(id).await;
    world.store.end_job(id, &end_with(status)).await.unwrap();
    world.store.job(id).await.unwrap().unwrap().started_at
}

async fn list(world: &World, filter: JobFilter, offset: u32, limit: u32) -> Vec<String> {
    let jobs = world.store.jobs(SOURCE, &filter, offset, limit).await.unwrap();
    jobs.into_iter().map(|job| job.id).collect()
}

#[tokio::test]
async fn a_data_source_has_one_job_in_progress() {
    let world = World::new().await;
    world.start_job("first").await;
    world.store.insert_job("elsewhere", INDEX, OTHER).await.unwrap();
    let moves = [
        (None, false),
        (Some((JobStatus::Syncing, JobStatus::Stopping)), false),
        (Some((JobStatus::Stopping, JobStatus::SyncingIndexing)), true),
    ];
    for (step, free) in moves {
        if let Some((from, to)) = step {
            assert!(world.store.move_job("first", from, to).await.unwrap());
        }
        let started = world.store.insert_job("second", INDEX, SOURCE).await;
        match started {
            Ok(()) => assert!(free, "after {step:?}"),
            Err(StoreError::Exists { id, .. }) => assert!(!free && id == "first", "after {step:?}"),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn of_many_who_start_a_job_at_once_one_does() {
    let world = World::new().await;
    let starts: Vec<_> = (0..8)
        .map(|n| {
            let store = world.store.clone();
            tokio::spawn(async move { store.insert_job(&format!("job {n}"), INDEX, SOURCE).await.is_ok() })
        })
        .collect();
    let mut n_started = 0;
    for start in starts {
        n_started += usize::from(start.await.unwrap());
    }
    assert_eq!((n_started, world.store.open_jobs().await.unwrap().len()), (1, 1));
}

#[tokio::test]
async fn a_job_moves_only_from_the_state_that_it_is_in() {
    let world = World::new().await;
    world.start_job("job").await;
    assert!(!world.store.move_job("job", JobStatus::Stopping, JobStatus::Syncing).await.unwrap());
    assert!(world.store.move_job("job", JobStatus::Syncing, JobStatus::Stopping).await.unwrap());
    assert!(!world.store.move_job("job", JobStatus::Syncing, JobStatus::Stopping).await.unwrap());
    assert!(!world.store.move_job("unknown", JobStatus::Syncing, JobStatus::Stopping).await.unwrap());
    assert_eq!(world.store.job("job").await.unwrap().unwrap().status, JobStatus::Stopping);
    assert_eq!(world.store.job("unknown").await.unwrap(), None);
}

#[tokio::test]
async fn the_first_end_of_a_job_stays() {
    let world = World::new().await;
    world.start_job("job").await;
    let failed = JobEnd {
        status: JobStatus::Failed,
        error_code: Some("InternalError".into()),
        error_message: Some("the password is wrong".into()),
        data_source_error_code: Some("401".into()),
    };
    world.store.end_job("job", &failed).await.unwrap();
    let ended = world.store.job("job").await.unwrap().unwrap();
    assert_eq!((ended.status, &ended.error_code), (JobStatus::Failed, &failed.error_code));
    assert_eq!(
        (&ended.error_message, &ended.data_source_error_code),
        (&failed.error_message, &failed.data_source_error_code)
    );
    assert!(ended.ended_at.is_some_and(|at| at >= ended.started_at));
    world.store.end_job("job", &end_with(JobStatus::Succeeded)).await.unwrap();
    world.store.end_job("unknown", &end_with(JobStatus::Succeeded)).await.unwrap();
    assert_eq!(world.store.job("job").await.unwrap().unwrap(), ended);
    assert!(world.store.open_jobs().await.unwrap().is_empty());
}

#[tokio::test]
async fn open_jobs_survive_the_process_and_come_oldest_first() {
    let world = World::new().await;
    past_job(&world, "ended", JobStatus::Succeeded).await;
    world.start_job("b").await;
    world.store.move_job("b", JobStatus::Syncing, JobStatus::SyncingIndexing).await.unwrap();
    let last = now_ms();
    while now_ms() == last {
        tokio::task::yield_now().await;
    }
    world.start_job("a").await;
    let world = world.reopen().await;
    let open: Vec<String> = world.store.open_jobs().await.unwrap().into_iter().map(|job| job.id).collect();
    assert_eq!(open, ["b", "a"]);
}

#[tokio::test]
async fn a_document_counts_once_in_a_job_whatever_happens_to_it_later() {
    let world = World::new().await;
    let line = |id: &str, action, message: Option<&str>| JobDocument {
        document_id: id.into(),
        action,
        failure: message.map(|reason| DocumentFailure::at(FailureStage::Extract, reason)),
    };
    world.start_job("job").await;
    let lines = [
        line("added", DocumentAction::Add, None),
        line("modified", DocumentAction::Modify, None),
        line("unmodified", DocumentAction::Unmodified, None),
        line("deleted", DocumentAction::Delete, None),
        line("unreadable", DocumentAction::Add, Some("too large")),
    ];
    let expected = JobCounters { added: 1, modified: 1, deleted: 1, failed: 1, scanned: 4, ..JobCounters::default() };
    world.store.report_documents("job", &lines).await.unwrap();
    let later: Vec<JobDocument> =
        lines.iter().map(|known| line(&known.document_id, DocumentAction::Delete, Some("later"))).collect();
    for again in [lines.to_vec(), later] {
        world.store.report_documents("job", &again).await.unwrap();
        assert_eq!(world.store.job("job").await.unwrap().unwrap().counters, expected);
    }
    let mut sorted = lines.to_vec();
    sorted.sort_by(|a, b| a.document_id.cmp(&b.document_id));
    assert_eq!(world.store.job_documents("job", "", 10).await.unwrap(), sorted);
}

#[tokio::test]
async fn a_person_is_told_how_many_documents_failed_and_why_most_of_them() {
    let world = World::new().await;
    world.start_job("job").await;
    let told = async |reasons: &[(&str, &str)]| {
        let lines: Vec<JobDocument> = reasons
            .iter()
            .map(|(id, reason)| JobDocument {
                document_id: (*id).into(),
                action: DocumentAction::Add,
                failure: (!reason.is_empty()).then(|| DocumentFailure::at(FailureStage::Crawl, *reason)),
            })
            .collect();
        world.store.report_documents("job", &lines).await.unwrap();
        let job = world.store.job("job").await.unwrap().unwrap();
        world.store.failures_told(&job).await.unwrap()
    };
    assert_eq!(told(&[("a", "")]).await, None);
    assert_eq!(told(&[("b", "too large.")]).await.unwrap(), "1 document could not be indexed: too large.");
    assert_eq!(told(&[("c", "too large.")]).await.unwrap(), "2 documents could not be indexed: too large.");
    let mixed = told(&[("d", "a field is missing")]).await.unwrap();
    assert_eq!(mixed, "3 documents could not be indexed, 2 of them: too large.");
}

#[tokio::test]
async fn a_batch_that_comes_twice_is_counted_once() {
    let world = World::new().await;
    world.start_job("job").await;
    for _ in 0..2 {
        world.commit_for("job", vec![world.revision("a", "1"), world.revision("b", "1")]).await;
    }
    let counters = world.store.job("job").await.unwrap().unwrap().counters;
    assert_eq!(counters, JobCounters { added: 2, scanned: 2, ..JobCounters::default() });
}

#[tokio::test]
async fn a_report_is_read_in_pages_without_gaps() {
    let world = World::new().await;
    world.start_job("job").await;
    world.commit_for("job", ["d", "a", "c", "b", "e"].map(|id| world.revision(id, "1")).into()).await;
    let (mut read, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.store.job_documents("job", &after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after.clone_from(&last.document_id);
        read.extend(page.into_iter().map(|line| line.document_id));
    }
    assert_eq!(read, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn jobs_are_listed_newest_first_by_page_state_and_time() {
    let world = World::new().await;
    let mut started = Vec::new();
    for (id, status) in [("c", JobStatus::Succeeded), ("a", JobStatus::Failed), ("b", JobStatus::Succeeded)] {
        started.push(past_job(&world, id, status).await);
    }
    world.store.insert_job("elsewhere", INDEX, OTHER).await.unwrap();
    let all = JobFilter::default;
    let status = |status| JobFilter { status: Some(status), ..all() };
    let cases = [
        ("all", all(), vec!["b", "a", "c"]),
        ("succeeded", status(JobStatus::Succeeded), vec!["b", "c"]),
        ("failed", status(JobStatus::Failed), vec!["a"]),
        ("stopped", status(JobStatus::Aborted), vec![]),
        ("from the second on", JobFilter { started_from: Some(started[1]), ..all() }, vec!["b", "a"]),
        ("up to the second", JobFilter { started_to: Some(started[1]), ..all() }, vec!["a", "c"]),
        ("the second", JobFilter { started_from: Some(started[1]), started_to: Some(started[1]), ..all() }, vec!["a"]),
        ("before the first", JobFilter { started_to: Some(started[0] - 1), ..all() }, vec![]),
        (
            "succeeded up to the second",
            JobFilter { started_to: Some(started[1]), ..status(JobStatus::Succeeded) },
            vec!["c"],
        ),
    ];
    for (case, filter, expected) in cases {
        assert_eq!(list(&world, filter, 0, 10).await, expected, "{case}");
    }
    let pages = [(0, 2, vec!["b", "a"]), (2, 2, vec!["c"]), (3, 2, vec![]), (0, 0, vec![])];
    for (offset, limit, expected) in pages {
        assert_eq!(list(&world, all(), offset, limit).await, expected, "{limit} from {offset} on");
    }
}

#[tokio::test]
async fn a_warning_is_kept_once() {
    let world = World::new().await;
    world.start_job("job").await;
    for warning in ["b", "a", "b"] {
        world.store.warn_job("job", warning).await.unwrap();
    }
    world.store.warn_job("unknown", "a").await.unwrap();
    assert_eq!(world.store.job("job").await.unwrap().unwrap().warnings, ["b", "a"]);
}

#[tokio::test]
async fn warnings_are_bounded_however_many_come() {
    let world = World::new().await;
    world.start_job("job").await;
    for n in 0..1_010 {
        world.store.warn_job("job", &n.to_string()).await.unwrap();
    }
    let warnings = world.store.job("job").await.unwrap().unwrap().warnings;
    assert_eq!((warnings.len(), warnings[999].as_str()), (1_000, "999"));
}

#[tokio::test]
async fn changes_of_access_add_up() {
    let world = World::new().await;
    world.start_job("job").await;
    world.store.count_access_changes("job", 3).await.unwrap();
    world.store.count_access_changes("job", 4).await.unwrap();
    assert_eq!(world.store.job("job").await.unwrap().unwrap().counters.access_changed, 7);
}
