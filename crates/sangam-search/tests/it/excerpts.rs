//! Which part of a document is shown, and what is marked in it.

use sangam_search::HighlightedText;

use crate::world::{World, ask_anyone, described, page};

fn marked(text: &HighlightedText) -> Vec<&str> {
    text.highlights.iter().map(|highlight| &text.text[highlight.bytes.clone()]).collect()
}

/// About `n` words that nobody asks for.
fn filler(n: usize) -> String {
    "Nothing of interest stands here. ".repeat(n / 5)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_excerpt_is_around_the_answer_and_marks_it_in_title_and_text() {
    let world = World::new().await;
    let text = format!("{}Größere Backups: the failover takes 30 seconds.\n\n{}", filler(300), filler(300));
    world.put(&[described("one", "Failover, step by step", &text, Vec::new())]).await;
    let item = world.query(&ask_anyone("how long does the failover take?")).await.items.remove(0);
    assert_eq!(marked(&item.title), ["Failover"]);
    assert!(item.excerpt.text.contains("the failover takes 30 seconds"), "{}", item.excerpt.text);
    assert_eq!(marked(&item.excerpt), ["failover", "takes"]);
    assert!(item.excerpt.text.starts_with("...") && item.excerpt.text.ends_with("..."));
    assert!(item.excerpt.text.chars().count() <= 306);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_text_is_shown_whole_with_its_white_space_folded() {
    let world = World::new().await;
    world.put(&[page("one", "A  fox\n\nsees two foxes. ")]).await;
    let item = world.query(&ask_anyone("fox")).await.items.remove(0);
    assert_eq!(item.excerpt.text, "A fox sees two foxes.");
    assert_eq!(marked(&item.excerpt), ["fox", "foxes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_without_text_is_found_by_its_title_and_has_no_passages() {
    for world in [World::new().await, World::without_model().await] {
        world.put(&[described("empty", "The fox", "", Vec::new()), page("full", "a fox")]).await;
        assert_eq!(world.found(&ask_anyone("fox")).await, ["empty", "full"]);
        assert_eq!(world.passages_of(&ask_anyone("fox")).await, ["full"]);
        let items = world.query(&ask_anyone("fox")).await.items;
        let item = items.into_iter().find(|item| item.document_id == "empty").unwrap();
        assert_eq!((item.excerpt.text.as_str(), marked(&item.title)), ("", vec!["fox"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_document_answers_with_several_passages_the_best_first() {
    let world = World::new().await;
    let text = format!("{}The fox sleeps in its den.\n\n{}The fox hunts hens at night.", filler(400), filler(400));
    world.put(&[page("one", &text), page("other", "a dog")]).await;
    let items = world.retrieve(&ask_anyone("fox hunts hens")).await.items;
    let of_one: Vec<&str> =
        items.iter().filter(|item| item.document_id == "one").map(|item| item.text.as_str()).collect();
    assert!(of_one.len() > 2, "{} passages", of_one.len());
    assert!(of_one[0].contains("hunts hens"), "{}", of_one[0]);
    assert!(items.iter().all(|item| item.text.split_whitespace().count() <= 200 && !item.text.is_empty()));
    assert!(!format!("{items:?}").contains("hunts"), "texts are never printed");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_any_script_are_cut_and_marked_on_characters() {
    let world = World::new().await;
    let texts = [
        "狐は夜に狩りをする。".repeat(60),
        "лиса 🦊 ".repeat(200),
        "ﬁ\u{301}x\u{200d}🦊".repeat(300),
        "é".repeat(5_000),
    ];
    let documents: Vec<_> = texts.iter().enumerate().map(|(n, text)| page(&format!("text {n}"), text)).collect();
    world.put(&documents).await;
    for word in ["狐", "狩り", "лиса", "text", "🦊", "é"] {
        let question = &format!("{word} text");
        let found = world.query(&ask_anyone(question)).await;
        assert_eq!(found.items.len(), 4, "all have `text` in their titles");
        found.items.iter().for_each(|item| drop(marked(&item.excerpt)));
        world.retrieve(&ask_anyone(question)).await;
    }
}
