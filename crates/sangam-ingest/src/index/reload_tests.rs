//! Random listings, documents and lists: what readers see after every step is what loading everything anew would show them.

use sangam_access::{Layer, LayerOrigin, LayerRecord, Principal};
use sangam_store::{AcceptedDocument, NewDataSource, NewIndex, RevisionAccess, SeenDocument};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::*;
use crate::{IndexBatch, NewDocument};

const INDEX: &str = "i";
const SOURCE: &str = "s";
const JOB: &str = "j";
const PAGES: [&str; 4] = ["p1", "p2", "p3", "p4"];
const PEOPLE: [&str; 3] = ["ada", "ben", "cho"];

const CASES: u64 = 16;
const STEPS: usize = 25;

/// Who may pass, as bits of [`PEOPLE`]; nobody asks, so there is no layer, at 0.
type Allowed = u8;

#[derive(Debug, Clone)]
enum Step {
    /// The pages of the site, each below the site or below another page.
    List(Allowed, Vec<(usize, Option<usize>, Allowed)>),
    /// A document anchored at a page.
    Write(u8, usize, u8),
    /// A document that is where it was, or somewhere else.
    See(u8, usize),
    /// A document with a list of its own.
    Accept(u8, Allowed),
    Remove(u8),
    Hide(u8),
    Collect,
    /// The table could not be loaded when it changed.
    Fail,
}

/// The same numbers for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn step(&mut self) -> Step {
        let (page, document, list) = (self.below(PAGES.len()), self.below(5) as u8, self.below(8) as u8);
        match self.below(19) {
            0..4 => {
                let pages = (0..self.below(PAGES.len() + 1)).map(|_| {
                    let below = (self.below(2) == 0).then(|| self.below(PAGES.len()));
                    (self.below(PAGES.len()), below, self.below(8) as u8)
                });
                Step::List(list, pages.collect())
            }
            4..9 => Step::Write(document, page, self.below(3) as u8),
            9..12 => Step::See(document, page),
            12..15 => Step::Accept(5 + document % 3, list.max(1)),
            15 => Step::Remove(list),
            16 => Step::Hide(document),
            17 => Step::Collect,
            _ => Step::Fail,
        }
    }
}

fn layer(allowed: Allowed) -> Option<LayerRecord> {
    let people = PEOPLE.iter().enumerate().filter(|(bit, _)| allowed & (1 << bit) != 0);
    let layer = Layer::only(people.map(|(_, name)| Principal::User { name: (*name).into() }));
    (allowed != 0).then(|| LayerRecord::known(layer, LayerOrigin::AccessControlList { level: 0 }))
}

fn id(document: u8) -> String {
    format!("document {document}")
}

fn new_document(document: u8, text: &str, anchor: Option<&str>, access: RevisionAccess) -> NewDocument {
    NewDocument {
        document_id: id(document),
        data_source_id: anchor.map(|_| SOURCE.into()),
        anchor: anchor.map(Into::into),
        version: "1".into(),
        title: "t".into(),
        text: text.into(),
        attributes: Vec::new(),
        access,
        failure: None,
        inbox_seq: None,
    }
}

