//! With a model, without one, and while its vectors are still being made.

use std::sync::Arc;

use sangam_embed::{Effort, EmbedError, Embedder, HashEmbedder};
use sangam_search::Confidence;

use crate::world::{INDEX, World, ask_anyone, page};

#[tokio::test(flavor = "multi_thread")]
async fn with_a_model_the_closest_is_first_and_says_how_sure_it_is() {
    let world = World::new().await;
    world.put(&[page("far", "many words about other things and one fox"), page("near", "a red fox")]).await;
    let items = world.query(&ask_anyone("red fox")).await.items;
    assert_eq!(items.iter().map(|item| item.document_id.as_str()).collect::<Vec<_>>(), ["near", "far"]);
    assert_eq!(items[0].confidence, Confidence::VeryHigh);
    let passages = world.retrieve(&ask_anyone("red fox")).await.items;
    assert_eq!((passages[0].document_id.as_str(), passages[0].confidence), ("near", Confidence::VeryHigh));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_only_words_count_and_nothing_is_said_to_be_sure() {
    let world = World::without_model().await;
    world.put(&[page("fox", "a red fox"), page("dog", "a dog"), page("long", &"a cat. ".repeat(300))]).await;
    assert_eq!(world.found(&ask_anyone("foxes")).await, ["fox"]);
    assert_eq!(world.passages_of(&ask_anyone("foxes")).await, ["fox"]);
    assert!(world.found(&ask_anyone("zebra")).await.is_empty());
    assert!(world.passages_of(&ask_anyone("zebra")).await.is_empty());
    let items = world.query(&ask_anyone("fox dog")).await.items;
    assert!(items.iter().all(|item| item.confidence == Confidence::NotAvailable));
    let passages = world.retrieve(&ask_anyone("fox dog")).await.items;
    assert!(passages.iter().all(|item| item.confidence == Confidence::NotAvailable));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_the_passage_with_most_of_the_words_answers() {
    let world = World::without_model().await;
    let filler = "Nothing of interest stands here. ".repeat(80);
    world.put(&[page("one", &format!("{filler}A fox sleeps.\n\n{filler}A fox hunts hens.\n\n{filler}"))]).await;
    let passages = world.retrieve(&ask_anyone("fox hunts hens")).await.items;
    assert_eq!(passages.len(), 1);
    assert!(passages[0].text.contains("hunts hens"), "{}", passages[0].text);
}

/// Cannot embed texts that have the word `slow`, as if their turn had not come yet.
struct Late;

impl Embedder for Late {
    fn dimensions(&self) -> usize {
        HashEmbedder.dimensions()
    }

    fn fingerprint(&self) -> &'static str {
        "late"
    }

    fn max_tokens(&self) -> usize {
        HashEmbedder.max_tokens()
    }

    fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        if effort != Effort::Query && texts.iter().any(|text| text.contains("slow")) {
            return Err(EmbedError::Busy);
        }
        HashEmbedder.embed_with(texts, effort)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_vectors_are_still_to_come_answers_by_its_words() {
    let world = World::with_embedder(Some(Arc::new(Late))).await;
    world.put(&[page("early", "a fox and a hen"), page("other", "a dog")]).await;
    world.put_text(INDEX, &[page("late", "a slow fox")]).await;
    assert_eq!(world.store.vectors_pending(INDEX).await.unwrap(), 1);
    assert_eq!(world.found(&ask_anyone("fox")).await, ["early", "late"]);
    assert_eq!(world.passages_of(&ask_anyone("fox")).await, ["early", "late", "other"]);
    let passages = world.retrieve(&ask_anyone("slow fox")).await.items;
    let late = passages.iter().find(|item| item.document_id == "late").unwrap();
    assert_eq!((late.text.as_str(), late.confidence), ("a slow fox", Confidence::NotAvailable));
    assert_eq!(world.passages_of(&ask_anyone("slow")).await, ["early", "late", "other"]);
}
