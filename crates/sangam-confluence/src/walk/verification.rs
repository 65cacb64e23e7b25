//! Which view lists a run looks at one by one ([`super::rotation`]), and what counts where a list's own answer and the listing disagree:
//! what is closed, and the listing is not believed about this page until it is right again.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use sangam_sync::{Memory, NodeAccess};
use serde_json::Value;

use super::{
    now_minutes,
    outbox::Outbox,
    rotation::{Due, Place, Rotation},
    spaces::CrawledSpace,
    view_list::access_of,
};
use crate::{
    access::OwnList,
    settings::ConfluenceSettings,
    tree::{NodeKind, Tree, unknown},
};

/// Under this key and a space's id its rotation is remembered.
pub(crate) const ROTATION_KEY: &str = "rotation/";

/// What is remembered of a space is kept so long after it was stored last, in milliseconds, if the space is not crawled any more.
const FORGOTTEN_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The verification of one run.
pub(crate) struct Verification {
    /// What the last runs remembered, by key.
    remembered: HashMap<String, Memory>,
    /// View lists that may still be verified by calls of their own.
    pub checks_left: usize,
    /// After so many minutes a list is verified again.
    pub recheck_minutes: u32,
}

/// What was read of one view list by itself.
#[derive(Debug)]
pub(crate) struct OwnAnswer {
    /// What it says.
    pub list: OwnList,
    /// True if, where it reads empty, nothing else says that somebody is on it.
    pub is_proven: bool,
}

impl Verification {
    pub(crate) fn new(settings: &ConfluenceSettings) -> Self {
        Self {
            remembered: HashMap::new(),
            checks_left: settings.restriction_checks_max,
            recheck_minutes: u32::try_from(settings.recheck_after.as_secs() / 60).unwrap_or(u32::MAX),
        }
    }

    /// Goes on with what the last runs remembered under [`ROTATION_KEY`].
    pub(crate) fn set_remembered(&mut self, remembered: HashMap<String, Memory>) {
        self.remembered = remembered;
    }

    /// The verification of a space, as the last run left it.
    pub(crate) fn of_space(&self, space_id: &str) -> SpaceVerification {
        let key = format!("{ROTATION_KEY}{space_id}");
        let rotation = self.remembered.get(&key).and_then(|memory| Rotation::read(&memory.value)).unwrap_or_default();
        SpaceVerification { key, before: rotation.clone(), rotation }
    }

    /// Forgets what is remembered of spaces that the site lists no more, or that are not asked for any more.
    pub(crate) fn forget(&self, spaces: &[CrawledSpace], outbox: &mut Outbox<'_>) {
        forget_spaces(ROTATION_KEY, &self.remembered, spaces, outbox);
    }

    /// The buckets that the run's limit leaves room for, with the pages to verify: those of the buckets, and what is above what changed.
    fn affordable<'n>(&mut self, tree: &'n Tree, due: &Due<'n>) -> (Vec<usize>, Vec<&'n str>) {
        let (mut buckets, mut ids) = (Vec::new(), BTreeSet::new());
        for (nth, pages) in &due.buckets {
            let mut more: BTreeSet<&str> = pages.iter().copied().collect();
            if due.changed.contains(nth) {
                more.extend(pages.iter().flat_map(|id| tree.listed_above(id)));
            }
            more.retain(|id| !ids.contains(id));
            if more.len() > self.checks_left {
                break;
            }
            self.checks_left -= more.len();
            ids.extend(more);
            buckets.push(*nth);
        }
        (buckets, ids.into_iter().collect())
    }
}

/// Forgets memories under `prefix` and the id of a space that is not crawled any more, after a month: one that is back by then goes on
/// where it was.
pub(crate) fn forget_spaces(
    prefix: &str,
    memories: &HashMap<String, Memory>,
    spaces: &[CrawledSpace],
    outbox: &mut Outbox<'_>,
) {
    let crawled: HashSet<&str> = spaces.iter().map(|space| space.space.id.as_str()).collect();
    let now_ms = Timestamp::now().as_millisecond();
    for (key, memory) in memories {
        let is_crawled = key.strip_prefix(prefix).is_none_or(|id| crawled.contains(id));
        if !is_crawled && now_ms - memory.stored_at > FORGOTTEN_AFTER_MS {
            outbox.remember(key.clone(), Value::Null);
        }
    }
}

