//! Pages follow one another without a gap and without showing anything twice.

use std::collections::HashSet;

use sangam_search::{RESULTS_MAX, SearchRequest};
use sangam_store::AcceptedDocument;

use crate::world::{World, ask_anyone, page};

/// Everything that pages of `limit` results show, in order, and the total, which every page says.
async fn all_pages(world: &World, text: &str, limit: u32) -> (Vec<String>, u64) {
    let (mut shown, mut total) = (Vec::new(), None);
    loop {
        let request = SearchRequest { offset: shown.len() as u32, limit, ..ask_anyone(text) };
        let response = world.query(&request).await;
        assert_eq!(*total.get_or_insert(response.total), response.total);
        if response.items.is_empty() {
            return (shown, response.total);
        }
        shown.extend(response.items.into_iter().map(|item| item.document_id));
    }
}

/// `n` documents that match "fox", each a little differently.
fn foxes(n: usize) -> Vec<AcceptedDocument> {
    (0..n).map(|n| page(&format!("fox {n}"), &format!("fox {}", "and other words ".repeat(n % 7)))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_behind_the_fused_results_without_duplicates_or_gaps() {
    let world = World::new().await;
    let others = (0..200).map(|n| page(&format!("dog {n}"), "a dog"));
    world.put(&foxes(380).into_iter().chain(others).collect::<Vec<_>>()).await;
    let mut orders = Vec::new();
    for limit in [37, 100, 1_000] {
        let (shown, total) = all_pages(&world, "fox", limit).await;
        let distinct: HashSet<&String> = shown.iter().collect();
        assert_eq!(distinct.len(), shown.len(), "nothing twice with pages of {limit}");
        assert_eq!(shown.len() as u64, total, "as many as the total says with pages of {limit}");
        assert!((0..380).all(|n| distinct.contains(&format!("fox {n}"))), "no fox left out with pages of {limit}");
        orders.push(shown);
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]), "the size of a page does not change the order");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_a_thousand_results_at_most_and_the_total_says_how_many_match() {
    let world = World::without_model().await;
    world.put(&foxes(RESULTS_MAX + 30)).await;
    let (shown, total) = all_pages(&world, "fox", 300).await;
    assert_eq!((shown.len(), total), (RESULTS_MAX, RESULTS_MAX as u64 + 30));
    assert_eq!(shown.iter().collect::<HashSet<_>>().len(), RESULTS_MAX);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_behind_the_end_is_empty() {
    let world = World::new().await;
    world.put(&foxes(3)).await;
    for (offset, limit, expected) in [(0, 2, 2), (2, 2, 1), (3, 2, 0), (0, 0, 0), (u32::MAX, u32::MAX, 0)] {
        let request = SearchRequest { offset, limit, ..ask_anyone("fox") };
        let response = world.query(&request).await;
        assert_eq!((response.items.len(), response.total), (expected, 3), "{limit} from {offset} on");
        assert_eq!(world.retrieve(&request).await.items.len(), expected, "{limit} from {offset} on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_passages_follow_one_another_too() {
    for world in [World::new().await, World::without_model().await] {
        world.put(&foxes(60)).await;
        let mut shown = Vec::new();
        loop {
            let request = SearchRequest { offset: shown.len() as u32, limit: 7, ..ask_anyone("fox") };
            let response = world.retrieve(&request).await;
            if response.items.is_empty() {
                break;
            }
            shown.extend(response.items.into_iter().map(|item| item.document_id));
        }
        assert_eq!(shown.len(), 60);
        assert_eq!(shown.iter().collect::<HashSet<_>>().len(), 60);
    }
}
