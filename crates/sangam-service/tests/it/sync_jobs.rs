//! Sync jobs: starting, stopping, listing.

use sangam_api::KendraOperation as Op;
use sangam_store::{JobEnd, JobStatus};
use serde_json::{Value, json};

use crate::world::World;

async fn end(world: &World, job: &Value, status: JobStatus) {
    let end = JobEnd {
        status,
        error_code: Some("InvalidRequest".into()),
        error_message: Some("m".into()),
        data_source_error_code: None,
    };
    world.store.end_job(job.as_str().unwrap(), &end).await.unwrap();
}

#[tokio::test]
async fn one_job_at_a_time_newest_first() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "TEMPLATE").await;
    let both = json!({"IndexId": index, "Id": id});
    let job = world.ok(Op::StartDataSourceSyncJob, both.clone()).await["ExecutionId"].clone();
    assert!(world.jobs.logged(&format!("start {}", job.as_str().unwrap())));
    let error = world.refused(Op::StartDataSourceSyncJob, both.clone()).await;
    assert!(error.starts_with("ResourceInUseException"), "{error}");

    let history = world.ok(Op::ListDataSourceSyncJobs, both.clone()).await;
    let zero = json!({"DocumentsAdded": "0", "DocumentsModified": "0", "DocumentsDeleted": "0", "DocumentsFailed": "0", "DocumentsScanned": "0"});
    assert_eq!(history["History"][0]["Metrics"], zero);
    assert_eq!(history["History"][0]["Status"], "SYNCING");
    assert!(history["History"][0].get("EndTime").is_none());

    end(&world, &job, JobStatus::Failed).await;
    let next = world.ok(Op::StartDataSourceSyncJob, both.clone()).await["ExecutionId"].clone();
    let history = world.ok(Op::ListDataSourceSyncJobs, both.clone()).await;
    assert_eq!(history["History"].as_array().unwrap().len(), 2);
    let failed = json!({"IndexId": index, "Id": id, "StatusFilter": "FAILED"});
    let history = world.ok(Op::ListDataSourceSyncJobs, failed).await["History"].clone();
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!((&history[0]["ExecutionId"], &history[0]["ErrorMessage"]), (&job, &json!("m")));
    assert_eq!(history[0]["ErrorCode"], "InvalidRequest");

    let future = json!({"IndexId": index, "Id": id, "StartTimeFilter": {"StartTime": 32_000_000_000_i64}});
    assert_eq!(world.ok(Op::ListDataSourceSyncJobs, future).await["History"], json!([]));
    let page = world.ok(Op::ListDataSourceSyncJobs, json!({"IndexId": index, "Id": id, "MaxResults": 1})).await;
    let rest = json!({"IndexId": index, "Id": id, "MaxResults": 1, "NextToken": page["NextToken"]});
    let rest = world.ok(Op::ListDataSourceSyncJobs, rest).await;
    let ids = [&page["History"][0]["ExecutionId"], &rest["History"][0]["ExecutionId"]];
    assert!(ids.contains(&&job) && ids.contains(&&next));
}

#[tokio::test]
async fn a_job_is_asked_to_stop_and_nothing_to_stop_is_fine() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "TEMPLATE").await;
    let both = json!({"IndexId": index, "Id": id});
    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    let job = world.ok(Op::StartDataSourceSyncJob, both.clone()).await["ExecutionId"].clone();
    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    let history = world.ok(Op::ListDataSourceSyncJobs, both).await;
    assert_eq!(history["History"][0]["Status"], "STOPPING");
    let stops = world
        .jobs
        .log
        .lock()
        .unwrap()
        .iter()
        .filter(|line| **line == format!("stop {}", job.as_str().unwrap()))
        .count();
    assert_eq!(stops, 1);
}

#[tokio::test]
async fn jobs_that_only_wait_are_stopped_and_one_that_walks_before_them() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "TEMPLATE").await;
    let both = json!({"IndexId": index, "Id": id});
    let mut jobs = Vec::new();
    for _ in 0..2 {
        let job = world.ok(Op::StartDataSourceSyncJob, both.clone()).await["ExecutionId"].as_str().unwrap().to_owned();
        jobs.push(job);
        if jobs.len() == 1 {
            world.store.move_job(&jobs[0], JobStatus::Syncing, JobStatus::SyncingIndexing).await.unwrap();
        }
    }
    let is_stopped = |job: &str| world.jobs.logged(&format!("stop {job}"));
    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    assert!(is_stopped(&jobs[1]) && !is_stopped(&jobs[0]));
    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    assert!(is_stopped(&jobs[0]));
    assert_eq!(world.store.job(&jobs[0]).await.unwrap().unwrap().status, JobStatus::Stopping);
    let n_before = world.jobs.log.lock().unwrap().len();
    world.ok(Op::StopDataSourceSyncJob, both).await;
    assert_eq!(world.jobs.log.lock().unwrap().len(), n_before, "nothing is left to stop");
}

