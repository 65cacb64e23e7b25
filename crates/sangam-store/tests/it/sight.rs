//! A data source that lost its sight: hidden as a whole, whatever is committed meanwhile, and shown again at once.

use sangam_access::AccessId;
use sangam_store::{CatalogueCommit, JobCommit, JobEnd, JobKind, JobStatus, StoreError};

use crate::world::{INDEX, SOURCE, World, job_commit};

async fn shown(world: &World) -> Vec<(u32, AccessId)> {
    let mut ordinals = world.store.ordinals(INDEX).await.unwrap();
    ordinals.sort_unstable();
    ordinals
}

#[tokio::test]
async fn all_of_a_hidden_data_source_is_hidden_also_what_comes_later_and_after_a_restart() {
    let world = World::new().await;
    world.list("root", &["root", "guide < root", "note < root"]).await;
    world.put(&["guide", "note"]).await;
    let before = shown(&world).await;
    assert!(before.iter().all(|(_, access)| *access != AccessId::HIDDEN));
    assert!(world.store.hide_source(INDEX, SOURCE).await.unwrap().ordinals.is_empty(), "it has not lost its sight");

    world.store.lose_sight(INDEX, SOURCE, "refused").await.unwrap();
    let lost = world.store.lost_sights().await.unwrap();
    world.store.lose_sight(INDEX, SOURCE, "refused again").await.unwrap();
    assert_eq!(world.store.lost_sights().await.unwrap()[0].lost_at, lost[0].lost_at, "the first time counts");
    assert_eq!(shown(&world).await, before, "not hidden yet");

    let change = world.store.hide_source(INDEX, SOURCE).await.unwrap();
    assert_eq!(change.ordinals.len(), 2);
    assert!(world.store.lost_sights().await.unwrap().is_empty());
    let world = world.reopen().await;
    assert!(shown(&world).await.iter().all(|(_, access)| *access == AccessId::HIDDEN));
    assert_eq!(world.entry("guide").await.access, AccessId::HIDDEN);

    // A job at work meanwhile: new revisions, moved nodes, documents seen.
    world.start_job("job").await;
    let new = world.commit_for("job", vec![world.revision("guide", "2"), world.revision("new", "1")]).await;
    let moved = world.list("root", &["root!", "guide < root", "note < root", "new < root"]).await;
    let seen = world.see("job", &[("note", "guide")]).await;
    for (_, access) in new.ordinals.iter().chain(&moved.ordinals).chain(&seen.ordinals) {
        assert_eq!(*access, AccessId::HIDDEN);
    }

    let change = world.store.regain_sight(INDEX, SOURCE, false).await.unwrap();
    assert_eq!(change.ordinals.len(), 3);
    assert!(change.ordinals.iter().all(|(_, access)| *access >= AccessId::FIRST_STORED), "under the new access");
    let sight = world.store.sight(SOURCE).await.unwrap();
    assert!(sight.access_at.is_some() && sight.reconciled_at.is_none());
    assert_eq!((sight.lost_at, sight.hidden_at, sight.reason), (None, None, None));
}

#[tokio::test]
async fn documents_remember_since_when_their_place_is_lost() {
    let world = World::new().await;
    world.list("root", &["root", "guide < root"]).await;
    world.put(&["guide"]).await;
    let lost_at = async || world.store.unseen_documents(INDEX, SOURCE, "none").await.unwrap()[0].lost_at;
    assert_eq!(lost_at().await, None);
    world.list("root", &[]).await;
    let since = lost_at().await;
    assert!(since.is_some());
    world.list("root", &[]).await;
    assert_eq!(lost_at().await, since);
    world.list("root", &["root", "guide < root"]).await;
    assert_eq!(lost_at().await, None);
}

#[tokio::test]
async fn what_nothing_has_any_more_is_collected_and_nothing_else() {
    let world = World::new().await;
    world.list("root", &["root!", "guide! < root", "note < root"]).await;
    world.put(&["guide", "note"]).await;
    assert_eq!(world.store.collect_accesses(INDEX).await.unwrap(), 0);
    world.list("root", &["root!", "guide < root", "note < root"]).await;
    assert_eq!(world.store.collect_accesses(INDEX).await.unwrap(), 2, "one access and one layer");
    let table = world.store.access_table(INDEX).await.unwrap();
    for id in ["guide", "note"] {
        let layers = table.layers_of(world.entry(id).await.access).unwrap();
        assert!(!layers.is_empty() && layers.iter().all(|layer| table.layer(*layer).is_some()), "{id}");
    }
    world.remove(&["guide", "note"]).await;
    world.list("root", &[]).await;
    assert_eq!(world.store.collect_accesses(INDEX).await.unwrap(), 2);
}

#[tokio::test]
async fn a_refresh_stands_back_behind_a_sync_and_never_in_its_way() {
    let world = World::new().await;
    let refresh = async |id: &str| world.store.insert_job_of(JobKind::Access, id, INDEX, SOURCE, Some("{}")).await;
    refresh("refresh").await.unwrap();
    world.start_job("sync").await;
    assert!(matches!(refresh("next").await, Err(StoreError::Exists { id, .. }) if id == "refresh" || id == "sync"));
    let end =
        JobEnd { status: JobStatus::Aborted, error_code: None, error_message: None, data_source_error_code: None };
    world.store.end_job("refresh", &end).await.unwrap();
    assert!(matches!(refresh("next").await, Err(StoreError::Exists { id, .. }) if id == "sync"));
    world.store.end_job("sync", &end).await.unwrap();
    refresh("next").await.unwrap();
    let unknown = world.store.insert_job("job", INDEX, "nowhere").await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "data source", .. })));
}

#[tokio::test]
async fn a_job_goes_on_where_the_one_before_was_told_to_come_back_later() {
    for (mode, setup, has_retry, goes_on) in
        [("m", "s", true, true), ("other", "s", true, false), ("m", "other", true, false), ("m", "s", false, false)]
    {
        let world = World::new().await;
        world.list("root", &["root", "guide < root"]).await;
        world.start_job("first").await;
        world.store.begin_job("first", "m", "s").await.unwrap();
        let batch = CatalogueCommit {
            index_id: INDEX.into(),
            revisions: vec![world.revision("guide", "1")],
            job: Some(JobCommit { checkpoint: Some("{}".into()), ..job_commit("first") }),
            ..CatalogueCommit::default()
        };
        world.store.commit_catalogue(&batch).await.unwrap();
        if has_retry {
            world.store.set_retry_at("first", 1).await.unwrap();
        }
        let end = JobEnd {
            status: JobStatus::Incomplete,
            error_code: None,
            error_message: None,
            data_source_error_code: None,
        };
        world.store.end_job("first", &end).await.unwrap();
        world.start_job("second").await;
        world.store.begin_job("second", mode, setup).await.unwrap();
        let second = world.store.inherit_checkpoint("second").await.unwrap().unwrap();
        assert_eq!(second.checkpoint.is_some(), goes_on, "{mode} {setup} {has_retry}");
        assert_eq!(second.counters.scanned, u64::from(goes_on));
        let unseen = world.store.unseen_documents(INDEX, SOURCE, "second").await.unwrap();
        assert_eq!(unseen.is_empty(), goes_on, "what the first saw counts as seen");
    }
}
