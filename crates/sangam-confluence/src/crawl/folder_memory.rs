//! What was learnt of folders, kept between runs: asking costs a call for each group and person, and nothing tells when to ask again.
//!
//! An answer holds for a day, as long as the folder stays where it is, everything above it lets in the same people, and those whom it
//! names are in the same groups. One for which not everybody could be asked is gone on with.

use std::collections::{BTreeSet, HashMap};

use sangam_access::{Allow, Principal, SourceDirectory};
use sangam_sync::{Memory, NodeAccess};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    access::named_users,
    map::Fingerprint,
    walk::{now_minutes, outbox::Outbox},
};

/// Under this key and a folder's id its answer is remembered.
pub(super) const FOLDER_KEY: &str = "folder/";

/// Under this key it is remembered whether the site answers questions about folders themselves.
const SITE_KEY: &str = "folder/site";

/// What was learnt of one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Learnt {
    /// Of where it is and who passes everything above.
    digest: String,
    /// The minute since 1970 at which it was asked.
    at: u32,
    /// Who passes it.
    pub access: NodeAccess,
    /// Of the groups of the people whom the access names.
    members: String,
    /// If not everybody was asked: who was and does not pass.
    pub failed: Option<BTreeSet<String>>,
}

/// The memory of all folders of a site.
#[derive(Debug, Default)]
pub(super) struct FolderMemory {
    stored: HashMap<String, Memory>,
    recheck_minutes: u32,
    met: BTreeSet<String>,
    learnt: Vec<(String, Value)>,
    /// Of the groups that each account is in.
    groups_of: HashMap<String, Fingerprint>,
}

impl FolderMemory {
    pub(super) fn new(recheck_minutes: u32) -> Self {
        Self { recheck_minutes, ..Self::default() }
    }

    /// Takes what earlier runs remembered.
    pub(super) fn set_stored(&mut self, stored: HashMap<String, Memory>) {
        self.stored = stored;
    }

    pub(super) fn set_directory(&mut self, directory: &SourceDirectory) {
        self.groups_of.clear();
        let mut groups: Vec<_> = directory.groups.iter().collect();
        groups.sort_by(|left, right| left.id.cmp(&right.id));
        for group in groups {
            for member in &group.members {
                self.groups_of.entry(member.clone()).or_default().add(&group.id);
            }
        }
        for user in &directory.users {
            self.groups_of.entry(user.id.clone()).or_default().add(&format!("{:?}", user.state));
        }
    }

    /// Whether the site answers questions about folders themselves, if that was learnt within the day.
    pub(super) fn accepts(&self) -> Option<bool> {
        let value = &self.stored.get(SITE_KEY)?.value;
        let at = u32::try_from(value["at"].as_u64()?).ok()?;
        self.is_fresh(at).then(|| value["accepts"].as_bool()).flatten()
    }

    pub(super) fn learn_accepts(&mut self, accepts: bool) {
        self.learnt.push((SITE_KEY.to_owned(), serde_json::json!({ "accepts": accepts, "at": now_minutes() })));
    }

    /// What holds of a folder.
    pub(super) fn find(&mut self, id: &str, digest: &str) -> Option<Learnt> {
        let key = format!("{FOLDER_KEY}{id}");
        let learnt = self.stored.get(&key).and_then(|memory| Learnt::deserialize(&memory.value).ok());
        self.met.insert(key);
        learnt.filter(|learnt| {
            learnt.digest == digest && self.is_fresh(learnt.at) && learnt.members == self.members(&learnt.access)
        })
    }

    /// Remembers what was learnt of a folder, with those who do not pass if not everybody was asked. An answer that is gone on with is as old
    /// as its beginning.
    pub(super) fn learn(
        &mut self,
        id: &str,
        digest: String,
        access: NodeAccess,
        failed: Option<BTreeSet<String>>,
        before: Option<&Learnt>,
    ) {
        let members = self.members(&access);
        let at = before.map_or_else(now_minutes, |before| before.at);
        let learnt = Learnt { digest, at, access, members, failed };
        let value = serde_json::to_value(learnt).expect("it is made of strings and numbers");
        self.learnt.push((format!("{FOLDER_KEY}{id}"), value));
    }

    /// Has the job store what was learnt, and forget folders that were not met if `all_met` says that all there are were.
    pub(super) fn store(&mut self, all_met: bool, outbox: &mut Outbox<'_>) {
        for (key, value) in self.learnt.drain(..) {
            outbox.remember(key, value);
        }
        let is_gone = |key: &&String| all_met && *key != SITE_KEY && !self.met.contains(*key);
        for key in self.stored.keys().filter(is_gone) {
            outbox.remember(key.clone(), Value::Null);
        }
    }

    fn is_fresh(&self, at: u32) -> bool {
        now_minutes().saturating_sub(at) < self.recheck_minutes
    }

    fn members(&self, access: &NodeAccess) -> String {
        let mut hash = Fingerprint::default();
        if let NodeAccess::Layer { layer } = access {
            for id in named_users(layer) {
                hash.add(id);
                hash.add(&self.groups_of.get(id).map(Fingerprint::finish).unwrap_or_default());
            }
        }
        hash.finish()
    }
}

/// The account ids that an access names.
pub(super) fn people_of(access: &NodeAccess) -> BTreeSet<String> {
    let NodeAccess::Layer { layer } = access else { return BTreeSet::new() };
    let Allow::Only(allowed) = &layer.allow else { return BTreeSet::new() };
    let id = |principal: &Principal| match principal {
        Principal::SourceUser { id, .. } => Some(id.clone()),
        _ => None,
    };
    allowed.iter().filter_map(id).collect()
}
