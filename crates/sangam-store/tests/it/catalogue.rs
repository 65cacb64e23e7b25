//! Revisions: what becomes current, what is retired, and what a job counts.

use sangam_access::AccessId;
use sangam_store::{
    CatalogueCommit, DocumentAction, DocumentFailure, FailedDocument, FailureStage, JobCommit, Revision,
    RevisionAccess, SeenDocument, StoreError,
};

use crate::world::{INDEX, SOURCE, World, add_index, job_commit, owned};

/// What job `job` did with document `id`.
async fn action(world: &World, job: &str, id: &str) -> DocumentAction {
    let lines = world.store.job_documents(job, "", 100).await.unwrap();
    lines.into_iter().find(|line| line.document_id == id).unwrap().action
}

fn failed(id: &str) -> FailedDocument {
    FailedDocument {
        document_id: id.into(),
        failure: DocumentFailure::at(FailureStage::Extract, "it is no text"),
        inbox_seq: None,
    }
}

#[tokio::test]
async fn a_revision_is_an_addition_a_change_or_nothing_by_what_was_current_before() {
    let world = World::new().await;
    let cases = [
        ("first", "text", None, DocumentAction::Add, "INDEXED"),
        ("changed", "other text", None, DocumentAction::Modify, "UPDATED"),
        ("indexed again", "other text", None, DocumentAction::Unmodified, "UPDATED"),
        ("without its text", "", Some("too large"), DocumentAction::Modify, "UPDATE_FAILED"),
        ("readable again", "text", None, DocumentAction::Modify, "UPDATED"),
    ];
    for (job, text, failure, expected, status) in cases {
        world.start_job(job).await;
        let revision = Revision {
            failure: failure.map(|reason| DocumentFailure::at(FailureStage::Extract, reason)),
            ..world.revision("guide", text)
        };
        world.commit_for(job, vec![revision.clone()]).await;
        assert_eq!(action(&world, job, "guide").await, expected, "{job}");
        let entry = world.entry("guide").await;
        assert_eq!((entry.status.as_str(), entry.failure.as_deref()), (status, failure), "{job}");
        assert_eq!((entry.ordinal, entry.version), (Some(revision.ordinal), revision.version), "{job}");
        assert_eq!(entry.content_hash, Some(revision.content_hash), "{job}");
        end(&world, job).await;
    }
}

async fn end(world: &World, job: &str) {
    let end = sangam_store::JobEnd {
        status: sangam_store::JobStatus::Succeeded,
        error_code: None,
        error_message: None,
        data_source_error_code: None,
    };
    world.store.end_job(job, &end).await.unwrap();
}

#[tokio::test]
async fn a_first_revision_without_its_text_is_failed_and_can_be_found_all_the_same() {
    let world = World::new().await;
    world.list("guide", &["guide"]).await;
    let revision = Revision {
        failure: Some(DocumentFailure::at(FailureStage::Extract, "too large")),
        ..world.revision("guide", "")
    };
    world.commit(vec![revision]).await;
    let entry = world.entry("guide").await;
    assert_eq!((entry.status.as_str(), entry.ordinal, entry.access), ("FAILED", Some(1), AccessId::PUBLIC));
}

#[tokio::test]
async fn a_document_that_cannot_be_indexed_at_all_keeps_the_revision_it_had() {
    let world = World::new().await;
    world.list("guide", &["guide"]).await;
    world.put(&["guide"]).await;
    world.start_job("job").await;
    let commit = CatalogueCommit {
        index_id: INDEX.into(),
        failed: vec![failed("guide"), failed("unknown")],
        job: Some(job_commit("job")),
        ..CatalogueCommit::default()
    };
    let change = world.store.commit_catalogue(&commit).await.unwrap();
    assert_eq!(change, sangam_store::CatalogueChange::default());
    let entry = world.entry("guide").await;
    assert_eq!((entry.status.as_str(), entry.ordinal, entry.access), ("UPDATE_FAILED", Some(1), AccessId::PUBLIC));
    assert_eq!(entry.failure.as_deref(), Some("it is no text"));
    assert_eq!(world.find_entry("unknown").await, None);
    assert_eq!(world.store.job("job").await.unwrap().unwrap().counters.failed, 2);
}