#[tokio::test]
async fn a_custom_source_brackets_its_callers_documents() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "CUSTOM").await;
    let both = json!({"IndexId": index, "Id": id});
    let put = |document: &str, more: Value| {
        let mut attributes = vec![json!({"Key": "_data_source_id", "Value": {"StringValue": id}})];
        attributes.extend(more.as_array().unwrap().clone());
        json!({"IndexId": index, "Documents": [{"Id": document, "Blob": "aGk=", "Attributes": attributes}]})
    };
    let failure = |answer: &Value| answer["FailedDocuments"][0]["ErrorMessage"].as_str().unwrap_or_default().to_owned();

    let answer = world.ok(Op::BatchPutDocument, put("a", json!([]))).await;
    assert!(failure(&answer).contains("no sync job in progress"), "{answer}");
    assert_eq!(answer["FailedDocuments"][0]["DataSourceId"], json!(id));

    let job = world.ok(Op::StartDataSourceSyncJob, both.clone()).await["ExecutionId"].clone();
    assert!(world.jobs.log.lock().unwrap().is_empty(), "nobody works on it");
    let of_job = |job: &Value| json!([{"Key": "_data_source_sync_job_execution_id", "Value": {"StringValue": job}}]);
    for more in [json!([]), of_job(&job)] {
        let answer = world.ok(Op::BatchPutDocument, put("a", more)).await;
        assert_eq!(answer["FailedDocuments"], json!([]));
    }
    let answer = world.ok(Op::BatchPutDocument, put("b", of_job(&json!("another")))).await;
    assert!(failure(&answer).contains("not in progress"), "{answer}");
    let waiting = world.store.inbox(&index, 10, usize::MAX).await.unwrap();
    assert!(waiting.iter().all(|document| document.job_id.as_deref() == job.as_str()));

    // Nobody else may touch its documents.
    let direct = json!({"IndexId": index, "Documents": [{"Id": "a", "Blob": "aGk="}]});
    assert!(failure(&world.ok(Op::BatchPutDocument, direct).await).contains("belongs to data source"));

    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    assert_eq!(world.ok(Op::ListDataSourceSyncJobs, both.clone()).await["History"][0]["Status"], "SYNCING_INDEXING");
    let answer = world.ok(Op::BatchPutDocument, put("c", of_job(&job))).await;
    assert!(!failure(&answer).is_empty(), "the execution id is no longer valid");

    // Once the inbox is empty the job ends by itself.
    world.store.remove_documents(&index, &["a".to_owned()]).await.unwrap();
    let history = loop {
        let history = world.ok(Op::ListDataSourceSyncJobs, both.clone()).await;
        if history["History"][0]["Status"] == "SUCCEEDED" {
            break history;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(history["History"][0]["EndTime"].is_number());
    assert!(history["History"][0]["Metrics"].get("DocumentsScanned").is_none());
}

#[tokio::test]
async fn a_custom_job_with_failed_documents_says_why() {
    let world = World::new().await;
    let index = world.index().await;
    let id = world.data_source(&index, "CUSTOM").await;
    let both = json!({"IndexId": index, "Id": id});
    let job = world.ok(Op::StartDataSourceSyncJob, both.clone()).await["ExecutionId"].clone();
    let failed = sangam_store::JobDocument {
        document_id: "a".into(),
        action: sangam_store::DocumentAction::Add,
        failure: Some(sangam_store::DocumentFailure::at(
            sangam_store::FailureStage::Extract,
            "media type `image/png` is not supported",
        )),
    };
    world.store.report_documents(job.as_str().unwrap(), &[failed]).await.unwrap();
    world.ok(Op::StopDataSourceSyncJob, both.clone()).await;
    let ended = loop {
        let history = world.ok(Op::ListDataSourceSyncJobs, both.clone()).await;
        if history["History"][0].get("EndTime").is_some() {
            break history["History"][0].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!((&ended["Status"], &ended["ErrorCode"]), (&json!("INCOMPLETE"), &json!("InvalidRequest")));
    let told = "1 document could not be indexed: media type `image/png` is not supported.";
    assert_eq!(ended["ErrorMessage"], told);
}
