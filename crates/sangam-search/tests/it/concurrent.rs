//! Questions while documents are being replaced and removed.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sangam_store::AcceptedDocument;

use crate::world::{INDEX, World, as_user, ask, only, page};

const PAGES: usize = 15;
const ROUNDS: usize = 12;

/// In even rounds every page is public, in odd ones it is `ada`'s and says so.
fn round(number: usize) -> Vec<AcceptedDocument> {
    let id = |n: usize| format!("page {n}");
    if number.is_multiple_of(2) {
        (0..PAGES).map(|n| page(&id(n), &format!("a fox in round {number}"))).collect()
    } else {
        (0..PAGES).map(|n| only(&["ada"], page(&id(n), &format!("a secret fox in round {number}")))).collect()
    }
}

async fn ask_until(world: &World, reader: Option<&str>, done: &AtomicBool) -> usize {
    let mut n_asked = 0;
    while !done.load(Ordering::Acquire) {
        let request = ask("secret fox", as_user(reader));
        let response = world.query(&request).await;
        let ids: HashSet<&str> = response.items.iter().map(|item| item.document_id.as_str()).collect();
        assert_eq!(ids.len(), response.items.len(), "no document twice");
        assert!(response.total <= PAGES as u64, "{} results of {PAGES} pages", response.total);
        let passages = world.retrieve(&request).await.items;
        let mut shown =
            response.items.iter().map(|item| &item.excerpt.text).chain(passages.iter().map(|item| &item.text));
        assert!(
            reader.is_some() || !shown.any(|text| text.contains("secret")),
            "a secret was shown to nobody in particular"
        );
        n_asked += 1;
    }
    n_asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replaced_document_is_shown_once_and_never_in_a_revision_that_the_reader_may_not_read() {
    let world = Arc::new(World::new().await);
    world.put(&round(0)).await;
    let done = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = [None, Some("ada")]
        .map(|reader| {
            let (world, done) = (Arc::clone(&world), Arc::clone(&done));
            tokio::spawn(async move { ask_until(&world, reader, &done).await })
        })
        .into();
    for number in 1..=ROUNDS {
        world.put_text(INDEX, &round(number)).await;
        if number % 5 == 0 {
            world.index().remove(&["page 0".into(), "page 1".into()]).await.unwrap();
        }
    }
    done.store(true, Ordering::Release);
    for asker in askers {
        assert!(asker.await.unwrap() > 0);
    }
    world.put(&round(ROUNDS + 1)).await;
    assert!(world.found(&ask("fox", as_user(None))).await.is_empty());
    let found = world.query(&ask("fox", as_user(Some("ada")))).await;
    assert_eq!((found.items.len(), found.total), (PAGES, PAGES as u64));
    assert!(found.items.iter().all(|item| item.excerpt.text.contains("round 13")));
}
