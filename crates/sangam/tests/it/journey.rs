//! The demo site, synced by the binary: for every person and every document, found by its own word if and only if the simulator's
//! own rule lets them read it.

use std::sync::Arc;

use confluence_sim::{DEMO_CRAWLER_TOKEN, Entity, Reader, Site, Status};
use sangam_api::kendra::DataSourceSyncJobStatus;
use tokio::sync::Semaphore;

use crate::installation::Installation;

const CRAWLER: &str = "search-crawler@fernhill.example";
/// Questions asked at once.
const AT_ONCE: usize = 8;

/// A document of the site as the index calls it, with its word and those who may read it.
struct Expected {
    id: String,
    word: String,
    readers: Vec<Option<String>>,
}

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
        for person in everyone.iter().cloned() {
            let (turns, installation, index_id) = (Arc::clone(&turns), Arc::clone(&installation), index_id.clone());
            let may_read = document.readers.contains(&person);
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

/// Everybody by account id, nobody included, and every document in scope.
fn expectations(site: &Site, source_id: &str) -> (Vec<Option<String>>, Vec<Expected>) {
    let people: Vec<Option<String>> = site.everyone().map(|user| Some(user.account_id.clone())).chain([None]).collect();
    let in_scope = |status: Status| matches!(status, Status::Current | Status::Archived);
    let documents = site.documents().into_iter().filter(|document| in_scope(document.status));
    let expected = documents
        .map(|document| {
            let readers = people.iter().filter(|person| {
                let reader = person.as_deref().map_or(Reader::Anonymous, Reader::User);
                site.can_read_document(reader, &document)
            });
            Expected {
                id: format!("confluence/{source_id}/{}/{}", entity(document.entity), document.id),
                word: document.word.clone().expect("the simulator tests that each has one"),
                readers: readers.cloned().collect(),
            }
        })
        .collect();
    (people, expected)
}

fn entity(entity: Entity) -> &'static str {
    match entity {
        Entity::Space => "space",
        Entity::Page => "page",
        Entity::Blog => "blog",
        Entity::Comment => "comment",
        Entity::Attachment => "attachment",
    }
}