#[tokio::test]
async fn a_new_revision_retires_the_one_before_and_takes_its_vectors_over() {
    let world = World::new().await;
    world.list("guide", &["guide"]).await;
    let first = world.put(&["guide"]).await;
    assert_eq!((first.ordinals, first.retired), (vec![(1, AccessId::PUBLIC)], vec![]));
    let second = world.commit(vec![world.revision("guide", "2")]).await;
    assert_eq!((second.ordinals, second.retired), (vec![(2, AccessId::PUBLIC)], vec![1]));
    assert_eq!(world.store.ordinals(INDEX).await.unwrap(), [(2, AccessId::PUBLIC)]);
    assert_eq!(world.store.retired(INDEX).await.unwrap().iter().collect::<Vec<_>>(), [1]);
    let waiting = world.store.vector_tasks(INDEX, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|task| (task.ordinal, task.previous)).collect::<Vec<_>>(), [(2, Some(1))]);
}

#[tokio::test]
async fn of_two_revisions_in_one_batch_the_later_is_current_and_the_earlier_is_never_shown() {
    let world = World::new().await;
    world.list("guide", &["guide"]).await;
    let change = world.commit(vec![world.revision("guide", "1"), world.revision("guide", "2")]).await;
    assert_eq!(change.ordinals, [(2, AccessId::PUBLIC)]);
    assert_eq!(change.retired, [1]);
    assert_eq!(world.store.ordinals(INDEX).await.unwrap(), [(2, AccessId::PUBLIC)]);
}

#[tokio::test]
async fn access_comes_with_the_document_or_from_its_anchor_and_is_hidden_if_neither_is_known() {
    let world = World::new().await;
    world.list("site", &["site!"]).await;
    let fixed = RevisionAccess::Fixed(AccessId::PUBLIC);
    let anchored = RevisionAccess::Anchored;
    let cases = [
        ("came with it", fixed, None, None, "public"),
        ("came with it and overrules the anchor", fixed, Some("site"), Some(SOURCE), "public"),
        ("that of its anchor", anchored, Some("site"), Some(SOURCE), "site"),
        ("of an anchor that is not known", anchored, Some("nowhere"), Some(SOURCE), "hidden"),
        ("without an anchor", anchored, None, Some(SOURCE), "hidden"),
        ("without a data source", anchored, Some("site"), None, "hidden"),
    ];
    for (case, access, anchor, data_source, expected) in cases {
        let (anchor, data_source_id) = (anchor.map(Into::into), data_source.map(Into::into));
        let revision = Revision { access, anchor, data_source_id, ..world.revision(case, "1") };
        let change = world.commit(vec![revision]).await;
        assert_eq!(world.path(case).await, expected, "{case}");
        assert_eq!(change.ordinals[0].1, world.entry(case).await.access, "{case}");
    }
}

#[tokio::test]
async fn a_batch_that_cannot_be_stored_leaves_everything_as_it_was() {
    let world = World::new().await;
    world.list("site", &["site"]).await;
    world.put(&["site"]).await;
    world.start_job("job").await;
    let job = JobCommit { checkpoint: Some("\"far\"".into()), ..job_commit("job") };
    let taken = Revision { ordinal: 1, ..world.revision("second", "1") };
    let commit = CatalogueCommit {
        index_id: INDEX.into(),
        engine_batch: 9,
        revisions: vec![world.revision("first", "1"), taken],
        job: Some(job),
        ..CatalogueCommit::default()
    };
    assert!(world.store.commit_catalogue(&commit).await.is_err(), "an ordinal belongs to one document");
    assert_eq!(world.store.documents_of(INDEX, SOURCE).await.unwrap(), ["site"]);
    assert_eq!(world.store.engine_batch(INDEX).await.unwrap(), 0);
    let job = world.store.job("job").await.unwrap().unwrap();
    assert_eq!((job.checkpoint, job.counters.scanned), (None, 0));
}

