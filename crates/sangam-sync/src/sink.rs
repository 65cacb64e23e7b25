//! Batches of a crawl into the index, each together with its checkpoint.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use futures::{Stream, StreamExt, stream};
use sangam_access::{Allow, LayerRecord, Principal};
use sangam_extract::{ExtractError, Extractor, Limits, RawFile};
use sangam_ingest::{Index, IndexBatch, IngestError, NewDocument};
use sangam_store::failpoint::{self, FailPoint};
use sangam_store::{
    DocumentFailure, FailureStage, JobCommit, NodeRecord, RevisionAccess, SeenDocument, Store, StoreError,
};
use tokio::sync::mpsc;

use crate::gather::gather;
use crate::own_attributes;
use crate::{
    Batch, BatchSink, Content, CrawlMode, Fact, FieldType, FieldValue, KnownDocuments, Memory, Node, NodeAccess,
    SourceDocument, SourceError,
};

/// Batches that may wait between the crawl and the index: the crawl works ahead by as much and no more. What waits is written together.
pub(crate) const BATCHES_WAITING: usize = 6;

/// Bytes of text after which a part of a batch is written: files may unpack to much more than they are, and all texts of a part are in
/// memory at once.
const PART_TEXT_BYTES: usize = 32 << 20;

/// The field of a document's language.
const LANGUAGE_FIELD: &str = "_language_code";

/// The crawl's end of the channel.
pub(crate) struct ChannelSink(pub(crate) mpsc::Sender<Batch>);

#[async_trait]
impl BatchSink for ChannelSink {
    async fn send(&mut self, batch: Batch) -> Result<(), SourceError> {
        self.0.send(batch).await.map_err(|_| SourceError::SinkClosed)
    }
}

/// Ids of one data source's documents: the source's own, with the connector and the data source in front.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    prefix: String,
}

impl Ids {
    pub(crate) fn new(connector: &str, data_source_id: &str) -> Self {
        Self { prefix: format!("{connector}/{data_source_id}/") }
    }

    /// The document's id in the index.
    pub(crate) fn full(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }

    /// The source's own id of a document of the index.
    pub(crate) fn own<'a>(&self, full: &'a str) -> Option<&'a str> {
        full.strip_prefix(&self.prefix)
    }
}

/// Answers a source from the catalogue.
pub(crate) struct Known<'a> {
    pub(crate) store: &'a Store,
    pub(crate) index_id: &'a str,
    pub(crate) data_source_id: &'a str,
    pub(crate) ids: &'a Ids,
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn silent(error: StoreError) -> SourceError {
    SourceError::Unavailable { message: format!("the catalogue did not answer: {error}"), code: None, retry_at: None }
}

#[async_trait]
impl KnownDocuments for Known<'_> {
    async fn versions(&self, ids: &[String]) -> Result<HashMap<String, String>, SourceError> {
        let full: Vec<String> = ids.iter().map(|id| self.ids.full(id)).collect();
        let entries = self.store.entries(self.index_id, &full).await.map_err(silent)?;
        let indexed = entries.into_values().filter(|entry| entry.ordinal.is_some());
        Ok(indexed.filter_map(|entry| Some((self.ids.own(&entry.document_id)?.to_owned(), entry.version))).collect())
    }

    async fn restricted_nodes(&self) -> Result<HashMap<String, BTreeSet<Principal>>, SourceError> {
        let layers = self.store.node_layers(self.data_source_id).await.map_err(silent)?;
        let restricted = layers.into_iter().filter_map(|(id, record)| match record.layer.allow {
            Allow::Everyone => None,
            Allow::Only(allowed) => Some((id, allowed)),
        });
        Ok(restricted.collect())
    }

    async fn memories(&self, prefix: &str) -> Result<HashMap<String, Memory>, SourceError> {
        let rows = self.store.source_memories(self.data_source_id, prefix).await.map_err(silent)?;
        Ok(rows.into_iter().map(|row| (row.key, Memory { value: row.value, stored_at: row.stored_at })).collect())
    }
}

/// The job's end of the channel.
pub(crate) struct Storing {
    pub(crate) index: Arc<Index>,
    pub(crate) store: Store,
    pub(crate) ids: Ids,
    pub(crate) job_id: String,
    pub(crate) data_source_id: String,
    pub(crate) fields: HashMap<String, FieldType>,
    /// The language of documents that do not say theirs.
    pub(crate) language: Option<String>,
    /// How much is fetched.
    pub(crate) mode: CrawlMode,
}

