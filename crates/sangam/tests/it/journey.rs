//! The demo site, synced by the binary: for every person and every document, found by its own word if and only if the simulator's
//! own rule lets them read it.

use std::sync::Arc;

use confluence_sim::{DEMO_CRAWLER_TOKEN, Site};
use sangam_api::kendra::DataSourceSyncJobStatus;
use tokio::sync::Semaphore;

use crate::installation::Installation;
use crate::truth::expectations;

const CRAWLER: &str = "search-crawler@fernhill.example";
/// Questions asked at once.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_exactly_what_they_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let site = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let installation = Arc::new(Installation::start(folder.path(), &[]));
    let index_id = installation.create_index().await;
    let source_id = installation.create_data_source(&index_id, site.base_url(), CRAWLER, DEMO_CRAWLER_TOKEN).await;
    installation.start_job(&index_id, &source_id).await;
    let job = installation.ended(&index_id, &source_id).await;
    assert_eq!(job.status, Some(DataSourceSyncJobStatus::Succeeded), "{:?}", job.error_message);

    let (everyone, expected) = expectations(&site.site().read(), &source_id);
    let metrics = job.metrics.unwrap();
    let n_expected = expected.len().to_string();
    assert_eq!(metrics.documents_scanned.as_ref(), Some(&n_expected));
    assert_eq!(metrics.documents_added.as_ref(), Some(&n_expected));

    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut asked = tokio::task::JoinSet::new();
    for document in expected {
        for person in &everyone {
            let (turns, installation, index_id) = (Arc::clone(&turns), Arc::clone(&installation), index_id.clone());
            let (person, may_read) = (person.clone(), document.readers.contains(person));
            let (id, word) = (document.id.clone(), document.word.clone());
            asked.spawn(async move {
                let _turn = turns.acquire_owned().await.unwrap();
                let found = installation.found(&index_id, person.as_deref(), &word).await.contains(&id);
                (found != may_read)
                    .then(|| format!("{id} by `{word}` as {person:?}: found {found}, may read {may_read}"))
            });
        }
    }
    let mut wrong: Vec<String> = asked.join_all().await.into_iter().flatten().collect();
    wrong.sort();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    site.shutdown().await;
}