async fn apply(index: &Index, step: Step) {
    match step {
        Step::List(site, pages) => {
            let mut nodes = vec![NodeRecord { id: "site".into(), parent: None, layer: layer(site) }];
            nodes.extend(pages.into_iter().map(|(page, below, allowed)| NodeRecord {
                id: PAGES[page].into(),
                parent: Some(below.map_or("site", |below| PAGES[below]).into()),
                layer: layer(allowed),
            }));
            index.replace_nodes(SOURCE, "site", &nodes).await.unwrap();
        }
        Step::Write(document, page, text) => {
            let document = new_document(document, &format!("text {text}"), Some(PAGES[page]), RevisionAccess::Anchored);
            index
                .write(IndexBatch { documents: vec![document], job: Some(job()), ..IndexBatch::default() })
                .await
                .unwrap();
        }
        Step::See(document, page) => {
            let seen = SeenDocument { document_id: id(document), anchor: PAGES[page].into(), version: None };
            index.write(IndexBatch { seen: vec![seen], job: Some(job()), ..IndexBatch::default() }).await.unwrap();
        }
        Step::Accept(document, list) => {
            let accepted = AcceptedDocument {
                document_id: id(document),
                document: "{}".into(),
                content: Vec::new(),
                lists: layer(list).into_iter().collect(),
                data_source_id: None,
                job_id: None,
            };
            index.store.accept(INDEX, &[accepted]).await.unwrap();
            let waiting = index.store.inbox(INDEX, 1, 1).await.unwrap().remove(0);
            let access = RevisionAccess::Fixed(AccessId(waiting.access_id));
            let document = NewDocument { inbox_seq: Some(waiting.seq), ..new_document(document, "text", None, access) };
            let inbox_done = vec![waiting.seq];
            index.write(IndexBatch { documents: vec![document], inbox_done, ..IndexBatch::default() }).await.unwrap();
        }
        Step::Remove(document) => index.remove(&[id(document)]).await.unwrap(),
        Step::Hide(document) => index.hide(JOB, &[id(document)]).await.unwrap(),
        Step::Collect => drop(index.collect_accesses().await.unwrap()),
        Step::Fail => drop(index.show_under(&index.catalogue(), Err(IngestError::CutOff))),
    }
}

fn job() -> sangam_store::JobCommit {
    sangam_store::JobCommit { job_id: JOB.into(), data_source_id: SOURCE.into(), checkpoint: None }
}

/// An ordinal with the layers that are asked of a reader, if all of them are there.
type Asked = (u32, Option<Vec<LayerRecord>>);

/// Every current ordinal with the layers that are asked of a reader, and what each of the people may read.
fn seen(view: &CatalogueView) -> (Vec<Asked>, Vec<RoaringBitmap>) {
    let asked = |access: AccessId| {
        let layers = view.table().layers_of(access)?.iter();
        layers.map(|layer| view.table().layer(*layer).cloned()).collect::<Option<Vec<_>>>()
    };
    let layers = view.all().iter().map(|ordinal| (ordinal, asked(view.access(ordinal)))).collect();
    let readable = PEOPLE.iter().map(|name| {
        let request = ReaderRequest { user: Some((*name).into()), ..ReaderRequest::default() };
        view.readable(&view.table().passing(&view.directory().resolve(&request)))
    });
    (layers, readable.collect())
}

async fn check(folder: &TempDir, seed: u64, steps: Vec<Step>) {
    let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
    let document = json!({});
    let index = NewIndex { id: INDEX, name: "n", document: &document, tags: &[], limit: None };
    store.create_index(&index, None).await.unwrap();
    let source = NewDataSource {
        id: SOURCE,
        index_id: INDEX,
        name: "n",
        kind: "TEMPLATE",
        document: &document,
        tags: &[],
        limit: None,
    };
    store.create_data_source(&source, None).await.unwrap();
    store.insert_job(JOB, INDEX, SOURCE).await.unwrap();
    let index = Index::open(INDEX, &folder.path().join("index"), store, None, Extractor::InProcess).await.unwrap();
    for step in steps {
        let told = format!("{step:?}");
        apply(&index, step).await;
        let (shown, whole) = (index.catalogue(), load_view(&index.store, INDEX).await.unwrap());
        if index.unloaded.load(Ordering::Relaxed) {
            // Until something is shown, or the vectors' task loads.
            let public: RoaringBitmap = shown.all().iter().filter(|o| shown.access(*o) == AccessId::PUBLIC).collect();
            assert!(seen(&shown).1.iter().all(|readable| *readable == public), "seed {seed}, after {told}");
        } else {
            assert_eq!(seen(&shown), seen(&whole), "seed {seed}, after {told}");
        }
    }
}

#[test]
fn what_is_added_to_the_table_makes_it_the_whole_one() {
    let runtime = Runtime::new().unwrap();
    for seed in 1..=CASES {
        let mut dice = Dice(seed);
        let steps = (0..STEPS).map(|_| dice.step()).collect();
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(check(&folder, seed, steps));
    }
}