impl Storing {
    /// Stores batches until the crawl has no more.
    pub(crate) async fn run(self, mut batches: mpsc::Receiver<Batch>) -> Result<(), IngestError> {
        let mut next = None;
        loop {
            let batch = match next.take() {
                Some(batch) => batch,
                None => match batches.recv().await {
                    Some(batch) => batch,
                    None => return Ok(()),
                },
            };
            let gathered;
            (gathered, next) = gather(batch, &mut batches);
            self.store_batch(gathered).await?;
        }
    }

    async fn store_batch(&self, batch: Batch) -> Result<(), IngestError> {
        for fact in batch.facts {
            self.store_fact(fact).await?;
        }
        failpoint::hit(FailPoint::AfterFacts);
        let mut seen: Vec<SeenDocument> =
            batch.unchanged.into_iter().map(|seen| self.seen(&seen.id, seen.anchor)).collect();
        // A refresh of access stores no text; whatever comes was listed, and a document that is known is seen.
        let sent = if self.is_refresh() {
            seen.extend(batch.documents.iter().map(|sent| self.seen(&sent.id, sent.anchor.clone())));
            Vec::new()
        } else {
            batch.documents
        };
        let mut documents = self.read(sent);
        let (mut part, mut n_text_bytes) = (Vec::new(), 0);
        while let Some(document) = documents.next().await.transpose()? {
            n_text_bytes += document.text.len();
            part.push(document);
            if n_text_bytes > PART_TEXT_BYTES {
                self.write(std::mem::take(&mut part), Vec::new(), None).await?;
                n_text_bytes = 0;
            }
        }
        drop(documents);
        self.write(part, seen, Some(batch.checkpoint.to_string())).await
    }

    /// Writes a batch, or a part of one: then without the checkpoint, which is true only after the last.
    async fn write(
        &self,
        documents: Vec<NewDocument>,
        seen: Vec<SeenDocument>,
        checkpoint: Option<String>,
    ) -> Result<(), IngestError> {
        let job = JobCommit { job_id: self.job_id.clone(), data_source_id: self.data_source_id.clone(), checkpoint };
        let (job, forced) = (Some(job), self.mode == CrawlMode::Everything);
        self.index.write(IndexBatch { documents, seen, job, forced, ..IndexBatch::default() }).await?;
        Ok(())
    }

    fn seen(&self, id: &str, anchor: String) -> SeenDocument {
        SeenDocument { document_id: self.ids.full(id), anchor, version: None }
    }

    fn is_refresh(&self) -> bool {
        matches!(self.mode, CrawlMode::Access { .. })
    }

    async fn store_fact(&self, fact: Fact) -> Result<(), IngestError> {
        match fact {
            Fact::Directory(people) => self.index.put_directory(&self.data_source_id, &people).await,
            Fact::Nodes { root, nodes } => {
                for node in &nodes {
                    if let NodeAccess::Unknown { reason } = &node.access {
                        let warning = format!("access of `{}` is unknown, so it is hidden: {reason}", node.id);
                        self.store.warn_job(&self.job_id, &warning).await?;
                    }
                }
                let nodes: Vec<NodeRecord> = nodes.into_iter().map(node_record).collect();
                let n_changed = self.index.replace_nodes(&self.data_source_id, &root, &nodes).await?;
                self.store.count_access_changes(&self.job_id, n_changed).await?;
                Ok(())
            }
            Fact::Warning(warning) => Ok(self.store.warn_job(&self.job_id, &warning).await?),
            Fact::Memories(memories) => {
                Ok(self.store.remember(self.index.id(), &self.data_source_id, &memories).await?)
            }
        }
    }

    /// Takes the text out of files and checks attributes against the index's fields; of two documents of one id the last counts.
    fn read(&self, documents: Vec<SourceDocument>) -> impl Stream<Item = Result<NewDocument, IngestError>> + Unpin {
        let mut twice = HashSet::new();
        let mut documents: Vec<SourceDocument> =
            documents.into_iter().rev().filter(|document| twice.insert(document.id.clone())).collect();
        documents.reverse();
        let read = documents.into_iter().map(|document| self.new_document(document));
        Box::pin(stream::iter(read).buffered(self.index.extractor().at_once()))
    }

