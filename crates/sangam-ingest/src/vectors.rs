//! The task that makes vectors, lets the engine forget retired ordinals, and loads again what could not be loaded.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use roaring::RoaringBitmap;
use sangam_engine::{DocumentVectors, PassageVector, StoredDocument, TITLE_PASSAGE, View};
use sangam_store::VectorTask;
use sangam_store::failpoint::{self, FailPoint};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::index::blocking;
use crate::{Index, IngestError};

/// Revisions that get their vectors in one commit.
const BATCH_REVISIONS: u32 = 64;
/// Vectors of one commit; a single larger document is a batch of its own. The engine takes 256 MiB at a time, which sixteen of the largest
/// files exceed, and what is made is lost by a kill until it is committed.
const BATCH_VECTORS: usize = 1_024;
/// How long the engine keeps a retired revision, so that a query which took its view of the catalogue before finds it.
const FORGET_AFTER: Duration = Duration::from_secs(5);
/// Retired revisions that are forgotten at once; a deletion in the engine costs a commit.
const FORGET_MANY: u64 = 10_000;
/// How long the task rests after a failure before it tries again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Makes vectors and forgets until `stop`.
pub(crate) async fn run(index: Arc<Index>, stop: CancellationToken) {
    loop {
        let step = tokio::select! {
            () = stop.cancelled() => return,
            step = work(&index) => step,
        };
        let rest = match step {
            Ok(Work::Done) => continue,
            Ok(Work::Later(retired)) => Some((FORGET_AFTER, retired)),
            Ok(Work::Nothing) => None,
            Err(error) => {
                tracing::error!(index.id = index.id(), %error, "vectors of index `{}` wait", index.id());
                Some((RETRY_AFTER, RoaringBitmap::new()))
            }
        };
        let pause = async {
            match rest {
                Some((rest, retired)) => {
                    tokio::time::sleep(rest).await;
                    retired
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = index.indexed.notified() => {}
            retired = pause => forget(&index, retired).await.unwrap_or_else(|error| {
                tracing::error!(index.id = index.id(), %error, "retired revisions of index `{}` wait", index.id());
            }),
        }
    }
}

enum Work {
    /// Something was done; there may be more.
    Done,
    /// These retired revisions are to be forgotten after a while.
    Later(RoaringBitmap),
    /// Nothing waits.
    Nothing,
}

async fn work(index: &Index) -> Result<Work, IngestError> {
    index.load_what_failed().await?;
    if index.has_model() {
        let tasks = index.store.vector_tasks(index.id(), BATCH_REVISIONS).await?;
        if !tasks.is_empty() {
            embed(index, tasks).await?;
            return Ok(Work::Done);
        }
    }
    let retired = index.store.retired(index.id()).await?;
    if retired.len() >= FORGET_MANY {
        tokio::time::sleep(FORGET_AFTER).await;
        forget(index, retired).await?;
        return Ok(Work::Done);
    }
    Ok(if retired.is_empty() { Work::Nothing } else { Work::Later(retired) })
}

/// Makes the vectors of some revisions and commits them.
async fn embed(index: &Index, tasks: Vec<VectorTask>) -> Result<(), IngestError> {
    let Some(service) = index.embed.clone() else { return Ok(()) };
    let view = index.engine.view()?;
    let (vectors, done) = blocking(move || {
        let (tasks, documents) = first(tasks, view.as_ref())?;
        let done: Vec<u32> = tasks.iter().map(|task| task.ordinal).collect();
        let mut known: HashMap<u32, HashMap<u64, Vec<f32>>> = HashMap::new();
        for task in &tasks {
            if let Some(previous) = task.previous {
                let kept = view.vectors_of(previous)?.into_iter().map(|vector| (vector.text_hash, vector.values));
                known.insert(task.ordinal, kept.collect());
            }
        }
        let mut wanted = plan(&documents, &known);
        let texts: Vec<&str> = wanted.iter().filter(|slot| slot.values.is_none()).map(|slot| slot.text).collect();
        let mut made = service.embed_passages(&texts)?.into_iter();
        for slot in &mut wanted {
            if slot.values.is_none() {
                slot.values = made.next();
            }
        }
        Ok::<_, IngestError>((collect(wanted), done))
    })
    .await?;
    let writer = index.lock().await;
    let (engine, batch) = (Arc::clone(&index.engine), writer.batch());
    blocking(move || {
        engine.add_vectors(vectors)?;
        engine.commit(batch)
    })
    .await?;
    drop(writer);
    failpoint::hit(FailPoint::AfterVectorsCommit);
    index.store.vectors_done(index.id(), &done).await?;
    index.progressed.notify_waiters();
    Ok(())
}

/// The first tasks with their documents, as many as fit into [`BATCH_VECTORS`]. A task whose document is gone has none.
fn first(mut tasks: Vec<VectorTask>, view: &dyn View) -> Result<(Vec<VectorTask>, Vec<StoredDocument>), IngestError> {
    let mut documents: Vec<StoredDocument> = Vec::with_capacity(tasks.len());
    let mut n_vectors = 0;
    for place in 0..tasks.len() {
        for document in view.fetch(&[tasks[place].ordinal])? {
            n_vectors += document.passages.len() + 1;
            if n_vectors > BATCH_VECTORS && !documents.is_empty() {
                tasks.truncate(place);
                return Ok((tasks, documents));
            }
            documents.push(document);
        }
    }
    Ok((tasks, documents))
}

/// A vector to have: of which text, and the values once they are known.
struct Slot<'a> {
    ordinal: u32,
    passage: u16,
    text: &'a str,
    text_hash: u64,
    values: Option<Vec<f32>>,
}

/// One slot for each title and passage; those whose text the previous revision had are filled.
fn plan<'a>(documents: &'a [StoredDocument], known: &HashMap<u32, HashMap<u64, Vec<f32>>>) -> Vec<Slot<'a>> {
    let mut slots = Vec::new();
    for document in documents {
        let title = std::iter::once((TITLE_PASSAGE, document.title.as_str()));
        let passages = document.passages.iter().enumerate().filter_map(|(number, passage)| {
            let text = document.body.get(passage.start as usize..passage.end as usize)?;
            Some((u16::try_from(number).ok()?, text))
        });
        // White space around a passage, which changes when its neighbours do, means nothing.
        let trimmed = title.chain(passages).map(|(passage, text)| (passage, text.trim()));
        for (passage, text) in trimmed.filter(|(_, text)| !text.is_empty()) {
            let text_hash = hash(text);
            let values = known.get(&document.ordinal).and_then(|kept| kept.get(&text_hash)).cloned();
            slots.push(Slot { ordinal: document.ordinal, passage, text, text_hash, values });
        }
    }
    slots
}

