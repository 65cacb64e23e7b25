//! A dry run: what a sync would do, and who could see what it brought, found without storing anything but the answer.
//!
//! Of a document only its place, its kind and its access are kept, counted by all three: a site of any size costs as much memory as its
//! tree and its people.

mod audience;
mod found;

use std::collections::{BTreeMap, HashMap, HashSet};

use sangam_access::{AccessId, AccessTable, Directory, LayerId, LayerOrigin, LayerRecord, SourceDirectory};
use sangam_store::{JobEnd, SyncJob, UnseenDocument};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use self::found::{AccessGap, Deletions, GroupReach, PersonReach, Preview, SpacePreview, TypeCounts};
use crate::ending::{Ending, aborted, end_of, internal};
use crate::job::{Opened, ended_by, open};
use crate::progress::tell;
use crate::removal::{CONFIRM_MANY, Plan, guard_trips};
use crate::sink::{BATCHES_WAITING, ChannelSink, Ids, Known};
use crate::{Batch, CrawlEnd, CrawlMode, CrawlRequest, Fact, Node, NodeAccess, Progress, SyncService};

/// Nodes between a document and the root, as in the store.
const TREE_DEPTH_MAX: usize = 1_000;
/// Warnings of the source that are shown.
const WARNINGS_MAX: usize = 100;
/// The space of what lies in none.
const NO_SPACE: &str = "";

/// Runs a dry run to its end; its result is stored with the job.
pub(crate) async fn run(service: &SyncService, job: &SyncJob, stop: &CancellationToken) -> Result<JobEnd, Ending> {
    let opened = open(service, job).await?;
    let ids = Ids::new(opened.connector.name(), &job.data_source_id);
    let stored = service.store().unseen_documents(&job.index_id, &job.data_source_id, &job.id).await;
    let stored: HashMap<String, UnseenDocument> =
        stored.map_err(internal)?.into_iter().map(|document| (document.document_id.clone(), document)).collect();
    let (end, gathered) = crawl(service, job, &opened, &ids, stored, stop).await?;
    let mut found = Preview::default();
    gathered.count(&mut found);
    found.deletions = deletions(service, job, &opened, &ids, &gathered, &end).await?;
    found.incomplete.clone_from(&end.incomplete);
    let mappings = service.store().mappings(&job.index_id).await.map_err(internal)?;
    let source_id = job.data_source_id.clone();
    let found = tokio::task::spawn_blocking(move || {
        let directory = Directory::new([(source_id, gathered.people.clone())], &mappings);
        audience::tell(&gathered, &directory, &mut found);
        found
    });
    let found = found.await.map_err(|_| internal(sangam_ingest::IngestError::CutOff))?;
    let text = serde_json::to_string(&found).expect("counts and names are plain data");
    service.store().put_job_result(&job.id, &text).await.map_err(internal)?;
    for place in &end.incomplete {
        let warning = format!("the listing of `{place}` did not end cleanly: what is there is not counted");
        service.store().warn_job(&job.id, &warning).await.map_err(internal)?;
    }
    let job = service.store().job(&job.id).await.map_err(internal)?;
    Ok(job.map_or_else(aborted, |job| end_of(&job, None)))
}

async fn crawl(
    service: &SyncService,
    job: &SyncJob,
    opened: &Opened,
    ids: &Ids,
    stored: HashMap<String, UnseenDocument>,
    stop: &CancellationToken,
) -> Result<(CrawlEnd, Gathered), Ending> {
    let progress = Progress::default();
    let request =
        CrawlRequest { mode: CrawlMode::Preview, checkpoint: None, stop: stop.clone(), progress: progress.clone() };
    let known = Known { store: service.store(), index_id: &job.index_id, data_source_id: &job.data_source_id, ids };
    let (sender, mut receiver) = mpsc::channel::<Batch>(BATCHES_WAITING);
    let walking = async {
        let mut sink = ChannelSink(sender);
        opened.source.crawl(&request, &known, &mut sink).await
    };
    let gathering = async {
        let mut gathered = Gathered { stored, ..Gathered::default() };
        while let Some(batch) = receiver.recv().await {
            gathered.take(batch, ids);
        }
        gathered
    };
    let both = async { tokio::join!(walking, gathering) };
    let (walked, gathered) = tell(service.store(), &job.id, &progress, both).await;
    match walked {
        Ok(end) => Ok((end, gathered)),
        Err(error) => Err(ended_by(service, job, error).await),
    }
}

/// What a sync would do about stored documents that the listing lacked, by the rules of a sync.
async fn deletions(
    service: &SyncService,
    job: &SyncJob,
    opened: &Opened,
    ids: &Ids,
    gathered: &Gathered,
    end: &CrawlEnd,
) -> Result<Deletions, Ending> {
    let lacking = gathered.stored.values().filter(|document| !gathered.seen.contains(&document.document_id));
    let mut lacking: Vec<&UnseenDocument> = lacking.collect();
    if !end.incomplete.is_empty() {
        let listed = service.store().nodes_outside(&job.data_source_id, &end.incomplete).await.map_err(internal)?;
        lacking.retain(|document| document.anchor.as_ref().is_some_and(|anchor| listed.contains(anchor)));
    }
    let mut plan = Plan::default();
    for chunk in lacking.chunks(CONFIRM_MANY) {
        let own: Vec<String> =
            chunk.iter().filter_map(|document| ids.own(&document.document_id)).map(Into::into).collect();
        if own.len() != chunk.len() {
            continue;
        }
        match opened.source.confirm(&own).await {
            Ok(answers) => {
                answers.into_iter().zip(chunk).for_each(|(answer, document)| plan.add((*document).clone(), answer));
            }
            Err(error) => return Err(ended_by(service, job, error).await),
        }
    }
    let threshold = opened.connector.deletion_threshold_percent(&opened.configuration);
    let n_deleted = plan.remove.len() + plan.hide.len();
    Ok(Deletions {
        hidden: plan.hide.len() as u64,
        removed: plan.remove.len() as u64,
        excluded: plan.excluded.len() as u64,
        answered: plan.present.len() as u64,
        held_back_by_guard: guard_trips(threshold, gathered.seen.len(), n_deleted),
        nothing_seen: gathered.seen.is_empty() && !end.sees_places && plan.shows_nothing(),
    })
}