/// The verification of one space.
pub(crate) struct SpaceVerification {
    key: String,
    before: Rotation,
    rotation: Rotation,
}

/// What is verified of a space at this run.
pub(crate) struct Round<'n> {
    due: Due<'n>,
    buckets: Vec<usize>,
    /// Ids of the pages to be read.
    pub ids: Vec<&'n str>,
}

impl SpaceVerification {
    /// The access that a listing makes, `None` if the page's list is to be read by itself.
    pub(crate) fn believed(&self, id: &str, listed: Option<&OwnList>) -> Option<NodeAccess> {
        let list = listed.filter(|list| !matches!(list, OwnList::Incomplete))?;
        (!self.rotation.distrusted.contains(id)).then(|| access_of(list.clone()))
    }

    /// What of the space is due, as far as the run's limit goes.
    pub(crate) fn round<'n>(&mut self, run: &mut Verification, tree: &'n Tree) -> Round<'n> {
        let nodes = tree.down();
        let listed = nodes.iter().filter(|node| node.kind == NodeKind::Listed);
        let places: Vec<Place<'n>> =
            listed.map(|node| Place { id: node.id.as_str(), parent: node.parent.as_deref() }).collect();
        let due = self.rotation.due(&places, now_minutes(), run.recheck_minutes);
        let (buckets, ids) = run.affordable(tree, &due);
        Round { due, buckets, ids }
    }

    /// Corrects the accesses of pages by what was read of each alone; pages of which nothing could be read stay due. Returns how many the
    /// listing had wrong.
    pub(crate) fn apply(
        &mut self,
        round: &Round<'_>,
        answers: &HashMap<String, Option<OwnAnswer>>,
        listed: &HashMap<String, OwnList>,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> usize {
        let mut n_corrected = 0;
        for (id, answer) in answers {
            if let (Some(answer), Some(access)) = (answer, accesses.get_mut(id)) {
                n_corrected += usize::from(self.correct(id, answer, listed.get(id), access));
            }
        }
        for nth in &round.buckets {
            let pages = round.due.buckets.iter().find(|(bucket, _)| bucket == nth).map_or(&[][..], |(_, pages)| pages);
            if pages.iter().all(|id| answers.get(*id).is_some_and(Option::is_some)) {
                self.rotation.verified(*nth, &round.due, now_minutes());
            }
        }
        n_corrected
    }

    /// Corrects the access of one page. True if the listing was wrong.
    fn correct(&mut self, id: &str, answer: &OwnAnswer, listed: Option<&OwnList>, access: &mut NodeAccess) -> bool {
        match &answer.list {
            OwnList::Only(layer) => {
                *access = NodeAccess::Layer { layer: layer.clone() };
                let is_wrong = listed.is_some_and(|list| !matches!(list, OwnList::Incomplete) && *list != answer.list);
                if is_wrong {
                    self.rotation.distrusted.insert(id.to_owned());
                } else {
                    self.rotation.distrusted.remove(id);
                }
                is_wrong
            }
            OwnList::Open => {
                if listed.is_none_or(|list| *list == OwnList::Open) {
                    self.rotation.distrusted.remove(id);
                }
                let is_opened = matches!(access, NodeAccess::Open) && !answer.is_proven;
                if is_opened {
                    *access = unknown("its view list reads empty, and the site says that somebody is on it");
                }
                is_opened
            }
            OwnList::Incomplete => false,
        }
    }

    /// Has what was learnt remembered, if it is anything new.
    pub(crate) fn remember(self, outbox: &mut Outbox<'_>) {
        if self.rotation != self.before {
            outbox.remember(self.key, self.rotation.write());
        }
    }
}

/// The sentence for the report on pages whose lists read empty, which the run's limit left no room to verify.
pub(crate) fn kept_closed(n: usize) -> String {
    format!(
        "{n} pages stay closed until the next run, which verifies that their view lists are empty: \
         `confluence.restriction_checks` is used up"
    )
}

/// The sentence for the report on lists that a listing had wrong.
pub(crate) fn corrected(key: &str, n: usize) -> String {
    format!("space `{key}`: {n} view lists were not what the bulk answer said, and the closed ones count")
}