    async fn new_document(&self, document: SourceDocument) -> Result<NewDocument, IngestError> {
        let file_type = own_attributes::file_type(&document.content);
        let (text, failure) = text_of(document.content, self.index.extractor()).await?;
        let (fields, given) = (&self.fields, document.attributes);
        let misfit = given.iter().find_map(|(name, value)| misfit(name, value, fields));
        let mut attributes: Vec<_> =
            given.into_iter().filter(|(name, value)| misfit_free(name, value, fields)).collect();
        if let Some(language) = &self.language
            && !attributes.iter().any(|(name, _)| name == LANGUAGE_FIELD)
        {
            attributes.push((LANGUAGE_FIELD.to_owned(), FieldValue::String(language.clone())));
        }
        own_attributes::add(&mut attributes, &self.data_source_id, &document.title, file_type);
        Ok(NewDocument {
            document_id: self.ids.full(&document.id),
            data_source_id: Some(self.data_source_id.clone()),
            anchor: Some(document.anchor),
            version: document.version,
            title: document.title,
            text,
            attributes,
            access: RevisionAccess::Anchored,
            failure: failure.or_else(|| misfit.map(|reason| DocumentFailure::at(FailureStage::Submit, reason))),
            inbox_seq: None,
        })
    }
}

fn node_record(node: Node) -> NodeRecord {
    let layer = match node.access {
        NodeAccess::Open => None,
        NodeAccess::Layer { layer } => Some(LayerRecord::known(layer, node.origin)),
        NodeAccess::Unknown { reason } => Some(LayerRecord::unknown(reason, node.origin)),
    };
    NodeRecord { id: node.id, parent: node.parent, layer }
}

/// The text, or why there is none although there should be. What no text can be taken from by its type is found by its name.
///
/// # Errors
/// The extractor is not available: the job ends, and goes on from its checkpoint another time.
async fn text_of(content: Content, extractor: &Extractor) -> Result<(String, Option<DocumentFailure>), IngestError> {
    let (bytes, media_type, name) = match content {
        Content::Text(text) => return Ok((text, None)),
        Content::None => return Ok((String::new(), None)),
        Content::Failed { reason } => {
            return Ok((String::new(), Some(DocumentFailure::at(FailureStage::Crawl, reason))));
        }
        Content::File { bytes, media_type, name } => (bytes, media_type, name),
    };
    let file = RawFile { bytes, media_type, name: Some(name) };
    match extractor.extract(file, Limits::default()).await {
        Ok(extracted) => Ok((extracted.text, None)),
        Err(ExtractError::Unsupported { .. }) => Ok((String::new(), None)),
        Err(error) if error.is_transient() => Err(error.into()),
        Err(error) => Ok((String::new(), Some(DocumentFailure::at(FailureStage::Extract, error.to_string())))),
    }
}

fn misfit(name: &str, value: &FieldValue, fields: &HashMap<String, FieldType>) -> Option<String> {
    if misfit_free(name, value, fields) {
        return None;
    }
    Some(match fields.get(name) {
        None => format!("No document metadata configuration found for document attribute key {name}."),
        Some(_) => format!("The value of document attribute {name} does not have the type of the index field."),
    })
}

fn misfit_free(name: &str, value: &FieldValue, fields: &HashMap<String, FieldType>) -> bool {
    let kind = match value {
        FieldValue::String(_) => FieldType::String,
        FieldValue::StringList(_) => FieldType::StringList,
        FieldValue::Long(_) => FieldType::Long,
        FieldValue::Date(_) => FieldType::Date,
    };
    fields.get(name) == Some(&kind)
}

#[cfg(test)]
mod tests {
    use sangam_access::{Layer, LayerOrigin};
    use sangam_store::{NewDataSource, NewIndex};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_source_is_told_whom_its_stored_layers_let_pass() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let document = serde_json::json!({});
        let index = NewIndex { id: "i", name: "n", document: &document, tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let source = NewDataSource {
            id: "s",
            index_id: "i",
            name: "s",
            kind: "TEMPLATE",
            document: &document,
            tags: &[],
            limit: None,
        };
        store.create_data_source(&source, None).await.unwrap();
        let ben = Principal::SourceUser { data_source: "s".into(), id: "ben".into() };
        let node = |id: &str, access| {
            let origin = LayerOrigin::Restriction { id: id.into(), title: String::new() };
            node_record(Node { id: id.into(), parent: (id != "root").then(|| "root".into()), access, origin })
        };
        let nodes = [
            node("root", NodeAccess::Layer { layer: Layer::everyone() }),
            node("open", NodeAccess::Open),
            node("ben's", NodeAccess::Layer { layer: Layer::only([ben.clone()]) }),
            node("unread", NodeAccess::Unknown { reason: "it broke off".into() }),
        ];
        store.replace_nodes("i", "s", "root", &nodes).await.unwrap();
        let ids = Ids::new("confluence", "s");
        let known = Known { store: &store, index_id: "i", data_source_id: "s", ids: &ids };
        let restricted = known.restricted_nodes().await.unwrap();
        let expected = [("ben's".to_owned(), BTreeSet::from([ben])), ("unread".to_owned(), BTreeSet::new())];
        assert_eq!(restricted, HashMap::from(expected));
    }
}