/// A document's place, kind and access: what is counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    space: String,
    kind: String,
    access: AccessId,
}

/// A listed node: its parent, its layer, and the key of the space that it is.
type ListedNode = (Option<String>, Option<LayerId>, Option<String>);

/// What a crawl told so far.
#[derive(Default)]
struct Gathered {
    /// The documents that are stored, by id.
    stored: HashMap<String, UnseenDocument>,
    /// The documents that were listed.
    seen: HashSet<String>,
    nodes: HashMap<String, ListedNode>,
    table: AccessTable,
    accesses: BTreeMap<Vec<LayerId>, AccessId>,
    n_layers: u32,
    groups: BTreeMap<Group, TypeCounts>,
    people: SourceDirectory,
    warnings: Vec<String>,
}

impl Gathered {
    fn take(&mut self, batch: Batch, ids: &Ids) {
        for fact in batch.facts {
            match fact {
                Fact::Directory(people) => self.people = people,
                Fact::Nodes { root, nodes } => self.take_nodes(&root, nodes),
                Fact::Warning(warning) if self.warnings.len() < WARNINGS_MAX => self.warnings.push(warning),
                Fact::Warning(_) | Fact::Memories(_) => {}
            }
        }
        for document in batch.documents {
            self.take_document(&document.id, &document.anchor, ids, |counts, is_stored| {
                *(if is_stored { &mut counts.changed } else { &mut counts.added }) += 1;
            });
        }
        for unchanged in batch.unchanged {
            self.take_document(&unchanged.id, &unchanged.anchor, ids, |counts, _| counts.unchanged += 1);
        }
    }

    fn take_nodes(&mut self, root: &str, nodes: Vec<Node>) {
        if nodes.is_empty() {
            self.nodes.remove(root);
        }
        for node in nodes {
            let space = match &node.origin {
                LayerOrigin::Space { key } => Some(key.clone()),
                _ => None,
            };
            let record = match node.access {
                NodeAccess::Open => None,
                NodeAccess::Layer { layer } => Some(LayerRecord::known(layer, node.origin)),
                NodeAccess::Unknown { reason } => Some(LayerRecord::unknown(reason, node.origin)),
            };
            let layer = record.map(|record| {
                self.n_layers += 1;
                self.table.put_layer(LayerId(self.n_layers), record);
                LayerId(self.n_layers)
            });
            self.nodes.insert(node.id, (node.parent, layer, space));
        }
    }

    fn take_document(&mut self, id: &str, anchor: &str, ids: &Ids, count: impl FnOnce(&mut TypeCounts, bool)) {
        let full = ids.full(id);
        let is_stored = self.stored.contains_key(&full);
        if !self.seen.insert(full) {
            return;
        }
        let (space, access) = self.place(anchor);
        let kind = id.split('/').next().unwrap_or_default().to_owned();
        count(self.groups.entry(Group { space, kind, access }).or_default(), is_stored);
    }

    /// The space and the access of what is anchored at `anchor`; hidden if the path does not reach the root.
    fn place(&mut self, anchor: &str) -> (String, AccessId) {
        let (mut layers, mut space, mut at) = (Vec::new(), NO_SPACE.to_owned(), anchor);
        for _ in 0..TREE_DEPTH_MAX {
            let Some((parent, layer, key)) = self.nodes.get(at) else { break };
            layers.extend(layer);
            if let Some(key) = key {
                space.clone_from(key);
            }
            let Some(parent) = parent else {
                layers.reverse();
                return (space, self.intern(layers));
            };
            at = parent;
        }
        (space, AccessId::HIDDEN)
    }

    fn intern(&mut self, layers: Vec<LayerId>) -> AccessId {
        if layers.is_empty() {
            return AccessId::PUBLIC;
        }
        let next = AccessId(AccessId::FIRST_STORED.0 + self.accesses.len() as u32);
        if let Some(known) = self.accesses.get(&layers) {
            return *known;
        }
        self.table.put_access(next, layers.clone());
        self.accesses.insert(layers, next);
        next
    }

    /// What would be added, changed and left, in all and by space and kind.
    fn count(&self, found: &mut Preview) {
        for (group, counts) in &self.groups {
            let space = found.spaces.entry(group.space.clone()).or_default();
            for into in [&mut found.documents, &mut space.documents, space.kinds.entry(group.kind.clone()).or_default()]
            {
                into.added += counts.added;
                into.changed += counts.changed;
                into.unchanged += counts.unchanged;
            }
        }
        found.warnings.clone_from(&self.warnings);
        found.n_people = self.people.users.len() as u64;
        found.n_groups = self.people.groups.len() as u64;
    }
}