#[tokio::test]
async fn a_batch_moves_its_jobs_checkpoint_and_one_without_a_checkpoint_leaves_it() {
    let world = World::new().await;
    world.start_job("job").await;
    for (checkpoint, expected) in [(Some("1"), "1"), (None, "1"), (Some("2"), "2")] {
        let job = JobCommit { checkpoint: checkpoint.map(Into::into), ..job_commit("job") };
        let commit = CatalogueCommit { index_id: INDEX.into(), job: Some(job), ..CatalogueCommit::default() };
        world.store.commit_catalogue(&commit).await.unwrap();
        assert_eq!(world.store.job("job").await.unwrap().unwrap().checkpoint.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn the_engines_batch_number_never_goes_back() {
    let world = World::new().await;
    for (batch, expected) in [(7, 7), (0, 7), (3, 7), (8, 8)] {
        let commit = CatalogueCommit { index_id: INDEX.into(), engine_batch: batch, ..CatalogueCommit::default() };
        world.store.commit_catalogue(&commit).await.unwrap();
        assert_eq!(world.store.engine_batch(INDEX).await.unwrap(), expected, "after batch {batch}");
    }
    assert!(matches!(world.store.engine_batch("nowhere").await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn an_ordinal_is_given_out_once_also_to_many_at_once_and_after_a_restart() {
    let world = World::new().await;
    let mut taken: Vec<u32> = Vec::new();
    let blocks = (1..=8).map(|n| {
        let store = world.store.clone();
        tokio::spawn(async move { (store.reserve_ordinals(INDEX, n).await.unwrap(), n) })
    });
    for block in blocks.collect::<Vec<_>>() {
        let (first, n) = block.await.unwrap();
        taken.extend(first..first + n);
    }
    taken.sort_unstable();
    assert_eq!(taken, (1..=36).collect::<Vec<u32>>());
    let world = world.reopen().await;
    assert_eq!(world.store.reserve_ordinals(INDEX, 5).await.unwrap(), 37);
    assert!(matches!(world.store.reserve_ordinals("nowhere", 1).await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn a_document_seen_elsewhere_moves_and_counts_as_a_change_of_access_alone() {
    let world = World::new().await;
    world.list("site", &["site", "eng! < site", "ops! < site"]).await;
    world.put(&["eng"]).await;
    world.start_job("job").await;
    let change = world.see("job", &[("eng", "ops"), ("unknown", "ops")]).await;
    assert_eq!((world.path("eng").await.as_str(), change.n_access_changed), ("ops", 1));
    assert_eq!(change.ordinals, [(1, world.entry("eng").await.access)]);
    let again = world.see("job", &[("eng", "ops")]).await;
    assert_eq!(again, sangam_store::CatalogueChange::default());
    let counters = world.store.job("job").await.unwrap().unwrap().counters;
    assert_eq!((counters.scanned, counters.modified, counters.access_changed), (1, 0, 1));
    assert_eq!(world.find_entry("unknown").await, None);
}

#[tokio::test]
async fn a_document_seen_unchanged_takes_over_the_sources_new_version() {
    let world = World::new().await;
    world.put(&["guide"]).await;
    world.start_job("job").await;
    for (version, expected) in [(Some("2"), "2"), (None, "2")] {
        let version = version.map(Into::into);
        let seen = SeenDocument { document_id: "guide".into(), anchor: "guide".into(), version };
        let job = Some(job_commit("job"));
        let commit = CatalogueCommit { index_id: INDEX.into(), seen: vec![seen], job, ..CatalogueCommit::default() };
        world.store.commit_catalogue(&commit).await.unwrap();
        assert_eq!(world.entry("guide").await.version, expected);
    }
}

#[tokio::test]
async fn one_index_knows_nothing_of_the_others_documents() {
    let world = World::new().await;
    add_index(&world.store, "second").await;
    world.put(&["guide"]).await;
    assert!(world.store.entries("second", &owned(&["guide"])).await.unwrap().is_empty());
    assert!(world.store.document_ids("second", &[1]).await.unwrap().is_empty());
    assert!(world.store.ordinals("second").await.unwrap().is_empty());
    world.store.remove_documents("second", &owned(&["guide"])).await.unwrap();
    assert_eq!(world.ordinal("guide").await, 1);
}

#[tokio::test]
async fn documents_are_found_by_ordinal_and_by_id_however_many_are_asked_for() {
    let world = World::new().await;
    world.put(&["a", "b"]).await;
    let many: Vec<u32> = (1..=10_001).rev().collect();
    let found = world.store.document_ids(INDEX, &many).await.unwrap();
    assert_eq!(found, [(1, "a".to_owned()), (2, "b".to_owned())].into());
    let ids: Vec<String> = (0..10_001).map(|n| format!("unknown {n}")).chain(owned(&["b"])).collect();
    assert_eq!(world.store.entries(INDEX, &ids).await.unwrap().into_keys().collect::<Vec<_>>(), ["b"]);
    assert!(world.store.document_ids(INDEX, &[]).await.unwrap().is_empty());
    assert!(world.store.entries(INDEX, &[]).await.unwrap().is_empty());
}
