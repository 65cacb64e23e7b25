//! Batches that wait are written together: a commit of the engine costs about as much as indexing several hundred documents.

use std::collections::HashSet;

use tokio::sync::mpsc;

use crate::{Batch, Content, SourceDocument};

/// Documents, unchanged ones among them, after which no more batches are added: what is written at once is done again after a kill.
const DOCUMENTS_MAX: usize = 600;

/// Bytes of content after which no more batches are added: all of it is in memory at once.
const CONTENT_BYTES_MAX: usize = 16 << 20;

/// Adds to `batch` what already waits behind it, under the last one's checkpoint. Also returns a batch that was taken and has to come after:
/// one with facts, which are stored after what was sent before them, and before what comes with them.
pub(crate) fn gather(mut batch: Batch, waiting: &mut mpsc::Receiver<Batch>) -> (Batch, Option<Batch>) {
    let mut n_bytes = content_bytes(&batch);
    while batch.documents.len() + batch.unchanged.len() < DOCUMENTS_MAX && n_bytes < CONTENT_BYTES_MAX {
        let Ok(more) = waiting.try_recv() else { break };
        if !more.facts.is_empty() {
            return (batch, Some(more));
        }
        n_bytes += content_bytes(&more);
        append(&mut batch, more);
    }
    (batch, None)
}

/// What was seen unchanged and is sent anew stands where it was sent: in a batch, what was seen counts last.
fn append(batch: &mut Batch, more: Batch) {
    if !batch.unchanged.is_empty() && !more.documents.is_empty() {
        let sent: HashSet<&str> = more.documents.iter().map(|document| document.id.as_str()).collect();
        batch.unchanged.retain(|unchanged| !sent.contains(unchanged.id.as_str()));
    }
    batch.documents.extend(more.documents);
    batch.unchanged.extend(more.unchanged);
    batch.checkpoint = more.checkpoint;
}

fn content_bytes(batch: &Batch) -> usize {
    let bytes = |document: &SourceDocument| match &document.content {
        Content::Text(text) => text.len(),
        Content::File { bytes, .. } => bytes.len(),
        Content::None | Content::Failed { .. } => 0,
    };
    batch.documents.iter().map(bytes).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Fact, Unchanged};

    fn batch(checkpoint: u64, documents: &[&str], unchanged: &[&str]) -> Batch {
        let document = |id: &&str| SourceDocument {
            id: (*id).into(),
            anchor: format!("n{checkpoint}"),
            version: "1".into(),
            title: String::new(),
            uri: String::new(),
            content: Content::Text("text".into()),
            attributes: Vec::new(),
        };
        let seen = |id: &&str| Unchanged { id: (*id).into(), anchor: format!("n{checkpoint}") };
        Batch {
            facts: Vec::new(),
            documents: documents.iter().map(document).collect(),
            unchanged: unchanged.iter().map(seen).collect(),
            checkpoint: json!(checkpoint),
        }
    }

    fn waiting(batches: Vec<Batch>) -> mpsc::Receiver<Batch> {
        let (sender, receiver) = mpsc::channel(batches.len().max(1));
        for batch in batches {
            sender.try_send(batch).unwrap();
        }
        receiver
    }

    fn ids(batch: &Batch) -> Vec<&str> {
        batch.documents.iter().map(|document| document.id.as_str()).collect()
    }

    #[test]
    fn what_waits_is_one_batch_under_the_last_checkpoint() {
        let mut waiting = waiting(vec![batch(2, &["b"], &["x"]), batch(3, &["c"], &[])]);
        let (gathered, next) = gather(batch(1, &["a"], &[]), &mut waiting);
        assert_eq!((ids(&gathered), &gathered.checkpoint), (vec!["a", "b", "c"], &json!(3)));
        assert_eq!((gathered.unchanged[0].id.as_str(), next.is_none()), ("x", true));
    }

    #[test]
    fn facts_come_after_what_was_sent_before_them() {
        let facts = Batch { facts: vec![Fact::Warning("w".into())], ..batch(2, &["b"], &[]) };
        let mut waiting = waiting(vec![facts, batch(3, &["c"], &[])]);
        let (gathered, next) = gather(batch(1, &["a"], &[]), &mut waiting);
        assert_eq!((ids(&gathered), &gathered.checkpoint), (vec!["a"], &json!(1)));
        let (gathered, next) = gather(next.unwrap(), &mut waiting);
        assert_eq!((ids(&gathered), gathered.facts.len(), next.is_none()), (vec!["b", "c"], 1, true));
    }

    #[test]
    fn a_write_is_bounded_by_its_documents_and_by_their_bytes() {
        let many: Vec<String> = (0..DOCUMENTS_MAX).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut rest = waiting(vec![batch(2, &["b"], &[])]);
        assert_eq!(gather(batch(1, &many, &[]), &mut rest).0.documents.len(), DOCUMENTS_MAX);
        assert_eq!(gather(batch(1, &[], &many), &mut rest).0.checkpoint, json!(1));
        let mut large = batch(1, &["a"], &[]);
        large.documents[0].content = Content::Text("x".repeat(CONTENT_BYTES_MAX));
        assert_eq!(ids(&gather(large, &mut rest).0), ["a"]);
    }

    #[test]
    fn a_document_seen_unchanged_and_then_sent_stands_where_it_was_sent() {
        let mut moved = waiting(vec![batch(2, &["a"], &[])]);
        let (gathered, _) = gather(batch(1, &[], &["a", "b"]), &mut moved);
        assert_eq!((ids(&gathered), gathered.documents[0].anchor.as_str()), (vec!["a"], "n2"));
        assert_eq!(gathered.unchanged.iter().map(|seen| seen.id.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
