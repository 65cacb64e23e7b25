//! What a dry run found, as it is stored and told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The result of a dry run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preview {
    /// All documents.
    pub documents: TypeCounts,
    /// What would become of stored documents that were not listed.
    pub deletions: Deletions,
    /// By the space's key; the empty key is of what lies in none.
    pub spaces: BTreeMap<String, SpacePreview>,
    /// Places whose listing did not end cleanly: what is there is not counted.
    pub incomplete: Vec<String>,
    /// Accounts that the source told of.
    pub n_people: u64,
    /// Groups that the source told of.
    pub n_groups: u64,
    /// People with the number of documents that they could read, most first; bounded.
    pub people: Vec<PersonReach>,
    /// Active accounts for which it was found out what they could read.
    pub n_people_evaluated: u64,
    /// Active accounts that were not evaluated, because there are too many: spaces do not count them.
    pub n_people_left_out: u64,
    /// Groups with the number of documents that their members could read by them alone, most first; bounded.
    pub groups: Vec<GroupReach>,
    /// Groups that were not evaluated, because there are too many.
    pub n_groups_left_out: u64,
    /// Why documents would be visible to nobody, commonest first; bounded.
    pub hidden: Vec<AccessGap>,
    /// What the source has to say.
    pub warnings: Vec<String>,
}

/// Documents by what a sync would do with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TypeCounts {
    /// New in the index.
    pub added: u64,
    /// Indexed anew.
    pub changed: u64,
    /// As they are.
    pub unchanged: u64,
}

impl TypeCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.added + self.changed + self.unchanged
    }
}

/// What would become of stored documents that were not listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Deletions {
    /// Hidden, and removed by the next sync that does not see them either.
    pub hidden: u64,
    /// Removed at once: trashed, or lacking for the second time.
    pub removed: u64,
    /// Removed because the configuration leaves them out.
    pub excluded: u64,
    /// They answered by their own ids and stay.
    pub answered: u64,
    /// True if the deletion guard would hold the removals back.
    pub held_back_by_guard: bool,
    /// True if nothing was seen at all: the sync would fail and remove nothing.
    pub nothing_seen: bool,
}

/// One space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SpacePreview {
    /// All its documents.
    pub documents: TypeCounts,
    /// By kind: `page`, `attachment`, ….
    pub kinds: BTreeMap<String, TypeCounts>,
    /// People who could read at least one of them.
    pub n_people: u64,
    /// Documents that everybody could read.
    pub n_public: u64,
    /// Documents that nobody could read.
    pub n_hidden: u64,
}

/// What one person could read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PersonReach {
    /// The account's id.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// Documents.
    pub n_documents: u64,
}

/// What the members of one group could read by it alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupReach {
    /// The group's name.
    pub name: String,
    /// Documents that are not public.
    pub n_documents: u64,
}

/// Why documents would be visible to nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessGap {
    /// The reason.
    pub reason: String,
    /// Documents.
    pub n_documents: u64,
}
