//! What a new revision of a document costs.

use std::sync::Arc;

use parking_lot::Mutex;
use sangam_embed::{Effort, EmbedError, Embedder, HashEmbedder};
use sangam_ingest::{IndexBatch, NewDocument};
use sangam_store::RevisionAccess;

use crate::world::{INDEX, World};

/// Remembers which texts it was given.
#[derive(Default)]
struct Counting {
    embedded: Mutex<Vec<String>>,
}

impl Embedder for Counting {
    fn dimensions(&self) -> usize {
        HashEmbedder.dimensions()
    }

    fn fingerprint(&self) -> &str {
        HashEmbedder.fingerprint()
    }

    fn max_tokens(&self) -> usize {
        HashEmbedder.max_tokens()
    }

    fn embed_with(&self, texts: &[&str], effort: Effort) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.embedded.lock().extend(texts.iter().map(|text| (*text).to_owned()));
        HashEmbedder.embed_with(texts, effort)
    }
}

impl Counting {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.embedded.lock())
    }
}

/// A paragraph of 60 words, no two alike.
fn paragraph(name: &str) -> String {
    let words: Vec<String> = (0..60).map(|number| format!("{name}{number}")).collect();
    words.join(" ") + "."
}

fn page(names: &[String]) -> String {
    names.iter().map(|name| paragraph(name)).collect::<Vec<_>>().join("\n\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_paragraph_of_a_put_document_is_embedded_and_no_other() {
    let embedder = Arc::new(Counting::default());
    let world = World::with_embedder(Arc::clone(&embedder) as Arc<dyn Embedder>).await;
    let mut names: Vec<String> = (0..30).map(|number| format!("p{number}x")).collect();
    world.put("page", &page(&names)).await;
    world.settle().await;
    let n_first = embedder.take().len();
    assert!(n_first > 10, "{n_first}");

    for at in [0, 7, 16, 29] {
        names[at] = format!("edited{at}x");
        world.put("page", &page(&names)).await;
        world.settle().await;
        let embedded = embedder.take();
        assert!((1..=2).contains(&embedded.len()), "paragraph {at}: {embedded:?}");
        assert!(embedded.iter().any(|text| text.contains(&names[at])));
    }

    names.insert(12, "insertedx".into());
    world.put("page", &page(&names)).await;
    world.settle().await;
    assert!((1..=2).contains(&embedder.take().len()));
    assert_eq!(world.found(None, "insertedx5").await, ["page"]);

    world.put("page", &page(&names)).await;
    world.settle().await;
    assert!(embedder.take().is_empty(), "nothing changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_write_cuts_the_text_as_if_it_were_new() {
    let world = World::new().await;
    let mut names: Vec<String> = (0..6).map(|number| format!("p{number}x")).collect();
    world.put("page", &page(&names)).await;
    let mut round = 0;
    let text = loop {
        world.settle().await;
        let text = page(&names);
        if stored_passages(&world).await != sangam_extract::passages(&text) {
            break text;
        }
        round += 1;
        assert!(round < 200, "edits never shape passages");
        names.insert(round % names.len(), format!("inserted{round}x"));
        world.put("page", &page(&names)).await;
    };
    let entry = world.store.entries(INDEX, &["page".into()]).await.unwrap().remove("page").unwrap();
    let document = NewDocument {
        document_id: "page".into(),
        data_source_id: None,
        anchor: None,
        version: "forced".into(),
        title: "page".into(),
        text: text.clone(),
        attributes: Vec::new(),
        access: RevisionAccess::Fixed(entry.access),
        failure: None,
        inbox_seq: None,
    };
    let batch = IndexBatch { documents: vec![document], forced: true, ..IndexBatch::default() };
    world.index().await.write(batch).await.unwrap();
    assert_eq!(stored_passages(&world).await, sangam_extract::passages(&text));
}

/// The passages of the document `page` as the engine has them.
async fn stored_passages(world: &World) -> Vec<std::ops::Range<usize>> {
    let ordinal = world.store.entries(INDEX, &["page".into()]).await.unwrap()["page"].ordinal.unwrap();
    let view = world.index().await.unfiltered_view().unwrap().engine;
    let document = view.fetch(&[ordinal]).unwrap().remove(0);
    document.passages.iter().map(|passage| passage.start as usize..passage.end as usize).collect()
}