/// The filled slots, by document.
fn collect(slots: Vec<Slot<'_>>) -> Vec<DocumentVectors> {
    let mut documents: Vec<DocumentVectors> = Vec::new();
    for slot in slots {
        let Some(values) = slot.values else { continue };
        let vector = PassageVector { passage: slot.passage, text_hash: slot.text_hash, values };
        match documents.last_mut() {
            Some(last) if last.ordinal == slot.ordinal => last.vectors.push(vector),
            _ => documents.push(DocumentVectors { ordinal: slot.ordinal, vectors: vec![vector] }),
        }
    }
    documents
}

/// The first eight bytes of the text's SHA-256: stable over releases, unlike the standard library's hashers.
fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(bytes)
}

/// Lets the engine forget what no document has held for a while.
async fn forget(index: &Index, retired: RoaringBitmap) -> Result<(), IngestError> {
    if retired.is_empty() {
        return Ok(());
    }
    let writer = index.lock().await;
    let (engine, batch, ordinals) = (Arc::clone(&index.engine), writer.batch(), retired.clone());
    blocking(move || {
        engine.delete(&ordinals)?;
        engine.commit(batch)
    })
    .await?;
    drop(writer);
    failpoint::hit(FailPoint::AfterForget);
    index.store.retired_done(index.id(), &retired.iter().collect::<Vec<_>>()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sangam_engine::{EmbeddedEngine, Engine, EngineDocument, EngineOptions, Passage};

    use super::*;

    #[test]
    fn an_unchanged_passage_keeps_its_vector_and_only_the_rest_is_wanted() {
        let document = StoredDocument {
            ordinal: 7,
            title: "Title".into(),
            body: "old text new text".into(),
            language: "en".into(),
            attributes: Vec::new(),
            passages: vec![Passage { start: 0, end: 8 }, Passage { start: 8, end: 17 }],
        };
        let kept = HashMap::from([(7, HashMap::from([(hash("old text"), vec![1.0])]))]);
        let documents = [document];
        let mut slots = plan(&documents, &kept);
        let wanted: Vec<_> = slots.iter().filter(|slot| slot.values.is_none()).map(|slot| slot.text).collect();
        assert_eq!(wanted, ["Title", "new text"]);
        for slot in &mut slots {
            slot.values.get_or_insert_with(|| vec![0.5]);
        }
        let vectors = collect(slots);
        assert_eq!(vectors.len(), 1);
        assert_eq!(vectors[0].vectors.iter().map(|vector| vector.passage).collect::<Vec<_>>(), [TITLE_PASSAGE, 0, 1]);
        assert_eq!(vectors[0].vectors[1].values, [1.0]);
    }

    #[test]
    fn a_batch_is_bounded_by_its_vectors_and_a_larger_document_is_alone() {
        let folder = tempfile::tempdir().unwrap();
        let engine = EmbeddedEngine::open(folder.path(), EngineOptions::without_model()).unwrap();
        let document = |ordinal: u32, n_passages: usize| EngineDocument {
            ordinal,
            title: "t".into(),
            body: "a".repeat(n_passages),
            language: "en".into(),
            attributes: Vec::new(),
            passages: (0..n_passages as u32).map(|start| Passage { start, end: start + 1 }).collect(),
        };
        let sizes = [(1, BATCH_VECTORS / 2), (3, BATCH_VECTORS / 4), (4, 2 * BATCH_VECTORS), (5, 1)];
        engine.add(sizes.map(|(ordinal, n)| document(ordinal, n)).into()).unwrap();
        engine.commit(1).unwrap();
        let view = engine.view().unwrap();
        let taken = |ordinals: &[u32]| {
            let tasks = ordinals.iter().map(|ordinal| VectorTask { ordinal: *ordinal, previous: None }).collect();
            let (tasks, documents) = first(tasks, view.as_ref()).unwrap();
            let ordinals: Vec<u32> = tasks.iter().map(|task| task.ordinal).collect();
            (ordinals, documents.len())
        };
        assert_eq!(taken(&[1, 2, 3, 4, 5]), (vec![1, 2, 3], 2), "the second is gone and done with");
        assert_eq!(taken(&[4, 5]), (vec![4], 1));
        assert_eq!(taken(&[5]), (vec![5], 1));
    }
}
